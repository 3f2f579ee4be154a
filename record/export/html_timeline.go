package export

import (
	"fmt"
	"math"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// waterfall is what happened when in a call, drawn against its time.
type waterfall struct {
	Ticks []tick
	Lanes []lane
	Rows  []*row
}

// tick is a moment of the axis; X is in percent of its width.
type tick struct{ X, Label string }

// lane is when one side began to speak.
type lane struct {
	Name, Role string
	Marks      []string // X of each, in percent
}

// row is one exchange, or several that only tell who speaks.
type row struct {
	ID      int64  // of the first
	Cards   string // the ids of all
	At      string
	Kind    string
	State   string
	Name    string
	Summary string
	Took    string
	Bars    []bar
}

// bar is drawn from X1 to X2, in percent. Its end is rounded, so that what takes
// no time at all is seen too.
type bar struct{ X1, X2, Title string }

func percent(part float64) string {
	return fmt.Sprintf("%.3f%%", 100*math.Max(0, math.Min(1, part)))
}

// newWaterfall draws a call. What only tells who speaks is one row where several
// of it follow each other.
func newWaterfall(call *timeline.Call) *waterfall {
	span := spanOf(call)
	at := func(d time.Duration) string { return percent(float64(d) / float64(span)) }
	w := &waterfall{Ticks: ticks(span), Lanes: lanes(call, at)}
	list := call.Exchanges
	for i := 0; i < len(list); {
		n := 1
		for quiet(&list[i]) && i+n < len(list) && quiet(&list[i+n]) {
			n++
		}
		w.Rows = append(w.Rows, newRow(call, list[i:i+n], at))
		i += n
	}
	return w
}

// spanOf returns how long the axis is. What comes long after the end of a call,
// as what was uploaded later, is drawn at its end.
func spanOf(call *timeline.Call) time.Duration {
	const least, afterwards = time.Second, time.Minute
	span := least
	for i := range call.Exchanges {
		e := &call.Exchanges[i]
		span = max(span, call.Offset(e)+e.Duration)
	}
	end := time.Duration(call.DurationSeconds * float64(time.Second))
	if !call.EndedAt.IsZero() {
		end = max(end, call.EndedAt.Sub(call.Begin))
	}
	if end > 0 {
		span = min(span, end+afterwards)
	}
	return span
}

// ticks returns moments that are whole seconds or minutes, at most a dozen.
func ticks(span time.Duration) []tick {
	const most = 9
	steps := []time.Duration{
		100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second,
		15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	}
	step := time.Hour
	for _, s := range steps {
		if span/s <= most {
			step = s
			break
		}
	}
	for span/step > most {
		step *= 2
	}
	var list []tick
	for at := time.Duration(0); at <= span; at += step {
		label := fmt.Sprintf("%d:%02d", int(at.Minutes()), int(at.Seconds())%60)
		if step < time.Second {
			label = fmt.Sprintf("%.1f s", at.Seconds())
		}
		list = append(list, tick{percent(float64(at) / float64(span)), label})
	}
	return list
}

// lanes tells when somebody began to speak, as far as the conversation has times.
func lanes(call *timeline.Call, at func(time.Duration) string) []lane {
	list := []lane{{Name: "caller", Role: vapi.RoleUser}, {Name: "assistant", Role: vapi.RoleAssistant}}
	any := false
	for _, line := range call.Conversation {
		for i := range list {
			if line.Timed && line.Role == list[i].Role {
				list[i].Marks = append(list[i].Marks, at(line.Offset))
				any = true
			}
		}
	}
	if !any {
		return nil
	}
	return list
}

// quiet reports whether an exchange only tells that somebody is speaking, and
// went well. Final transcripts are not among them.
func quiet(e *record.Exchange) bool {
	if !aboutSpeech(e) || len(e.Checks) > 0 || e.Error != "" || e.Status != 200 {
		return false
	}
	return !strings.HasPrefix(e.Type, "transcript") || strings.HasSuffix(e.Summary, " (partial)")
}

// newRow draws exchanges that follow each other on one row.
func newRow(call *timeline.Call, list []record.Exchange, at func(time.Duration) string) *row {
	first := &list[0]
	r := &row{
		ID: first.ID, At: plain.Offset(call.Offset(first)), Kind: kindOf(first), State: stateOf(first),
		Name: plainLine(named(first)), Summary: plainLine(list[len(list)-1].Summary), Took: took(first.Duration),
	}
	if len(list) > 1 {
		r.Name, r.Took = countTypes(list), ""
	}
	for i := range list {
		e := &list[i]
		begin := call.Offset(e)
		title := fmt.Sprintf("%s at %s, %s", plainLine(named(e)), plain.Offset(begin), took(e.Duration))
		r.Bars = append(r.Bars, bar{at(begin), at(begin + e.Duration), title})
		r.Cards += fmt.Sprintf(" %d", e.ID)
	}
	r.Cards = r.Cards[1:]
	return r
}

// countTypes says how many there are of which type.
func countTypes(list []record.Exchange) string {
	var types []string
	count := map[string]int{}
	for i := range list {
		name := list[i].Type
		if count[name]++; count[name] == 1 {
			types = append(types, name)
		}
	}
	for i, name := range types {
		if types[i] = plainLine(name); count[name] > 1 {
			types[i] += fmt.Sprintf(" ×%d", count[name])
		}
	}
	return strings.Join(types, ", ")
}
