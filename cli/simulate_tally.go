package cli

import (
	"cmp"
	"slices"
	"time"

	"vapitap/replay"
	"vapitap/vapi"
)

// tally counts what came of the steps of a run. It keeps durations and one
// example of each mistake, and no messages.
type tally struct {
	strict         bool
	steps          int
	failed, warned int // steps; a failed one is not among the warned
	types          []*typeTally
	mistakes       []*mistake
}

// typeTally is what came of the steps of one type.
type typeTally struct {
	name           string
	steps          int
	failed, warned int
	took           []time.Duration
}

// mistake is one code of checks, and the first step that had it.
type mistake struct {
	vapi.Check
	steps   int
	step    string
	id      int64 // of the exchange; 0 where it was not recorded
	reaches bool  // it makes the step fail
}

func newTally(strict bool) *tally { return &tally{strict: strict} }

// add counts the last delivery of a step.
func (t *tally) add(d replay.Delivery) {
	e := d.Exchange
	of := t.of(d.Step.Type)
	t.steps++
	of.steps++
	of.took = append(of.took, e.Duration)
	switch {
	case !t.good(d):
		t.failed++
		of.failed++
	case e.Warned():
		t.warned++
		of.warned++
	}
	var seen []string
	for _, c := range e.Checks {
		if c.Level != vapi.Info && !slices.Contains(seen, c.Code) {
			seen = append(seen, c.Code)
			t.note(c, d)
		}
	}
}

// good reports whether a step passed.
func (t *tally) good(d replay.Delivery) bool {
	return !d.Exchange.Failed() && !(t.strict && d.Exchange.Warned())
}

func (t *tally) of(name string) *typeTally {
	for _, of := range t.types {
		if of.name == name {
			return of
		}
	}
	of := &typeTally{name: name}
	t.types = append(t.types, of)
	return of
}

func (t *tally) note(c vapi.Check, d replay.Delivery) {
	for _, m := range t.mistakes {
		if m.Code == c.Code && m.Level == c.Level {
			m.steps++
			return
		}
	}
	t.mistakes = append(t.mistakes, &mistake{
		Check: c, steps: 1, step: d.Step.Name, id: d.Exchange.ID, reaches: c.Level == vapi.Error || t.strict,
	})
}

func (t *tally) failedAny() bool { return t.failed > 0 }

// ok reports whether all that was played passed, and something was.
func (t *tally) ok() bool { return t.failed == 0 && t.steps > 0 }

// sorted returns the mistakes, the gravest first and of those the most frequent.
func (t *tally) sorted() []*mistake {
	list := slices.Clone(t.mistakes)
	slices.SortStableFunc(list, func(a, b *mistake) int {
		if a.Level != b.Level {
			if a.Level == vapi.Error {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.steps, a.steps)
	})
	return list
}

// worst returns the id of the exchange to look at first, 0 for none.
func (t *tally) worst() int64 {
	for _, m := range t.sorted() {
		if m.id != 0 {
			return m.id
		}
	}
	return 0
}

// percentile returns the duration that p per cent of the steps did not exceed,
// which one of them took: the nearest rank.
func (of *typeTally) percentile(p int) time.Duration {
	if len(of.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of.took))
	rank := (p*len(sorted) + 99) / 100
	return sorted[max(rank, 1)-1]
}
