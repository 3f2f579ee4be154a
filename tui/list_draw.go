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
	typeWidth     = 18
	durationWidth = 8
)

// typeWidthIn is how wide the types are in a list of so many cells: a narrow one
// leaves some room for what happened.
func typeWidthIn(w int) int { return max(min(typeWidth, typeWidth-(58-w)), 9) }

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
	rest := line.Left() - durationWidth - 3 // the mark, and a space at either side of it
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
	mark, markStyle := markOf(t, e)
	line.Col(markStyle, mark, 1).Add(t.Text, " ")
	line.ColRight(t.Faint, took(e, now), durationWidth)
}

// drawDivider draws what stands above the entries of a call, or above those that
// belong to none.
func drawDivider(line *paint.Line, t *paint.Theme, e *entry, zone *time.Location) {
	line.Add(t.Faint, "── ")
	if e.call == nil {
		line.Add(t.Muted, "outside a call")
	} else {
		line.Add(t.Muted, "call "+e.call.short())
		if who := e.call.parties(); who != "" {
			line.Add(t.Muted, " · "+who)
		}
		line.Add(t.Muted, " · "+e.call.started.In(zone).Format("15:04"))
	}
	line.Add(t.Faint, " ").Rule(t.Faint, "─", line.At()+line.Left())
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

// markOf is one sign for what became of an entry.
func markOf(t *paint.Theme, e *entry) (string, paint.Style) {
	switch {
	case e.is(pending):
		return "…", t.Warn
	case e.is(failed):
		return "✗", t.BadStrong
	case e.is(warned):
		return "!", t.Warn
	case e.is(mocked):
		return "●", t.Report
	case e.replayOf != 0:
		return "↻", t.Report
	case e.is(redelivery):
		return "⧉", t.Muted
	case e.is(saved):
		return "✓", t.Good
	case e.is(marked):
		return "◆", t.Accent
	}
	return "", t.Text
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
