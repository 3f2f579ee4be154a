package paint

import (
	"strings"

	"vapitap/internal/plain"

	"github.com/charmbracelet/x/ansi"
)

// Page is text that is read from top to bottom: lines of one width, wrapped
// where they are longer. NewPage makes one.
type Page struct {
	width int
	lines []string
	line  Line
}

// NewPage returns an empty page whose lines are so many cells wide.
func NewPage(width int) *Page { return &Page{width: max(width, 1)} }

// Width returns how wide a line is, in cells.
func (p *Page) Width() int { return p.width }

// Lines returns what was written, each line exactly as wide as the page.
func (p *Page) Lines() []string { return p.lines }

// Gap adds an empty line, unless the page is empty or ends with one.
func (p *Page) Gap() {
	if n := len(p.lines); n > 0 && strings.TrimSpace(ansi.Strip(p.lines[n-1])) != "" {
		p.lines = append(p.lines, Blank(p.width))
	}
}

// Line adds one line, which write fills; what does not fit is cut.
func (p *Page) Line(write func(*Line)) {
	p.line.Reset(p.width)
	write(&p.line)
	p.lines = append(p.lines, p.line.String())
}

// Text adds text, wrapped between words and indented by so many cells. Line
// breaks in it are kept.
func (p *Page) Text(s Style, indent int, text string) { p.Hang(s, "", indent, text) }

// Hang adds text behind a word or sign that stands in the indentation of its
// first line.
func (p *Page) Hang(s Style, sign string, indent int, text string) {
	for _, line := range Wrap(text, p.width-indent) {
		p.Line(func(l *Line) { l.Add(s, sign).To(indent).Add(s, line) })
		sign = ""
	}
}

// Wrap breaks text into lines of at most so many cells, between words where that
// is possible, each of them clean. Line breaks in the text are kept; an empty text is one
// empty line.
func Wrap(text string, cells int) []string {
	cells = max(cells, 1)
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = plain.Text(line)
		if Width(line) <= cells {
			lines = append(lines, line)
			continue
		}
		for part := range strings.SplitSeq(ansi.Wrap(line, cells, ""), "\n") {
			lines = append(lines, strings.TrimRight(part, " "))
		}
	}
	return lines
}
