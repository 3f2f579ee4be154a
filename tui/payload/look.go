package payload

import "vapitap/tui/paint"

// look is what a piece of a line is, which decides its style.
type look uint8

const (
	plainText look = iota
	aside          // what is said about the body, not of it
	key
	str
	number
	literal
	punct
	faulty // what follows the place where JSON breaks
	fault  // that place
	odd    // a sign for a character that cannot be drawn
	escape
)

func (l look) style(t *paint.Theme) paint.Style {
	switch l {
	case aside:
		return t.Muted
	case key:
		return t.Key
	case str:
		return t.String
	case number:
		return t.Number
	case literal:
		return t.Literal
	case punct:
		return t.Punct
	case faulty:
		return t.Muted
	case fault:
		return t.BadStrong
	case odd:
		return t.Warn
	case escape:
		return t.Literal
	}
	return t.Text
}

// lookOf returns the look of the JSON value that begins with c.
func lookOf(c byte) look {
	switch c {
	case '"':
		return str
	case '{', '[', '}', ']':
		return punct
	case 't', 'f', 'n':
		return literal
	}
	return number
}
