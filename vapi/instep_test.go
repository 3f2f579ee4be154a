package vapi

import "testing"

func TestShapesAreKeptInStepWithWhatWasEdited(t *testing.T) {
	const came = `{"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"f","arguments":{"city":"Oslo"}}],` +
		`"toolCalls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"city\":\"Oslo\"}"}}]}}`
	for _, c := range []struct{ name, edited, want string }{
		{"one shape", `{"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"f","arguments":{"city":"Bergen"}}],"toolCalls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"city\":\"Oslo\"}"}}]}}`,
			`{"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"f","arguments":{"city":"Bergen"}}],"toolCalls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"city\":\"Bergen\"}"}}]}}`},
		{"something else", `{"message":{"type":"tool-calls","x":1}}`, `{"message":{"type":"tool-calls","x":1}}`},
		{"no JSON", `{"message"`, `{"message"`},
	} {
		got, changed := KeepInStep([]byte(came), []byte(c.edited))
		if string(got) != c.want || changed != (c.want != c.edited) {
			t.Errorf("%s: %s (%v)", c.name, got, changed)
		}
	}
}
