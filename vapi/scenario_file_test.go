package vapi

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestExampleScenarioPlays(t *testing.T) {
	text, err := os.ReadFile("../examples/scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	script, err := ParseScenario(text)
	if err != nil {
		t.Fatal(err)
	}
	if script.Name != "a table for a birthday" {
		t.Errorf("it is called %q", script.Name)
	}
	steps := playCall(t, CallOptions{Script: script}, goodServer)
	want := "assistant-request, status-update in-progress, transcript assistant final, transcript user partial, transcript user final, " +
		"tool-calls book_table, get_weather, conversation-update, tool-calls book_table, user-interrupted, language-change-detected, " +
		"status-update ended, end-of-call-report customer-ended-call"
	var got []string
	for _, s := range steps {
		got = append(got, s.Name)
	}
	if strings.Join(got, ", ") != want {
		t.Errorf("\ngot  %s\nwant %s", strings.Join(got, ", "), want)
	}
	checkScenario(t, script.Name, steps)
	if s := steps[2]; s.Pause != 3*time.Second {
		t.Errorf("pause %s", s.Pause)
	}
	for i, has := range map[int]string{
		5: `"name":"book_table","arguments":{"people":4,"time":"19:00"}`,
		8: `"turnId":"9f0c7a52-6c35-4f0d-8f5e-8f5f2f6c1b5e"`,
		9: `"language":"no"`,
	} {
		if !strings.Contains(string(steps[i].Body), has) {
			t.Errorf("%s: no %s", steps[i].Name, has)
		}
	}
	report, err := parseJSObject(steps[len(steps)-1].Body)
	if err != nil {
		t.Fatal(err)
	}
	m := report.object("message")
	if m.get("recordingUrl") != nil || m.object("analysis").object("structuredData").get("people") != 4.0 || m.object("analysis").text("summary") == "" {
		t.Errorf("the report's changes are not in it: %s", steps[len(steps)-1].Body)
	}
}

func TestScriptOfEveryType(t *testing.T) {
	for kind := range scriptedTypes {
		step := newObject(jsMember{"type", kind})
		for key, value := range map[string]string{"transcript": "x", "text": "x", "output": "x", "language": "en", "input": "x", "name": "f"} {
			if strings.Contains(strings.Join(scriptedTypes[kind].fields, " "), key) {
				step = step.with(key, value)
			}
		}
		if strings.HasPrefix(kind, typeTranscript) {
			step = newObject(jsMember{"type", kind}, jsMember{"transcript", "x"})
		}
		file := newObject(jsMember{"tools", []any{newObject(jsMember{"name", "f"})}}, jsMember{"steps", []any{step}})
		script, err := ParseScenario(jsStringify(file))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		steps := playCall(t, CallOptions{Script: script}, goodServer)
		if len(steps) == 0 || steps[0].Type != kind {
			t.Errorf("%s sends %d steps", kind, len(steps))
		}
	}
	for _, known := range Types() {
		if _, ok := scriptedTypes[known.Name]; !ok {
			t.Errorf("no step of type %s", known.Name)
		}
	}
}

func TestScriptDecidesPathsAndUnknownTypes(t *testing.T) {
	script, err := ParseScenario([]byte(`{"assistant":{"name":"Desk","server":{"url":"http://localhost/events"}},"steps":[
		{"type":"tool-calls","path":"/tools?x=1","calls":[{"name":"a","arguments":{}},{"name":"b"}],"message":{"extra":1}},
		{"type":"brand.new","message":{"a":{"b":2},"artifact":null}},
		{"type":"llm","user":"Hi","message":{"temperature":0}},
		{"type":"end-of-call-report","endedReason":"silence-timed-out"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	steps := playCall(t, CallOptions{Script: script}, goodServer)
	if len(steps) != 4 {
		t.Fatalf("%d steps", len(steps))
	}
	if s := steps[0]; s.Path != "/tools?x=1" || !strings.Contains(string(s.Body), `"extra":1`) || s.Name != "tool-calls a, b" || !s.WantsReply {
		t.Errorf("%s to %q: %s", s.Name, s.Path, s.Body)
	}
	if s := steps[1]; s.Type != "brand.new" || s.Path != "/events" || s.WantsReply || !strings.Contains(string(s.Body), `"a":{"b":2}`) || strings.Contains(string(s.Body), `"artifact"`) {
		t.Errorf("%s to %q: %s", s.Name, s.Path, s.Body)
	}
	if s := steps[2]; s.Kind != KindLLM || !strings.Contains(string(s.Body), `"temperature":0,`) || !strings.Contains(string(s.Body), `{"role":"user","content":"Hi"}`) {
		t.Errorf("%s: %s", s.Name, s.Body)
	}
	if got := readStep(t, steps[3]).Message; got.EndedReason != "silence-timed-out" || got.Call.EndedReason != "silence-timed-out" {
		t.Errorf("ended %+v", got)
	}
}

func TestScriptThatIsNoneSaysWhereAndWhat(t *testing.T) {
	for text, want := range map[string]string{
		``:                                  "not JSON",
		`[]`:                                `a JSON object with "steps"`,
		`{}`:                                "steps: at least one",
		`{"steps":{}}`:                      "steps: an array",
		`{"step":[]}`:                       "step: no such field; did you mean steps?",
		`{"callType":"inbound","steps":[]}`: `callType: "inbound" is none of`,
		`{"steps":["transcript"]}`:          "steps[0]: an object",
		`{"steps":[{}]}`:                    "steps[0].type: a message type",
		`{"steps":[{"type":"transcrpt"}]}`:  `steps[0].type: Vapi has no type "transcrpt"; did you mean transcript?`,
		`{"steps":[{"type":"hang"},{"type":"transcript","roel":"user"}]}`:     "steps[1].roel: no such field of a step transcript; did you mean role?",
		`{"steps":[{"type":"transcript","role":"usr","transcript":"x"}]}`:     `steps[0].role: "usr" is none of user, assistant; did you mean user?`,
		`{"steps":[{"type":"transcript"}]}`:                                   "steps[0].transcript: is missing",
		`{"steps":[{"type":"transcript","transcript":7}]}`:                    "steps[0].transcript: a string",
		`{"steps":[{"type":"hang","pause":"long"}]}`:                          `steps[0].pause: "long" is not a duration`,
		`{"steps":[{"type":"hang","pause":-1}]}`:                              "steps[0].pause: 0 to",
		`{"steps":[{"type":"hang","pause":"2h"}]}`:                            "steps[0].pause: 0 to",
		`{"steps":[{"type":"hang","path":"x"}]}`:                              "steps[0].path: a path",
		`{"steps":[{"type":"hang","message":7}]}`:                             "steps[0].message: an object",
		`{"steps":[{"type":"hang","message":{"type":"x"}}]}`:                  "steps[0].message.type: the type stands beside",
		`{"steps":[{"type":"tool-calls","calls":{}}]}`:                        "steps[0].calls: an array",
		`{"steps":[{"type":"tool-calls","calls":[{"nam":"x"}]}]}`:             "steps[0].calls[0].nam: no such field",
		`{"steps":[{"type":"tool-calls","calls":[{}]}]}`:                      "steps[0].calls[0].name: the name",
		`{"steps":[{"type":"tool-calls","calls":[{"name":"a"},7]}]}`:          "steps[0].calls[1]: an object",
		`{"steps":[{"type":"status-update","status":"endet"}]}`:               "did you mean ended?",
		`{"steps":[{"type":"status-update","endedReason":"x"}]}`:              "steps[0].endedReason: only",
		`{"tools":[{"type":"function"}],"steps":[{"type":"hang"}]}`:           "tools[0]: function.name is missing",
		`{"steps":[{"type":"phone-call-control","request":"hangup"}]}`:        "did you mean hang-up?",
		`{"steps":[{"type":"hang"},{"type":"tool-calls","calls":[{"x":1}]}]}`: "steps[1].calls[0].x",
	} {
		_, err := ParseScenario([]byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "scenario: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}

func FuzzParseScenario(f *testing.F) {
	example, err := os.ReadFile("../examples/scenario.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	for _, s := range []string{`{"steps":[{"type":"x","message":{"call":{"id":7}}}]}`, `{"steps":[{"type":"tool-calls"}]}`, `{"assistant":{"model":null},"steps":[{"type":"llm","path":"/x"}]}`,
		`{"steps":[{"type":"transfer-update","message":{"artifact":{"messages":null}}},{"type":"session.updated"},{"type":"chat.deleted"}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		script, err := ParseScenario(text)
		if err != nil {
			return
		}
		c, err := NewCall(CallOptions{Script: script, Start: simulatedStart})
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			s, ok := c.Next()
			if !ok {
				return
			}
			if _, err := parseJSObject(s.Body); err != nil {
				t.Fatalf("%s: not JSON: %s", s.Name, s.Body)
			}
			c.Reply(goodServer(s))
		}
	})
}
