package vapi

import "time"

// Budget returns how long Vapi waits for the reply to a request; 0 where it
// does not wait: messages that want no reply, tool calls that are all async,
// and what is no server message. The fixed 7.5 s of an assistant-request hold
// whatever is configured; the others have the timeoutSeconds of the server that
// they are sent to, where the message shows it, or 20 s. Of several tools the
// least patient counts.
func Budget(id Identity, r Request) time.Duration {
	if id.Kind != KindServer {
		return 0
	}
	t, _ := Lookup(id.Type)
	switch t.Name {
	case typeToolCalls:
		return toolBudget(r.toolAsks(), r)
	case typeAssistantRequest:
		return t.Budget
	}
	if t.Reply == ReplyNone {
		return 0
	}
	return configuredBudget(t, r)
}

// toolBudget returns the shortest budget of the calls that are waited for.
func toolBudget(asks []toolAsk, r Request) time.Duration {
	if len(asks) > 0 && allAsync(asks) {
		return 0
	}
	general := configuredBudget(byName[typeToolCalls], r)
	shortest := time.Duration(0)
	for _, ask := range asks {
		budget := ask.budget
		if budget == 0 {
			budget = general
		}
		if !ask.async && (shortest == 0 || budget < shortest) {
			shortest = budget
		}
	}
	if shortest == 0 {
		return general
	}
	return shortest
}

// serverPlaces says where in a message the server stands that its type is sent
// to; other types go to the assistant's own.
var serverPlaces = map[string][]string{
	typeVoiceRequest: {"voice", "server"},
	typeEndpointing:  {"startSpeakingPlan", "smartEndpointingPlan", "server"},
}

// configuredBudget returns the timeout that the assistant of the message gives
// its server, or the type's default.
func configuredBudget(t Type, r Request) time.Duration {
	m, _ := r.message()
	place, special := serverPlaces[t.Name]
	if !special {
		place = []string{"server"}
	}
	v := m.pick("assistant", "call")
	for _, assistant := range []value{v[0], v[1].member("assistant")} {
		if budget := serverBudget(assistant.at(place...)); budget > 0 {
			return budget
		}
	}
	return t.Budget
}

// allAsync reports whether no call of asks is waited for. It is true of none.
func allAsync(asks []toolAsk) bool {
	for _, ask := range asks {
		if !ask.async {
			return false
		}
	}
	return true
}
