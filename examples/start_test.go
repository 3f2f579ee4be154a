//go:build unix

// Package examples_test asks the example servers what Vapi asks, each run as a
// process of its own. The Go server is always run; the others, which need Node
// and Python, where VAPITAP_E2E=1 is set, and then a missing tool is a failure.
package examples_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"vapitap/examples/start"
)

const replyTimeout = 30 * time.Second

func TestExamples(t *testing.T) {
	for _, name := range start.Names() {
		t.Run(name, func(t *testing.T) { testExample(t, name) })
	}
}

// testExample starts one example and asks it everything: all of them answer
// alike.
func testExample(t *testing.T, name string) {
	const secret = "correct horse battery staple"
	t.Setenv("VAPI_SERVER_SECRET", secret)
	webhook := start.Server(t, ".", name)

	for _, tt := range messages {
		t.Run(tt.name, func(t *testing.T) {
			status, header, body := post(t, webhook, secret, tt.request)
			if status != http.StatusOK {
				t.Fatalf("status %d, want 200: %s", status, body)
			}
			if got := header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
				t.Errorf("Content-Type %q, want application/json", got)
			}
			if got, want := decode(t, body), decode(t, []byte(tt.reply)); !reflect.DeepEqual(got, want) {
				t.Errorf("reply %s\nwant  %s", body, tt.reply)
			}
		})
	}
	t.Run("assistant-request", func(t *testing.T) { testAssistant(t, webhook, secret) })
	t.Run("voice-request", func(t *testing.T) { testVoice(t, webhook, secret) })
	t.Run("chat completion", func(t *testing.T) { testChat(t, webhook) })
	t.Run("refused", func(t *testing.T) { testRefused(t, webhook, secret) })
}

// messages are those whose reply is the same in each language, byte for byte
// but for order and white space.
var messages = []struct{ name, request, reply string }{
	{"tool calls in every shape",
		`{"message":{"type":"tool-calls","toolCallList":[
			{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}},
			{"id":"call_2","type":"function","function":{"name":"book_table","arguments":"{\"people\":4,\"time\":\"19:30\"}"}},
			{"id":"call_3","name":"get_weather","arguments":{"city":"Paris"}},
			{"id":"call_4","name":"book_table","parameters":{"people":2,"time":"noon"}}]}}`,
		`{"results":[
			{"toolCallId":"call_1","name":"get_weather","result":"12 degrees and cloudy in Oslo"},
			{"toolCallId":"call_2","name":"book_table","result":"A table for 4 is booked at 19:30."},
			{"toolCallId":"call_3","name":"get_weather","result":"12 degrees and cloudy in Paris"},
			{"toolCallId":"call_4","name":"book_table","result":"A table for 2 is booked at noon."}]}`},
	{"tool calls that cannot be run",
		`{"message":{"type":"tool-calls","toolCallList":[
			{"id":"call_1","function":{"name":"get_weather","arguments":{}}},
			{"id":"call_2","function":{"name":"book_table"}},
			{"id":"call_3","function":{"name":"open_door","arguments":{}}}]}}`,
		`{"results":[
			{"toolCallId":"call_1","name":"get_weather","error":"get_weather needs a city"},
			{"toolCallId":"call_2","name":"book_table","error":"book_table needs people and time"},
			{"toolCallId":"call_3","name":"open_door","error":"there is no tool called open_door"}]}`},
	{"a result stays on one line",
		`{"message":{"type":"tool-calls","toolCallList":[{"id":"call_1","function":{"name":"get_weather","arguments":{"city":"New\n York"}}}]}}`,
		`{"results":[{"toolCallId":"call_1","name":"get_weather","result":"12 degrees and cloudy in New York"}]}`},
	{"transfer", `{"message":{"type":"transfer-destination-request"}}`,
		`{"destination":{"type":"number","number":"+14155550123","message":"I am putting you through."}}`},
	{"handoff", `{"message":{"type":"handoff-destination-request","parameters":{}}}`,
		`{"destination":{"type":"assistant","assistantName":"Events"}}`},
	{"knowledge base", `{"message":{"type":"knowledge-base-request","messagesOpenAIFormatted":[]}}`,
		`{"documents":[{"content":"We are open from 11:00 to 23:00.","similarity":0.9,"uuid":"opening-hours"}]}`},
	{"endpointing", `{"message":{"type":"call.endpointing.request","messagesOpenAIFormatted":[]}}`, `{"timeoutSeconds":0.5}`},
	{"predial", `{"message":{"type":"campaign.predial","campaignId":"c1","contact":{}}}`, `{"eligible":true}`},
	{"status-update", `{"message":{"type":"status-update","status":"in-progress","call":{"id":"c1"}}}`, `{}`},
	{"end-of-call-report", `{"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","call":null}}`, `{}`},
	{"transcript", `{"message":{"type":"transcript","role":"user","transcriptType":"final","transcript":"Hello"}}`, `{}`},
	{"a type nobody knows", `{"message":{"type":"call.sang.a.song","status":{"notes":7}}}`, `{}`},
}

func testAssistant(t *testing.T, webhook, secret string) {
	_, _, body := post(t, webhook, secret, `{"message":{"type":"assistant-request","call":{"id":"c1"}}}`)
	var reply struct {
		Assistant struct {
			FirstMessage string
			Model        struct {
				Provider, Model string
				Tools           []struct{ Function struct{ Name string } }
			}
		}
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		t.Fatalf("reply %s: %v", body, err)
	}
	var tools []string
	for _, tool := range reply.Assistant.Model.Tools {
		tools = append(tools, tool.Function.Name)
	}
	if got, want := strings.Join(tools, " "), "get_weather book_table"; got != want {
		t.Errorf("tools %q, want %q", got, want)
	}
	if a := reply.Assistant; a.FirstMessage == "" || a.Model.Provider == "" || a.Model.Model == "" {
		t.Errorf("the assistant lacks its first message or model: %s", body)
	}
}

func testVoice(t *testing.T, webhook, secret string) {
	_, header, body := post(t, webhook, secret, `{"message":{"type":"voice-request","text":"Hello","sampleRate":16000}}`)
	if got, want := header.Get("Content-Type"), "application/octet-stream"; got != want {
		t.Errorf("Content-Type %q, want %q", got, want)
	}
	if got, want := len(body), 16000/5*2; got != want {
		t.Errorf("%d bytes of audio, want %d: 0.2 s of 16-bit samples", got, want)
	}
}

func testChat(t *testing.T, webhook string) {
	completions := resolve(t, webhook, "/chat/completions")
	_, header, body := post(t, completions, "", `{"model":"echo","stream":true,"messages":[
		{"role":"system","content":"Be brief."},{"role":"user","content":"a table for four"}]}`)
	if got := header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Errorf("Content-Type %q, want text/event-stream", got)
	}
	events := strings.Split(strings.TrimSuffix(string(body), "\n\n"), "\n\n")
	chunks, last := events[:len(events)-1], events[len(events)-1]
	if last != "data: [DONE]" {
		t.Errorf("the stream ends with %q, want data: [DONE]", last)
	}
	var said, finished string
	for _, event := range chunks {
		var chunk struct {
			Object  string
			Choices []struct {
				Delta        struct{ Content string }
				FinishReason string `json:"finish_reason"`
			}
		}
		if err := json.Unmarshal([]byte(strings.TrimPrefix(event, "data: ")), &chunk); err != nil {
			t.Fatalf("chunk %q: %v", event, err)
		}
		if chunk.Object != "chat.completion.chunk" || len(chunk.Choices) != 1 {
			t.Fatalf("no chat completion chunk with one choice: %s", event)
		}
		said += chunk.Choices[0].Delta.Content
		finished = chunk.Choices[0].FinishReason
	}
	if want := "You said: a table for four"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
	if finished != "stop" {
		t.Errorf("finish_reason of the last chunk %q, want stop", finished)
	}
}

func testRefused(t *testing.T, webhook, secret string) {
	for _, tt := range []struct {
		name, secret, body string
		status             int
	}{
		{"another secret", "wrong", `{"message":{"type":"status-update"}}`, http.StatusUnauthorized},
		{"no secret", "", `{"message":{"type":"status-update"}}`, http.StatusUnauthorized},
		{"not JSON", secret, `{"message"`, http.StatusBadRequest},
		{"no message", secret, `{}`, http.StatusBadRequest},
	} {
		if status, _, body := post(t, webhook, tt.secret, tt.body); status != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.name, status, tt.status, body)
		}
	}
}

// post sends body as Vapi does, with its secret header where secret is not
// empty.
func post(t *testing.T, to, secret, body string) (status int, header http.Header, reply []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), replyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Vapi-Secret", secret)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	reply, err = io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, reply
}

func decode(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func resolve(t *testing.T, base, path string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return u.ResolveReference(&url.URL{Path: path}).String()
}
