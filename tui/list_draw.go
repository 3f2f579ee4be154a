package tui

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// Widths of the list's columns, in cells.
const (
	clockWidth    = 8
	typeWidth     = 19
	marksWidth    = 2 // how it went, and before that what it is besides
	durationWidth = 6 // what is longer takes from the summary
)

// typeWidthIn is how wide the types are in a list of so many cells: a narrow one
// leaves room for what happened, and cuts the long types.
func typeWidthIn(w int) int { return max(min(typeWidth, 13+(w-61)/3), 9) }

// draw returns the rows that are on the screen, each as wide as w, h of them.
func (l *list) draw(t *paint.Theme, w, h int, now time.Time, zone *time.Location, focused bool) []string {
	lines := make([]string, 0, h)
	var line paint.Line
	for i := l.top; len(lines) < h; i++ {
		line.Reset(w)
		if i < len(l.list) {
			l.drawRow(&line, t, i, now, zone, focused)
		}
		lines = append(lines, line.String())
	}
	return lines
}

func (l *list) drawRow(line *paint.Line, t *paint.Theme, i int, now time.Time, zone *time.Location, focused bool) {
	r := l.list[i]
	e := l.history.at(r.last)
	if e == nil {
		return
	}
	if r.kind == dividerRow {
		drawDivider(line, t, e, zone)
		return
	}
	if i == l.cursor {
		bar := t.Muted
		if focused {
			bar = t.Accent
		}
		line.Add(bar, "▌").Behind(t.CursorLine)
	} else {
		line.Add(t.Text, " ")
	}
	first := l.history.at(r.first)
	if first == nil {
		first = e
	}
	line.ColRight(t.Faint, since(first, zone), clockWidth).Add(t.Text, " ")
	line.Col(typeStyle(t, e), e.typ, typeWidthIn(line.At()+line.Left())).Add(t.Text, " ")
	lasted, marks := took(e, now), marksOf(t, e)
	rest := line.Left() - max(durationWidth, paint.Width(lasted)) - 1
	if len(marks) > 0 {
		rest -= marksWidth + 1
	}
	summary, style := rowSummary(r, e), t.Text
	if r.kind == runRow || e.is(partial) {
		style = t.Faint
	}
	if status := statusShown(e); status != "" && rest > len(status)+1 {
		line.Add(t.Strong, status).Add(t.Text, " ")
		rest -= len(status) + 1
	}
	if e.typ == "tool-calls" && paint.Width(summary) > rest {
		summary = shortCall(summary)
	}
	line.Col(style, summary, rest).Add(t.Text, " ")
	if len(marks) > 0 {
		drawMarks(line, marks)
		line.Add(t.Text, " ")
	}
	line.ColRight(t.Faint, lasted, line.Left())
}

// drawDivider draws what stands above the entries of a call, or above those that
// belong to none.
func drawDivider(line *paint.Line, t *paint.Theme, e *entry, zone *time.Location) {
	line.Add(t.Rule, "── ")
	if e.call == nil {
		line.Add(t.Muted, "outside a call")
	} else {
		line.Add(t.Muted, "call "+e.call.short())
		if who := e.call.parties(); who != "" {
			line.Add(t.Muted, " · "+who)
		}
		line.Add(t.Muted, " · "+e.call.started.In(zone).Format("15:04"))
	}
	line.Add(t.Rule, " ").Rule(t.Rule, "─", line.At()+line.Left())
}

// since is when an entry began: from the start of its call, or by the clock.
func since(e *entry, zone *time.Location) string {
	if e.call == nil {
		return e.at.In(zone).Format("15:04:05")
	}
	return plain.Offset(e.at.Sub(e.call.started))
}

func typeStyle(t *paint.Theme, e *entry) paint.Style {
	switch {
	case e.kind == vapi.KindLLM:
		return t.Model
	case e.is(wanted):
		return t.Accent
	case e.typ == "end-of-call-report":
		return t.Report
	}
	return t.Muted
}

// statusShown is the status where it tells something.
func statusShown(e *entry) string {
	switch {
	case e.is(pending) || e.status == 200:
		return ""
	case e.status == 0:
		return "no reply"
	}
	return fmt.Sprint(e.status)
}

// mark is a sign of what an entry is or how it went.
type mark struct {
	style paint.Style
	sign  string
}

// marksOf returns what an entry is besides its type, and how it went; of each one
// sign at the most.
func marksOf(t *paint.Theme, e *entry) []mark {
	var marks []mark
	for _, m := range []mark{originMark(t, e), verdictMark(t, e)} {
		if m.sign != "" {
			marks = append(marks, m)
		}
	}
	return marks
}

// drawMarks draws marks at the right of their column.
func drawMarks(line *paint.Line, marks []mark) {
	line.To(line.At() + marksWidth - len(marks))
	for _, m := range marks {
		line.Col(m.style, m.sign, 1)
	}
}

// verdictMark is the mark of how an entry went, where not well or not yet.
func verdictMark(t *paint.Theme, e *entry) mark {
	switch {
	case e.is(pending):
		return mark{t.Warn, "…"}
	case e.is(failed):
		return mark{t.BadStrong, "✗"}
	case e.is(warned):
		return mark{t.Warn, "!"}
	}
	return mark{}
}

// redeliverySign marks what Vapi sent more than once.
const redeliverySign = "≈"

// originMark is the mark of where an entry or its reply came from, or of what was
// done with it.
func originMark(t *paint.Theme, e *entry) mark {
	switch {
	case e.is(mocked):
		return mark{t.Report, "●"}
	case e.replayOf != 0:
		return mark{t.Report, "↻"}
	case e.is(redelivery):
		return mark{t.Muted, redeliverySign}
	case e.is(saved):
		return mark{t.Good, "✓"}
	case e.is(marked):
		return mark{t.Accent, "◆"}
	}
	return mark{}
}

// took is how long an entry took, or has taken until now.
func took(e *entry, now time.Time) string {
	if e.is(pending) {
		return plain.Duration(now.Sub(e.at))
	}
	return plain.Duration(e.duration)
}

// named is an argument of a call with its name, and quotes where it has some.
var named = regexp.MustCompile(`\w+: ("?)([^",()]*)("?)`)

// shortCall leaves the names of the arguments out of the summary of a tool call:
// get_weather(Oslo) → ...
func shortCall(summary string) string {
	call, reply, answered := strings.Cut(summary, ") → ")
	call = named.ReplaceAllString(call, "$2")
	if answered {
		return call + ") → " + reply
	}
	return call
}

// rowSummary is what a row says: of a run how many it holds.
func rowSummary(r row, e *entry) string {
	if r.kind != runRow {
		return e.summary
	}
	if strings.HasPrefix(e.typ, "transcript") {
		who, _, _ := strings.Cut(e.summary, ":")
		return fmt.Sprintf("%s speaking… %d partials", who, r.count)
	}
	return fmt.Sprintf("%s · %d updates", e.summary, r.count)
}
