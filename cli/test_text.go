package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vapitap/internal/jsondiff"
	"vapitap/internal/junit"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// What is written of a fixture that fails, at most.
const (
	mostDifferences = 20
	mostLines       = 40
	valueWidth      = 200
)

// writeResult writes a fixture on one line, and below it what is wrong.
func (t *testRun) writeResult(r *replay.Result, updated bool) {
	fmt.Fprintln(t.out, t.style.cut(t.resultLine(r, updated)))
	t.writeWrong(t.out, t.style, r)
}

// resultLine is a sign, the status, the time and the name.
func (t *testRun) resultLine(r *replay.Result, updated bool) string {
	status, took := "  -", ""
	if e := r.Exchange; e != nil {
		took = plain.Duration(e.Duration)
		if e.Status != 0 {
			status = fmt.Sprintf("%3d", e.Status)
		}
	}
	line := fmt.Sprintf("%s %s %s %s", t.resultSign(r, updated), status, t.style.muted(fmt.Sprintf("%*s", timeWidth, took)), t.style.strong(plain.Text(r.Found.Name)))
	switch {
	case updated:
		line += " " + t.style.muted("updated")
	case r.OK() && r.Wanted == nil && r.Found.Fixture.Response == nil:
		line += " " + t.style.muted("has no response to compare with; --update writes this one")
	}
	return line
}

func (t *testRun) resultSign(r *replay.Result, updated bool) string {
	switch {
	case updated:
		return t.style.report("↻")
	case !r.OK():
		return t.style.failed("✗")
	case r.Exchange.Failed() || r.Exchange.Warned():
		return t.style.warned("!")
	}
	return t.style.good("✓")
}

// writeWrong writes what differs, and what Vapi would find wrong.
func (t *testRun) writeWrong(w io.Writer, look style, r *replay.Result) {
	if r.Err != nil {
		fmt.Fprintln(w, look.hang(4, plain.Text(r.Err.Error())))
	}
	if v := r.Verdict; v != nil && !v.OK {
		writeVerdict(w, look, v)
	}
	e := r.Exchange
	if e == nil || r.Err != nil {
		return
	}
	if e.Failed() || e.Warned() {
		told := *e
		told.Checks = slices.DeleteFunc(slices.Clone(e.Checks), func(c vapi.Check) bool { return c.Level == vapi.Info })
		out := bufio.NewWriter(w)
		(&sheet{style: look, out: out, e: &told}).checkList()
		out.Flush()
	}
	if !r.OK() && e.ID != 0 {
		fmt.Fprintf(w, "    %s\n", look.muted(fmt.Sprintf("vapitap show %d", e.ID)))
	}
}

// writeVerdict writes each place that differs, with what was wanted and what came.
func writeVerdict(w io.Writer, look style, v *replay.Verdict) {
	for i, d := range v.Differences {
		if i == mostDifferences {
			fmt.Fprintf(w, "    %s\n", look.muted(fmt.Sprintf("… and %d more", len(v.Differences)-i)))
			break
		}
		place := d.Place
		if place == "" {
			place = "the whole body"
		}
		wanted, got := sidesOf(d)
		fmt.Fprintf(w, "    %s %s\n", look.muted("at"), plain.Text(place))
		fmt.Fprintf(w, "      %s %s\n", look.muted("wanted"), look.good(plain.Text(wanted)))
		fmt.Fprintf(w, "      %s    %s\n", look.muted("got"), look.failed(plain.Text(got)))
	}
	if v.Lines != nil {
		fmt.Fprintf(w, "    %s\n", look.muted("lines of the body: - wanted, + got"))
	}
	for i, line := range v.Lines {
		if i == mostLines {
			fmt.Fprintf(w, "    %s\n", look.muted(fmt.Sprintf("… and %s more", count(len(v.Lines)-i, "line"))))
			break
		}
		text := plain.Text(cutText(line.Text, valueWidth))
		switch line.Kind {
		case jsondiff.Removed:
			text = look.good(text)
		case jsondiff.Added:
			text = look.failed(text)
		default:
			text = look.muted(text)
		}
		fmt.Fprintf(w, "      %s %s\n", line.Kind.Mark(), text)
	}
	if v.Because != "" && len(v.Differences) == 0 {
		fmt.Fprintln(w, look.hang(4, plain.Text(v.Because)))
	}
}

// sidesOf returns what was wanted at a place and what came, in words where there
// is nothing.
func sidesOf(d replay.Difference) (wanted, got string) {
	wanted, got = d.Sides(valueWidth)
	if d.Kind == jsondiff.Added {
		wanted = "nothing"
	}
	if d.Kind == jsondiff.Removed {
		got = "nothing"
	}
	return wanted, got
}

func cutText(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// writeTestSummary writes one line for all.
func (t *testRun) writeTestSummary(took time.Duration, ok bool) {
	if t.tally.total > 0 {
		fmt.Fprintf(t.out, "\n%s\n", t.testVerdict(took, ok))
	}
}

func (t *testRun) testVerdict(took time.Duration, ok bool) string {
	what := count(t.tally.total, "fixture") + " in " + plain.Duration(took)
	updated := ""
	if t.tally.updated > 0 {
		updated = fmt.Sprintf(", %d updated", t.tally.updated)
	}
	switch {
	case t.tally.failed > 0:
		return t.style.failed(fmt.Sprintf("✗ %d of %s failed%s", t.tally.failed, what, updated))
	case !ok:
		return t.style.failed("✗ " + what + updated + ", and not all of what was asked for")
	case t.tally.warned > 0:
		return t.style.warned(fmt.Sprintf("! %s passed%s; %d with a reply that Vapi would not use, or not as it is meant", what, updated, t.tally.warned))
	}
	return t.style.good("✓ " + what + " passed" + updated)
}

// junitCase returns a fixture as a test case.
func (t *testRun) junitCase(n int, r *replay.Result, updated bool) junit.Case {
	class := t.collection.Groups[n].Folder
	if class == "" {
		class = "fixtures"
	}
	c := junit.Case{Name: plain.Text(r.Found.Name), Class: class}
	if r.Exchange != nil {
		c.Duration = r.Exchange.Duration
	}
	var uncoloured bytes.Buffer // without colours
	t.writeWrong(&uncoloured, style{}, r)
	if r.OK() || updated {
		c.Output = uncoloured.String()
		return c
	}
	c.Failure = &junit.Failure{Type: failureType(r), Message: plain.Text(whatFailed(r)), Text: uncoloured.String()}
	return c
}

// failureType is one word for why a fixture failed.
func failureType(r *replay.Result) string {
	switch {
	case r.Exchange == nil:
		return "fixture"
	case r.Err != nil:
		return "no-reply"
	case r.Found.Fixture.Match.Mode == "schema":
		return gravest(r.Exchange)
	}
	return "reply"
}

func gravest(e *record.Exchange) string {
	for _, c := range e.Checks {
		if c.Level == vapi.Error {
			return c.Code
		}
	}
	return "reply"
}

// whatFailed is why a fixture failed, on one line.
func whatFailed(r *replay.Result) string {
	switch {
	case r.Err != nil:
		return strings.ReplaceAll(r.Err.Error(), "\n", "; ")
	case len(r.Verdict.Differences) > 0:
		d := r.Verdict.Differences[0]
		wanted, got := sidesOf(d)
		text := fmt.Sprintf("%s: wanted %s, got %s", d.Place, wanted, got)
		if more := len(r.Verdict.Differences) - 1; more > 0 {
			text += fmt.Sprintf(", and %s more", count(more, "difference"))
		}
		return text
	case r.Verdict.Because != "":
		return r.Verdict.Because
	}
	return "the body differs"
}
