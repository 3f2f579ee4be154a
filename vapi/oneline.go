package vapi

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// How long the parts of a summary may be, in characters.
const (
	summaryLength = 200
	phraseLength  = 90 // something that somebody said
	detailLength  = 40 // one argument, one name
)

// oneLine makes s fit to stand in a line of a list: white space of any kind and
// control characters become single spaces, what turns the writing direction or
// is no character at all is dropped, and what is longer than limit characters
// is cut with an ellipsis.
func oneLine(s string, limit int) string {
	if isOneLine(s, limit) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), 4*limit))
	count, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = count > 0
			continue
		}
		if invisible(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			count++
			space = false
		}
		if count++; count > limit {
			return cutRunes(b.String(), limit-1) + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isOneLine reports whether oneLine would return s as it is, which it need not
// find out of text that is nearly too long or has an odd character.
func isOneLine(s string, limit int) bool {
	if len(s) > limit || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case ' ' < c && c < 0x7f:
		case c == ' ':
			if s[i-1] == ' ' {
				return false
			}
		case c < utf8.RuneSelf:
			return false
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) || invisible(r) {
				return false
			}
			i += size - 1
		}
	}
	return true
}

// invisible reports whether r could make a terminal show a line in another
// order than it is written, or is a byte order mark.
func invisible(r rune) bool {
	switch {
	case r == '\uFEFF', r == '\u200E', r == '\u200F', r == '\u061C':
		return true
	case '\u202A' <= r && r <= '\u202E', '\u2066' <= r && r <= '\u2069':
		return true
	}
	return false
}

// cutRunes returns at most the first n characters of s, without a space at the end.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			s = s[:i]
			break
		}
		n--
	}
	return strings.TrimRight(s, " ")
}

// prefix returns the beginning of the string that v is, about limit characters
// of it, so that a long one is not decoded as a whole. A string that the end of
// the text cuts off counts.
func (v value) prefix(limit int) string {
	if !v.isString() {
		return ""
	}
	const longestEscape = len(`\ud83d\ude00`)
	most := v.start + 1 + longestEscape*(limit+2)
	if most >= len(v.text) {
		if raw := v.raw(); raw != nil {
			s, _ := jsonpath.Unquote(raw)
			return s
		}
		most = len(v.text)
	}
	head := v.text[v.start:most]
	if end, ok := jsonpath.Skip(head, 0); ok {
		s, _ := jsonpath.Unquote(head[:end])
		return s
	}
	for n := len(head); n > 0 && n > len(head)-longestEscape; n-- {
		if s, ok := jsonpath.Unquote(append(head[:n:n], '"')); ok {
			return s
		}
	}
	return ""
}

// quoted returns a string with its quotes as it is written where it can stand so in
// a line: it is not empty, of at most limit ASCII characters, and oneLine would
// change nothing about it. It returns nil for any other.
func (v value) quoted(limit int) []byte {
	if !v.isString() {
		return nil
	}
	afterSpace := true // or at the beginning, where no space belongs either
	for i := v.start + 1; i < min(len(v.text), v.start+limit+2); i++ {
		switch c := v.text[i]; {
		case c == '"' && afterSpace, c == ' ' && afterSpace:
			return nil
		case c == '"':
			return v.text[v.start : i+1]
		case c < ' ', c == '\\', c >= 0x7f:
			return nil
		default:
			afterSpace = c == ' '
		}
	}
	return nil
}

// words returns the text of a scalar, or the JSON of anything else, in one line
// of at most limit characters.
func (v value) words(limit int) string {
	if plain := v.quoted(limit); plain != nil {
		return string(plain[1 : len(plain)-1])
	}
	if v.isString() {
		return oneLine(v.prefix(limit), limit)
	}
	if v.text == nil {
		return ""
	}
	most := min(len(v.text), v.start+utf8.UTFMax*(limit+2))
	if raw := (value{text: v.text[:most], start: v.start}).raw(); raw != nil {
		return oneLine(string(raw), limit)
	}
	return oneLine(string(v.text[v.start:most]), limit)
}

// phrase returns what v says in quotes, or the JSON of it where it is no string;
// "" where v is absent or says nothing.
func (v value) phrase(limit int) string {
	if !v.found() {
		return ""
	}
	if plain := v.quoted(limit); plain != nil {
		return string(plain)
	}
	s := v.words(limit)
	if v.isString() && s != "" {
		return `"` + s + `"`
	}
	return s
}

// writePhrase writes phrase to b.
func (v value) writePhrase(b *strings.Builder, limit int) {
	if plain := v.quoted(limit); plain != nil {
		b.Write(plain)
		return
	}
	b.WriteString(v.phrase(limit))
}

// joined joins the parts that are not empty with middle dots.
func joined(parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

// plural returns "1 message", "2 messages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// shortID returns the first eight characters of an id, which is what people
// tell ids apart by.
func shortID(v value) string {
	id := v.words(detailLength)
	if utf8.RuneCountInString(id) <= 8 {
		return id
	}
	return cutRunes(id, 8) + "…"
}

// phone spaces a North American number the way it is read out. Other numbers
// stay as they came: where their parts end depends on the country.
func phone(number string) string {
	if len(number) != 12 || !strings.HasPrefix(number, "+1") || strings.Trim(number[2:], "0123456789") != "" {
		return number
	}
	return number[:2] + " " + number[2:5] + " " + number[5:8] + " " + number[8:]
}

// spell writes a duration as people read it: 840 ms, 7.5 s, 1 m 42 s, 2 h 5 m.
func spell(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		tenths := d.Round(100 * time.Millisecond).Seconds()
		return strconv.FormatFloat(tenths, 'f', -1, 64) + " s"
	case d < time.Hour:
		d = d.Round(time.Second)
		return strconv.Itoa(int(d.Minutes())) + " m " + strconv.Itoa(int(d.Seconds())%60) + " s"
	}
	d = d.Round(time.Minute)
	return strconv.Itoa(int(d.Hours())) + " h " + strconv.Itoa(int(d.Minutes())%60) + " m"
}

// spellSeconds is spell for a number of seconds from somewhere else, which may
// be anything.
func spellSeconds(s float64) string {
	const most = 1e6 // far beyond any call, within time.Duration
	if s <= 0 || s > most {
		return ""
	}
	d := time.Duration(s * float64(time.Second))
	if d >= time.Minute {
		d = d.Round(time.Second)
	}
	return spell(d)
}

// dollars writes a cost: $0.12, and $0.0042 where cents would say nothing.
func dollars(cost float64) string {
	digits := 2
	if cost > 0 && cost < 0.01 {
		digits = 4
	}
	return "$" + strconv.FormatFloat(cost, 'f', digits, 64)
}
