package record

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// lastValue is the value of session: that stands for the session that began
// last, and of call: for the call of which an exchange was recorded last.
const lastValue = "last"

// NamesLast reports whether the filter has a term such as session:last or
// call:last, whose meaning ResolveLast finds.
func (f *Filter) NamesLast() bool {
	return f != nil && slices.ContainsFunc(f.clauses, func(c clause) bool { return c.namesLast() })
}

// ResolveLast returns the filter with the session that began last in place of
// the last of session:last, and the call of which an exchange was recorded last
// in place of that of call:last. Where the store has none, the term stays as it
// is, and picks nothing. The filter itself stays as it is, and so do the Terms
// of the new one.
func (s *Store) ResolveLast(ctx context.Context, f *Filter) (*Filter, error) {
	if !f.NamesLast() {
		return f, nil
	}
	s.settle(ctx)
	resolved := &Filter{clauses: slices.Clone(f.clauses)}
	for i := range resolved.clauses {
		c := &resolved.clauses[i]
		if !c.namesLast() {
			continue
		}
		last, err := s.last(ctx, c.Name)
		if err != nil {
			return nil, err
		}
		if last != "" {
			*c = c.withLast(last)
		}
	}
	return resolved, nil
}

// LastCall returns the id of the call of which an exchange was recorded last;
// empty where there is none.
func (s *Store) LastCall(ctx context.Context) (string, error) {
	s.settle(ctx)
	return s.last(ctx, "call")
}

// last returns what the value last of a term stands for.
func (s *Store) last(ctx context.Context, term string) (string, error) {
	query := "SELECT call_id FROM exchange WHERE call_id <> '' ORDER BY id DESC LIMIT 1"
	if term == "session" {
		query = "SELECT id FROM session ORDER BY started DESC, id DESC LIMIT 1"
	}
	var id string
	err := s.readers.Load().QueryRowContext(ctx, query).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, explain(s.path, err)
}

// namesLast reports whether one of the values of the term is last.
func (c *clause) namesLast() bool {
	return c.criterion.ofLast != nil && slices.ContainsFunc(c.alternatives, alternative.isLast)
}

// withLast returns the term with an id in place of last. It is compared as a
// whole, also where values of the term are beginnings.
func (c *clause) withLast(id string) clause {
	resolved := *c
	resolved.alternatives, resolved.tests = slices.Clone(c.alternatives), slices.Clone(c.tests)
	for i, a := range c.alternatives {
		if a.isLast() {
			a.text = id
			resolved.alternatives[i], resolved.tests[i] = a, textTest(a, wholeText, c.criterion.ofLast)
		}
	}
	return resolved
}

// isLast reports whether the value is last, and not one that begins or ends so.
func (a alternative) isLast() bool {
	return !a.open && !a.openEnd && strings.EqualFold(a.text, lastValue)
}
