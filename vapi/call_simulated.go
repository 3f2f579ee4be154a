package vapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"vapitap/internal/nearest"
)

// CallOptions says which call to simulate.
type CallOptions struct {
	Scenario string    // one of Scenarios; empty means inbound. Not used where there is a Script
	Script   *Script   // a scenario of the user's own, from ParseScenario; nil for none
	Seed     string    // decides every id, latency and made-up argument: equal options give equal bytes
	Start    time.Time // when the call comes in; required
	Customer string    // the caller's number, E.164; empty means +14155550100
	Number   string    // the Vapi number that is called, E.164; empty means +14155550142

	// Server is the http or https URL at which the server is reached. It tells
	// which of the URLs in a returned assistant lead to this server; see Step.Path.
	// Empty means a server on this machine, on any port.
	Server string

	// Tools are the developer's own tool definitions: a JSON array of Vapi's or
	// OpenAI's function tools, or an object that has it as tools. They are called
	// instead of the tools of the scenario and of the returned assistant, each at
	// least once where the scenario calls tools at all, with arguments that fit
	// their parameter schemas. Nil means that there are none.
	Tools []byte

	ToolShape ToolShape // empty means ToolShapeBoth
}

// ToolShape is which of Vapi's shapes of a tool call a message has.
type ToolShape string

// The shapes. Vapi's OpenAPI document has id, type and function {name,
// arguments}; its page on custom tools has id, name and arguments beside one
// another.
const (
	ToolShapeBoth     ToolShape = "both"     // toolCallList can be read either way, toolCalls is as the OpenAPI document has it
	ToolShapeFunction ToolShape = "function" // all lists as the OpenAPI document has them
	ToolShapeFlat     ToolShape = "flat"     // toolCallList and toolWithToolCallList flat, and no toolCalls
)

// ToolShapes returns what CallOptions.ToolShape may be, the default first.
func ToolShapes() []ToolShape { return []ToolShape{ToolShapeBoth, ToolShapeFunction, ToolShapeFlat} }

// Step is one request of a simulated call, ready to be sent by POST.
type Step struct {
	Name       string        // the type and what sets it apart, such as: tool-calls get_weather
	Kind       Kind          // KindServer for a message, KindLLM for a chat completion, which has no envelope
	Type       string        // message.type; llm for a chat completion
	Pause      time.Duration // how long Vapi would have waited since the step before
	Header     http.Header   // without authentication, which is the sender's to add
	Body       []byte        // as JavaScript's JSON.stringify writes it
	WantsReply bool          // Vapi reads the reply
	Budget     time.Duration // how long Vapi waits before it gives up on the request

	// Path is where on the server the step goes, as in a request line: escaped,
	// with its query if it has one. Empty means the server's own URL.
	//
	// It comes from the URLs in the assistant that the server returned, those of
	// its tools, model, voice and so on. A URL leads to this server where it has
	// the host and port of CallOptions.Server, where both are this machine and the
	// port is the same, and where its host is a tunnel's, which is where a server
	// under development is reached from outside.
	Path string

	// Elsewhere is the URL that Vapi would send this to, where that leads to
	// another server. Nothing is sent there: the step goes to the server's own URL
	// instead. Empty for all other steps.
	Elsewhere string
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
	chat        *chatObject // what there is instead of a call; nil in a call
	session     *sessionObject
	phoneNumber phoneNumberObject
	customer    customerObject
	assistant   *chosenAssistant // nil until the server has chosen one
	place       serverPlace
	toolShape   ToolShape
	given       []*jsObject // CallOptions.Tools

	log           conversationLog
	speaker       string // the role that spoke last
	turn          int    // how often the speaker has changed since the first word
	turnID        string // of the assistant's turn, empty while there is none
	tools         []*toolInvocation
	latencies     []turnLatency
	interruptions int

	startedAt   time.Time // zero where nobody answered
	endedAt     time.Time
	endedReason string
	destination *jsObject // where the call is forwarded to, nil for nowhere

	transfer  transferOutcome  // of the last request for a destination
	knowledge knowledgeOutcome // of the last knowledge-base-request
	model     modelOutcome     // of the last chat completion

	wait     time.Duration               // what a reply added to the next pause
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
// that does not exist, a start that is not set, a Server that is no URL, Tools
// that are no tool definitions and a ToolShape that does not exist.
func NewCall(o CallOptions) (*SimulatedCall, error) {
	plot, err := o.scenario()
	if err != nil {
		return nil, err
	}
	if o.Start.IsZero() {
		return nil, errors.New("start of the simulated call is not set")
	}
	o.Customer = cmp.Or(o.Customer, "+14155550100")
	o.Number = cmp.Or(o.Number, "+14155550142")
	o.ToolShape = cmp.Or(o.ToolShape, ToolShapeBoth)
	if !slices.Contains(ToolShapes(), o.ToolShape) {
		return nil, fmt.Errorf("no shape of tool calls %q; there is: both, function, flat", o.ToolShape)
	}
	place, err := newServerPlace(o.Server)
	if err != nil {
		return nil, err
	}
	given, err := parseTools(o.Tools)
	if err != nil {
		return nil, err
	}
	c := &SimulatedCall{
		plot:      plot,
		beats:     plot.beats,
		now:       o.Start,
		ids:       newCallIDs(o.Seed),
		turn:      -1,
		customer:  customerObject{Number: o.Customer},
		place:     place,
		toolShape: o.ToolShape,
		given:     given,
	}
	orgID := c.ids.uuid()
	c.phoneNumber = newPhoneNumber(c.ids.uuid(), orgID, o)
	c.call = newCallObject(plot.callType, c.ids.uuid(), orgID, c.phoneNumber.ID, o)
	if plot.assistant != nil {
		c.takeAssistant(chosenAssistant{shown: plot.assistant, firstMessage: plot.assistant.text("firstMessage")})
	}
	if plot.isChat {
		c.beginSession()
	}
	return c, nil
}

func (o CallOptions) scenario() (scenario, error) {
	if o.Script != nil {
		return o.Script.plot, nil
	}
	name := cmp.Or(o.Scenario, inboundScenario.name)
	if plot, ok := scenarioNamed(name); ok {
		return plot, nil
	}
	meant := ""
	if near := nearest.Word(name, Scenarios()); near != "" {
		meant = "did you mean " + near + "? "
	}
	return scenario{}, fmt.Errorf("no scenario %q; %sthere is: %s", name, meant, strings.Join(Scenarios(), ", "))
}

// ID is the call's id, the same in each of its messages; the chat's where it is
// a chat.
func (c *SimulatedCall) ID() string {
	if c.chat != nil {
		return c.chat.ID
	}
	return c.call.ID
}

// Next returns the next request, and false when the call is over. A step that
// wanted a reply and was given none counts as unanswered.
func (c *SimulatedCall) Next() (Step, bool) {
	c.settle(Reply{})
	pause := c.wait
	c.wait = 0
	c.now = c.now.Add(pause)
	for len(c.beats) > 0 {
		b := c.beats[0]
		c.beats = c.beats[1:]
		pause += b.pause
		c.now = c.now.Add(b.pause)
		out := b.play(c)
		if out.isFork {
			c.beats = slices.Concat(out.beats, c.beats)
			continue
		}
		return c.step(out, pause), true
	}
	return Step{}, false
}

// step makes a request of what is to be sent.
func (c *SimulatedCall) step(out outgoing, pause time.Duration) Step {
	server := c.assistant.part("server")
	if out.server != nil {
		server = out.server
	}
	s := Step{
		Name:       strings.TrimSpace(out.kind + " " + out.detail),
		Kind:       KindServer,
		Type:       out.kind,
		Pause:      pause,
		Header:     headerOf(server),
		WantsReply: out.taken != nil,
		Budget:     cmp.Or(out.budget, serverTimeoutDefault),
	}
	s.Path, s.Elsewhere = c.place.leadsTo(server)
	if out.kind == typeOfLLM {
		s.Kind = KindLLM
		s.Body = jsStringify(out.message)
	} else {
		s.Body = jsStringify(newObject(jsMember{"message", out.message}))
	}
	if out.path != "" {
		s.Path, s.Elsewhere = out.path, ""
	}
	if out.changes != nil {
		s.Body = withChanges(s.Body, out.changes)
	}
	c.awaiting, c.budget = out.taken, s.Budget
	return s
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

// end lets nothing more come than the end of the call.
func (c *SimulatedCall) end(reason string) {
	c.beats = []beat{
		{200 * time.Millisecond, statusEnded(reason)},
		{1500 * time.Millisecond, endOfCallReport()},
	}
}
