package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// asked is what the server of a simulated call reads of a request.
type asked struct {
	kind  string // message.type, or llm
	calls []string
	body  []byte
}

// answer is what a server does about one request.
type answer func(w http.ResponseWriter, r *http.Request, q asked)

// wholesome is an assistant that nothing is wrong with.
const wholesome = `{"name":"Corner Table","firstMessage":"Hello!","model":{"provider":"openai","model":"gpt-4.1","messages":[{"role":"system","content":"Be brief."}]},` +
	`"voice":{"provider":"vapi","voiceId":"Elliot"}}`

// inJSON answers a text, which may have a %s for the server's own address.
func inJSON(text string) answer {
	return func(w http.ResponseWriter, r *http.Request, _ asked) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, strings.ReplaceAll(text, "%s", r.Host))
	}
}

// as is an answer with another status or Content-Type.
func as(status int, contentType, text string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ asked) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// eachResult answers each tool call with an object, of which ID stands for the
// call's id.
func eachResult(object string) answer {
	return func(w http.ResponseWriter, r *http.Request, q asked) {
		var list []string
		for _, id := range q.calls {
			list = append(list, strings.ReplaceAll(object, "ID", id))
		}
		inJSON(`{"results":[`+strings.Join(list, ",")+`]}`)(w, r, q)
	}
}

// goodResult is the answer to a tool call as Vapi wants it.
const goodResult = `{"toolCallId":"ID","name":"any","result":"done"}`

// goodStream is a chat completion as Vapi wants it.
const goodStream = `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

`

const streamDone = "data: [DONE]\n\n"

// goodAnswers answer what wants an answer.
var goodAnswers = map[string]answer{
	"assistant-request":            inJSON(`{"assistant":` + wholesome + `}`),
	"tool-calls":                   eachResult(goodResult),
	"function-call":                inJSON(`{"result":"done"}`),
	"transfer-destination-request": inJSON(`{"destination":{"type":"number","number":"+14155550123"}}`),
	"handoff-destination-request":  inJSON(`{"destination":{"type":"assistant","assistantName":"Events"}}`),
	"knowledge-base-request":       inJSON(`{"documents":[{"content":"Open from 11 to 23.","similarity":0.9,"uuid":"hours"}]}`),
	"voice-request":                as(200, "application/octet-stream", strings.Repeat("\x00\x01", 3200)),
	"call.endpointing.request":     inJSON(`{"timeoutSeconds":0.5}`),
	"campaign.predial":             inJSON(`{"eligible":true}`),
	"llm":                          as(200, "text/event-stream", goodStream+streamDone),
}

// simulatedServer answers well, but for the kinds that answers has.
func simulatedServer(t *testing.T, answers map[string]answer) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := readAsked(r)
		answer := answers[q.kind]
		if answer == nil {
			answer = goodAnswers[q.kind]
		}
		if answer == nil {
			answer = inJSON("{}")
		}
		answer(w, r, q)
	}))
	t.Cleanup(s.Close)
	return s
}

func readAsked(r *http.Request) asked {
	text, _ := io.ReadAll(r.Body)
	q := asked{body: text}
	var body struct {
		Message struct {
			Type         string
			ToolCallList []struct{ ID string }
		}
		Messages []any
	}
	json.Unmarshal(text, &body)
	q.kind = body.Message.Type
	if body.Messages != nil {
		q.kind = "llm"
	}
	for _, call := range body.Message.ToolCallList {
		q.calls = append(q.calls, call.ID)
	}
	return q
}

// simulated is one line of simulate --json.
type simulated struct {
	stepJSON
	Sum *summaryJSON `json:"summary"`
}

// UnmarshalJSON tells the last line from the others, whose summary is a string.
func (s *simulated) UnmarshalJSON(text []byte) error {
	var last struct{ Summary *summaryJSON }
	if json.Unmarshal(text, &last) == nil && last.Summary != nil {
		s.Sum = last.Summary
		return nil
	}
	return json.Unmarshal(text, &s.stepJSON)
}

// runSimulate runs vapitap simulate against the server.
func runSimulate(t *testing.T, to string, args ...string) (status int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	db := filepath.Join(t.TempDir(), "vapitap.db")
	status = Main(append([]string{"simulate", "--db", db, "--to", to}, args...), strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// simulateJSON runs vapitap simulate --json and returns its steps and its
// summary.
func simulateJSON(t *testing.T, to string, args ...string) (status int, steps []stepJSON, sum summaryJSON) {
	t.Helper()
	status, out, errOut := runSimulate(t, to, append(args, "--json")...)
	for line := range strings.Lines(out) {
		var s simulated
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if s.Sum != nil {
			return status, steps, *s.Sum
		}
		steps = append(steps, s.stepJSON)
	}
	t.Fatalf("there is no summary in\n%s\n%s", out, errOut)
	return 0, nil, summaryJSON{}
}

// Each server makes one mistake. That is what is told, and nothing else.
func TestSimulateNamesTheMistake(t *testing.T) {
	for _, c := range []struct {
		mistake  string
		scenario string
		kind     string
		answer   answer
		code     string
		level    string // error where it is empty
	}{
		{"an object as a result", "inbound", "tool-calls", eachResult(`{"toolCallId":"ID","name":"any","result":{"degrees":12}}`), "tool-result-not-string", ""},
		{"a number as an error", "inbound", "tool-calls", eachResult(`{"toolCallId":"ID","name":"any","error":12}`), "tool-result-not-string", ""},
		{"no id", "inbound", "tool-calls", eachResult(`{"name":"any","result":"done"}`), "tool-result-missing", ""},
		{"another id", "inbound", "tool-calls", eachResult(`{"toolCallId":"xID","name":"any","result":"done"}`), "tool-call-id-unknown", ""},
		{"no results", "inbound", "tool-calls", inJSON(`{"result":"done"}`), "results-missing", ""},
		{"results are an object", "inbound", "tool-calls", inJSON(`{"results":{"a":"done"}}`), "results-missing", ""},
		{"an empty list of results", "inbound", "tool-calls", inJSON(`{"results":[]}`), "tool-result-missing", ""},
		{"two results for one call", "inbound", "tool-calls", eachResult(goodResult + "," + goodResult), "tool-result-duplicate", "warning"},
		{"line breaks in a result", "inbound", "tool-calls", eachResult(`{"toolCallId":"ID","name":"any","result":"one\ntwo"}`), "tool-result-multiline", "warning"},
		{"a message that is a string", "inbound", "tool-calls", eachResult(`{"toolCallId":"ID","name":"any","result":"done","message":"Done."}`), "tool-message-invalid", "warning"},
		{"500", "inbound", "tool-calls", as(500, "text/html", "<h1>Internal Server Error</h1>"), "reply-not-200", ""},
		{"201", "inbound", "assistant-request", as(201, "application/json", `{"assistant":`+wholesome+`}`), "reply-not-200", "warning"},
		{"404 for everything that wants a reply", "inbound", "assistant-request", as(404, "text/plain", "not found"), "reply-not-200", ""},
		{"a redirect", "inbound", "tool-calls", as(307, "text/plain", "elsewhere"), "reply-not-200", ""},
		{"500 to what wants no reply", "inbound", "speech-update", as(500, "text/plain", "sorry"), "reply-not-200", "warning"},
		{"text in place of JSON", "inbound", "tool-calls", as(200, "text/plain", "12 degrees"), "reply-not-json", ""},
		{"JSON as text", "inbound", "assistant-request", as(200, "text/plain", `{"assistant":`+wholesome+`}`), "reply-content-type", "warning"},
		{"an empty reply", "inbound", "tool-calls", as(200, "application/json", ""), "reply-empty", ""},
		{"it hangs up", "inbound", "tool-calls", func(http.ResponseWriter, *http.Request, asked) { panic(http.ErrAbortHandler) }, "target-unreachable", ""},
		{"no assistant", "inbound", "assistant-request", inJSON(`{}`), "assistant-reply-empty", ""},
		{"an unknown property of the assistant", "inbound", "assistant-request",
			inJSON(`{"assistant":` + strings.Replace(wholesome, `"firstMessage"`, `"firstMesage"`, 1) + `}`), "assistant-unknown-property", "warning"},
		{"an assistant with a wrong provider", "inbound", "assistant-request",
			inJSON(`{"assistant":` + strings.Replace(wholesome, `"openai"`, `"openia"`, 1) + `}`), "assistant-invalid", ""},
		{"an assistant whose server Vapi cannot reach", "inbound", "assistant-request",
			inJSON(`{"assistant":` + strings.Replace(wholesome, `"name"`, `"server":{"url":"http://192.168.7.7:3000/vapi/webhook"},"name"`, 1) + `}`), "server-url-elsewhere", "warning"},
		{"no destination", "transfer", "transfer-destination-request", inJSON(`{"ok":true}`), "destination-missing", ""},
		{"a destination of a wrong type", "transfer", "transfer-destination-request", inJSON(`{"destination":{"type":"phone","number":"+14155550123"}}`), "destination-invalid", ""},
		{"no destination of a handoff", "handoff", "handoff-destination-request", inJSON(`{}`), "destination-missing", ""},
		{"no documents", "knowledge-base", "knowledge-base-request", inJSON(`{"docs":[]}`), "documents-missing", ""},
		{"JSON in place of audio", "voice", "voice-request", inJSON(`{"text":"Hello"}`), "voice-reply-not-audio", ""},
		{"no timeout", "endpointing", "call.endpointing.request", inJSON(`{"timeout":1}`), "timeout-missing", ""},
		{"not said whether eligible", "campaign", "campaign.predial", inJSON(`{"ok":true}`), "eligible-missing", ""},
		{"a stream without an end", "llm", "llm", as(200, "text/event-stream", goodStream), "llm-stream-broken", ""},
		{"a stream that is none", "llm", "llm", as(200, "text/event-stream", "Hello"), "llm-stream-broken", ""},
		{"JSON in place of a stream", "llm", "llm", inJSON(`{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}`), "llm-not-streamed", "warning"},
		{"a tool call without a name", "llm", "llm", as(200, "text/event-stream",
			`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"arguments":"{}"}}]}}]}`+"\n\n"+streamDone), "llm-tool-call-broken", ""},
		{"a model URL with the path that Vapi appends", "inbound", "assistant-request",
			inJSON(`{"assistant":` + strings.Replace(wholesome, `"provider":"openai"`, `"provider":"custom-llm","url":"http://%s/chat/completions"`, 1) + `}`), "llm-path-doubled", ""},
	} {
		t.Run(c.mistake, func(t *testing.T) {
			server := simulatedServer(t, map[string]answer{c.kind: c.answer})
			status, steps, sum := simulateJSON(t, server.URL+"/vapi/webhook", "--scenario", c.scenario)
			level, wantStatus := c.level, 0
			if level == "" {
				level, wantStatus = "error", 1
			}
			if status != wantStatus || sum.OK != (status == 0) {
				t.Errorf("status %d and ok %t, want status %d", status, sum.OK, wantStatus)
			}
			var told []string
			for _, step := range steps {
				for _, check := range step.Checks {
					if check.Level != "info" {
						told = append(told, fmt.Sprintf("%s %s: %s", check.Level, check.Code, check.Message))
					}
				}
			}
			if len(told) == 0 || slices.ContainsFunc(told, func(line string) bool { return !strings.HasPrefix(line, level+" "+c.code+":") }) {
				t.Errorf("told was\n%s\nwant %s %s and nothing else", strings.Join(told, "\n"), level, c.code)
			}
			if status, _, _ := simulateJSON(t, server.URL, "--scenario", c.scenario, "--strict"); status != 1 {
				t.Errorf("with --strict the status is %d, want 1", status)
			}
		})
	}
}

// A server that does not answer a tool in its time is too slow, and the call
// goes on when that has passed: here after the second that the assistant sets.
func TestSimulateGivesUpWhenTheTimeHasPassed(t *testing.T) {
	server := simulatedServer(t, map[string]answer{
		"assistant-request": inJSON(`{"assistant":` + strings.Replace(wholesome, `"name"`, `"server":{"url":"http://%s/vapi/webhook","timeoutSeconds":1},"name"`, 1) + `}`),
		"tool-calls":        func(_ http.ResponseWriter, r *http.Request, _ asked) { <-r.Context().Done() },
	})
	status, steps, sum := simulateJSON(t, server.URL+"/vapi/webhook")
	if status != 1 || sum.Codes["too-slow"] != sum.Failed || sum.Failed == 0 || len(sum.Codes) != 1 {
		t.Errorf("status %d, told %v", status, sum.Codes)
	}
	if last := steps[len(steps)-1]; last.Type != "end-of-call-report" || !last.OK {
		t.Errorf("the call did not go on: it ended with %+v", last)
	}
}

// Where nothing is wrong nothing is told, with --strict neither, in any scenario.
func TestSimulateIsGreenWhereNothingIsWrong(t *testing.T) {
	server := simulatedServer(t, nil)
	for _, scenario := range scenariosToTry() {
		status, out, errOut := runSimulate(t, server.URL+"/vapi/webhook", "--scenario", scenario, "--strict")
		if status != 0 || !strings.Contains(out, "and Vapi could use every reply") {
			t.Errorf("%s: status %d\n%s%s", scenario, status, out, errOut)
		}
		status, out, errOut = runSimulate(t, server.URL+"/vapi/webhook", "--scenario", scenario, "--strict", "--secret", "s3cret")
		if status != 0 {
			t.Errorf("%s with a secret: status %d\n%s%s", scenario, status, out, errOut)
		}
	}
}
