package tui

import (
	"fmt"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// callRows are the lines of a call: what it was, the waterfall, the turns.
func callRows(c *timeline.Call, w int) []callRow {
	b := callRowBuilder{call: c, width: w, axis: callLength(c), slowest: slowestTurn(c.Turns)}
	b.about()
	b.scale()
	b.exchanges()
	b.turns()
	return b.rows
}

type callRowBuilder struct {
	call    *timeline.Call
	width   int
	rows    []callRow
	axis    time.Duration // what the whole width of the waterfall stands for
	slowest time.Duration
}

// callLength returns how long a call is, as far as it is known.
func callLength(c *timeline.Call) time.Duration {
	length := seconds(c.DurationSeconds)
	if n := len(c.Exchanges); n > 0 {
		last := &c.Exchanges[n-1]
		length = max(length, c.Offset(last)+last.Duration)
	}
	return max(length, time.Second)
}

// words adds text.
func (b *callRowBuilder) words(style func(*paint.Theme) paint.Style, text string) {
	for _, line := range paint.Wrap(text, b.width-2) {
		b.rows = append(b.rows, callRow{text: true, draw: func(l *paint.Line, t *paint.Theme) { l.Add(style(t), line) }})
	}
}

func mutedStyle(t *paint.Theme) paint.Style  { return t.Muted }
func strongStyle(t *paint.Theme) paint.Style { return t.Strong }
func faintStyle(t *paint.Theme) paint.Style  { return t.Faint }
func badStyle(t *paint.Theme) paint.Style    { return t.Bad }

// about says what the call was and what became of it.
func (b *callRowBuilder) about() {
	c := b.call
	who := (&call{id: c.ID, facts: vapi.CallFacts{Type: c.Type, Customer: c.Customer, Assistant: c.Assistant}}).parties()
	b.words(strongStyle, strings.Join(present("call "+clip(c.ID, 8), who), " · "))
	lasted, cost := "going on", ""
	switch {
	case c.DurationSeconds > 0:
		lasted = plain.Duration(seconds(c.DurationSeconds))
	case c.Over():
		lasted = "over"
	}
	if c.Cost > 0 {
		cost = fmt.Sprintf("$%.4f", c.Cost)
	}
	failed := ""
	if n := len(c.Failed()); n > 0 {
		failed = fmt.Sprintf("✗ %d failed", n)
	}
	b.words(mutedStyle, strings.Join(present(lasted, fmt.Sprintf("%d exchanges", len(c.Exchanges)), failed, cost), " · "))
	b.ending()
	if ownClock(c) {
		b.words(faintStyle, "times are the call's own; the list has when each came")
	}
	if c.LeftOut > 0 {
		b.words(faintStyle, fmt.Sprintf("%d more were sent again or as a test; they are left out", c.LeftOut))
	}
	b.words(mutedStyle, "")
}

// ownClock reports whether the times of a call are not those at which its messages
// came here: it was played faster or slower than it is, or had begun before.
func ownClock(c *timeline.Call) bool {
	for i := range c.Exchanges {
		e := &c.Exchanges[i]
		if differs := c.Offset(e) - e.Time.Sub(c.Exchanges[0].Time); differs.Abs() > time.Second {
			return true
		}
	}
	return false
}

// ending says what ended the call.
func (b *callRowBuilder) ending() {
	cause := b.call.Cause
	if cause == nil {
		return
	}
	text, style := cause.Text, mutedStyle
	if cause.Exchange != 0 {
		likely := ""
		if cause.Likely {
			likely = "probably "
		}
		text += fmt.Sprintf(": %s#%d", likely, cause.Exchange)
		style = badStyle
	}
	b.words(style, text)
	if cause.Advice != "" {
		b.words(mutedStyle, "→ "+cause.Advice)
	}
}

// present returns those of texts that are not empty.
func present(texts ...string) []string {
	var there []string
	for _, t := range texts {
		if t != "" {
			there = append(there, t)
		}
	}
	return there
}

// waterfall is where the columns of the waterfall are in a line of so many
// cells.
type waterfall struct{ typ, bar, cells int }

func waterfallOf(cells int) waterfall {
	typ := typeWidth
	if cells < 80 {
		typ = 16
	}
	bar := clockWidth + 1 + typ + 1 + marksWidth + 1
	return waterfall{typ: typ, bar: bar + 1, cells: max(cells-bar-2-durationWidth-1, 4)}
}

// scale adds the time axis.
func (b *callRowBuilder) scale() {
	axis := b.axis
	b.rows = append(b.rows, callRow{draw: func(l *paint.Line, t *paint.Theme) {
		w := waterfallOf(l.At() + l.Left())
		step := scaleStep(axis, w.cells)
		for at := time.Duration(0); at <= axis; at += step {
			label := scaleLabel(at)
			cell := w.bar + int(float64(w.cells)*float64(at)/float64(axis))
			if cell+paint.Width(label) > w.bar+w.cells+durationWidth || cell < l.At() {
				break
			}
			l.To(cell).Add(t.Faint, label)
		}
	}})
}

// scaleStep returns how far apart the labels of an axis are.
func scaleStep(axis time.Duration, cells int) time.Duration {
	labels := time.Duration(max(cells/8, 2))
	for _, step := range []time.Duration{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600} {
		if step *= time.Second; step*labels >= axis {
			return step
		}
	}
	return max(axis/labels, time.Hour)
}

func scaleLabel(at time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(at.Minutes()), int(at.Seconds())%60)
}

// exchanges adds the waterfall, noise folded.
func (b *callRowBuilder) exchanges() {
	list := b.call.Exchanges
	for i := 0; i < len(list); {
		n := 1
		for isPartial(&list[i]) && i+n < len(list) && isPartial(&list[i+n]) {
			n++
		}
		b.exchange(list[i : i+n])
		i += n
	}
}

// exchange adds one exchange, or several that only tell that somebody speaks.
func (b *callRowBuilder) exchange(run []record.Exchange) {
	from, last := &run[0], &run[len(run)-1]
	at := b.call.Offset(from)
	end := b.call.Offset(last) + last.Duration
	e := entryOf(last)
	what, says := e.typ, fmt.Sprintf("#%d %s", last.ID, e.summary)
	if len(run) > 1 {
		what = fmt.Sprintf("%d× speaking", len(run))
		says = fmt.Sprintf("#%d to #%d, %s", from.ID, last.ID, e.summary)
	}
	ids := make([]int64, len(run))
	for i := range run {
		ids[i] = run[i].ID
	}
	axis := b.axis
	b.rows = append(b.rows, callRow{at: true, ids: ids, says: says, draw: func(l *paint.Line, t *paint.Theme) {
		w := waterfallOf(l.At() + l.Left())
		l.ColRight(t.Faint, plain.Offset(at), clockWidth).Add(t.Text, " ")
		style := typeStyle(t, &e)
		if len(run) > 1 {
			style = t.Faint
		}
		l.Col(style, what, w.typ).Add(t.Text, " ")
		drawMarks(l, marksOf(t, &e))
		l.To(w.bar)
		drawSpan(l, barStyle(t, &e, len(run) > 1), at, end, axis, w)
		took := plain.Duration(last.Duration)
		if len(run) > 1 {
			took = ""
		}
		l.To(w.bar+w.cells+1).ColRight(t.Faint, took, durationWidth)
	}})
}

// entryOf is an exchange as the list has it.
func entryOf(e *record.Exchange) entry {
	var at entry
	newHistory().fill(&at, e)
	return at
}

func barStyle(t *paint.Theme, e *entry, run bool) paint.Style {
	switch {
	case e.is(failed):
		return t.Bad
	case run || !e.is(wanted):
		return t.Faint
	}
	return typeStyle(t, e)
}

// drawSpan draws a bar from one time to another; what is shorter than a cell is
// a dot.
func drawSpan(l *paint.Line, style paint.Style, from, to, axis time.Duration, w waterfall) {
	cell := func(at time.Duration) int {
		return w.bar + min(max(int(float64(w.cells)*float64(at)/float64(axis)), 0), w.cells-1)
	}
	start, end := cell(from), cell(to)
	l.To(start)
	if end <= start {
		l.Add(style, "▪")
		return
	}
	l.Add(style, strings.Repeat("━", end-start+1))
}

// turns adds one bar a turn.
func (b *callRowBuilder) turns() {
	turns := b.call.Turns
	if len(turns) == 0 {
		return
	}
	b.words(mutedStyle, "")
	b.words(mutedStyle, "How long the user waited, and for what")
	for i := range turns {
		turn := &turns[i]
		b.rows = append(b.rows, callRow{at: true, says: turnWords(turn), draw: func(l *paint.Line, t *paint.Theme) { drawTurn(l, t, turn, b.slowest) }})
	}
	b.rows = append(b.rows, callRow{draw: func(l *paint.Line, t *paint.Theme) { turnLegend(l, t, turns) }})
	b.words(faintStyle, turnNote(turns))
}

// turnWords says how long the parts of a turn took.
func turnWords(t *timeline.Turn) string {
	var parts []string
	for _, part := range turnParts {
		if d := part.of(t); d > 0 {
			parts = append(parts, part.name+" "+plain.Duration(d))
		}
	}
	return fmt.Sprintf("turn %d: %s", t.N, strings.Join(parts, ", "))
}
