package vapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// However many calls there are, in however many lists, each is there once and has
// its own answer.
func TestManyToolCalls(t *testing.T) {
	for n := 1; n <= 3*few; n++ {
		var calls, again, answers []string
		for i := range n {
			calls = append(calls, fmt.Sprintf(`{"id":"call_%d","name":"f"}`, i))
			again = append(again, fmt.Sprintf(`{"id":"call_%d","function":{"arguments":"{\"n\":%d}"}}`, i, i))
			answers = append(answers, fmt.Sprintf(`{"toolCallId":"call_%d","name":"f","result":"%d"}`, i, i))
		}
		slices.Reverse(answers)
		r := message(`"type":"tool-calls","toolCallList":[` + strings.Join(calls, ",") + `],"toolCalls":[{"name":"nameless"},` + strings.Join(again, ",") + `]`)
		reply := answered(`{"results":[` + strings.Join(append(answers, `{"toolCallId":"call_x","result":"?"}`), ",") + `]}`)
		got := ToolCalls(r, reply)
		if len(got) != n || len(ToolCallIDs(r)) != n {
			t.Fatalf("%d calls, want %d", len(got), n)
		}
		for i, call := range got {
			if want := fmt.Sprint(i); call.ID != "call_"+want || string(call.Arguments) != `{"n":`+want+`}` || string(call.Result) != `"`+want+`"` {
				t.Errorf("of %d calls, number %d is %+v", n, i, call)
			}
		}
		var codes []string
		for _, c := range Judge(Identify(r), r, reply) {
			codes = append(codes, c.Code)
		}
		want := []string{codeIDUnknown, codeOutOfOrder}
		if n == 1 {
			want = want[:1]
		}
		if !slices.Equal(codes, want) {
			t.Errorf("of %d calls it is said %q, want %q", n, codes, want)
		}
	}
}

func TestToolCalls(t *testing.T) {
	for _, c := range []struct {
		name    string
		members string
		reply   *Reply
		want    string
	}{
		{"flat, with arguments", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f","arguments":{"x":1}}]`, nil,
			`[{"id":"a","name":"f","arguments":{"x":1},"answered":false}]`},
		{"flat, with parameters", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f","parameters":{"x":1}}]`, nil,
			`[{"id":"a","name":"f","arguments":{"x":1},"answered":false}]`},
		{"with a function and a string of JSON", `"type":"tool-calls","toolCalls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]`, nil,
			`[{"id":"a","name":"f","arguments":{"x":1},"answered":false}]`},
		{"with a function and parameters", `"type":"tool-calls","toolCalls":[{"id":"a","function":{"name":"f","parameters":{"x":1}}}]`, nil,
			`[{"id":"a","name":"f","arguments":{"x":1},"answered":false}]`},
		{"a string that is not JSON", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f","arguments":"{x"}]`, nil,
			`[{"id":"a","name":"f","arguments":"{x","answered":false}]`},
		{"beside the tool, named there", `"type":"tool-calls","toolWithToolCallList":[{"type":"function","name":"f","toolCall":{"id":"a","parameters":{"x":1}}}]`, nil,
			`[{"id":"a","name":"f","arguments":{"x":1},"answered":false}]`},
		{"beside the tool's definition", `"type":"tool-calls","toolWithToolCallList":[{"type":"function","async":true,"function":{"name":"f","parameters":{"type":"object"}},"toolCall":{"id":"a","function":{"arguments":"{}"}}}]`, nil,
			`[{"id":"a","name":"f","arguments":{},"answered":false,"async":true}]`},
		{"the three shapes of one call", `"type":"tool-calls","toolCalls":[{"id":"a","function":{"name":"f","arguments":"{}"}}],"toolCallList":[{"id":"a","name":"f"},{"id":"b","name":"g"}],"toolWithToolCallList":[{"async":true,"toolCall":{"id":"b"}}]`, nil,
			`[{"id":"a","name":"f","arguments":{},"answered":false},{"id":"b","name":"g","answered":false,"async":true}]`},
		{"without ids, not doubled", `"type":"tool-calls","toolCallList":[{"name":"f"}],"toolCalls":[{"function":{"name":"f"}}]`, nil,
			`[{"id":"","name":"f","answered":false}]`},
		{"type last", `"toolCallList":[{"id":"a","name":"f"}],"type":"tool-calls"`, nil, `[{"id":"a","name":"f","answered":false}]`},
		{"of another type", `"type":"model-output","toolCallList":[{"id":"a","name":"f"}]`, nil, `null`},

		{"answered", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"},{"id":"b","name":"g"}]`,
			answered(`{"results":[{"toolCallId":"b","error":"no"},{"toolCallId":"a","result":{"n":1}}]}`),
			`[{"id":"a","name":"f","result":{"n":1},"answered":true},{"id":"b","name":"g","error":"no","answered":true}]`},
		{"matched exactly", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"}]`, answered(`{"results":[{"toolCallId":"A","result":"x"},{"toolCallId":" a","result":"x"}]}`),
			`[{"id":"a","name":"f","answered":false}]`},
		{"the first answer counts", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"}]`, answered(`{"results":[{"toolCallId":"a","result":"1"},{"toolCallId":"a","result":"2"}]}`),
			`[{"id":"a","name":"f","result":"1","answered":true}]`},
		{"one error for all", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"}]`, answered(`{"error":"down"}`),
			`[{"id":"a","name":"f","error":"down","answered":true}]`},
		{"an entry that says nothing", `"type":"tool-calls","toolCallList":[{"id":"a","name":"f"}]`, answered(`{"results":[{"toolCallId":"a"}]}`),
			`[{"id":"a","name":"f","answered":false}]`},
		{"function-call", `"type":"function-call","functionCall":{"name":"f","parameters":{"x":1}}`, answered(`{"result":"1"}`),
			`[{"id":"","name":"f","arguments":{"x":1},"result":"1","answered":true}]`},
		{"function-call, unanswered", `"type":"function-call","functionCall":{"name":"f"}`, answered(`{}`),
			`[{"id":"","name":"f","answered":false}]`},
	} {
		got, err := json.Marshal(ToolCalls(message(c.members), c.reply))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s (%v)\nwant %s", c.name, got, err, c.want)
		}
	}
}

// What cannot be printed as JSON would lose the whole exchange.
func TestToolCallsCanAlwaysBePrinted(t *testing.T) {
	calls := ToolCalls(message(`"type":"tool-calls","toolCallList":[{"id":"a","name":"f","arguments":{"x":nope}}]`), answered(`{"results":[{"toolCallId":"a","result":{broken}}]}`))
	text, err := json.Marshal(calls)
	if err != nil || !strings.Contains(string(text), "nope") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestToolNames(t *testing.T) {
	for body, want := range map[string][]string{
		`{"message":{"type":"tool-calls","toolCallList":[{"id":"a","name":"f"},{"id":"b","name":"g"},{"id":"c","name":"f"}]}}`: {"f", "g"},
		`{"message":{"type":"function-call","functionCall":{"name":"f"}}}`:                                                     {"f"},
		`{"jsonrpc":"2.0","method":"tools/call","params":{"name":"f"}}`:                                                        {"f"},
		`{"message":{"type":"hang"}}`: nil,
		`broken`:                      nil,
	} {
		if got := ToolNames(posted(body)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestThousandsOfToolCalls(t *testing.T) {
	var asked, given []string
	for i := range 5000 {
		asked = append(asked, fmt.Sprintf(`{"id":"call_%d","name":"f"}`, i))
		given = append(given, fmt.Sprintf(`{"toolCallId":"call_%d","result":{"n":%d}}`, i, i))
	}
	list := strings.Join(asked, ",")
	r := message(`"type":"tool-calls","toolCallList":[` + list + `],"toolCalls":[` + list + `]`)
	reply := answered(`{"results":[` + strings.Join(given, ",") + `]}`)
	if calls := ToolCalls(r, reply); len(calls) != 5000 || string(calls[4999].Result) != `{"n":4999}` {
		t.Errorf("%d calls", len(calls))
	}
	if got := Summarize(Identify(r), r, nil); got != "f(), f(), f() and 4997 others" {
		t.Errorf("summary %s", got)
	}
	checks := Judge(Identify(r), r, reply)
	if len(checks) > 2*mostAlike || !strings.Contains(checks[mostAlike-1].Message, "(and 4990 more like it)") {
		t.Errorf("%d checks, the last of them %+v", len(checks), checks[mostAlike-1])
	}
}
