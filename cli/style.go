package cli

import (
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// style colours words by what they mean. The zero style leaves them as they
// are, which is how everything looks that does not go to a terminal.
type style struct{ coloured bool }

// styleOf returns the style for what is written to w: coloured on a terminal
// that has colours, unless NO_COLOR asks for none.
func styleOf(w io.Writer) style {
	if _, ok := w.(*os.File); !ok {
		return style{}
	}
	return style{coloured: colorprofile.Detect(w, os.Environ()) >= colorprofile.ANSI}
}

func (s style) in(look ansi.Style, text string) string {
	if !s.coloured || text == "" {
		return text
	}
	return look.Styled(text)
}

// The meanings. The sixteen colours of the terminal's own theme are legible on
// dark and light.
func (s style) strong(text string) string { return s.in(ansi.NewStyle().Bold(), text) }
func (s style) muted(text string) string  { return s.in(ansi.NewStyle().Faint(), text) }
func (s style) failed(text string) string {
	return s.in(ansi.NewStyle().Bold().ForegroundColor(ansi.Red), text)
}
func (s style) warned(text string) string {
	return s.in(ansi.NewStyle().ForegroundColor(ansi.Yellow), text)
}
func (s style) good(text string) string {
	return s.in(ansi.NewStyle().ForegroundColor(ansi.Green), text)
}
func (s style) wanted(text string) string { // what wants a reply
	return s.in(ansi.NewStyle().Bold().ForegroundColor(ansi.Cyan), text)
}
func (s style) report(text string) string {
	return s.in(ansi.NewStyle().ForegroundColor(ansi.Blue), text)
}
func (s style) model(text string) string {
	return s.in(ansi.NewStyle().ForegroundColor(ansi.Magenta), text)
}
