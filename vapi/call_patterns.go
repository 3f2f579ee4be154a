package vapi

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// matching returns a short text that a pattern matches, and false where none was
// found. Patterns are JavaScript's, of which Go knows most.
func matching(pattern string, least int) (string, bool) {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return "", false
	}
	s, ok := shortestMatch(pattern, least)
	return s, ok && expression.MatchString(s)
}

// shortestMatch returns a text that a pattern describes: of a choice the first,
// of a repetition as few as it may have, or more for a text of at least so many
// characters. It returns false for a pattern that Go
// does not know, and one that describes too much.
func shortestMatch(pattern string, least int) (string, bool) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	w := patternWriter{least: min(least, maxMadeUpText), left: maxMadeUpText}
	w.write(parsed.Simplify(), 0)
	return w.b.String(), w.left > 0
}

// patternWriter writes what a pattern describes.
type patternWriter struct {
	b     strings.Builder
	least int // characters that are wanted of the whole
	left  int // parts of a pattern that may still be written
}

func (w *patternWriter) write(e *syntax.Regexp, depth int) {
	const deepest = 1000 // that of regexp itself
	if w.left--; w.left <= 0 || depth > deepest {
		return
	}
	switch e.Op {
	case syntax.OpLiteral:
		w.b.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		w.b.WriteRune(friendlyRune(e.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.b.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, part := range e.Sub {
			w.write(part, depth+1)
		}
	case syntax.OpAlternate:
		w.write(e.Sub[0], depth+1)
	case syntax.OpPlus:
		w.write(e.Sub[0], depth+1)
		w.fill(e.Sub[0], depth)
	case syntax.OpStar:
		w.fill(e.Sub[0], depth)
	}
}

// fill repeats a part until the text is as long as it has to be.
func (w *patternWriter) fill(part *syntax.Regexp, depth int) {
	for utf8.RuneCountInString(w.b.String()) < w.least && w.left > 0 {
		w.write(part, depth+1)
	}
}

// friendlyRune is a character of a class, given as ranges: a letter or digit
// where it has one.
func friendlyRune(ranges []rune) rune {
	for _, wanted := range []rune{'a', 'A', '1', '0', '-'} {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= wanted && wanted <= ranges[i+1] {
				return wanted
			}
		}
	}
	if len(ranges) == 0 {
		return 'a'
	}
	return ranges[0]
}
