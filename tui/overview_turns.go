package tui

import (
	"fmt"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record/timeline"
	"vapitap/tui/paint"
)

// turnPart is one part of a turn: whose it is and how it is drawn. The blocks
// tell the parts apart where there are no colours.
type turnPart struct {
	name  string
	short string // where there is little room
	block string
	style func(*paint.Theme) paint.Style
	of    func(*timeline.Turn) time.Duration
}

// turnParts are the parts in the order in which they follow each other.
var turnParts = []turnPart{
	{"endpointing", "endp.", "░", func(t *paint.Theme) paint.Style { return t.Muted }, func(t *timeline.Turn) time.Duration { return t.Endpointing }},
	{"transcriber", "transc.", "▒", func(t *paint.Theme) paint.Style { return t.Report }, func(t *timeline.Turn) time.Duration { return t.Transcriber }},
	{"model", "model", "▓", func(t *paint.Theme) paint.Style { return t.Literal }, func(t *timeline.Turn) time.Duration { return t.Model }},
	{"your server", "server", "█", func(t *paint.Theme) paint.Style { return t.Accent }, func(t *timeline.Turn) time.Duration { return t.Server }},
	{"voice", "voice", "▚", func(t *paint.Theme) paint.Style { return t.Warn }, func(t *timeline.Turn) time.Duration { return t.Voice }},
}

// slowestTurn returns how long the parts of the longest turn took together.
func slowestTurn(turns []timeline.Turn) time.Duration {
	var longest time.Duration
	for i := range turns {
		longest = max(longest, sumOfParts(&turns[i]))
	}
	return longest
}

func sumOfParts(t *timeline.Turn) (sum time.Duration) {
	for _, part := range turnParts {
		sum += part.of(t)
	}
	return sum
}

// drawTurn draws one turn with a bar of its parts, as long as slowest for the
// whole width.
func drawTurn(l *paint.Line, t *paint.Theme, turn *timeline.Turn, slowest time.Duration) {
	at, total := "", plain.Duration(turn.Total)
	if turn.Timed {
		at = plain.Offset(turn.Offset)
	}
	if turn.Estimated {
		total = "~" + total
	}
	l.ColRight(t.Muted, fmt.Sprint(turn.N), 4).Add(t.Text, " ").ColRight(t.Faint, at, clockWidth).Add(t.Text, " ")
	l.ColRight(t.Strong, total, durationWidth).Add(t.Text, "  ")
	if slowest <= 0 {
		return
	}
	room, drawn := float64(l.Left()-1), 0
	sum := time.Duration(0)
	for _, part := range turnParts {
		sum += part.of(turn)
		end := int(room*float64(sum)/float64(slowest) + 0.5)
		if part.of(turn) > 0 {
			end = max(end, drawn+1) // what is there is seen
		}
		l.Add(part.style(t), strings.Repeat(part.block, max(end-drawn, 0)))
		drawn = max(end, drawn)
	}
}

// turnLegend says which blocks are whose, of those that are used.
func turnLegend(l *paint.Line, t *paint.Theme, turns []timeline.Turn) {
	const wide = 68
	short := l.At()+l.Left() < wide
	l.Add(t.Text, "    ")
	for _, part := range turnParts {
		name := part.name
		if short {
			name = part.short
		}
		for i := range turns {
			if part.of(&turns[i]) > 0 {
				l.Add(part.style(t), part.block).Add(t.Muted, " "+name+"  ")
				break
			}
		}
	}
}

// turnNote says how sure the times are.
func turnNote(turns []timeline.Turn) string {
	server := false
	for i := range turns {
		if turns[i].Estimated {
			return "~ estimated from when the messages came; what is not known is left out"
		}
		server = server || turns[i].Server > 0
	}
	if server {
		return "as Vapi measured it; your server was timed here, and may be part of what Vapi counts as model"
	}
	return "as Vapi measured it"
}

// writeTurns writes one bar a turn, so that a pause has an owner.
func (s *sheet) writeTurns(turns []timeline.Turn) {
	if len(turns) == 0 {
		return
	}
	s.heading("How long the user waited, and for what")
	slowest := slowestTurn(turns)
	for i := range turns {
		s.Line(func(l *paint.Line) { drawTurn(l, s.t, &turns[i], slowest) })
	}
	s.Line(func(l *paint.Line) { turnLegend(l, s.t, turns) })
	s.Text(s.t.Faint, 0, turnNote(turns))
}
