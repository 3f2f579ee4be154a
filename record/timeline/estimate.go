package timeline

import (
	"slices"
	"time"

	"vapitap/vapi"
)

// estimatedTurns returns the turns as they can be told from when messages came
// in: a turn lasts from when the user stopped speaking to when the assistant
// began. Turns of which one of the two is not known are left out.
func (r *reader) estimatedTurns() []Turn {
	services := serviceTimes{server: r.serverSpans(), model: r.modelSpans()}
	var turns []Turn
	var w wait
	for _, s := range r.speech {
		if s.Role == vapi.RoleUser {
			w.user(s)
			continue
		}
		if s.Role != vapi.RoleAssistant || w.since().IsZero() {
			continue
		}
		switch s.Event {
		case vapi.SpeechGenerated:
			if w.generated.IsZero() {
				w.generated = s.at
			}
		case vapi.SpeechStarted, vapi.SpeechPartial:
			t := w.turn(s.at, &services)
			t.N = len(turns) + 1
			t.Offset, t.Timed = s.at.Sub(r.call.Begin), true
			turns = append(turns, t)
			w = wait{}
		default: // it came too late to tell when the answer began
			w = wait{}
		}
	}
	return turns
}

// serverSpans returns when the server was asked something that was waited for.
func (r *reader) serverSpans() []span {
	var spans []span
	for _, s := range r.served {
		if s.waited {
			spans = append(spans, s.span)
		}
	}
	return spans
}

// modelSpans returns when a custom model was thinking, where one was asked
// through here: up to the first byte of its answer.
func (r *reader) modelSpans() []span {
	var spans []span
	for i := range r.call.Exchanges {
		if e := &r.call.Exchanges[i]; e.Kind == vapi.KindLLM && e.FirstByte > 0 {
			spans = append(spans, span{e.Time, e.Time.Add(e.FirstByte)})
		}
	}
	return spans
}

// wait is what is known of a turn while the user waits.
type wait struct {
	stopped   time.Time // the user stopped speaking
	final     time.Time // what the user said was transcribed
	generated time.Time // the model had the first words of the answer
}

// user notes what the user does.
func (w *wait) user(s spoken) {
	switch s.Event {
	case vapi.SpeechStarted:
		*w = wait{}
	case vapi.SpeechStopped: // transcripts of what was said before may still come
		w.stopped = s.at
	case vapi.SpeechFinal:
		w.final = s.at
	}
}

// since returns when the user stopped speaking, as early as is known; the zero
// time while the user has not.
func (w *wait) since() time.Time {
	if w.stopped.IsZero() || !w.final.IsZero() && w.final.Before(w.stopped) {
		return w.final
	}
	return w.stopped
}

// until returns when it was known what the user had said.
func (w *wait) until() time.Time {
	if w.final.After(w.stopped) {
		return w.final
	}
	return w.stopped
}

// turn returns the turn that ends with the answer that begins at answered.
func (w *wait) turn(answered time.Time, services *serviceTimes) Turn {
	since := w.since()
	t := Turn{Total: answered.Sub(since), Estimated: true}
	server := services.serverIn(since, answered)
	t.Server = total(server)
	if asked := services.modelIn(since, answered); len(asked) > 0 {
		t.Endpointing = asked[0].from.Sub(since)
		t.Model = total(asked)
		t.Voice = answered.Sub(latest(append(asked, server...)))
		return t
	}
	t.Endpointing = w.until().Sub(since)
	if !w.generated.IsZero() {
		t.Model = max(0, w.generated.Sub(w.until())-total(before(server, w.generated)))
		t.Voice = answered.Sub(latest(append(server, span{to: w.generated})))
	}
	return t
}

// serviceTimes are the spans of a whole call, in the order in which they began,
// of which each turn takes its own.
type serviceTimes struct{ server, model []span }

func (s *serviceTimes) serverIn(from, to time.Time) []span { return within(&s.server, from, to) }
func (s *serviceTimes) modelIn(from, to time.Time) []span  { return within(&s.model, from, to) }

// within takes the spans that began before to off the list, and returns those
// of them that did not begin before from, each cut off at to.
func within(list *[]span, from, to time.Time) []span {
	n := 0
	for n < len(*list) && (*list)[n].from.Before(to) {
		n++
	}
	var in []span
	for _, s := range (*list)[:n] {
		if s.from.Before(from) {
			continue
		}
		if s.to.After(to) {
			s.to = to
		}
		in = append(in, s)
	}
	*list = (*list)[n:]
	return in
}

// before returns the spans that began before a moment.
func before(spans []span, moment time.Time) []span {
	return slices.DeleteFunc(slices.Clone(spans), func(s span) bool { return !s.from.Before(moment) })
}

// latest returns when the last of spans ended.
func latest(spans []span) time.Time {
	var end time.Time
	for _, s := range spans {
		if s.to.After(end) {
			end = s.to
		}
	}
	return end
}
