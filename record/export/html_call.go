package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// callView is a call as a page shows it.
type callView struct {
	N       int // of the page, from 1
	Title   string
	ID      string
	Kind    string // in words
	Started string
	Tiles   []tile
	Facts   []pair
	Summary string
	Ending  *endingView // nil while the call goes on, or where its end was not recorded
	Failed  []problem

	Timeline     *waterfall
	Conversation []*said
	Tools        []*roundTrip
	Turns        *turnChart // nil where no turn is known
	Cost         *costChart // nil where no cost is known
	*cardList
}

// tile is one number that says much of a call.
type tile struct{ Name, Value, State string }

// endingView is what ended a call.
type endingView struct {
	Text, Reason, Advice string
	Exchange             int64 // 0 for none
	Likely, Bad          bool
}

// problem is an exchange that failed, or is likely to.
type problem struct {
	ID      int64
	State   string
	Name    string
	At      string
	Summary string
	Checks  []checkView
}

// said is one bubble of the conversation, or a tool call between them.
type said struct {
	Role string // user, assistant or other
	Who  string
	At   string
	Text string
	Tool *roundTrip // nil for a bubble
}

// roundTrip is a tool call on its way: what the model wanted, what the server
// answered, and what Vapi took.
type roundTrip struct {
	Exchange  int64
	Name      string
	ID        string
	At        string
	Took      string
	State     string // failed, warned, or empty
	Arguments string
	Answer    string // laid out; empty where there is none
	AnswerIs  string // result, error or no answer, in words
	Recorded  string // laid out; empty where nobody saw it
	Verdict   string // what Vapi made of it, in words
	Notes     []string
}

var callKinds = map[string]string{
	"inboundPhoneCall":   "Inbound phone call",
	"outboundPhoneCall":  "Outbound phone call",
	"webCall":            "Web call",
	"vapi.websocketCall": "WebSocket call",
}

func newCallView(c *cleaning, call *timeline.Call, n int) *callView {
	v := &callView{
		N: n, ID: plainLine(call.ID), Kind: cmp.Or(callKinds[call.Type], plainLine(call.Type), "Call"), Summary: c.line(call.Summary),
		Timeline: newWaterfall(call), Turns: newTurnChart(call), Cost: newCostChart(call),
	}
	v.Title = c.callTitle(call)
	v.Started = call.Begin.Local().Format(dayAndTime)
	v.Tiles, v.Facts, v.Ending = tiles(call), c.callFacts(call), c.ending(call)
	for i := range call.Exchanges {
		e := &call.Exchanges[i]
		if state := stateOf(e); state != "" {
			v.Failed = append(v.Failed, c.problem(call, e, state))
		}
	}
	for _, t := range call.ToolCalls {
		e := cmp.Or(call.Exchange(t.Exchange), &record.Exchange{ID: t.Exchange})
		trip := c.roundTrip(t, e)
		trip.At = plain.Offset(call.Offset(e))
		v.Tools = append(v.Tools, trip)
	}
	v.Conversation = c.conversation(call, v.Tools)
	return v
}

// line returns words from a payload as they may stand on one line of a page.
func (c *cleaning) line(words string) string { return plainLine(c.text(words)) }

// callTitle says who called whom, as far as is known.
func (c *cleaning) callTitle(call *timeline.Call) string {
	customer, ours := c.line(call.Customer), c.line(cmp.Or(call.Assistant, call.Number))
	from, to := customer, ours
	if call.Type == "outboundPhoneCall" {
		from, to = ours, customer
	}
	switch {
	case from != "" && to != "":
		return from + " → " + to
	case from+to != "":
		return from + to
	}
	return "Call " + plainLine(call.ID)
}

// tiles are the numbers that are looked at first.
func tiles(call *timeline.Call) []tile {
	var list []tile
	add := func(name, value, state string) {
		if value != "" {
			list = append(list, tile{name, value, state})
		}
	}
	add("lasted", took(time.Duration(call.DurationSeconds*float64(time.Second))), "")
	if call.Cost > 0 {
		add("cost", fmt.Sprintf("$%.2f", call.Cost), "")
	}
	add("exchanges", fmt.Sprint(len(call.Exchanges)), "")
	add("tool calls", fmt.Sprint(len(call.ToolCalls)), "")
	slowest := time.Duration(0)
	for i := range call.Exchanges {
		if e := &call.Exchanges[i]; kindOf(e) == "ask" {
			slowest = max(slowest, e.Duration)
		}
	}
	add("slowest reply", took(slowest), "")
	failed, state := len(call.Failed()), ""
	if failed > 0 {
		state = "failed"
	}
	add("failed", fmt.Sprint(failed), state)
	return list
}

func (c *cleaning) callFacts(call *timeline.Call) []pair {
	recorded := fmt.Sprintf("%d exchanges", len(call.Exchanges))
	if call.BeganEarlier() {
		recorded += ", from " + plain.Offset(call.Offset(&call.Exchanges[0])) + " on"
	}
	if call.LeftOut > 0 {
		recorded += fmt.Sprintf("; %d sent again or as a test left out", call.LeftOut)
	}
	var facts []pair
	for _, fact := range []pair{
		{"customer", call.Customer}, {"number", call.Number}, {"assistant", call.Assistant}, {"status", call.Status},
		{"recorded", recorded}, {"recording", call.RecordingURL},
	} {
		if fact.Value != "" {
			facts = append(facts, pair{fact.Name, c.line(fact.Value)})
		}
	}
	return facts
}

func (c *cleaning) ending(call *timeline.Call) *endingView {
	if call.Cause == nil {
		return nil
	}
	return &endingView{
		Text: c.line(call.Cause.Text), Reason: c.line(call.EndedReason), Advice: c.line(call.Cause.Advice),
		Exchange: call.Cause.Exchange, Likely: call.Cause.Likely, Bad: call.Cause.Advice != "",
	}
}

// problem tells what is wrong with an exchange of which only what a list shows
// was read.
func (c *cleaning) problem(call *timeline.Call, e *record.Exchange, state string) problem {
	p := problem{ID: e.ID, State: state, Name: plainLine(named(e)), At: plain.Offset(call.Offset(e)), Summary: plainLine(e.Error)}
	for _, check := range c.checkViews(e.Checks) {
		if check.Level != string(vapi.Info) {
			check.Hint, check.Instead = "", "" // the card has them
			p.Checks = append(p.Checks, check)
		}
	}
	return p
}

// conversation puts the tool calls between what was said, where it is known when
// that was.
func (c *cleaning) conversation(call *timeline.Call, trips []*roundTrip) []*said {
	type timed struct {
		at   time.Duration
		trip *roundTrip
	}
	var tools []timed
	for i, t := range call.ToolCalls {
		if e := call.Exchange(t.Exchange); e != nil && t.RedeliveryOf == 0 {
			tools = append(tools, timed{call.Offset(e), trips[i]})
		}
	}
	slices.SortStableFunc(tools, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	var list []*said
	anyTimed := slices.ContainsFunc(call.Conversation, func(l timeline.Line) bool { return l.Timed })
	for _, line := range call.Conversation {
		for line.Timed && len(tools) > 0 && tools[0].at <= line.Offset {
			list = append(list, &said{Role: "tool", Tool: tools[0].trip})
			tools = tools[1:]
		}
		list = append(list, c.bubble(call, line))
	}
	for _, t := range tools {
		if anyTimed {
			list = append(list, &said{Role: "tool", Tool: t.trip})
		}
	}
	return list
}

func (c *cleaning) bubble(call *timeline.Call, line timeline.Line) *said {
	b := &said{Role: "other", Who: c.line(line.Role), Text: visible(c.text(line.Text), true)}
	if line.Timed {
		b.At = plain.Offset(line.Offset)
	}
	switch line.Role {
	case vapi.RoleUser:
		b.Role, b.Who = "user", cmp.Or(c.line(call.Customer), "caller")
	case vapi.RoleAssistant:
		b.Role, b.Who = "assistant", cmp.Or(c.line(call.Assistant), "assistant")
	}
	return b
}

// roundTrip returns a tool call as it is shown. e is the exchange it was in.
func (c *cleaning) roundTrip(t timeline.ToolCall, e *record.Exchange) *roundTrip {
	r := &roundTrip{
		Exchange: t.Exchange, Name: c.line(t.Name), ID: c.line(t.ID), Took: took(t.Duration), State: stateOf(e),
		Arguments: c.value(t.ReadableArguments()), Recorded: c.value(t.Recorded),
	}
	switch {
	case t.Result != nil:
		r.Answer, r.AnswerIs = c.value(t.Result), "result"
	case t.Error != nil:
		r.Answer, r.AnswerIs = c.value(t.Error), "error"
	case t.Async:
		r.AnswerIs = "none is awaited: the tool is async"
	default:
		r.AnswerIs, r.State = "no answer", "failed"
	}
	switch {
	case t.Recorded == nil && e.Failed():
		r.Verdict = "will not use it"
	case t.Recorded == nil:
		r.Verdict = "not seen"
	case t.TookReply():
		r.Verdict = "took it"
	case t.Answered:
		r.Verdict, r.State = "recorded something else", cmp.Or(r.State, "warned")
	default:
		r.Verdict = "recorded"
	}
	if t.Mocked {
		r.Notes = append(r.Notes, "answered by a rule, not by the server")
	}
	if t.RedeliveryOf != 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("delivered again, as %d", t.RedeliveryOf))
	}
	if len(t.Static) > 0 {
		r.Notes = append(r.Notes, "set in the tool, not by the model: "+c.line(strings.Join(t.Static, ", ")))
	}
	if len(t.Encrypted) > 0 {
		r.Notes = append(r.Notes, "encrypted by Vapi: "+c.line(strings.Join(t.Encrypted, ", ")))
	}
	for _, warning := range t.WarningWords() {
		r.Notes = append(r.Notes, "Vapi warns: "+c.line(warning))
	}
	return r
}

// value returns a JSON value laid out where it is large, in part where it is very
// large.
func (c *cleaning) value(text vapi.RawJSON) string {
	const most, short = 8 << 10, 60
	if text == nil {
		return ""
	}
	words := c.json(text)
	if len(words) > short {
		words, _ = readable(words)
	}
	if len(words) > most {
		return visible(string(wholeRunes(words[:most])), true) + "…"
	}
	return visible(string(words), true)
}
