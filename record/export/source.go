package export

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/fixture"
	"vapitap/record/timeline"
)

// Source is what is exported: exchanges of a store, in the order of their ids
// here. It is asked for each exchange more than once, so that only one has to be
// in memory.
type Source struct {
	IDs []int64
	// Get returns an exchange with its headers and bodies as Store.Get does. One
	// that does not exist, which an error that wraps record.ErrNoExchange tells, is
	// left out.
	Get func(id int64) (*record.Exchange, error)
	// Call returns the account of a call as timeline.Read does. Only HTML asks for
	// it.
	Call func(id string) (*timeline.Call, error)
}

// each calls do for each exchange that there is.
func (s Source) each(do func(*record.Exchange) error) error {
	for _, id := range s.IDs {
		e, err := s.Get(id)
		if errors.Is(err, record.ErrNoExchange) {
			continue
		}
		if err == nil {
			err = do(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Options say how something is exported.
type Options struct {
	// Secrets leaves secrets as they are. Without it they are replaced in headers,
	// queries and bodies, and in what is told of them.
	Secrets bool
	Version string    // of this program; empty where it is not known
	Made    time.Time // when the export is made, for those that say so
	// Target returns where the command of an exchange sends to, for curl alone; nil
	// where that is the exchange's own target.
	Target func(e *record.Exchange) (string, error)
}

// Tally is what was exported.
type Tally struct {
	Exchanges int
	Replaced  int // places where a secret was
	Truncated int // exchanges of which a body was not recorded whole
	Shortened int // bodies that are shown in part, where the form is one for reading
}

// Format is one of the forms in which exchanges are exported.
type Format struct {
	Name  string
	About string // in a few words
	// Write writes what a source has. Where that has no exchange the error wraps
	// record.ErrNoExchange, and nothing was written.
	Write func(io.Writer, Source, Options) (Tally, error)
}

// Formats returns the forms, the usual one first.
func Formats() []Format {
	return []Format{
		{"har", "HAR 1.2, for the developer tools of browsers and other programs", HAR},
		{"json", "one JSON object a line", JSONLines},
		{"curl", "commands for sh that send the requests again", Commands},
		{"markdown", "for an issue report", Markdown},
		{"html", "a page to look at, in one file", HTML},
	}
}

// A cleaning gives exchanges as they may leave the store, and counts them.
type cleaning struct {
	cleaner fixture.Cleaner
	keep    bool // secrets stay
	tally   Tally
}

func newCleaning(o Options) *cleaning { return &cleaning{keep: o.Secrets} }

// exchange returns an exchange as it is exported, and counts it.
func (c *cleaning) exchange(e *record.Exchange) *record.Exchange {
	clean, replaced := c.clean(e)
	c.tally.Exchanges++
	c.tally.Replaced += replaced
	if e.Truncated() {
		c.tally.Truncated++
	}
	return clean
}

// clean returns an exchange as it may leave the store, and how many secrets were
// replaced in it. What is told of a request and its reply is told again of what
// is left of them, since words have no keys by which a secret could be known.
func (c *cleaning) clean(e *record.Exchange) (clean *record.Exchange, replaced int) {
	if c.keep {
		return e, 0
	}
	clean, places := c.cleaner.Exchange(e)
	before, after := *e, *clean
	before.Describe()
	after.Describe()
	if clean.Error = c.text(e.Error); e.Summary == before.Summary {
		clean.Summary = after.Summary
	}
	clean.Summary = c.text(clean.Summary)
	clean.Checks = slices.Clone(e.Checks)
	for i := range clean.Checks {
		check := &clean.Checks[i]
		if j := slices.Index(before.Checks, *check); j >= 0 && j < len(after.Checks) && after.Checks[j].Code == check.Code {
			*check = after.Checks[j]
		}
		check.Message, check.Hint = c.text(check.Message), string(c.json([]byte(check.Hint)))
	}
	return clean, len(places)
}

// text returns words as they may leave the store.
func (c *cleaning) text(s string) string {
	if c.keep || s == "" {
		return s
	}
	return c.cleaner.Text(s)
}

// json returns JSON, or any text, as it may leave the store; nil for nil.
func (c *cleaning) json(text []byte) []byte {
	if c.keep || len(text) == 0 {
		return text
	}
	return c.cleaner.JSON(text)
}

// learn goes through all of a source once: for secrets, which are replaced
// wherever they are, and for what is noted of each exchange besides. A source that
// has no exchange is an error.
func (c *cleaning) learn(s Source, note func(*record.Exchange)) error {
	found := false
	err := s.each(func(e *record.Exchange) error {
		found = true
		if !c.keep {
			c.cleaner.Learn(e)
		}
		if note != nil {
			note(e)
		}
		return nil
	})
	if err == nil && !found {
		err = record.ErrNoExchange
	}
	return err
}

// named is what an exchange was in a word or two: its type, or else its method
// and path.
func named(e *record.Exchange) string {
	path, _, _ := strings.Cut(e.Path, "?")
	return cmp.Or(e.Type, strings.TrimSpace(e.Method+" "+path))
}

// took writes how long something took; nothing where that is not known.
func took(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return plain.Duration(d)
}
