package vapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vapitap/internal/jsonpath"
)

const ownTool = `{"type":"function","function":{"name":"look_up_order","description":"Finds an order.",
	"parameters":{"type":"object","properties":{"order_id":{"type":"string","pattern":"^[A-Z]{2}-\\d{4}$"},"count":{"type":"integer","minimum":3,"maximum":5}},"required":["order_id","count"]}}}`

func TestToolsOfTheDeveloperAreCalled(t *testing.T) {
	for name, text := range map[string]string{
		"an array":                 "[" + ownTool + "]",
		"an object":                `{"tools":[` + ownTool + `]}`,
		"one definition":           ownTool,
		"beside other types":       `[{"type":"endCall"},` + ownTool + `]`,
		"as OpenAI's responses do": `[{"type":"function","name":"look_up_order","parameters":{"type":"object","properties":{"order_id":{"type":"string","pattern":"^[A-Z]{2}-\\d{4}$"},"count":{"type":"integer","minimum":3,"maximum":5}},"required":["order_id","count"]}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, scenario := range []string{"inbound", "outbound", "tools", "hang", "chat", "all"} {
				calls := stepsOfType(playCall(t, CallOptions{Scenario: scenario, Tools: []byte(text)}, goodServer), typeToolCalls)
				if len(calls) == 0 {
					t.Errorf("%s: not called", scenario)
				}
				for _, s := range calls {
					call := readStep(t, s).Message.ToolCallList[0].Function
					count, _ := call.Arguments["count"].(float64)
					if call.Name != "look_up_order" || count < 3 || count > 5 || !regexp.MustCompile(`^[A-Z]{2}-\d{4}$`).MatchString(fmt.Sprint(call.Arguments["order_id"])) {
						t.Errorf("%s: %+v", scenario, call)
					}
				}
			}
		})
	}
}

func TestEachOwnToolIsCalledOnce(t *testing.T) {
	const reply = `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"place":{"type":"string"}},"required":["place"]}}},
		{"type":"transferCall"},{"type":"function","function":{"name":"sendInvoice"}}]}}}`
	var called []string
	for _, s := range stepsOfType(playCall(t, CallOptions{}, answering(reply, coldReply)), typeToolCalls) {
		call := readStep(t, s).Message.ToolCallList[0].Function
		called = append(called, fmt.Sprint(call.Name, call.Arguments))
	}
	if got := strings.Join(called, " "); got != "get_weathermap[place:Oslo] sendInvoicemap[]" {
		t.Errorf("called %s", got)
	}
}

func TestToolsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "not JSON",
		"{":                           "not JSON",
		"7":                           "neither",
		`{"functions":[]}`:            "neither",
		"[]":                          "no function tool",
		`[{"type":"endCall"}]`:        "no function tool",
		`[{"type":"function"}]`:       "tools[0]: function.name is missing",
		`{"tools":[{"function":{}}]}`: "tools.tools[0]: function.name is missing",
		`["x"]`:                       "tools[0]: not an object",
		`[{"function":{"name":"f","parameters":[]}}]`: "tools[0]: f: function.parameters is not an object",
	} {
		_, err := NewCall(CallOptions{Start: simulatedStart, Tools: []byte(text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestToolShapes(t *testing.T) {
	tests := map[ToolShape]string{
		ToolShapeFunction: `{"toolCalls":[@F],"toolCallList":[@F],"toolWithToolCallList":[{@D,"toolCall":@F}]}`,
		ToolShapeBoth:     `{"toolCalls":[@F],"toolCallList":[{"id":"ID","type":"function","function":{"name":"f","arguments":{"a":1}},"name":"f","arguments":{"a":1}}],"toolWithToolCallList":[{@D,"toolCall":@F}]}`,
		ToolShapeFlat:     `{"toolCallList":[{"id":"ID","name":"f","arguments":{"a":1}}],"toolWithToolCallList":[{"type":"function","name":"f","function":{"name":"f","parameters":{"properties":{"a":{"const":1}}}},"toolCall":{"id":"ID","parameters":{"a":1}}}]}`,
	}
	const definition = `"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"const":1}}}}`
	for shape, want := range tests {
		steps := playCall(t, CallOptions{Scenario: "outbound", ToolShape: shape, Tools: []byte("{" + definition + "}")}, goodServer)
		s := stepsOfType(steps, typeToolCalls)[0]
		body, err := parseJSObject(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		lists := newObject()
		for _, m := range body.object("message").members {
			if m.key == callsList || m.key == callList || m.key == callWithToolList {
				lists = lists.with(m.key, m.value)
			}
		}
		id := ToolCalls(Request{Body: s.Body}, nil)[0].ID
		want = strings.NewReplacer("@F", `{"id":"ID","type":"function","function":{"name":"f","arguments":{"a":1}}}`, "@D", definition).Replace(want)
		if got := strings.ReplaceAll(string(jsStringify(lists)), id, "ID"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", shape, got, want)
		}
	}
	if _, err := NewCall(CallOptions{Start: simulatedStart, ToolShape: "round"}); err == nil {
		t.Error("a shape that does not exist")
	}
}

func TestArgumentsOfToolCallsCanBeSetByTheirUsualPath(t *testing.T) {
	p, err := jsonpath.Parse("message.toolCallList[0].function.arguments.city")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range []ToolShape{ToolShapeBoth, ToolShapeFunction} {
		s := stepsOfType(playCall(t, CallOptions{ToolShape: shape}, goodServer), typeToolCalls)[0]
		changed, err := Set(s.Body, p, []byte(`"Bergen"`))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(changed), `{"city":"Bergen"}`); n < 3 || strings.Contains(string(changed), `"arguments":{"city":"Oslo"}`) {
			t.Errorf("%s: %s", shape, changed)
		}
	}
}

func TestMadeUpArgumentsFitTheirSchema(t *testing.T) {
	tests := []struct{ name, schema, want string }{
		{"a const", `{"const":"x"}`, `"x"`},
		{"an example", `{"type":"string","example":"E1"}`, `"E1"`},
		{"examples", `{"type":"integer","examples":[7,8]}`, `7`},
		{"a default", `{"type":"boolean","default":false}`, `false`},
		{"an enum of one", `{"enum":["only"]}`, `"only"`},
		{"a date", `{"type":"string","format":"date"}`, `"2026-11-24"`},
		{"a moment", `{"type":"string","format":"date-time"}`, `"2026-11-24T19:00:00Z"`},
		{"an address", `{"type":"string","format":"email"}`, `"ada.berg@example.com"`},
		{"a pattern", `{"type":"string","pattern":"^\\+\\d{3,}$"}`, `"+111"`},
		{"a pattern that has to be longer", `{"type":"string","pattern":"^b[a-z]*$","minLength":4}`, `"baaa"`},
		{"a pattern of JavaScript alone", `{"type":"string","pattern":"(?<!x)y"}`, `"some v"`},
		{"a short text", `{"type":"string","maxLength":3}`, `"som"`},
		{"a long text", `{"type":"string","minLength":8}`, `"some v and so on"`},
		{"limits", `{"type":"integer","minimum":41,"maximum":41}`, `41`},
		{"a range between whole numbers", `{"type":"number","minimum":0.2,"maximum":0.4}`, `0.4`},
		{"exclusive limits", `{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5}`, `4`},
		{"steps", `{"type":"integer","minimum":11,"maximum":20,"multipleOf":20}`, `20`},
		{"true", `{"type":"boolean"}`, `true`},
		{"null", `{"type":"null"}`, `null`},
		{"several types", `{"type":["null","boolean"]}`, `true`},
		{"alternatives", `{"anyOf":[{"type":"null"},{"const":2}]}`, `2`},
		{"one of", `{"oneOf":[{"type":"boolean"},{"const":2}]}`, `true`},
		{"all of", `{"allOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":{"const":2}},"required":["b"]}]}`, `{"a":1,"b":2}`},
		{"a list", `{"type":"array","items":{"const":1},"minItems":3}`, `[1,1,1]`},
		{"a list of at most one", `{"type":"array","items":{"const":1},"maxItems":1}`, `[1]`},
		{"nested", `{"type":"object","required":["a"],"properties":{"a":{"type":"object","required":["b"],"properties":{"b":{"type":"array","items":{"type":"boolean"}}}}}}`, `{"a":{"b":[true,true]}}`},
		{"a reference", `{"$ref":"#/$defs/x"}`, `"found"`},
		{"a reference to nothing", `{"$ref":"#/nowhere/at/all"}`, `"some v"`},
		{"nothing said", `{}`, `"some v"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema, err := parseJSObject([]byte(`{"properties":{"v":` + tt.schema + `},"required":["v"],"$defs":{"x":{"const":"found"}}}`))
			if err != nil {
				t.Fatal(err)
			}
			c, err := NewCall(CallOptions{Start: simulatedStart})
			if err != nil {
				t.Fatal(err)
			}
			tool := newObject(jsMember{"function", newObject(jsMember{"parameters", schema})})
			made := c.argumentsOf(tool, nil)
			if got := string(jsStringify(made)); got != `{"v":`+tt.want+`}` {
				t.Errorf("made %s, want %s", got, tt.want)
			}
		})
	}
}

// What refers to itself, or would be endless in another way, ends.
func FuzzMadeUpArguments(f *testing.F) {
	for _, schema := range []string{
		`{}`, `{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}`,
		`{"$ref":"#"}`, `{"type":"array","items":{"$ref":"#"},"minItems":1000000}`,
		`{"allOf":[{"$ref":"#"},{"$ref":"#"}]}`, `{"type":"string","pattern":"(a{500}){900}","minLength":99999999}`,
		`{"type":"string","pattern":"()*","minLength":50}`, `{"type":"integer","minimum":1e300}`, `{"type":"number","minimum":-1e308,"maximum":1e308,"multipleOf":1e-300}`,
		`{"properties":{"a":{"type":"integer","minimum":5,"maximum":1}}}`, `{"enum":[]}`, `{"type":[]}`, `{"required":[1,"x"]}`,
	} {
		f.Add([]byte(schema))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		schema, err := parseJSObject(text)
		if err != nil {
			return
		}
		c, err := NewCall(CallOptions{Start: simulatedStart})
		if err != nil {
			t.Fatal(err)
		}
		made := c.argumentsOf(newObject(jsMember{"function", newObject(jsMember{"parameters", schema})}), []jsMember{{"city", "Oslo"}})
		if written := jsStringify(made); !json.Valid(written) || len(written) > 10<<20 && len(text) < 1<<10 {
			t.Errorf("made %.200s", written)
		}
	})
}
