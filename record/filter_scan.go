package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// alternative is one of the values of a term that | separates.
type alternative struct {
	text    string // with quotes and wildcards taken off
	open    bool   // a wildcard stands before text
	openEnd bool   // a wildcard stands after it
	pos     int    // where it was written, in bytes
	end     int
}

// String returns the alternative as it can be written in any term.
func (a alternative) String() string {
	s := a.text
	switch {
	case s != "" && needsQuotes(s), s == "" && !a.open && !a.openEnd:
		s = quoteFilterText(s)
	case s == "":
		return "*"
	}
	if a.open {
		s = "*" + s
	}
	if a.openEnd {
		s += "*"
	}
	return s
}

// filterScanner splits a filter into terms, and their values into alternatives.
type filterScanner struct {
	text string
	i    int // the next byte
}

// next moves to the next term and reports whether there is one.
func (s *filterScanner) next() bool {
	s.i = len(s.text) - len(strings.TrimLeftFunc(s.text[s.i:], unicode.IsSpace))
	return s.i < len(s.text)
}

// clause reads the term that begins here and gives it its meaning.
func (s *filterScanner) clause() (clause, *FilterError) {
	c := clause{Term: Term{Pos: s.i}}
	if wrong := s.negation(&c); wrong != nil {
		return c, wrong
	}
	name := s.i
	if wrong := s.name(&c); wrong != nil {
		return c, wrong
	}
	value := s.i
	for more := true; more; more = s.skip('|') {
		a, wrong := s.alternative()
		if wrong != nil {
			s.runTo(unicode.IsSpace)
			return c, wrong.of(s.text[name:s.i], name)
		}
		t, wrong := c.criterion.compile(a)
		if wrong != nil {
			return c, wrong.of(s.text[a.pos:a.end], a.pos)
		}
		c.alternatives, c.tests = append(c.alternatives, a), append(c.tests, t)
	}
	c.Value, c.End = s.text[value:s.i], s.i
	return c, nil
}

// negation reads the ! or - that a term may begin with.
func (s *filterScanner) negation(c *clause) *FilterError {
	if !s.skip('!') && !s.skip('-') {
		return nil
	}
	c.Negated = true
	written := s.text[c.Pos:s.i]
	switch {
	case s.atEnd():
		return wrongf("nothing follows to negate; put quotes round it to look for it").of(written, c.Pos)
	case s.text[s.i] == '!' || s.text[s.i] == '-':
		return wrongf("negated twice; put quotes round what is to be looked for").of(s.text[c.Pos:s.i+1], c.Pos)
	}
	return nil
}

// name reads the name of a term, or none for a bare word, and finds what it
// stands for.
func (s *filterScanner) name(c *clause) *FilterError {
	n := nameLength(s.text[s.i:])
	if n > 0 {
		c.Name = strings.ToLower(s.text[s.i : s.i+n])
	}
	if c.criterion = criterionNamed(c.Name); c.criterion == nil {
		return unknownTerm(c.Name).of(s.text[s.i:s.i+n+1], s.i)
	}
	if n > 0 {
		s.i += n + 1
	}
	return nil
}

// alternative reads up to the next space or | that no quotes protect.
func (s *filterScanner) alternative() (alternative, *FilterError) {
	a := alternative{pos: s.i}
	for s.skip('*') {
		a.open = true
	}
	var text strings.Builder
	quoted := false
	for !s.atEnd() && s.text[s.i] != '|' {
		if q := s.text[s.i]; q == '"' || q == '\'' {
			length := strings.IndexByte(s.text[s.i+1:], q)
			if length < 0 {
				s.i = len(s.text)
				return a, wrongf("the quote is not closed")
			}
			text.WriteString(s.text[s.i+1 : s.i+1+length])
			s.i += length + 2
			quoted = true
			continue
		}
		run := s.runTo(separates)
		literal := strings.TrimRight(run, "*")
		text.WriteString(literal)
		a.openEnd = len(literal) < len(run)
	}
	a.text, a.end = text.String(), s.i
	if a.text == "" && !quoted && !a.open && !a.openEnd {
		return a, wrongf(`a value is missing; write "" for an empty one`)
	}
	return a, nil
}

// runTo reads up to what stops holds for, or to the end.
func (s *filterScanner) runTo(stops func(rune) bool) string {
	run := s.text[s.i:]
	if n := strings.IndexFunc(run, stops); n >= 0 {
		run = run[:n]
	}
	s.i += len(run)
	return run
}

// separates reports whether r ends an alternative where no quotes protect it.
func separates(r rune) bool { return r == '|' || unicode.IsSpace(r) }

// skip moves over c and reports whether it was there.
func (s *filterScanner) skip(c byte) bool {
	if s.i < len(s.text) && s.text[s.i] == c {
		s.i++
		return true
	}
	return false
}

// atEnd reports whether the term ends here.
func (s *filterScanner) atEnd() bool {
	r, size := utf8.DecodeRuneInString(s.text[s.i:])
	return size == 0 || unicode.IsSpace(r)
}

// nameLength returns the length of the name that s begins with, which is a
// letter with letters, digits, points, hyphens and underscores, and a colon
// after it; 0 for none.
func nameLength(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'):
		case i > 0 && c == ':':
			return i
		default:
			return 0
		}
	}
	return 0
}

// needsQuotes reports whether s would be read as something else without quotes,
// in a value or as a bare word.
func needsQuotes(s string) bool {
	return strings.ContainsRune(`"'*!-`, rune(s[0])) || s[len(s)-1] == '*' || nameLength(s) > 0 ||
		strings.ContainsFunc(s, separates)
}

// quoteFilterText puts quotes round s. There is no escape character: a text
// with both kinds of quotes becomes several quoted pieces, one after the other.
func quoteFilterText(s string) string {
	var b strings.Builder
	for {
		quote, length := byte('"'), strings.IndexByte(s, '"')
		if length >= 0 {
			if single := strings.IndexByte(s, '\''); single < 0 || single > length {
				quote, length = '\'', single
			}
		}
		if length < 0 {
			length = len(s)
		}
		b.WriteByte(quote)
		b.WriteString(s[:length])
		b.WriteByte(quote)
		if s = s[length:]; s == "" {
			return b.String()
		}
	}
}
