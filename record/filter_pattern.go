package record

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// extent is how much of a text a pattern without a wildcard is held to.
type extent int

const (
	wholeText extent = iota
	textBeginning
	anyPart
)

// pattern is a text that others are compared with, whatever their case.
type pattern struct {
	lower   string
	ascii   []byte // lower, where it is ASCII alone
	open    bool   // anything may stand before it
	openEnd bool   // anything may stand after it
}

// newPattern returns the pattern of an alternative. The extent counts only where
// the alternative has no wildcard, which says so itself, and is not empty.
func newPattern(a alternative, held extent) pattern {
	p := pattern{lower: strings.ToLower(a.text), open: a.open, openEnd: a.openEnd}
	if strings.IndexFunc(p.lower, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		p.ascii = []byte(p.lower)
	}
	if !a.open && !a.openEnd && a.text != "" {
		p.open, p.openEnd = held == anyPart, held != wholeText
	}
	return p
}

// match reports whether s is what the pattern looks for.
func (p *pattern) match(s string) bool { return matches(p, s) }

// matches reports whether s is what p looks for. The empty pattern looks for an
// empty text, with a wildcard for one that is not. Of a large text nothing is
// copied but its ends.
func matches[T string | []byte](p *pattern, s T) bool {
	// No more than this can matter at an end: a character of three bytes may be
	// one byte in lower case, and none shrinks further.
	reach := min(len(s), 3*len(p.lower))
	switch {
	case p.lower == "":
		return (len(s) > 0) == (p.open || p.openEnd)
	case p.open && p.openEnd:
		return containsPattern(p, s)
	case p.openEnd:
		return strings.HasPrefix(strings.ToLower(string(s[:reach])), p.lower)
	case p.open:
		return strings.HasSuffix(strings.ToLower(string(s[len(s)-reach:])), p.lower)
	default:
		return reach == len(s) && strings.EqualFold(string(s), p.lower)
	}
}

// containsPattern reports whether the pattern stands anywhere in s. An ASCII
// pattern, which nearly all are, is looked for piece by piece, so that a body of
// many MB is neither copied nor lowered as a whole.
func containsPattern[T string | []byte](p *pattern, s T) bool {
	var piece [2048]byte
	if p.ascii == nil || len(p.ascii) > len(piece)/2 {
		return strings.Contains(strings.ToLower(string(s)), p.lower)
	}
	for {
		n := copy(piece[:], s)
		for i, c := range piece[:n] {
			if 'A' <= c && c <= 'Z' {
				piece[i] = c + 'a' - 'A'
			}
		}
		if bytes.Contains(piece[:n], p.ascii) {
			return true
		}
		if n == len(s) {
			return false
		}
		s = s[n-len(p.ascii)+1:] // what could begin here and end in the next piece
	}
}
