package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// What an account says of the call as a whole: how long its turns took, what it
// cost, what failed, and why it ended.

// turnColumn is one part of a turn, with the block that stands for it in a bar.
type turnColumn struct {
	name  string
	short string // where the terminal is narrow
	block string
	of    func(*timeline.Turn) time.Duration
}

// ownServer is the column that is timed here, not by Vapi.
const ownServer = "your server"

// turnColumns are the parts of a turn in the order in which they follow each
// other.
var turnColumns = []turnColumn{
	{"endpointing", "endp.", "░", func(t *timeline.Turn) time.Duration { return t.Endpointing }},
	{"transcriber", "transc.", "▒", func(t *timeline.Turn) time.Duration { return t.Transcriber }},
	{"model", "model", "▓", func(t *timeline.Turn) time.Duration { return t.Model }},
	{ownServer, "server", "█", func(t *timeline.Turn) time.Duration { return t.Server }},
	{"voice", "voice", "▚", func(t *timeline.Turn) time.Duration { return t.Voice }},
}

// The widths of the columns of a turn, each with the space before it. Bars have
// what is left of the terminal's width, up to the widest.
const (
	turnWidth   = 6
	whenWidth   = 9
	totalWidth  = 10
	leastBar    = 12
	widestBar   = 40
	columnSpace = 2
)

// latency writes one line a turn, with who took how long.
func (s *account) latency() {
	if len(s.call.Turns) == 0 {
		return
	}
	s.heading("turns: how long the user waited for an answer, and for what")
	columns := s.usedColumns()
	bar := s.barWidth(columns)
	head := fmt.Sprintf("%*s%*s%*s", turnWidth, "turn", whenWidth, "at", totalWidth, "total")
	for _, c := range columns {
		head += fmt.Sprintf("%*s", s.columnWidth(c), c.block+" "+s.columnName(c))
	}
	fmt.Fprintln(s.out, s.cut(s.muted(head)))
	slowest := s.slowest(columns)
	estimated := false
	for i := range s.call.Turns {
		t := &s.call.Turns[i]
		estimated = estimated || t.Estimated
		s.turn(t, columns, bar, slowest)
	}
	note := "as Vapi measured it"
	if estimated {
		note = "~ estimated from when the messages came through; what is not known is left out"
	} else if slices.ContainsFunc(columns, func(c turnColumn) bool { return c.name == ownServer }) {
		note += ", but for your server, which was timed here and may be part of what Vapi counts as model"
	}
	fmt.Fprintln(s.out, s.muted(s.hang(0, "("+note+")")))
}

func (s *account) columnName(c turnColumn) string {
	const wide = 100
	if s.width > 0 && s.width < wide {
		return c.short
	}
	return c.name
}

func (s *account) columnWidth(c turnColumn) int { return columnSpace + max(len(s.columnName(c))+2, 8) }

// usedColumns returns the parts that any turn has.
func (s *account) usedColumns() []turnColumn {
	var used []turnColumn
	for _, c := range turnColumns {
		for i := range s.call.Turns {
			if c.of(&s.call.Turns[i]) > 0 {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

// barWidth returns how wide bars may be beside columns; 0 for none.
func (s *account) barWidth(columns []turnColumn) int {
	if s.width == 0 {
		return widestBar
	}
	left := s.width - turnWidth - whenWidth - totalWidth - columnSpace
	for _, c := range columns {
		left -= s.columnWidth(c)
	}
	if left < leastBar {
		return 0
	}
	return min(left, widestBar)
}

// slowest returns how long the longest turn took, as far as bars show it.
func (s *account) slowest(columns []turnColumn) time.Duration {
	var longest time.Duration
	for i := range s.call.Turns {
		longest = max(longest, parts(&s.call.Turns[i], columns))
	}
	return longest
}

// parts returns how long the parts of a turn took together.
func parts(t *timeline.Turn, columns []turnColumn) time.Duration {
	var sum time.Duration
	for _, c := range columns {
		sum += c.of(t)
	}
	return sum
}

// turn writes one turn.
func (s *account) turn(t *timeline.Turn, columns []turnColumn, bar int, slowest time.Duration) {
	at := ""
	if t.Timed {
		at = plain.Offset(t.Offset)
	}
	line := s.muted(fmt.Sprintf("%*d%*s", turnWidth, t.N, whenWidth, at)) + s.strong(fmt.Sprintf("%*s", totalWidth, took(t.Total, t.Estimated)))
	blocks := ""
	for _, c := range columns {
		line += fmt.Sprintf("%*s", s.columnWidth(c), took(c.of(t), t.Estimated && c.name != ownServer))
		if slowest > 0 {
			blocks += strings.Repeat(c.block, int(float64(bar)*float64(c.of(t))/float64(slowest)+0.5))
		}
	}
	if bar > 0 && blocks != "" {
		line += strings.Repeat(" ", columnSpace) + s.report(blocks)
	}
	fmt.Fprintln(s.out, s.cut(line))
}

// took writes how long something took, nothing where that is not known.
func took(d time.Duration, estimated bool) string {
	switch {
	case d <= 0:
		return ""
	case estimated:
		return "~" + plain.Duration(d)
	}
	return plain.Duration(d)
}

// cost writes what each component cost.
func (s *account) cost() {
	costs := s.call.Costs()
	if len(costs) == 0 {
		return
	}
	s.heading("cost: " + dollars(s.call.Cost))
	most, sum := 0.0, 0.0
	for _, c := range costs {
		most, sum = max(most, c.Dollars), sum+c.Dollars
	}
	const bar = 30
	for _, c := range costs {
		blocks := strings.Repeat("█", int(bar*c.Dollars/most+0.5))
		line := fmt.Sprintf("  %s %10s %s", fit(c.Component, 11), dollars(c.Dollars), s.muted(fmt.Sprintf("%3.0f %%", 100*c.Dollars/sum)))
		if blocks != "" {
			line += "  " + s.report(blocks)
		}
		fmt.Fprintln(s.out, s.cut(line))
	}
}

// dollars writes a cost with as many decimals as Vapi tells.
func dollars(cost float64) string { return fmt.Sprintf("$%.4f", cost) }

// mostFailures is how many failed exchanges are told in full.
const mostFailures = 10

// failures writes what failed, with the checks that say why.
func (s *account) failures() {
	failed := s.call.Failed()
	if len(failed) == 0 {
		return
	}
	s.heading("what failed")
	for _, e := range failed[:min(len(failed), mostFailures)] {
		s.event(e)
		s.findings(e)
	}
	if more := len(failed) - mostFailures; more > 0 {
		s.note(fmt.Sprintf("and %d more: vapitap events call:%s is:failed", more, s.call.ID))
	}
}

// findings writes the errors and warnings of an exchange, and where to read on.
func (s *account) findings(e *record.Exchange) {
	const indent = idsWidth + 1 + 8 + 1
	instead := ""
	for _, c := range e.Checks {
		if c.Level != vapi.Info {
			fmt.Fprintln(s.out, s.hang(indent, s.checkLook(c.Level)(c.Level.Sign()+" "+plain.Text(c.Message))+" "+s.muted("("+c.Code+")")))
		}
		if c.Hint != "" {
			instead = ", and what to return instead"
		}
	}
	fmt.Fprintln(s.out, s.hang(indent, s.muted(fmt.Sprintf("vapitap show %d has the reply%s", e.ID, instead))))
}

// ending writes what ended the call, and the exchange that this was about.
func (s *account) ending() {
	c := s.call
	if c.Cause == nil {
		return
	}
	s.heading("how it ended")
	look := s.strong
	if c.Cause.Advice != "" {
		look = s.failed
	}
	text := look(plain.Text(c.Cause.Text))
	if c.EndedReason != "" {
		text += " " + s.muted("("+plain.Text(c.EndedReason)+")")
	}
	fmt.Fprintln(s.out, s.hang(2, text))
	e := c.Exchange(c.Cause.Exchange)
	if e != nil {
		fmt.Fprintln(s.out, s.hang(2, s.blame(e)))
	}
	if c.Cause.Advice != "" {
		fmt.Fprintln(s.out, s.hang(2, s.muted("hint: ")+plain.Text(c.Cause.Advice)))
	}
	if e != nil && !s.told(e) && e.Type != "hang" {
		s.event(e)
		s.findings(e)
	}
}

// told reports whether an exchange was told with its checks among what failed.
func (s *account) told(e *record.Exchange) bool {
	failed := s.call.Failed()
	return slices.Contains(failed[:min(len(failed), mostFailures)], e)
}

// blame says what an exchange has to do with the end of the call.
func (s *account) blame(e *record.Exchange) string {
	likely, failed, above := s.call.Cause.Likely, e.Failed(), ""
	if s.told(e) {
		above = ", above"
	}
	switch {
	case likely && e.Type == "hang":
		return fmt.Sprintf("likely because the assistant did not answer in time, as exchange %d says; look at its model, and at what that waited for", e.ID)
	case likely && failed:
		return fmt.Sprintf("likely because of exchange %d%s: Vapi did not use its reply", e.ID, above)
	case likely:
		return fmt.Sprintf("look first at exchange %d, though nothing wrong was found in its reply", e.ID)
	case failed:
		return fmt.Sprintf("it is about the reply of exchange %d%s", e.ID, above)
	}
	return fmt.Sprintf("it is about the reply of exchange %d, in which nothing wrong was found", e.ID)
}
