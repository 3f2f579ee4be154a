package tui

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/tui/paint"
)

// sheet is a page with the forms that the text of the detail has: headings,
// fields, values.
type sheet struct {
	*paint.Page
	t *paint.Theme
}

// indent is where what belongs under a heading stands.
const indent = 2

// fieldWidth is how wide the names of fields are, with the space behind them.
const fieldWidth = 14

// longText bounds what is shown of one text, in bytes: the tabs of the bodies
// have all of it.
const longText = 6_000

// heading begins a part.
func (s *sheet) heading(text string) {
	s.Gap()
	s.Text(s.t.Muted, 0, text)
}

// title begins a part that is looked at first.
func (s *sheet) title(text, right string) {
	s.Gap()
	s.Line(func(l *paint.Line) {
		room := s.Width() - paint.Width(right) - 2
		l.Add(s.t.Strong, paint.Cut(plain.Text(text), room)).To(s.Width()-paint.Width(right)).Add(s.t.Faint, right)
	})
}

// field writes one thing by its name; nothing where it is empty.
func (s *sheet) field(name, value string) { s.styled(s.t.Text, name, value) }

func (s *sheet) styled(style paint.Style, name, value string) {
	if value == "" {
		return
	}
	at := indent + fieldWidth
	for i, line := range paint.Wrap(cutText(value), s.Width()-at) {
		s.Line(func(l *paint.Line) {
			if i == 0 {
				l.Add(s.t.Text, "  ").Col(s.t.Muted, name, fieldWidth-1)
			}
			l.To(at).Add(style, line)
		})
	}
}

// text writes what somebody wrote, such as a summary.
func (s *sheet) text(style paint.Style, value string) { s.Text(style, indent, cutText(value)) }

// value writes a JSON value, or what came in place of one, in at most so many
// lines, and where the rest of it is.
func (s *sheet) value(at int, text []byte, most int, rest string) {
	if !s.JSON(s.t, at, text, most) {
		s.Text(s.t.Faint, at, "… "+rest)
	}
}

// members writes the members of an object as fields, at most so many of them;
// any other value as it is.
func (s *sheet) members(object node, most int, rest string) {
	if object.kind() != '{' {
		s.value(indent, object, most, rest)
		return
	}
	width := 0
	for key := range jsonpath.Members(object) {
		width = max(width, paint.Width(keyText(key)))
	}
	width = min(width, s.Width()/3) + indent + 3
	n := 0
	for key, value := range jsonpath.Members(object) {
		if n++; n > most {
			s.Text(s.t.Faint, indent, "… "+rest)
			return
		}
		s.member(width, keyText(key), node(value), "")
	}
	if n == 0 {
		s.Text(s.t.Faint, indent, "none")
	}
}

// member writes one member of an object: its key, its value in a column, and a
// word about it.
func (s *sheet) member(at int, key string, value node, mark string) {
	one := paint.NewPage(max(s.Width()-at-paint.Width(mark)-1, 8))
	const most = 12
	all := one.JSON(s.t, 0, value, most)
	for i, line := range one.Lines() {
		s.Line(func(l *paint.Line) {
			if i == 0 {
				l.Add(s.t.Text, "  ").Col(s.t.Muted, key, at-indent-2)
			}
			l.To(at).Drawn(strings.TrimRight(line, " "))
			if i == 0 && mark != "" {
				l.Add(s.t.Text, "  ").Add(s.t.Faint, mark)
			}
		})
	}
	if !all {
		s.Text(s.t.Faint, at, "…")
	}
}

// cutText returns the beginning of a text that is too long to be read here.
func cutText(text string) string {
	if len(text) <= longText {
		return text
	}
	end := longText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// node is the text of a JSON value, nil for none. What it holds is asked for by
// name; what is not there is nil, empty or 0.
type node []byte

// at follows the names from object to object.
func (n node) at(names ...string) node {
	for _, name := range names {
		n = jsonpath.Member(n, name)
	}
	return n
}

// kind is the first byte, which tells what it is; 0 for null and for none.
func (n node) kind() byte {
	if i := jsonpath.SkipSpace(n, 0); i < len(n) && n[i] != 'n' {
		return n[i]
	}
	return 0
}

// str returns the string that the value is, the text of a number or word, and
// "" for anything else.
func (n node) str() string {
	switch n.kind() {
	case 0, '{', '[':
		return ""
	case '"':
		s, _ := jsonpath.Unquote(n)
		return s
	}
	return string(n)
}

// number returns the number that the value is, 0 where it is none.
func (n node) number() float64 {
	var f float64
	if n.kind() == '"' || json.Unmarshal(n, &f) != nil {
		return 0
	}
	return f
}

// first returns the first of the values that is there and not empty.
func first(nodes ...node) node {
	for _, n := range nodes {
		if text := string(n); n.kind() != 0 && text != `""` && text != "{}" && text != "[]" {
			return n
		}
	}
	return nil
}

func (n node) elements() []node {
	var list []node
	for _, v := range jsonpath.Elements(n) {
		list = append(list, v)
	}
	return list
}

func keyText(key []byte) string {
	s, _ := jsonpath.Unquote(key)
	return s
}
