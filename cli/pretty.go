package cli

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
)

// Payloads for reading: laid out and coloured, and harmless to a terminal.
// Nothing here changes what a payload says: keys keep their order, numbers and
// strings their text.

// The looks of the parts of JSON text.
func (s style) jsonKey(text string) string    { return s.report(text) }
func (s style) jsonString(text string) string { return s.good(text) }
func (s style) jsonNumber(text string) string { return s.warned(text) }
func (s style) jsonWord(text string) string   { return s.model(text) }

// extent bounds how much of a payload is written. The zero value has no bounds.
type extent struct {
	lines int // at most so many lines
	line  int // at most so many bytes of a line of text, or of a string in JSON
}

// pager writes lines until its extent is used up.
type pager struct {
	out    *bufio.Writer
	style  style
	margin string // before each line
	extent extent
	inline bool // JSON stays on one line
	lines  int  // begun so far
	inLine bool // the line has its margin
	cut    bool // not everything was written
}

// full reports whether nothing more is written.
func (p *pager) full() bool { return p.extent.lines > 0 && p.lines >= p.extent.lines }

// write writes a part of a line.
func (p *pager) write(text string) {
	if p.full() {
		p.cut = true
		return
	}
	if !p.inLine {
		p.inLine = true
		p.out.WriteString(p.margin)
	}
	p.out.WriteString(text)
}

// end ends the line.
func (p *pager) end() {
	if p.full() {
		return
	}
	p.out.WriteByte('\n')
	p.lines++
	p.inLine = false
}

// readable returns token as it may be shown: without what a terminal would
// obey, and its beginning alone where it is longer than the extent allows.
func (p *pager) readable(token []byte) string {
	if most := p.extent.line; most > 0 && len(token) > most {
		p.cut = true
		return plain.Text(string(wholeRunes(token[:most]))) + fmt.Sprintf("… (%s)", plain.Size(int64(len(token))))
	}
	return plain.Text(string(token))
}

// wholeRunes returns b without the beginning of a rune that it may end in.
func wholeRunes(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return b[:len(b)-n]
			}
			break
		}
	}
	return b
}

// text writes text as it is, tabs as spaces.
func (p *pager) text(text []byte) {
	for line := range bytes.Lines(text) {
		if p.full() {
			p.cut = true
			return
		}
		line = bytes.TrimRight(line, "\r\n")
		p.write(p.readable(bytes.ReplaceAll(line, []byte("\t"), []byte("    "))))
		p.end()
	}
}

// deepest is how many levels are indented: what is nested deeper stands below
// each other, since indenting each level would make a small body huge.
const deepest = 32

// json writes JSON text with one member or element on each line. What is no
// JSON, such as the end of a body that was cut short, is written as far as it
// makes sense; nothing is left out.
func (p *pager) json(text []byte) {
	depth := 0
	newLine := func() {
		if p.inline {
			return
		}
		p.end()
		p.write(strings.Repeat("  ", min(max(depth, 0), deepest)))
	}
	for i := jsonpath.SkipSpace(text, 0); i < len(text); i = jsonpath.SkipSpace(text, i) {
		if p.full() {
			p.cut = true
			return
		}
		switch c := text[i]; c {
		case '{', '[':
			closing := c + 2 // in ASCII
			if next := jsonpath.SkipSpace(text, i+1); next < len(text) && text[next] == closing {
				p.write(string([]byte{c, closing}))
				i = next + 1
				continue
			}
			p.write(string(rune(c)))
			depth++
			newLine()
			i++
		case '}', ']':
			depth--
			newLine()
			p.write(string(rune(c)))
			i++
		case ',':
			p.write(",")
			if p.inline {
				p.write(" ")
			}
			newLine()
			i++
		case ':':
			p.write(": ")
			i++
		default:
			end := jsonTokenEnd(text, i)
			look := p.jsonLook(text, i, end)
			p.write(look(p.readable(text[i:end])))
			i = end
		}
	}
	p.end()
}

// jsonLook returns the look of the string, number or word text[i:end].
func (p *pager) jsonLook(text []byte, i, end int) func(string) string {
	switch c := text[i]; {
	case c == '"':
		if next := jsonpath.SkipSpace(text, end); next < len(text) && text[next] == ':' {
			return p.style.jsonKey
		}
		return p.style.jsonString
	case c == '-' || c >= '0' && c <= '9':
		return p.style.jsonNumber
	}
	return p.style.jsonWord
}

// jsonTokenEnd returns where the string, number or word that begins at text[i]
// ends: the text's end where it does not.
func jsonTokenEnd(text []byte, i int) int {
	if text[i] != '"' {
		if n := bytes.IndexAny(text[i+1:], " \t\r\n{}[],:\""); n >= 0 {
			return i + 1 + n
		}
		return len(text)
	}
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// hexShown is how much is shown of what is not text, in bytes.
const hexShown = 256

// hex writes the first bytes of what is not text.
func (p *pager) hex(body []byte) {
	p.text([]byte(hex.Dump(body[:min(len(body), hexShown)])))
}

// isText reports whether body is text that can be read: UTF-8 without NUL. A
// body that was cut short may end within a character.
func isText(body []byte, truncated bool) bool {
	if truncated {
		body = wholeRunes(body)
	}
	return utf8.Valid(body) && bytes.IndexByte(body, 0) < 0
}

// isJSON reports whether body can be laid out as JSON: it is that, or was as far
// as it was captured.
func isJSON(body []byte, truncated bool) bool {
	start := jsonpath.SkipSpace(body, 0)
	if start == len(body) {
		return false
	}
	return json.Valid(body) || truncated && (body[start] == '{' || body[start] == '[')
}
