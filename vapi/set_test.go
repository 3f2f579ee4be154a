package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"vapitap/internal/jsonpath"
)

// shapes is a message with one call in four shapes, and another call.
const shapes = `{"message":{"type":"tool-calls","timestamp":1700000000000.50,` +
	`"toolCallList":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo","days":1e0}}},{"id":"b","name":"sing","arguments":{"city":"Oslo"}}],` +
	`"toolCalls":[{"id":"b","name":"sing","arguments":{"city":"Oslo"}},{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Oslo\",\"days\":1}"}}],` +
	`"toolWithToolCallList":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}},"server":{"timeoutSeconds":20},"toolCall":{"id":"a","name":"get_weather","parameters":{"city":"Oslo"}}}]}}`

func setShapes(t *testing.T, body, path, value string) (string, error) {
	t.Helper()
	p, err := jsonpath.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Set([]byte(body), p, []byte(value))
	return string(out), err
}

func TestSetKeepsTheShapesOfACallInStep(t *testing.T) {
	for _, c := range []struct {
		name, path, value string
		replace           []string // in shapes: from, to, ...
	}{
		{"an argument, from the list with functions", `message.toolCallList[0].function.arguments.city`, `"Bergen"`, []string{
			`{"city":"Oslo","days":1e0}`, `{"city":"Bergen","days":1e0}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"city\": \"Bergen\",\"days\":1}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"city":"Bergen"}`,
		}},
		{"an argument, from the string of JSON and from the end", `message.toolCalls[-1].function.arguments.city`, `"Bergen"`, []string{
			`{"city":"Oslo","days":1e0}`, `{"city":"Bergen","days":1e0}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"city\": \"Bergen\",\"days\":1}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"city":"Bergen"}`,
		}},
		{"an argument, from beside the definition", `message.toolWithToolCallList[0].toolCall.parameters.city`, `"Bergen"`, []string{
			`{"city":"Oslo","days":1e0}`, `{"city":"Bergen","days":1e0}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"city\": \"Bergen\",\"days\":1}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"city":"Bergen"}`,
		}},
		{"a new argument", `message.toolCallList[0].function.arguments.unit`, `"C"`, []string{
			`{"city":"Oslo","days":1e0}`, `{"city":"Oslo","days":1e0,"unit":"C"}`,
			`\"days\":1}`, `\"days\":1,\"unit\":\"C\"}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"city":"Oslo","unit":"C"}`,
		}},
		{"all arguments", `message.toolCallList[0].function.arguments`, `{"x":[1]}`, []string{
			`{"city":"Oslo","days":1e0}`, `{"x":[1]}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"x\":[1]}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"x":[1]}`,
		}},
		{"all arguments, where they are a string and stay one", `message.toolCalls[1].function.arguments`, `{"x":[1]}`, []string{
			`{"city":"Oslo","days":1e0}`, `{"x":[1]}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"x\":[1]}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"x":[1]}`,
		}},
		{"all arguments, given as a string", `message.toolCalls[1].function.arguments`, `"{\"x\":[1]}"`, []string{
			`{"city":"Oslo","days":1e0}`, `{"x":[1]}`,
			`{\"city\": \"Oslo\",\"days\":1}`, `{\"x\":[1]}`,
			`"parameters":{"city":"Oslo"}`, `"parameters":{"x":[1]}`,
		}},
		{"arguments that are no object", `message.toolCallList[0].function.arguments`, `5`, []string{
			`{"city":"Oslo","days":1e0}`, `5`,
			`"{\"city\": \"Oslo\",\"days\":1}"`, `5`,
			`"parameters":{"city":"Oslo"}`, `"parameters":5`,
		}},
		{"the name", `message.toolCallList[0].function.name`, `"rain"`, []string{
			`"function":{"name":"get_weather","arguments"`, `"function":{"name":"rain","arguments"`,
			`"toolCall":{"id":"a","name":"get_weather"`, `"toolCall":{"id":"a","name":"rain"`,
		}},
		{"the id", `message.toolWithToolCallList[0].toolCall.id`, `"z"`, []string{`"id":"a"`, `"id":"z"`}},
		{"the call as a whole", `message.toolCallList[0]`, `{"id":"z","name":"rain","arguments":{"x":1}}`, []string{
			`{"id":"a","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo","days":1e0}}}`, `{"id":"z","name":"rain","arguments":{"x":1}}`,
			`"id":"a"`, `"id":"z"`,
			`"name":"get_weather","arguments":"{\"city\": \"Oslo\",\"days\":1}"`, `"name":"rain","arguments":"{\"x\":1}"`,
			`"name":"get_weather","parameters":{"city":"Oslo"}`, `"name":"rain","parameters":{"x":1}`,
		}},
		{"what only one shape has", `message.toolCallList[0].type`, `"other"`, []string{
			`[{"id":"a","type":"function"`, `[{"id":"a","type":"other"`,
		}},
		{"the tool's definition, which is no call", `message.toolWithToolCallList[0].function.name`, `"rain"`, []string{
			`"name":"get_weather","parameters":{"type"`, `"name":"rain","parameters":{"type"`,
		}},
		{"the other call", `message.toolCallList[1].arguments.city`, `"Bergen"`, []string{
			`"name":"sing","arguments":{"city":"Oslo"}`, `"name":"sing","arguments":{"city":"Bergen"}`,
		}},
		{"what is no call", `message.type`, `"x"`, []string{`"type":"tool-calls"`, `"type":"x"`}},
	} {
		want := strings.NewReplacer(c.replace...).Replace(shapes)
		got, err := setShapes(t, shapes, c.path, c.value)
		if err != nil || got != want {
			t.Errorf("%s: %s = %s makes\n%s, want\n%s (%v)", c.name, c.path, c.value, got, want, err)
		}
	}
}

func TestSetOfCallsThatAreNotInStep(t *testing.T) {
	for _, c := range []struct{ name, body, path, value, want string }{
		{"both shapes in one item",
			`{"message":{"toolCallList":[{"id":"a","name":"n","arguments":{"city":"Oslo"},"function":{"name":"n","arguments":"{\"city\":\"Oslo\"}"}}]}}`,
			`message.toolCallList[0].arguments.city`, `"Bergen"`,
			`{"message":{"toolCallList":[{"id":"a","name":"n","arguments":{"city":"Bergen"},"function":{"name":"n","arguments":"{\"city\":\"Bergen\"}"}}]}}`},
		{"a copy without the place takes over all",
			`{"message":{"toolCallList":[{"id":"a","arguments":{"at":{"city":"Oslo"}}}],"toolCalls":[{"id":"a","arguments":"{\"n\":1}"}]}}`,
			`message.toolCallList[0].arguments.at.city`, `"Bergen"`,
			`{"message":{"toolCallList":[{"id":"a","arguments":{"at":{"city":"Bergen"}}}],"toolCalls":[{"id":"a","arguments":"{\"at\":{\"city\":\"Bergen\"}}"}]}}`},
		{"calls without an id stay alone",
			`{"message":{"toolCallList":[{"arguments":{"a":1}}],"toolCalls":[{"arguments":{"a":1}}]}}`,
			`message.toolCallList[0].arguments.a`, `2`,
			`{"message":{"toolCallList":[{"arguments":{"a":2}}],"toolCalls":[{"arguments":{"a":1}}]}}`},
		{"another case of the id is another call",
			`{"message":{"toolCallList":[{"id":"a","arguments":{"a":1}}],"toolCalls":[{"id":"A","arguments":{"a":1}}]}}`,
			`message.toolCallList[0].arguments.a`, `2`,
			`{"message":{"toolCallList":[{"id":"a","arguments":{"a":2}}],"toolCalls":[{"id":"A","arguments":{"a":1}}]}}`},
		{"a call whose id is taken away",
			`{"message":{"toolCallList":[{"id":"a","name":"n"}],"toolCalls":[{"id":"a","name":"n"}]}}`,
			`message.toolCallList[0]`, `null`,
			`{"message":{"toolCallList":[null],"toolCalls":[{"id":"a","name":"n"}]}}`},
	} {
		got, err := setShapes(t, c.body, c.path, c.value)
		if err != nil || got != c.want {
			t.Errorf("%s:\n%s, want\n%s (%v)", c.name, got, c.want, err)
		}
	}
}

func TestSetSuggestsWhereTheFieldStandsInThisShape(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{`message.toolCallList[1].function.arguments.city`,
			`message.toolCallList[1].function: no such key in message.toolCallList[1]; it has id, name, arguments (in this call it is message.toolCallList[1].arguments.city)`},
		{`message.toolCallList[0].arguments.city`,
			`message.toolCallList[0].arguments: no such key in message.toolCallList[0]; it has id, type, function (in this call it is message.toolCallList[0].function.arguments.city)`},
		{`message.toolWithToolCallList[0].toolCall.arguments.city`,
			`message.toolWithToolCallList[0].toolCall.arguments: no such key in message.toolWithToolCallList[0].toolCall; it has id, name, parameters (in this call it is message.toolWithToolCallList[0].toolCall.parameters.city)`},
		{`message.toolCallList[0].function.arguments.at.city`,
			`message.toolCallList[0].function.arguments.at: no such key in message.toolCallList[0].function.arguments; it has city, days`},
		{`message.toolCallList[2].name`, `message.toolCallList[2]: the array has 2 elements (indexes 0 to 1)`},
		{`message.toolCallist[0].name`, `message.toolCallist: no such key in message; it has type, timestamp, toolCallList, toolCalls, toolWithToolCallList; did you mean toolCallList?`},
	} {
		_, err := setShapes(t, shapes, c.path, `1`)
		var missing *jsonpath.NotFoundError
		if !errors.As(err, &missing) || err.Error() != c.want {
			t.Errorf("%s:\n%v, want\n%s", c.path, err, c.want)
		}
	}
}

func TestSetOfManyCallsWithOneIDIsNotSlow(t *testing.T) {
	list := strings.Repeat(`{"id":"a","arguments":{"x":1}},`, 20_000) + `{"id":"a","arguments":{"x":1}}`
	body := `{"message":{"toolCallList":[` + list + `],"toolCalls":[` + list + `]}}`
	got, err := setShapes(t, body, `message.toolCallList[-1].arguments.x`, `2`)
	if err != nil || strings.Count(got, `"x":2`) != 2 {
		t.Errorf("%d were set, want the one that is named and one in the other list (%v)", strings.Count(got, `"x":2`), err)
	}
}

func FuzzSet(f *testing.F) {
	for _, path := range []string{`message.toolCallList[0].function.arguments.city`, `message.toolCalls[1]`, `message.toolWithToolCallList[0].toolCall.parameters`, `message.toolCallList[-1].id`, `message.toolWithToolCallList[0]`} {
		f.Add([]byte(shapes), path, []byte(`{"x":"\""}`))
		f.Add([]byte(shapes), path, []byte(`"[1]"`))
	}
	f.Add([]byte(`{"message":"{\"toolCallList\":\"[{\\\"id\\\":\\\"a\\\"}]\"}"}`), `message.toolCallList[0].id`, []byte(`"b"`))
	f.Add([]byte(`{"message":{"toolCallList":[{"id":"a","function":"{\"arguments\":1}"}],"toolCalls":[{"id":"a","arguments":null}]}}`), `message.toolCallList[0].function.arguments`, []byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte, path string, value []byte) {
		p, err := jsonpath.Parse(path)
		if err != nil {
			return
		}
		before := bytes.Clone(body)
		got, err := Set(body, p, value)
		if !bytes.Equal(body, before) {
			t.Fatal("the body itself was changed")
		}
		_, plain := jsonpath.Set(body, p, value)
		if (err == nil) != (plain == nil) {
			t.Fatalf("%s: %v, while alone it is %v", p, err, plain)
		}
		if err == nil && !json.Valid(got) {
			t.Fatalf("%s makes %s", p, got)
		}
	})
}
