package vapi

import (
	"strings"
	"testing"

	"vapitap/internal/jsonpath"
)

// later is a message that comes after a tool call and repeats it.
const later = `{"message":{"type":"conversation-update","artifact":{"messages":[{"role":"bot"},` +
	`{"toolCalls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]}]}}}`

func TestAPathThatLacksAPieceIsTold(t *testing.T) {
	toolCallsFirst := `{"message":{"toolCalls":[{"id":"a","function":{"name":"f","arguments":"{\"city\":\"Oslo\"}"}}],` +
		`"toolCallList":[{"id":"a","function":{"name":"f","arguments":{"city":"Oslo"}}}]}}`
	flat := `{"message":{"artifact":{"x":{"arguments":{"city":"Oslo"}}},"toolCallList":[{"id":"a","name":"f","arguments":{"time":"19:00"}}]}}`
	for _, c := range []struct{ name, body, path, want string }{
		{"the beginning", toolCallsFirst, `arguments.city`, `message.toolCallList[0].function.arguments.city`},
		{"the beginning of the other list, by its name", toolCallsFirst, `toolCalls[0].function.name`, `message.toolCalls[0].function.name`},
		{"from the end", toolCallsFirst, `toolCallList[-1].id`, `message.toolCallList[-1].id`},
		{"a piece in the middle", toolCallsFirst, `message.arguments.city`, `message.toolCallList[0].function.arguments.city`},
		{"the index", toolCallsFirst, `message.toolCallList.function.name`, `message.toolCallList[0].function.name`},
		{"an argument that is new", toolCallsFirst, `arguments.unit`, `message.toolCallList[0].function.arguments.unit`},
		{"an argument that is new, and stood in a call before", flat, `arguments.city`, `message.toolCallList[0].arguments.city`},
		{"in what repeats a call", later, `arguments.city`, `message.artifact.messages[1].toolCalls[0].function.arguments.city`},
		{"nothing like it", toolCallsFirst, `city.name.x`, ``},
		{"another shape of the call, which is told otherwise", shapes, `message.toolCallList[0].arguments.city`, ``},
		{"no JSON", `{"message":`, `arguments.city`, ``},
	} {
		_, err := setShapes(t, c.body, c.path, `1`)
		if err == nil {
			t.Fatalf("%s: %s is there", c.name, c.path)
		}
		p, parseErr := jsonpath.Parse(c.path)
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		before := err.Error()
		got := WithMeantPath(err, []byte(c.body), p).Error()
		want := before
		if c.want != "" {
			want += "\nhint: did you mean " + c.want + "?"
		}
		if got != want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, want)
		}
	}
	if err := WithMeantPath(nil, []byte(later), jsonpath.Path{jsonpath.Key("x")}); err != nil {
		t.Errorf("no error became %v", err)
	}
}

// What is told can be set.
func TestThePathThatIsToldCanBeSet(t *testing.T) {
	for _, path := range []string{`arguments.city`, `toolCall.parameters.city`, `function.parameters.type`, `server.timeoutSeconds`, `arguments.unit`} {
		_, err := setShapes(t, shapes, path, `1`)
		p, _ := jsonpath.Parse(path)
		_, meant, ok := strings.Cut(WithMeantPath(err, []byte(shapes), p).Error(), "\nhint: did you mean ")
		if !ok {
			t.Errorf("%s: nothing is told", path)
			continue
		}
		if _, err := setShapes(t, shapes, strings.TrimSuffix(meant, "?"), `1`); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
