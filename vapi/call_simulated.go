package vapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// CallOptions says which call to simulate.
type CallOptions struct {
	Scenario string    // one of Scenarios; empty means inbound
	Seed     string    // decides every id and latency: equal options give equal bytes
	Start    time.Time // when the call comes in; required
	Customer string    // the caller's number, E.164; empty means +14155550100
	Number   string    // the Vapi number that is called, E.164; empty means +14155550142
}

// Step is one request of a simulated call, ready to be sent by POST.
type Step struct {
	Name       string        // the type and what sets it apart, such as: tool-calls get_weather
	Type       string        // message.type
	Pause      time.Duration // how long Vapi would have waited since the step before
	Path       string        // empty for the server's own URL
	Header     http.Header   // without authentication, which is the sender's to add
	Body       []byte        // as JavaScript's JSON.stringify writes it
	WantsReply bool          // Vapi reads the reply
	Budget     time.Duration // how long Vapi waits before it gives up on the request
}

// SimulatedCall is a Vapi call played without Vapi: Next gives the requests
// one at a time, Reply tells what the server answered, and what follows takes
// that into account. It is a state machine without I/O, goroutines or a clock:
// its time is CallOptions.Start and the pauses since, whenever the steps are
// really sent.
//
// Every type of the scenario is sent, also one that the assistant does not
// list in serverMessages: the call is there to exercise the server.
//
// A SimulatedCall is not safe for concurrent use.
type SimulatedCall struct {
	plot  scenario
	beats []beat // what is still to come
	now   time.Time
	ids   *callIDs

	call        callObject
	phoneNumber phoneNumberObject
	customer    customerObject
	assistant   *chosenAssistant // nil until the server has chosen one

	log           conversationLog
	speaker       string // the role that spoke last
	turn          int    // how often the speaker has changed since the first word
	turnID        string // of the assistant's turn, empty while there is none
	tools         []toolInvocation
	latencies     []turnLatency
	interruptions int

	startedAt   time.Time // zero where nobody answered
	endedAt     time.Time
	endedReason string
	destination *jsObject // where the server had the call forwarded to, nil for nowhere

	awaiting func(*SimulatedCall, Reply) // what becomes of the reply to the last step, nil for nothing
	budget   time.Duration               // of the last step
}

// Budgets from Vapi's documentation: an assistant-request has 7.5 s whatever
// is configured, everything else server.timeoutSeconds, which is 20 s by
// default.
const (
	assistantChoiceBudget = 7500 * time.Millisecond
	serverTimeoutDefault  = 20 * time.Second
)

// NewCall returns a call that is about to come in. The errors are a scenario
// that does not exist and a start that is not set.
func NewCall(o CallOptions) (*SimulatedCall, error) {
	if o.Scenario == "" {
		o.Scenario = inboundScenario.name
	}
	plot, ok := scenarioNamed(o.Scenario)
	if !ok {
		return nil, fmt.Errorf("no scenario %q; there is: %s", o.Scenario, strings.Join(Scenarios(), ", "))
	}
	if o.Start.IsZero() {
		return nil, fmt.Errorf("start of the simulated call is not set")
	}
	if o.Customer == "" {
		o.Customer = "+14155550100"
	}
	if o.Number == "" {
		o.Number = "+14155550142"
	}
	c := &SimulatedCall{
		plot:     plot,
		beats:    plot.beats,
		now:      o.Start,
		ids:      newCallIDs(o.Seed),
		turn:     -1,
		customer: customerObject{Number: o.Customer},
	}
	orgID := c.ids.uuid()
	c.phoneNumber = newPhoneNumber(c.ids.uuid(), orgID, o)
	c.call = newCallObject(plot.callType, c.ids.uuid(), orgID, c.phoneNumber.ID, o)
	return c, nil
}

// ID is the call's id, the same in each of its messages.
func (c *SimulatedCall) ID() string { return c.call.ID }

// Next returns the next request, and false when the call is over. A step that
// wanted a reply and was given none counts as unanswered.
func (c *SimulatedCall) Next() (Step, bool) {
	c.settle(Reply{})
	if len(c.beats) == 0 {
		return Step{}, false
	}
	b := c.beats[0]
	c.beats = c.beats[1:]
	c.now = c.now.Add(b.pause)

	out := b.play(c)
	if out.budget == 0 {
		out.budget = serverTimeoutDefault
	}
	c.awaiting, c.budget = out.taken, out.budget
	body := jsStringify(struct {
		Message any `json:"message"`
	}{out.message})
	return Step{
		Name:       strings.TrimSpace(out.kind + " " + out.detail),
		Type:       out.kind,
		Pause:      b.pause,
		Header:     http.Header{"Content-Type": {"application/json"}, "User-Agent": {SimulatorAgent}},
		Body:       body,
		WantsReply: out.taken != nil,
		Budget:     out.budget,
	}, true
}

// Reply tells what the server answered to the last step. Only the first reply
// to a step that wants one is heard. A reply that failed, was truncated or
// took longer than the step's budget counts as none.
func (c *SimulatedCall) Reply(r Reply) { c.settle(r) }

func (c *SimulatedCall) settle(r Reply) {
	taken := c.awaiting
	c.awaiting = nil
	if taken == nil {
		return
	}
	if r.Failure != "" || r.Truncated || r.Duration > c.budget {
		r = Reply{}
	}
	taken(c, r)
}

// abandon ends a call that has not begun: of the scenario, nothing is left.
func (c *SimulatedCall) abandon(reason string) {
	c.beats = []beat{
		{200 * time.Millisecond, statusEnded(reason)},
		{1500 * time.Millisecond, endOfCallReport()},
	}
}
