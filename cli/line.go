package cli

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// Widths of the columns of a line.
const (
	idWidth   = 5
	typeWidth = 20
	timeWidth = 8
)

// line is one exchange on one line, for reading as they come: id, time, mark,
// type, status where it is not 200, duration and summary. It ends with what
// failed, on lines of its own.
func (s style) line(e *record.Exchange) string {
	var b strings.Builder
	id := "-"
	if e.ID != 0 {
		id = fmt.Sprint(e.ID)
	}
	fmt.Fprint(&b, s.cut(fmt.Sprintf("%s %s %s %s %s %s", s.muted(fmt.Sprintf("%*s", idWidth, id)), s.muted(e.Time.Local().Format(s.clock())),
		s.mark(e), s.typeName(e), s.muted(fmt.Sprintf("%*s", timeWidth, plain.Duration(e.Duration))), s.summary(e))))
	for _, c := range e.Checks {
		switch c.Level {
		case vapi.Error:
			b.WriteString("\n" + s.hang(s.markColumn(), s.failed("✗ "+plain.Text(c.Message))+" "+s.muted("("+c.Code+")")))
		case vapi.Warning:
			b.WriteString("\n" + s.hang(s.markColumn(), s.warned("! "+plain.Text(c.Message))+" "+s.muted("("+c.Code+")")))
		}
	}
	if e.Error != "" && !e.Failed() {
		b.WriteString("\n" + s.hang(s.markColumn(), s.warned("! "+plain.Text(e.Error))))
	}
	return b.String()
}

// clock is how the time of a line is written: shorter on a narrow terminal.
func (s style) clock() string {
	if s.width > 0 && s.width < 100 {
		return "15:04:05"
	}
	return "15:04:05.000"
}

// markColumn is where the mark of a line stands, and what is told of it below.
func (s style) markColumn() int { return idWidth + 1 + len(s.clock()) + 1 }

// mark is one sign for what became of the exchange.
func (s style) mark(e *record.Exchange) string {
	switch {
	case e.Failed():
		return s.failed("✗")
	case e.Warned() || e.Error != "":
		return s.warned("!")
	case e.ReplayOf != 0:
		return s.report("↻")
	case e.RedeliveryOf != 0:
		return s.muted("≈")
	}
	return " "
}

// typeName is what the exchange was, in a column.
func (s style) typeName(e *record.Exchange) string {
	name := plain.Text(e.Type)
	if name == "" {
		name = plain.Text(e.Method)
	}
	name = fit(name, typeWidth)
	switch {
	case e.Kind == vapi.KindLLM:
		return s.model(name)
	case e.Type == "end-of-call-report":
		return s.report(name)
	case vapi.WantsReply(e.Type) || e.Kind == vapi.KindMCP:
		return s.wanted(name)
	}
	return s.muted(name)
}

// summary is what is said of the exchange, with the status where it tells
// something, and the path where nothing else does.
func (s style) summary(e *record.Exchange) string {
	text := plain.Text(e.Summary)
	if text == "" {
		text = plain.Text(e.Path)
	}
	switch {
	case e.Status == 0 && e.From == record.FromImport:
		// What it was imported from had none.
	case e.Status == 0:
		text = s.failed("no reply") + " " + strings.TrimSuffix(text, " → no answer")
	case e.Status != 200:
		text = s.strong(fmt.Sprint(e.Status)) + " " + text
	}
	if e.ReplayOf != 0 {
		text += s.muted(fmt.Sprintf("  (replay of %d)", e.ReplayOf))
	}
	if e.RedeliveryOf != 0 {
		text += s.muted(fmt.Sprintf("  (%d again)", e.RedeliveryOf))
	}
	return text
}

// fit cuts or fills text to a width in cells.
func fit(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}
