package vapi

import "time"

// scenario is a call as a list of messages: which come, after what pause, and
// what is said in them. What a message looks like stands in call_*.go.
type scenario struct {
	name     string
	callType string // call.type, such as inboundPhoneCall
	beats    []beat

	// tools stand in for what the assistant does not define itself: a tool is
	// called even of an assistant without any, to see what the server does.
	tools []*jsObject

	summary func(*SimulatedCall) string // what analysis.summary says of a call that was held
}

// beat is one message and the pause before it.
type beat struct {
	pause time.Duration
	play  func(*SimulatedCall) outgoing
}

// outgoing is a message about to be sent.
type outgoing struct {
	kind    string
	detail  string                      // what sets it apart from others of its kind, a word or two
	message any                         // begins with a messageHead and ends with a messageTail
	budget  time.Duration               // zero means serverTimeoutDefault
	taken   func(*SimulatedCall, Reply) // nil where Vapi does not read the reply
}

// scriptLine is what somebody says, which can depend on what happened so far.
type scriptLine func(*SimulatedCall) string

// fixedLine is a line that is always the same.
func fixedLine(s string) scriptLine { return func(*SimulatedCall) string { return s } }

func allScenarios() []scenario { return []scenario{inboundScenario} }

func scenarioNamed(name string) (scenario, bool) {
	for _, s := range allScenarios() {
		if s.name == name {
			return s, true
		}
	}
	return scenario{}, false
}

// Scenarios returns the names that CallOptions.Scenario may have, the default
// first.
func Scenarios() []string {
	var names []string
	for _, s := range allScenarios() {
		names = append(names, s.name)
	}
	return names
}
