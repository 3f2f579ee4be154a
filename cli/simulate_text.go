package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/junit"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// writeStep writes a step on one line, and below it what is wrong.
func (s *simulating) writeStep(d replay.Delivery) {
	fmt.Fprintln(s.out, s.style.cut(s.stepLine(d, s.stepSign(d))))
	if d.Step.Elsewhere != "" {
		fmt.Fprintln(s.out, s.style.hang(2, s.style.muted("Vapi would send this to "+plain.Text(d.Step.Elsewhere)+", which is another server; yours got it instead")))
	}
	s.writeChecks(d.Exchange)
	s.flush()
}

// writeAgain writes a delivery that is followed by another.
func (s *simulating) writeAgain(d replay.Delivery) {
	line := s.stepLine(d, s.style.muted("↻"))
	fmt.Fprintln(s.out, s.style.cut(line+s.style.muted(fmt.Sprintf("  (delivered again after %s)", plain.Duration(d.Pause)))))
	s.flush()
}

// stepSign is one sign for what a step came to.
func (s *simulating) stepSign(d replay.Delivery) string {
	switch {
	case !s.tally.good(d):
		return s.style.failed("✗")
	case d.Exchange.Warned():
		return s.style.warned("!")
	}
	return s.style.good("✓")
}

// stepLine is a sign, the type, the status, the time and what it was.
func (s *simulating) stepLine(d replay.Delivery, sign string) string {
	e := d.Exchange
	status := "  -"
	if e.Status != 0 {
		status = fmt.Sprintf("%3d", e.Status)
	}
	if e.Status == 200 {
		status = s.style.muted(status)
	} else {
		status = s.style.strong(status)
	}
	text := plain.Text(e.Summary)
	if text == "" {
		text = plain.Text(e.Path)
	}
	if e.Kind == vapi.KindLLM && e.Status/100 == 2 {
		text = s.style.muted("first byte "+plain.Duration(e.FirstByte)+" ") + text
	}
	return fmt.Sprintf("%s %s %s %s %s", sign, s.style.typeName(e), status, s.style.muted(fmt.Sprintf("%*s", timeWidth, plain.Duration(e.Duration))), text)
}

// writeChecks writes the errors and warnings of a step as show does, and under
// which id there is more.
func (s *simulating) writeChecks(e *record.Exchange) {
	if !e.Failed() && !e.Warned() {
		return
	}
	told := *e
	told.Checks = slices.DeleteFunc(slices.Clone(e.Checks), func(c vapi.Check) bool { return c.Level == vapi.Info })
	sheet := &sheet{style: s.style, out: s.out, e: &told}
	sheet.checkList()
	if e.ID != 0 {
		fmt.Fprintf(s.out, "    %s\n", s.style.muted(fmt.Sprintf("vapitap show %d", e.ID)))
	}
}

// writeSummary writes a row a type, of several calls also what was wrong, and
// one line for all.
func (s *simulating) writeSummary(took time.Duration, shortcoming string) {
	if s.tally.steps == 0 {
		return
	}
	if s.o.calls == 1 {
		fmt.Fprintln(s.out)
	}
	s.writeTable()
	if s.o.calls > 1 {
		s.writeMistakes()
	}
	fmt.Fprintf(s.out, "\n%s\n", s.verdict(took, shortcoming))
}

// writeTable writes how many steps of each type there were, what came of them,
// and how long they took.
func (s *simulating) writeTable() {
	percentiles := []int{50}
	if s.o.calls > 1 {
		percentiles = []int{50, 90, 99}
	}
	width := s.nameWidth(len(percentiles) + 1)
	head := fmt.Sprintf("%s  steps  failed", fit("type", width))
	if s.tally.warned > 0 {
		head += "  warned"
	}
	for _, p := range percentiles {
		head += fmt.Sprintf(" %*s", timeWidth, fmt.Sprintf("p%d", p))
	}
	fmt.Fprintln(s.out, s.style.muted(head+fmt.Sprintf(" %*s", timeWidth, "max")))
	for _, of := range s.tally.types {
		row := fmt.Sprintf("%s  %5d  %s", fit(plain.Text(of.name), width), of.steps, s.amount(of.failed, s.style.failed))
		if s.tally.warned > 0 {
			row += "  " + s.amount(of.warned, s.style.warned)
		}
		for _, p := range append(percentiles, 100) {
			row += fmt.Sprintf(" %*s", timeWidth, plain.Duration(of.percentile(p)))
		}
		fmt.Fprintln(s.out, row)
	}
}

// nameWidth is how wide the types of the table are, beside so many columns of
// times: as the longest, if the terminal has room for it.
func (s *simulating) nameWidth(times int) int {
	const least = 12
	width := least
	for _, of := range s.tally.types {
		width = max(width, len(plain.Text(of.name)))
	}
	if s.style.width > 0 {
		rest := len("  steps  failed") + times*(1+timeWidth)
		if s.tally.warned > 0 {
			rest += len("  warned")
		}
		width = min(width, max(least, s.style.width-rest))
	}
	return width
}

// amount is a number in a column of the table, which stands out unless it is 0.
func (s *simulating) amount(n int, look func(string) string) string {
	if n == 0 {
		look = s.style.muted
	}
	return look(fmt.Sprintf("%6d", n))
}

// writeMistakes writes each code with how often it was found, and one example.
func (s *simulating) writeMistakes() {
	for _, m := range s.tally.sorted() {
		fmt.Fprintf(s.out, "\n%s\n", s.style.strong(fmt.Sprintf("%s, such as %s", count(m.steps, "step"), plain.Text(m.step))))
		sheet := &sheet{style: s.style, out: s.out, e: &record.Exchange{Checks: []vapi.Check{m.Check}}}
		sheet.checkList()
		if m.id != 0 {
			fmt.Fprintf(s.out, "    %s\n", s.style.muted(fmt.Sprintf("vapitap show %d", m.id)))
		}
	}
}

// verdict is what the run comes to. Shortcoming is empty where all was played that
// was asked for.
func (s *simulating) verdict(took time.Duration, shortcoming string) string {
	what := count(s.tally.steps, "step")
	if s.o.calls > 1 {
		what += fmt.Sprintf(" of %d calls", s.o.calls)
	}
	what += " in " + plain.Duration(took)
	switch {
	case s.tally.failed > 0:
		return s.style.failed(fmt.Sprintf("✗ %d of %s failed: %s", s.tally.failed, what, s.codes(true)))
	case shortcoming != "":
		return s.style.failed("✗ " + what + ", and " + shortcoming)
	case s.tally.warned > 0:
		return s.style.warned(fmt.Sprintf("! %s, none failed, %d with warnings: %s", what, s.tally.warned, s.codes(false)))
	}
	return s.style.good("✓ " + what + ", and Vapi could use every reply")
}

// codes names the codes that made steps fail, or those that did not.
func (s *simulating) codes(reaches bool) string {
	var codes []string
	for _, m := range s.tally.sorted() {
		if m.reaches == reaches {
			codes = append(codes, m.Code)
		}
	}
	return strings.Join(codes, ", ")
}

// junitCase returns step n of a call as a test case.
func (s *simulating) junitCase(n int, d replay.Delivery) junit.Case {
	e := d.Exchange
	c := junit.Case{
		Name:     fmt.Sprintf("%d %s", n, plain.Text(d.Step.Name)),
		Class:    s.plan.name + "." + d.Step.Type,
		Duration: e.Duration,
	}
	var uncoloured bytes.Buffer // without colours
	out := bufio.NewWriter(&uncoloured)
	(&sheet{out: out, e: e}).checkList()
	out.Flush()
	if e.ID != 0 {
		fmt.Fprintf(&uncoloured, "vapitap show %d\n", e.ID)
	}
	if s.tally.good(d) {
		if len(e.Checks) > 0 {
			c.Output = uncoloured.String()
		}
		return c
	}
	gravest := e.Checks[0]
	c.Failure = &junit.Failure{Type: gravest.Code, Message: plain.Text(gravest.Message), Text: uncoloured.String()}
	return c
}
