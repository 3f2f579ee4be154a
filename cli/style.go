package cli

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// style colours words by what they mean. The zero style leaves them as they
// are, which is how everything looks that does not go to a terminal.
type style struct {
	profile colorprofile.Profile
	width   int // of the terminal, in cells; 0 where a line may be as long as it is
}

// styleOf returns the style for what is written to w: coloured on a terminal
// that has colours, unless NO_COLOR asks for none.
func styleOf(w io.Writer) style {
	file, ok := w.(*os.File)
	if !ok || !onTerminal(file) {
		return style{}
	}
	s := style{profile: colorprofile.Detect(w, os.Environ())}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		s.width = width
	}
	return s
}

// ink is a colour that can be read on dark and light: one of the 256, and the
// nearest of the sixteen for terminals that have no more.
type ink struct {
	fine  ansi.IndexedColor
	basic ansi.BasicColor
}

func (s style) in(c ink, bold bool, text string) string {
	if s.profile < colorprofile.ANSI || text == "" {
		return text
	}
	look := ansi.NewStyle()
	if bold {
		look = look.Bold()
	}
	if s.profile >= colorprofile.ANSI256 {
		return look.ForegroundColor(c.fine).Styled(text)
	}
	return look.ForegroundColor(c.basic).Styled(text)
}

// The meanings.
func (s style) strong(text string) string {
	if s.profile < colorprofile.ANSI || text == "" {
		return text
	}
	return ansi.NewStyle().Bold().Styled(text)
}
func (s style) muted(text string) string  { return s.in(ink{245, ansi.BrightBlack}, false, text) }
func (s style) failed(text string) string { return s.in(ink{167, ansi.Red}, true, text) }
func (s style) warned(text string) string { return s.in(ink{172, ansi.Yellow}, false, text) }
func (s style) good(text string) string   { return s.in(ink{71, ansi.Green}, false, text) }
func (s style) wanted(text string) string { return s.in(ink{36, ansi.Cyan}, true, text) } // what wants a reply
func (s style) report(text string) string { return s.in(ink{33, ansi.Blue}, false, text) }
func (s style) model(text string) string  { return s.in(ink{99, ansi.Magenta}, false, text) }

// helpWidth is how wide help is written.
func (s style) helpWidth() int {
	if s.width > 0 {
		return min(s.width, 100)
	}
	return 100
}

// hang writes text below a line, indented, and wrapped at the terminal's width.
func (s style) hang(indent int, text string) string {
	if s.width > indent+20 {
		text = ansi.Wrap(text, s.width-indent, "")
	}
	space := strings.Repeat(" ", indent)
	return space + strings.ReplaceAll(text, "\n", "\n"+space)
}

// cut shortens a line to the terminal's width.
func (s style) cut(line string) string {
	if s.width <= 0 {
		return line
	}
	return ansi.Truncate(line, s.width, "…")
}
