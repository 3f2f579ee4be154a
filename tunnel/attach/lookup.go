package attach

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"vapitap/internal/nearest"
	"vapitap/vapi/api"
)

// Target is what a person names to be attached: an id, a name, or a phone number.
type Target struct {
	Kind api.Kind
	Name string
}

func (t Target) String() string { return t.Kind.String() + " " + plain(t.Name) }

// Find returns the one object that a target names, and what it holds as the API
// wrote it. It only reads.
func (a *Attacher) Find(ctx context.Context, t Target) (Object, []byte, error) {
	f, err := a.find(ctx, t)
	return f.Object, f.raw, err
}

// found is an object with its text.
type found struct {
	Object
	raw []byte
}

// uuid is the form of Vapi's ids.
var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// find returns the one object that a target names.
func (a *Attacher) find(ctx context.Context, t Target) (found, error) {
	t.Name = strings.TrimSpace(t.Name)
	if t.Name == "" {
		return found{}, fmt.Errorf("--%s: there is nothing in it\nhint: give an id, or a name that is looked up", t.Kind)
	}
	if uuid.MatchString(t.Name) {
		return a.get(ctx, t.Kind, t.Name)
	}
	list, err := a.API.List(ctx, t.Kind)
	if err != nil && !errors.Is(err, api.ErrNotFound) {
		return found{}, err
	}
	matching, names := match(t, list)
	switch len(matching) {
	case 1:
		return a.get(ctx, t.Kind, matching[0].ID) // lists can be behind, or leave things out
	case 0:
		return a.lastResort(ctx, t, names)
	}
	return found{}, ambiguous(t, matching)
}

func (a *Attacher) get(ctx context.Context, kind api.Kind, id string) (found, error) {
	raw, err := a.API.Get(ctx, kind, id)
	if err != nil {
		return found{}, err
	}
	o := ObjectOf(kind, raw)
	if o.ID == "" {
		o.ID = id
	}
	return found{Object: o, raw: raw}, nil
}

// lastResort takes a name that is none for an id, and says what there is where it
// is none either.
func (a *Attacher) lastResort(ctx context.Context, t Target, names []string) (found, error) {
	if !strings.ContainsAny(t.Name, " +/") {
		f, err := a.get(ctx, t.Kind, t.Name)
		if !errors.Is(err, api.ErrNotFound) {
			return f, err
		}
	}
	hint := fmt.Sprintf("there are %s", listed(names))
	if near := nearest.Word(t.Name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if len(names) == 0 {
		hint = "the key sees none; is it the key of the right organisation?"
	}
	return found{}, fmt.Errorf("no %s is called %q, and none has that id\nhint: %s", t.Kind, plain(t.Name), hint)
}

// match returns the objects of a list that a target names, and what all of the
// list are called.
func match(t Target, list [][]byte) (matching []found, names []string) {
	for _, raw := range list {
		o := ObjectOf(t.Kind, raw)
		switch {
		case o.ID == t.Name: // ids are unique
			return []found{{o, raw}}, nil
		case o.named(t.Name):
			matching = append(matching, found{o, raw})
		}
		for _, name := range []string{o.Number, o.Name} {
			if name != "" {
				names = append(names, name)
			}
		}
	}
	return matching, names
}

// named reports whether a person may mean an object by name: its id, its name, or
// its number, however that is written.
func (o Object) named(name string) bool {
	name = strings.TrimSpace(name)
	digits := digitsOf(name)
	return o.ID == name || o.Name != "" && strings.EqualFold(o.Name, plain(name)) || o.Number != "" && strings.EqualFold(o.Number, name) ||
		len(digits) >= shortestNumber && len(digits) >= len(name)/2 && digitsOf(o.Number) == digits
}

// shortestNumber is how many digits a phone number has at the least.
const shortestNumber = 7

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// mostListed is how many names a message lists.
const mostListed = 12

func listed(names []string) string {
	more := ""
	if len(names) > mostListed {
		names, more = names[:mostListed], ", …"
	}
	return strings.Join(names, ", ") + more
}

func ambiguous(t Target, matching []found) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %ss are called %q: give the id of one\nhint: ", len(matching), t.Kind, plain(t.Name))
	for i, f := range matching[:min(len(matching), mostListed)] {
		if i > 0 {
			b.WriteString("\n      ")
		}
		url, _ := URLOf(f.raw)
		b.WriteString(f.Flag())
		if url != "" {
			b.WriteString("   now at " + shownURL(url))
		}
	}
	return fmt.Errorf("%s", b.String())
}
