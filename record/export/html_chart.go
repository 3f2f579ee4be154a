package export

import (
	"fmt"
	"math"
	"time"

	"vapitap/internal/plain"
	"vapitap/record/timeline"
)

// turnChart is how long the user waited for each answer, and for what.
type turnChart struct {
	Parts     []string // that any turn has
	Turns     []turnView
	Estimated bool
}

// turnView is one turn, drawn against the longest.
type turnView struct {
	N         int
	At, Total string
	Parts     []partView
}

// partView is one part of a whole; X and Width are in percent.
type partView struct{ Name, X, Width, Took string }

// turnParts are the parts of a turn in the order in which they follow each other.
var turnParts = []struct {
	name string
	of   func(*timeline.Turn) time.Duration
}{
	{"endpointing", func(t *timeline.Turn) time.Duration { return t.Endpointing }},
	{"transcriber", func(t *timeline.Turn) time.Duration { return t.Transcriber }},
	{"model", func(t *timeline.Turn) time.Duration { return t.Model }},
	{"server", func(t *timeline.Turn) time.Duration { return t.Server }},
	{"voice", func(t *timeline.Turn) time.Duration { return t.Voice }},
}

func newTurnChart(call *timeline.Call) *turnChart {
	if len(call.Turns) == 0 {
		return nil
	}
	longest := time.Duration(1)
	for i := range call.Turns {
		longest = max(longest, call.Turns[i].Total, sumOfParts(&call.Turns[i]))
	}
	chart := &turnChart{}
	used := map[string]bool{}
	for i := range call.Turns {
		t := &call.Turns[i]
		view := turnView{N: t.N, Total: took(t.Total)}
		if t.Timed {
			view.At = plain.Offset(t.Offset)
		}
		if t.Estimated {
			chart.Estimated, view.Total = true, "~"+view.Total
		}
		begun := time.Duration(0)
		for _, part := range turnParts {
			d := part.of(t)
			if d <= 0 {
				continue
			}
			used[part.name] = true
			view.Parts = append(view.Parts, partView{
				part.name, percent(float64(begun) / float64(longest)), percent(float64(d) / float64(longest)), took(d),
			})
			begun += d
		}
		if begun == 0 { // nothing is known of what it was for
			used["total"] = true
			view.Parts = []partView{{"total", "0%", percent(float64(t.Total) / float64(longest)), took(t.Total)}}
		}
		chart.Turns = append(chart.Turns, view)
	}
	for _, part := range turnParts {
		if used[part.name] {
			chart.Parts = append(chart.Parts, part.name)
		}
	}
	return chart
}

func sumOfParts(t *timeline.Turn) time.Duration {
	sum := time.Duration(0)
	for _, part := range turnParts {
		sum += part.of(t)
	}
	return sum
}

// costChart is what a call cost, as a ring with a slice for each component.
type costChart struct {
	Total  string
	Slices []slice
}

// slice is one component. Of the ring, whose length is 100, it has Dash and leaves
// Gap, and begins at Begin.
type slice struct {
	Component, Dollars, Share string
	Dash, Gap, Begin          string
}

func newCostChart(call *timeline.Call) *costChart {
	costs := call.Costs()
	sum := 0.0
	for _, c := range costs {
		sum += c.Dollars
	}
	if len(costs) == 0 || sum <= 0 || math.IsInf(sum, 0) {
		return nil
	}
	chart := &costChart{Total: fmt.Sprintf("$%.4f", call.Cost)}
	const ring, space = 100.0, 0.6
	begun := 0.0
	for _, c := range costs {
		part := ring * c.Dollars / sum
		dash := math.Max(part-space, 0.2)
		if len(costs) == 1 {
			dash = ring
		}
		chart.Slices = append(chart.Slices, slice{
			Component: c.Component, Dollars: fmt.Sprintf("$%.4f", c.Dollars), Share: fmt.Sprintf("%.0f %%", part),
			Dash: fmt.Sprintf("%.3f", dash), Gap: fmt.Sprintf("%.3f", ring-dash), Begin: fmt.Sprintf("%.3f", -begun),
		})
		begun += part
	}
	return chart
}
