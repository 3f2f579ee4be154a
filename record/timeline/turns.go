package timeline

import (
	"slices"
	"time"

	"vapitap/vapi"
)

// Turn is how long the parts of one turn took, from the end of what the user
// says to the first sound of the answer. 0 means that it is not known, or
// nothing. The parts need not add up to Total: some overlap.
type Turn struct {
	N           int           // from 1
	Offset      time.Duration // when the answer began, from the call's Begin; meaningless where Timed is false
	Timed       bool
	Endpointing time.Duration // until it was clear that the user had finished
	Transcriber time.Duration
	Model       time.Duration
	Server      time.Duration // what the developer's server took, as it was timed here; Vapi may count it as Model too
	Voice       time.Duration
	Total       time.Duration
	Estimated   bool // from when messages came in; otherwise Vapi measured all but Server
}

// turns returns the turns as Vapi measured them, or else as they can be
// estimated.
func (r *reader) turns() []Turn {
	if len(r.measured) == 0 {
		return r.estimatedTurns()
	}
	answers := matchAnswers(r.answers(), len(r.measured))
	turns := make([]Turn, len(r.measured))
	for i, m := range r.measured {
		t := Turn{
			N: i + 1, Endpointing: milliseconds(m.Endpointing), Transcriber: milliseconds(m.Transcriber),
			Model: milliseconds(m.Model), Voice: milliseconds(m.Voice), Total: milliseconds(m.Total),
		}
		if t.Total == 0 {
			t.Total = t.Endpointing + t.Transcriber + t.Model + t.Voice
		}
		if answers != nil {
			t.Offset, t.Timed = r.offset(answers[i].first)
			t.Server = total(answers[i].spans)
		}
		turns[i] = t
	}
	return turns
}

// milliseconds returns a number of milliseconds from somewhere else, which may
// be anything, as a duration; 0 for what no turn takes.
func milliseconds(ms float64) time.Duration {
	const most = 3.6e6
	if ms <= 0 || ms > most {
		return 0
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// An answer is what the assistant says until the user speaks again.
type answer struct {
	greeting bool      // it answers nobody
	first    vapi.Said // the first that is said
	from, to time.Time // from when the user began to speak to when the user did again; zero for open ends
	tools    []string  // ids of the tool calls
	spans    []span    // in which the server was asked for it
}

// answers returns what the assistant said in the conversation that the report
// repeats, and what it asked the server for.
func (r *reader) answers() []answer {
	var all []answer
	current := answer{greeting: true}
	spoke := false // the assistant, in current
	finish := func() {
		if spoke {
			all = append(all, current)
		}
	}
	inUser := false
	for _, said := range r.said {
		if said.Role == vapi.RoleUser {
			if !inUser {
				current.to = said.From
				finish()
				current, spoke = answer{from: said.From}, false
			}
			inUser = true
			continue
		}
		inUser = false
		current.tools = append(current.tools, said.ToolCalls...)
		if said.Role == vapi.RoleAssistant && said.Text != "" && !spoke {
			current.first, spoke = said, true
		}
	}
	finish()
	r.addServed(all)
	return all
}

// addServed adds to each answer when the server was asked for it: told by the
// tool calls or else by the time.
func (r *reader) addServed(answers []answer) {
	byTool := map[string]int{}
	for i := range answers {
		for _, id := range answers[i].tools {
			byTool[id] = i
		}
	}
	for _, s := range r.served {
		if !s.waited {
			continue
		}
		at := answerAt(answers, s.sent)
		for _, id := range s.tools {
			if i, ok := byTool[id]; ok {
				at = i
			}
		}
		if at >= 0 {
			answers[at].spans = append(answers[at].spans, s.span)
		}
	}
}

// answerAt returns the index of the answer that was on its way at a moment; -1
// where that is not told.
func answerAt(answers []answer, moment time.Time) int {
	at, _ := slices.BinarySearchFunc(answers, moment, func(a answer, moment time.Time) int {
		if a.from.After(moment) {
			return 1
		}
		return -1
	})
	at-- // the last that began before
	if at < 0 {
		return -1
	}
	switch a := &answers[at]; {
	case a.from.IsZero() && !a.greeting, a.greeting && a.to.IsZero() && len(answers) > 1:
		return -1 // the conversation tells no times
	case !a.to.IsZero() && !moment.Before(a.to):
		return -1
	}
	return at
}

// matchAnswers returns those of answers that n measured turns are about: Vapi
// may count the greeting as a turn or not. It is nil where they do not match.
func matchAnswers(answers []answer, n int) []answer {
	if len(answers) == n {
		return answers
	}
	if len(answers) == n+1 && answers[0].greeting {
		return answers[1:]
	}
	return nil
}

// span is from one moment to another.
type span struct{ from, to time.Time }

// total returns how long spans take together, counting once what overlaps.
func total(spans []span) time.Duration {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var sum time.Duration
	var until time.Time
	for _, s := range spans {
		if s.from.Before(until) {
			s.from = until
		}
		if s.to.After(s.from) {
			sum += s.to.Sub(s.from)
			until = s.to
		}
	}
	return sum
}
