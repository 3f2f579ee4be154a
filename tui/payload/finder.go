package payload

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// pattern is bytes that are searched, in one of the ways a body may write them.
type pattern struct {
	lower, upper []byte // each byte as it may stand; they are equal where case matters
	text         []byte // what is found must be this but for case; nil where that is sure
	probe        int    // the byte that is looked for first, because it is rare
}

// patterns returns the ways in which text may stand in a body: as it is, within
// a string that holds JSON, and with escapes for what is not ASCII. Case matters
// where text has capitals. sample is some of the body.
func patterns(text string, sample []byte) []pattern {
	exact := false
	for _, r := range text {
		exact = exact || unicode.IsUpper(r)
	}
	var ways []pattern
	add := func(p pattern) {
		p.choose(sample)
		ways = append(ways, p)
	}
	add(newPattern(text, exact))
	quoted := jsonpath.Quote(text)
	if quoted = quoted[1 : len(quoted)-1]; !bytes.Equal(quoted[1:], []byte(text)) && string(quoted) != text {
		add(newPattern(string(quoted), exact))
	}
	if escaped := asciiOnly(text); escaped != text {
		add(escapedPattern(escaped, exact))
		if capital := asciiOnly(strings.ToUpper(text)); !exact && !strings.EqualFold(capital, escaped) {
			add(escapedPattern(capital, exact))
		}
	}
	return ways
}

// escapedPattern returns the pattern of text that has escapes, whose digits may be
// of either case.
func escapedPattern(text string, exact bool) pattern {
	p := newPattern(text, exact)
	for i := 0; i+6 <= len(text); i++ {
		if text[i:i+2] != `\u` {
			continue
		}
		p.lower[i+1], p.upper[i+1] = 'u', 'u'
		for j := i + 2; j < i+6; j++ {
			p.lower[j], p.upper[j] = lowerOf(text[j]), upperOf(text[j])
		}
	}
	return p
}

// asciiOnly writes what is not ASCII in text as JSON escapes.
func asciiOnly(text string) string {
	var out []byte
	for _, r := range text {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return string(out)
}

func newPattern(text string, exact bool) pattern {
	p := pattern{lower: []byte(text), upper: []byte(text)}
	if exact {
		return p
	}
	at := 0
	for _, r := range text {
		size := utf8.RuneLen(r)
		lower, upper := string(unicode.ToLower(r)), string(unicode.ToUpper(r))
		if r != utf8.RuneError && len(lower) == size && len(upper) == size {
			copy(p.lower[at:], lower)
			copy(p.upper[at:], upper)
			if size > 1 && lower != upper {
				p.text = []byte(text) // halves of two letters could make a third
			}
		}
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[at:])
		}
		at += size
	}
	return p
}

func lowerOf(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func upperOf(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// choose takes the byte of the pattern for the probe that is rarest in a sample.
func (p *pattern) choose(sample []byte) {
	var seen [256]int
	for _, c := range sample {
		seen[c]++
	}
	least := -1
	for i := range p.lower {
		n := seen[p.lower[i]]
		if p.upper[i] != p.lower[i] {
			n += seen[p.upper[i]]
		}
		if least < 0 || n < least {
			least, p.probe = n, i
		}
	}
}

// len returns how many bytes what is found takes.
func (p *pattern) len() int { return len(p.lower) }

// matches reports whether the pattern stands at b[at].
func (p *pattern) matches(b []byte, at int) bool {
	if at < 0 || at+len(p.lower) > len(b) {
		return false
	}
	b = b[at : at+len(p.lower)]
	for i, c := range b {
		if c != p.lower[i] && c != p.upper[i] {
			return false
		}
	}
	return p.text == nil || bytes.EqualFold(b, p.text)
}

// count returns how often the pattern stands from one offset to another, and how
// often it had to look closely.
func (p *pattern) count(b []byte, from, to int) (n, looks int) {
	if len(p.lower) == 1 {
		n = bytes.Count(b[from:to], p.lower)
		if p.upper[0] != p.lower[0] {
			n += bytes.Count(b[from:to], p.upper)
		}
		return n, 0
	}
	looks = p.each(b, from, to, func(int) bool {
		n++
		return true
	})
	return n, looks
}

// each calls yield with every offset from one to another at which the pattern
// stands, until yield returns false. It returns how often it had to look closely.
func (p *pattern) each(b []byte, from, to int, yield func(at int) bool) (looks int) {
	end := min(to+p.probe, len(b))
	lower, upper := p.lower[p.probe], p.upper[p.probe]
	next := func(c byte, i int) int {
		for near := min(i+16, end); i < near; i++ { // where it is frequent a call costs more
			if b[i] == c {
				return i
			}
		}
		if i < end {
			if n := bytes.IndexByte(b[i:end], c); n >= 0 {
				return i + n
			}
		}
		return end
	}
	nextLower, nextUpper := next(lower, from+p.probe), end
	if upper != lower {
		nextUpper = next(upper, from+p.probe)
	}
	for nextLower < end || nextUpper < end {
		at := min(nextLower, nextUpper)
		looks++
		if p.matches(b, at-p.probe) && !yield(at-p.probe) {
			break
		}
		if at == nextLower {
			nextLower = next(lower, at+1)
		} else {
			nextUpper = next(upper, at+1)
		}
	}
	return looks
}
