package record

import (
	"slices"
	"strings"
)

// Filter picks exchanges. It is what ParseFilter makes of a text such as
//
//	type:tool-calls is:failed -from:replay path:/tools/* slow:>2s oslo|bergen
//
// Terms are and-ed. A term is a name, a colon and a value, or a bare word,
// which looks in summary, type, path and call id. In a value:
//
//   - a|b is one or the other
//   - ! or - before the term negates it
//   - quotes, single or double, protect what would mean something else; they
//     count where a word, or what follows a closing quote, begins, so that
//     don't is a word
//   - * before or after a text stands for anything; alone it asks that there is
//     something, as "" asks that there is nothing
//   - > >= < <= compare numbers, sizes and durations, and 12-18 is a range
//
// Case does not matter. Without a * the terms path, header, body and bare words
// look for a part, call for a beginning, and all others for the whole. Which
// session and call the last of session:last and call:last are is found by
// Store.ResolveLast.
//
// A Filter is not changed once it is made and may be used by several goroutines.
// The nil Filter and the zero one match every exchange.
type Filter struct {
	clauses []clause
}

// Term is one term of a filter as it was written.
type Term struct {
	Pos, End int    // byte offsets into the text that was parsed, ! or - included
	Name     string // in lower case without the colon; empty for a bare word
	Value    string // as written, quotes included
	Negated  bool
}

// clause is a term with its meaning: it holds for an exchange when one of its
// tests does, or none of them where the term is negated.
type clause struct {
	Term
	criterion    *criterion
	alternatives []alternative
	tests        []test // one for each alternative
}

// test is what one alternative of a term asks of an exchange.
type test func(*Exchange) bool

// ParseFilter reads a filter. An empty text matches every exchange. What is
// wrong with a text comes as a *FilterError.
func ParseFilter(text string) (*Filter, error) {
	f := &Filter{}
	s := filterScanner{text: text}
	for s.next() {
		c, wrong := s.clause()
		if wrong != nil {
			wrong.locate(text)
			return nil, wrong
		}
		f.clauses = append(f.clauses, c)
	}
	return f, nil
}

// Match reports whether the filter picks e. Where NeedsPayload is true, the
// headers and bodies of e must have been read from the store.
func (f *Filter) Match(e *Exchange) bool {
	return f.holds(e, false) && f.holds(e, true)
}

// Candidate reports whether the filter may pick e, judged without headers and
// bodies: where it is false, Match is false whatever they hold. Where
// NeedsPayload is false it is the same as Match.
func (f *Filter) Candidate(e *Exchange) bool { return f.holds(e, false) }

// NeedsPayload reports whether the filter has terms that look into headers or
// bodies.
func (f *Filter) NeedsPayload() bool {
	return f != nil && slices.ContainsFunc(f.clauses, func(c clause) bool { return c.criterion.payload })
}

// holds reports whether all the terms hold that need the payload, or all those
// that do not.
func (f *Filter) holds(e *Exchange, payload bool) bool {
	if f == nil {
		return true
	}
	for i := range f.clauses {
		if c := &f.clauses[i]; c.criterion.payload == payload && !c.holds(e) {
			return false
		}
	}
	return true
}

func (c *clause) holds(e *Exchange) bool {
	for _, t := range c.tests {
		if t(e) {
			return !c.Negated
		}
	}
	return c.Negated
}

// Terms returns the terms in the order in which they were written.
func (f *Filter) Terms() []Term {
	if f == nil {
		return nil
	}
	terms := make([]Term, len(f.clauses))
	for i, c := range f.clauses {
		terms[i] = c.Term
	}
	return terms
}

// String returns a text that ParseFilter reads as an equivalent filter: single
// spaces between the terms, quotes only where they are needed, ! for not.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	for i, c := range f.clauses {
		if i > 0 {
			b.WriteByte(' ')
		}
		if c.Negated {
			b.WriteByte('!')
		}
		if c.Name != "" {
			b.WriteString(c.Name + ":")
		}
		for j, a := range c.alternatives {
			if j > 0 {
				b.WriteByte('|')
			}
			b.WriteString(a.String())
		}
	}
	return b.String()
}
