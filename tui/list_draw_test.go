package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/tui/paint"
)

func TestRowShowsWhatItIsAndHowItWent(t *testing.T) {
	theme := paint.NewTheme(paint.Dark, colorprofile.TrueColor)
	for name, c := range map[string]struct {
		flags    flags
		replayOf int64
		want     string
	}{
		"nothing to say":         {0, 0, "  "},
		"failed":                 {failed, 0, " ✗"},
		"a replay":               {0, 1, " ↻"},
		"a replay that failed":   {failed, 1, "↻✗"},
		"a replay in flight":     {pending, 1, "↻…"},
		"delivered again, wrong": {redelivery | failed, 0, redeliverySign + "✗"},
		"saved, with a warning":  {saved | warned, 0, "✓!"},
		"saved and marked":       {saved | marked, 0, " ✓"},
	} {
		line := paint.NewLine(marksWidth)
		drawMarks(line, marksOf(theme, &entry{flags: c.flags, replayOf: c.replayOf}))
		if got := ansi.Strip(line.String()); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

func TestShortRowGivesBlankColumnsToItsSummary(t *testing.T) {
	theme := paint.NewTheme(paint.Dark, colorprofile.TrueColor)
	h := newHistory()
	e := &record.Exchange{ID: 1, Time: stageTime, Method: "POST", Status: 200, Duration: 84 * time.Millisecond, Summary: strings.Repeat("word ", 20)}
	e.Type = "tool-calls"
	h.put(e)
	l := newList(h)
	l.height = 5
	l.rebuild()
	for duration, want := range map[time.Duration]int{84 * time.Millisecond: 30, 16 * time.Second: 30, 80 * time.Second: 28} {
		h.at(0).duration = duration
		row := ansi.Strip(l.draw(theme, 61, 5, stageTime, time.UTC, true)[0])
		summary := row[strings.Index(row, "word "):strings.Index(row, "…")]
		if got := len(summary) + 1; got != want {
			t.Errorf("a row that took %s gives %d cells to its summary, not %d: %q", duration, got, want, row)
		}
	}
}

func TestCallSaysThatItsTimesAreItsOwn(t *testing.T) {
	came := []record.Exchange{{ID: 1, Time: stageTime}, {ID: 2, Time: stageTime.Add(5 * time.Second)}}
	for name, c := range map[string]struct {
		begin time.Time
		want  bool
	}{
		"the list counts from the same moment":      {stageTime, false},
		"it had begun before anything was recorded": {stageTime.Add(-30 * time.Second), true},
	} {
		if got := ownClock(&timeline.Call{Begin: c.begin, Exchanges: came}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
