package paint

import (
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
)

// JSON adds JSON text laid out and coloured, indented by so many cells and at
// most so many lines of it, and reports whether that was all. An object or array
// that fits in what is left of a line stays on it. Text that is no JSON is laid
// out as far as it makes sense.
func (p *Page) JSON(t *Theme, indent int, text []byte, most int) (all bool) {
	j := jsonLayout{page: p, theme: t, text: text, margin: indent, most: most}
	j.newLine()
	return j.write()
}

// jsonLayout lays out one JSON text.
type jsonLayout struct {
	page   *Page
	theme  *Theme
	text   []byte
	margin int // before every line
	most   int // lines
	open   []jsonOpen

	line  []jsonPiece // what the current line has so far
	at    int         // the cell where it goes on
	lines int         // that were added
}

// jsonOpen is an object or array that is being written.
type jsonOpen struct{ hugged bool } // its only member stands on the line of its bracket

type jsonPiece struct {
	style Style
	text  string
}

// The bounds of what is laid out: how deep lines are indented, and how far ahead
// a container is looked through for having one member only.
const (
	jsonIndent   = 2
	jsonDeepest  = 12
	jsonLookOver = 4 << 10
)

// write lays the text out and reports whether all of it was.
func (j *jsonLayout) write() bool {
	for i := jsonpath.SkipSpace(j.text, 0); i < len(j.text); i = jsonpath.SkipSpace(j.text, i) {
		if j.lines >= j.most {
			return false
		}
		switch c := j.text[i]; c {
		case '{', '[':
			if end, ok := j.fits(i); ok {
				j.inline(i, end)
				i = end
				continue
			}
			j.put(j.theme.Punct, string(rune(c)))
			j.open = append(j.open, jsonOpen{hugged: j.hugs(i)})
			if !j.open[len(j.open)-1].hugged {
				j.newLine()
			}
			i++
		case '}', ']':
			j.close(string(rune(c)))
			i++
		case ',':
			j.put(j.theme.Punct, ",")
			j.newLine()
			i++
		case ':':
			j.put(j.theme.Punct, ": ")
			i++
		default:
			end := jsonToken(j.text, i)
			if !j.token(i, end) {
				return false
			}
			i = end
		}
	}
	j.flush()
	return true
}

func (j *jsonLayout) close(bracket string) {
	if n := len(j.open); n > 0 {
		hugged := j.open[n-1].hugged
		j.open = j.open[:n-1]
		if !hugged {
			j.newLine()
		}
	}
	j.put(j.theme.Punct, bracket)
}

// put adds a piece to the line, unless it is full: what is no JSON may never end
// one.
func (j *jsonLayout) put(s Style, text string) {
	if j.at > j.page.width {
		return
	}
	j.line = append(j.line, jsonPiece{s, text})
	j.at += Width(text)
}

// newLine ends the line and indents the next.
func (j *jsonLayout) newLine() {
	j.flush()
	depth := 0
	for _, o := range j.open {
		if !o.hugged {
			depth++
		}
	}
	j.at = min(j.margin+jsonIndent*min(depth, jsonDeepest), j.page.width*2/3)
	j.line = append(j.line, jsonPiece{text: Blank(j.at)})
}

// flush adds the line to the page, if anything is in it.
func (j *jsonLayout) flush() {
	if len(j.line) > 1 && j.lines < j.most {
		j.page.Line(func(l *Line) {
			for _, piece := range j.line {
				l.Add(piece.style, piece.text)
			}
		})
		j.lines++
	}
	j.line = j.line[:0]
}

// room is what is left of the line, but for the comma or bracket that may follow.
func (j *jsonLayout) room() int { return j.page.width - j.at - 1 }

// fits returns where the container that opens at text[i] ends, and whether it
// fits on the line.
func (j *jsonLayout) fits(i int) (end int, ok bool) {
	room, depth := j.room(), 0
	for room >= 0 && i < len(j.text) {
		switch j.text[i] {
		case '{', '[':
			depth++
			room--
			i++
		case '}', ']':
			depth--
			room--
			i++
			if depth == 0 {
				return i, room >= 0
			}
		case ',', ':':
			room -= 2
			i++
		default:
			end := jsonToken(j.text, i)
			if end-i > 8*room {
				return 0, false
			}
			room -= Width(plain.Text(string(j.text[i:end])))
			i = end
		}
		i = jsonpath.SkipSpace(j.text, i)
	}
	return 0, false
}

// inline writes text[i:end], a container that fits.
func (j *jsonLayout) inline(i, end int) {
	for i < end {
		switch c := j.text[i]; c {
		case '{', '[', '}', ']':
			j.put(j.theme.Punct, string(rune(c)))
			i++
		case ',', ':':
			j.put(j.theme.Punct, string(rune(c))+" ")
			i++
		default:
			after := jsonToken(j.text, i)
			j.put(j.look(i, after), plain.Text(string(j.text[i:after])))
			i = after
		}
		i = jsonpath.SkipSpace(j.text, i)
	}
}

// hugs reports whether the container at text[i] has one member, which is a
// container too: its brackets then need no lines of their own.
func (j *jsonLayout) hugs(i int) bool {
	ahead := j.text[i:min(len(j.text), i+jsonLookOver)]
	var only []byte
	switch ahead[0] {
	case '[':
		for n, v := range jsonpath.Elements(ahead) {
			if n > 0 {
				return false
			}
			only = v
		}
	default:
		for _, v := range jsonpath.Members(ahead) {
			if only != nil {
				return false
			}
			only = v
		}
	}
	if len(only) == 0 || only[0] != '{' && only[0] != '[' {
		return false
	}
	_, whole := jsonpath.Skip(ahead, 0)
	return whole
}

// token writes the string, number or word text[i:end]: a long string on several
// lines. It is false where that is more than there may be.
func (j *jsonLayout) token(i, end int) bool {
	style := j.look(i, end)
	whole := true
	if most := 4 * j.most * j.page.width; end-i > most {
		end, whole = i+most, false
	}
	word := plain.Text(strings.ToValidUTF8(string(j.text[i:end]), "\uFFFD"))
	if Width(word) <= j.room() {
		j.put(style, word)
		return whole
	}
	if j.at > j.page.width/2 {
		at := min(j.at, j.margin+jsonIndent*(len(j.open)+1), j.page.width/2)
		j.flush()
		j.at = at
		j.line = append(j.line, jsonPiece{text: Blank(at)})
	}
	hang := j.at
	for n, part := range Wrap(word, j.page.width-hang-1) {
		if n > 0 {
			j.flush()
			j.at = hang
			j.line = append(j.line, jsonPiece{text: Blank(hang)})
		}
		if j.lines >= j.most {
			return false
		}
		j.put(style, part)
	}
	return whole
}

// look returns the style of the string, number or word text[i:end].
func (j *jsonLayout) look(i, end int) Style {
	switch c := j.text[i]; {
	case c == '"':
		if next := jsonpath.SkipSpace(j.text, end); next < len(j.text) && j.text[next] == ':' {
			return j.theme.Key
		}
		return j.theme.String
	case c == '-' || c >= '0' && c <= '9':
		return j.theme.Number
	}
	return j.theme.Literal
}

// jsonToken returns where the string, number or word that begins at text[i]
// ends: the text's end where it does not.
func jsonToken(text []byte, i int) int {
	if text[i] == '"' {
		end, _ := jsonpath.Skip(text, i)
		return end
	}
	for n := i + 1; n < len(text); n++ {
		if strings.IndexByte(" \t\r\n{}[],:\"", text[n]) >= 0 {
			return n
		}
	}
	return len(text)
}
