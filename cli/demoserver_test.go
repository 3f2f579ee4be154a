package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vapitap/vapi"
)

// demoPost sends a body to the demo's server and returns what it answers.
func demoPost(t *testing.T, url string, body []byte) (int, []byte) {
	t.Helper()
	reply, err := http.Post(url+"/vapi/webhook", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	answer, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := reply.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
	return reply.StatusCode, answer
}

type demoRecorded struct {
	Message struct {
		Type      string
		Assistant struct{ Name string }
		Artifact  struct {
			Messages []struct{ Role, Name, Result, Message string }
		}
		EndedReason string
	}
}

func TestDemoServerHoldsAWholeCall(t *testing.T) {
	server := httptest.NewServer(demoHandler())
	defer server.Close()
	call, err := vapi.NewCall(vapi.CallOptions{Start: time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]int{}
	total := 0
	var last demoRecorded
	for step, ok := call.Next(); ok; step, ok = call.Next() {
		last = demoRecorded{}
		if err := json.Unmarshal(step.Body, &last); err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		types[step.Type]++
		total++
		status, body := demoPost(t, server.URL, step.Body)
		if status != http.StatusOK {
			t.Errorf("%s is answered with %d: %s", step.Name, status, body)
		}
		call.Reply(vapi.Reply{Status: status, Body: body})
	}
	if total < 22 || total > 30 {
		t.Errorf("%d messages", total)
	}
	if types["tool-calls"] != 2 || types["transcript"] < 6 || types["end-of-call-report"] != 1 {
		t.Errorf("types %v", types)
	}
	if last.Message.EndedReason != "customer-ended-call" || last.Message.Assistant.Name != "Weather & Tables" {
		t.Errorf("the report is %+v", last.Message)
	}
	results, apologies := map[string]string{}, 0
	for _, m := range last.Message.Artifact.Messages {
		if m.Role == "tool_call_result" {
			results[m.Name] = m.Result
		}
		if m.Role == "bot" && strings.HasPrefix(m.Message, "Sorry") {
			apologies++
		}
	}
	if results["get_weather"] != "12 degrees and cloudy in Oslo" || results["book_table"] != "No result returned." {
		t.Errorf("recorded results %v", results)
	}
	if apologies != 1 {
		t.Errorf("the assistant apologises %d times, want once, for the table", apologies)
	}
}

func TestDemoServerAnswers(t *testing.T) {
	call := func(name, arguments string) string {
		return `{"message":{"type":"tool-calls","toolCallList":[{"id":"c1","type":"function","function":{"name":"` + name + `","arguments":` + arguments + `}}]}}`
	}
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"the weather in Oslo", call("get_weather", `{"city":"Oslo"}`), 200, `{"results":[{"toolCallId":"c1","name":"get_weather","result":"12 degrees and cloudy in Oslo"}]}`},
		{"the weather in Bergen", call("get_weather", `{"city":" bergen"}`), 200, `{"results":[{"toolCallId":"c1","name":"get_weather","result":"8 degrees and rain in Bergen"}]}`},
		{"the weather elsewhere, on one line", call("get_weather", `{"city":"Mo i\nRana"}`), 200, `{"results":[{"toolCallId":"c1","name":"get_weather","result":"15 degrees and changeable in Mo i Rana"}]}`},
		{"no city", call("get_weather", `{}`), 200, `{"results":[{"toolCallId":"c1","name":"get_weather","error":"get_weather needs a city, such as {\"city\":\"Oslo\"}"}]}`},
		{"a city that is a number", call("get_weather", `{"city":5}`), 200, `{"results":[{"toolCallId":"c1","name":"get_weather","error":"get_weather needs a city, such as {\"city\":\"Oslo\"}"}]}`},
		{"a table, wrongly", call("book_table", `{"guests":2,"time":"19:00"}`), 200, `{"results":[{"toolCallId":"c1","name":"book_table","result":{"table":7,"time":"19:00"}}]}`},
		{"an unknown tool", call("sing", `{}`), 200, `{"results":[{"toolCallId":"c1","name":"sing","error":"there is no tool \"sing\""}]}`},
		{"no calls", `{"message":{"type":"tool-calls"}}`, 200, `{"results":[]}`},
		{"a type it does not know", `{"message":{"type":"song"}}`, 200, `{}`},
		{"an object without a message", `{}`, 200, `{}`},
		{"not JSON", `{`, 400, `{"error":"the body is not a message: unexpected end of JSON input"}`},
		{"nothing", ``, 400, `{"error":"the body is not a message: unexpected end of JSON input"}`},
	}
	server := httptest.NewServer(demoHandler())
	defer server.Close()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := demoPost(t, server.URL, []byte(tt.body))
			if got := strings.TrimSpace(string(body)); status != tt.status || got != tt.want {
				t.Errorf("\ngot  %d %s\nwant %d %s", status, got, tt.status, tt.want)
			}
		})
	}
}

func TestDemoServerRefusesWhatIsTooLarge(t *testing.T) {
	w := httptest.NewRecorder()
	endless := io.LimitReader(neverEnding('x'), demoMaxBody+1)
	demoHandler().ServeHTTP(w, httptest.NewRequest("POST", "/vapi/webhook", endless))
	if w.Code != http.StatusRequestEntityTooLarge || !json.Valid(w.Body.Bytes()) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

func TestDemoServerGreets(t *testing.T) {
	for path, want := range map[string]int{"/": 200, "/elsewhere": 404} {
		w := httptest.NewRecorder()
		demoHandler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
		}
	}
}
