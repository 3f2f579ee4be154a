package vapi

import (
	"slices"
	"time"
)

// scenario is a call as a list of messages: which come, after what pause, and
// what is said in them. What a message looks like stands in call_*.go.
type scenario struct {
	name     string
	callType string // call.type, such as inboundPhoneCall
	beats    []beat

	// tools stand in for what the assistant does not define itself: a tool is
	// called even of an assistant without any, to see what the server does.
	tools []*jsObject

	summary func(*SimulatedCall) string // what analysis.summary says of a call that was held; nil for what all calls have in common

	assistant *jsObject // who takes the call without the server being asked; nil where it is asked
	isChat    bool      // there is a chat, and no call
	isTour    bool      // everything is sent, whatever the server replies
}

// beat is one message and the pause before it.
type beat struct {
	pause time.Duration
	play  func(*SimulatedCall) outgoing
}

// outgoing is a message about to be sent, or a fork in the call.
type outgoing struct {
	kind    string
	detail  string                      // what sets it apart from others of its kind, a word or two
	message any                         // what is sent as message; of a chat completion the whole body
	server  *jsObject                   // the server object that it goes to, nil for the assistant's own
	path    string                      // where it goes whatever the server object says, empty for nowhere else
	budget  time.Duration               // zero means serverTimeoutDefault
	taken   func(*SimulatedCall, Reply) // nil where Vapi does not read the reply
	changes *jsObject                   // what a script wants different in the message, nil for nothing

	isFork bool
	beats  []beat // what comes before the rest, of a fork
}

// fork is a beat that sends nothing: what comes next is decided when the call
// gets there. The beats come before the rest of the scenario; next may be nil
// for none.
func fork(next func(*SimulatedCall) []beat) func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		out := outgoing{isFork: true}
		if next != nil {
			out.beats = next(c)
		}
		return out
	}
}

// scriptLine is what somebody says, which can depend on what happened so far.
type scriptLine func(*SimulatedCall) string

// fixedLine is a line that is always the same.
func fixedLine(s string) scriptLine { return func(*SimulatedCall) string { return s } }

func allScenarios() []scenario {
	return []scenario{
		inboundScenario, outboundScenario, toolsScenario, transferScenario, handoffScenario, knowledgeBaseScenario,
		hangScenario, voiceScenario, endpointingScenario, campaignScenario, chatScenario, llmScenario, everythingScenario,
	}
}

func scenarioNamed(name string) (scenario, bool) {
	all := allScenarios()
	if i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name }); i >= 0 {
		return all[i], true
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

// ScenarioText returns what a scenario is, in one line for a list of them, and
// "" for a name that is none.
func ScenarioText(name string) string { return scenarioTexts[name] }

var scenarioTexts = map[string]string{
	"inbound":        "a call to a number of yours: the server chooses the assistant and answers its tools",
	"outbound":       "a call that your assistant makes, from queued to ended",
	"tools":          "several tool calls at once, each to its tool's own URL, one that nobody waits for",
	"transfer":       "the caller wants a person: where to?",
	"handoff":        "the caller wants another assistant: which one?",
	"knowledge-base": "two questions to a knowledge base of yours",
	"hang":           "the assistant is too slow to answer",
	"voice":          "a voice of yours speaks every sentence",
	"endpointing":    "has the caller finished? asked three times",
	"campaign":       "may this contact be called? and the call, if so",
	"chat":           "a session with two chats and no call",
	"llm":            "a model of yours, streamed; the server is model.url",
	"all":            "every type of message at least once, whatever is replied",
}

// endOfCall is how a call ends when nothing else ended it.
func endOfCall(reason string) []beat {
	return []beat{
		{1100 * time.Millisecond, statusEnded(reason)},
		{5200 * time.Millisecond, endOfCallReport()},
	}
}

// callTakenByTheServersChoice is how a call begins that the server chooses an
// assistant for.
func callTakenByTheServersChoice() []beat {
	return slices.Concat([]beat{
		{0, assistantRequest()},
		{900 * time.Millisecond, statusInProgress()},
		{100 * time.Millisecond, assistantStarted()},
	}, assistantSays(greeting))
}

// userSays is a turn of the user.
func userSays(words string) []beat {
	return []beat{
		{1800 * time.Millisecond, speechUpdate("user", "started")},
		{speakingTime(words), finalTranscript("user", fixedLine(words))},
		{200 * time.Millisecond, speechUpdate("user", "stopped")},
	}
}

// assistantSays is a turn of the assistant.
func assistantSays(words scriptLine) []beat {
	return []beat{
		{800 * time.Millisecond, speechUpdate("assistant", "started")},
		{3600 * time.Millisecond, finalTranscript("assistant", words)},
		{200 * time.Millisecond, speechUpdate("assistant", "stopped")},
	}
}
