package timeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"vapitap/record"
)

// callID is the id of the call in the tests; began is when it did.
const callID = "4f2a0000-0000-4000-8000-000000000001"

var began = time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC)

// event is an exchange of the call as the tests write it.
type event struct {
	at      time.Duration // after began
	took    time.Duration // 80 ms where it is not given
	message string        // the members of the message; its call and timestamp are added
	body    string        // the whole body, in place of message
	reply   string        // {} where it is not given
	path    string
	header  http.Header
	from    record.From // tunnel where it is not given
	replay  int64
	again   int64 // redelivery of
	session string
}

// store records the events, which get ids from 1 on.
func store(t *testing.T, events ...event) *record.Store {
	t.Helper()
	s, err := record.Open(filepath.Join(t.TempDir(), "calls.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, ev := range events {
		e := ev.exchange()
		s.Begin(e)
		if ev.session != "" {
			e.Session = ev.session
		}
		if err := s.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (ev event) exchange() *record.Exchange {
	e := &record.Exchange{
		Time: began.Add(ev.at), From: ev.from, Method: "POST", Path: "/vapi/webhook" + ev.path, Status: 200,
		Duration: ev.took, ReplayOf: ev.replay, RedeliveryOf: ev.again,
	}
	if e.From == "" {
		e.From = record.FromTunnel
	}
	if e.Duration == 0 {
		e.Duration = 80 * time.Millisecond
	}
	e.FirstByte = e.Duration
	if ev.body == "" {
		// Vapi's clock is three seconds behind.
		ev.body = fmt.Sprintf(`{"message":{"timestamp":%d,%s,"call":{"id":%q,"type":"inboundPhoneCall"},"customer":{"number":"+14155550100"}}}`,
			e.Time.Add(-3*time.Second).UnixMilli(), ev.message, callID)
	}
	if ev.reply == "" {
		ev.reply = "{}"
	}
	if ev.header == nil {
		ev.header = http.Header{}
	}
	ev.header.Set("Content-Type", "application/json")
	e.Request = record.Message{Header: ev.header, Body: []byte(ev.body), Bytes: int64(len(ev.body))}
	e.Response = record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(ev.reply), Bytes: int64(len(ev.reply))}
	e.Describe()
	return e
}

func read(t *testing.T, events ...event) *Call {
	t.Helper()
	c, err := Read(t.Context(), store(t, events...), callID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The parts that the calls of the tests are made of.
func asks() event {
	return event{message: `"type":"assistant-request"`, reply: `{"assistantId":"a1"}`}
}

func calls(at time.Duration, id, name, reply string) event {
	return event{at: at, message: fmt.Sprintf(`"type":"tool-calls","toolCallList":[{"id":%q,"name":%q,"arguments":{"city":"Oslo"}}]`, id, name), reply: reply}
}

func good(id string) string {
	return fmt.Sprintf(`{"results":[{"toolCallId":%q,"name":"get_weather","result":"12"}]}`, id)
}

func speech(at time.Duration, role, status string) event {
	return event{at: at, message: fmt.Sprintf(`"type":"speech-update","status":%q,"role":%q`, status, role)}
}

func said(at time.Duration, role, words string) event {
	return event{at: at, message: fmt.Sprintf(`"type":"transcript","transcriptType":"final","role":%q,"transcript":%q`, role, words)}
}

func ends(at time.Duration, reason string) event {
	return event{at: at, message: fmt.Sprintf(`"type":"status-update","status":"ended","endedReason":%q`, reason)}
}

// atVapi is a moment by Vapi's clock, in milliseconds.
func atVapi(at time.Duration) int64 { return began.Add(at - 3*time.Second).UnixMilli() }

// reports is a report of a conversation with two answers, the second of which
// needed a tool.
func reports(at time.Duration, more string) event {
	return event{at: at, message: fmt.Sprintf(`"type":"end-of-call-report","endedReason":"customer-ended-call","startedAt":"2026-11-23T14:02:13Z","endedAt":"2026-11-23T14:03:33Z","cost":0.1,
		"costBreakdown":{"stt":0.03,"llm":0.01,"tts":0,"vapi":0.05,"total":0.1,"llmPromptTokens":90},
		"artifact":{"messages":[{"role":"bot","message":"Hello","time":%d,"secondsFromStart":1},
			{"role":"user","message":"Weather?","time":%d,"endTime":%d},
			{"role":"tool_calls","toolCalls":[{"id":"t1"}]},{"role":"tool_call_result","toolCallId":"t1","result":"12"},
			{"role":"bot","message":"It is 12.","time":%d},{"role":"user","message":"Bye","time":%d}]%s}`,
		atVapi(time.Second), atVapi(5*time.Second), atVapi(6*time.Second), atVapi(9*time.Second), atVapi(12*time.Second), more)}
}

func TestWholeCall(t *testing.T) {
	tool := calls(7*time.Second, "t1", "get_weather", good("t1"))
	tool.took = 900 * time.Millisecond
	c := read(t, asks(), said(2*time.Second, "bot", "Hello"), tool, reports(80*time.Second, `,"performanceMetrics":{"turnLatencies":[
		{"endpointingLatency":300,"transcriberLatency":100,"modelLatency":700,"voiceLatency":200,"turnLatency":1300}]}`))
	if c.Type != "inboundPhoneCall" || c.Customer != "+14155550100" || c.DurationSeconds != 80 || c.Cost != 0.1 || !c.Over() || c.BeganEarlier() {
		t.Errorf("got %+v", c)
	}
	if want := (&Cause{Text: "customer ended the call"}); !reflect.DeepEqual(c.Cause, want) {
		t.Errorf("it ended because of %+v", c.Cause)
	}
	wantLines(t, c, `assistant at 1s in 4: Hello
user at 5s in 4: Weather?
assistant at 9s in 4: It is 12.
user at 12s in 4: Bye
`)
	want := []Turn{{N: 1, Offset: 9 * time.Second, Timed: true, Endpointing: 300 * time.Millisecond, Transcriber: 100 * time.Millisecond,
		Model: 700 * time.Millisecond, Server: 900 * time.Millisecond, Voice: 200 * time.Millisecond, Total: 1300 * time.Millisecond}}
	if !reflect.DeepEqual(c.Turns, want) {
		t.Errorf("turns\n got %+v\nwant %+v", c.Turns, want)
	}
	if len(c.ToolCalls) != 1 || c.ToolCalls[0].Name != "get_weather" || string(c.ToolCalls[0].Result) != `"12"` || string(c.ToolCalls[0].Recorded) != `"12"` || c.ToolCalls[0].Exchange != 3 || c.ToolCalls[0].Duration != 900*time.Millisecond {
		t.Errorf("tool calls %+v", c.ToolCalls)
	}
	if got := fmt.Sprint(c.Costs()); got != "[{transcriber 0.03} {model 0.01} {vapi 0.05} {other 0.010000000000000002}]" {
		t.Errorf("costs %s", got)
	}
	for _, e := range c.Exchanges {
		if e.Request.Body != nil || e.Response.Body != nil {
			t.Errorf("exchange %d still has its bodies", e.ID)
		}
	}
}

func wantLines(t *testing.T, c *Call, want string) {
	t.Helper()
	var b strings.Builder
	for _, l := range c.Conversation {
		at := "?"
		if l.Timed {
			at = l.Offset.String()
		}
		fmt.Fprintf(&b, "%s at %s in %d: %s\n", l.Role, at, l.Exchange, l.Text)
	}
	if b.String() != want {
		t.Errorf("the conversation is\n%swant\n%s", b.String(), want)
	}
}

func TestCallThatGoesOn(t *testing.T) {
	tool := calls(8500*time.Millisecond, "t1", "get_weather", good("t1"))
	tool.took = 500 * time.Millisecond
	c := read(t,
		event{message: `"type":"status-update","status":"in-progress"`},
		said(2*time.Second, "assistant", "Hello"),
		event{at: 3 * time.Second, message: `"type":"conversation-update","messages":[{"role":"bot","message":"old"}]`},
		speech(4*time.Second, "user", "started"),
		said(7900*time.Millisecond, "user", "Weather?"),
		speech(8*time.Second, "user", "stopped"),
		tool,
		event{at: 9100 * time.Millisecond, message: `"type":"model-output","output":"It"`},
		speech(9300*time.Millisecond, "assistant", "started"),
		event{at: 10 * time.Second, message: fmt.Sprintf(`"type":"conversation-update","messages":[{"role":"bot","message":"Hello","time":%d},{"role":"user","message":"Weather?","time":%d},{"role":"bot","message":"It is 12."}]`, atVapi(time.Second), atVapi(4*time.Second))},
		said(10100*time.Millisecond, "assistant", "is 12."),
		said(12*time.Second, "user", "And Bergen?"),
	)
	if c.Over() || c.Cause != nil || c.Status != "in-progress" || c.EndedReason != "" {
		t.Errorf("it is over: %+v", c)
	}
	wantLines(t, c, `assistant at 1s in 10: Hello
user at 4s in 10: Weather?
assistant at ? in 10: It is 12.
user at 12s in 12: And Bergen?
`)
	want := []Turn{{N: 1, Offset: 9300 * time.Millisecond, Timed: true, Endpointing: 100 * time.Millisecond, Model: 600 * time.Millisecond,
		Server: 500 * time.Millisecond, Voice: 200 * time.Millisecond, Total: 1400 * time.Millisecond, Estimated: true}}
	if !reflect.DeepEqual(c.Turns, want) {
		t.Errorf("turns\n got %+v\nwant %+v", c.Turns, want)
	}
}

func TestTranscriptsAlone(t *testing.T) {
	c := read(t, said(2*time.Second, "assistant", "Hello"), event{at: 3 * time.Second, message: `"type":"transcript","transcriptType":"partial","role":"user","transcript":"He"`},
		said(4*time.Second, "user", "Hey"), said(9*time.Second, "assistant", "How are you?"))
	wantLines(t, c, "assistant at 0s in 1: Hello\nuser at 2s in 3: Hey\nassistant at 7s in 4: How are you?\n")
	if len(c.Turns) != 0 {
		t.Errorf("the end of an answer does not tell when it began: %+v", c.Turns)
	}
}

func TestMCPTool(t *testing.T) {
	header := http.Header{"X-Call-Id": {callID}}
	c := read(t,
		event{header: header.Clone(), body: `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`},
		event{header: header.Clone(), body: `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"f","arguments":{"x":1}}}`, reply: "event: message\ndata: {\"jsonrpc\":\"2.0\",\"result\":{\"y\":2}}\n\n"},
		event{header: header.Clone(), body: `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"g","arguments":{x}}}`, reply: `no`})
	if len(c.ToolCalls) != 2 || c.ToolCalls[0].Name != "f" || string(c.ToolCalls[0].Arguments) != `{"x":1}` || string(c.ToolCalls[0].Result) != `{"y":2}` || !c.ToolCalls[0].Answered {
		t.Errorf("got %+v", c.ToolCalls)
	}
	if _, err := c.MarshalJSON(); err != nil {
		t.Error(err)
	}
}

// What belongs to the call and what is only about it.
func TestLive(t *testing.T) {
	first, tool := asks(), calls(time.Second, "t1", "f", good("t1"))
	with := func(e event, change func(*event)) event { change(&e); return e }
	replayed := with(tool, func(e *event) { e.from, e.replay, e.at = record.FromReplay, 2, time.Hour })
	tested := with(tool, func(e *event) { e.from, e.at = record.FromTest, 2*time.Hour })
	simulated := func(session string, at time.Duration) event {
		return with(first, func(e *event) { e.from, e.session, e.at = record.FromSimulate, session, at })
	}
	again := with(tool, func(e *event) { e.again, e.session, e.at = 2, "restarted", 2*time.Second })
	for _, c := range []struct {
		name    string
		events  []event
		ids     string
		leftOut int
	}{
		{"replays and tests are not", []event{first, tool, replayed, tested}, "[1 2]", 2},
		{"a redelivery is, whichever vapitap recorded it", []event{first, tool, again}, "[1 2 3]", 0},
		{"they stand by time", []event{tool, first}, "[2 1]", 0},
		{"a simulation of a real call is not", []event{first, simulated("s", time.Hour)}, "[1]", 1},
		{"of simulations the last is", []event{simulated("s1", 0), simulated("s2", time.Hour), simulated("s2", time.Hour+1)}, "[2 3]", 1},
		{"nothing but replays", []event{replayed}, "[]", 1},
	} {
		call := read(t, c.events...)
		ids := []int64{}
		for _, e := range call.Exchanges {
			ids = append(ids, e.ID)
		}
		if fmt.Sprint(ids) != c.ids || call.LeftOut != c.leftOut {
			t.Errorf("%s: %v, %d left out", c.name, ids, call.LeftOut)
		}
	}
	if _, err := Read(t.Context(), store(t, first), "another"); !errors.Is(err, record.ErrNoExchange) {
		t.Errorf("of no call: %v", err)
	}
}

func TestRecordedFromTheMiddle(t *testing.T) {
	c := read(t, said(30*time.Second, "user", "Hey"), reports(80*time.Second, ""))
	if !c.BeganEarlier() || c.Offset(&c.Exchanges[0]) != 32*time.Second {
		t.Errorf("the first exchange is at %s, began earlier %v", c.Offset(&c.Exchanges[0]), c.BeganEarlier())
	}
}

func TestSimulatedCallIsTimedAsItPlays(t *testing.T) {
	fast := func(played time.Duration, message string) event {
		return event{from: record.FromSimulate, at: played / 1000,
			body: fmt.Sprintf(`{"message":{"timestamp":%d,%s,"call":{"id":%q}}}`, atVapi(played), message, callID)}
	}
	c := read(t, fast(0, `"type":"assistant-request"`), fast(2*time.Second, `"type":"hang"`), fast(20*time.Second, `"type":"end-of-call-report"`))
	if at := c.Offset(&c.Exchanges[1]); at != 2*time.Second {
		t.Errorf("the second message is at %s", at)
	}
	if at := c.Offset(&c.Exchanges[2]); at != 20*time.Second {
		t.Errorf("the third message is at %s", at)
	}
}

func TestJSON(t *testing.T) {
	tool := calls(7*time.Second, "t1", "get_weather", good("t1"))
	text, err := json.Marshal(read(t, asks(), tool, reports(80*time.Second, `,"performanceMetrics":{"turnLatencies":[{"modelLatency":700,"turnLatency":1300}]}`)))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	var exchanges []struct{ ID int64 }
	if err := json.Unmarshal(got["exchanges"], &exchanges); err != nil || len(exchanges) != 3 {
		t.Errorf("exchanges %s", got["exchanges"])
	}
	for name, want := range map[string]string{
		"callId":          `"` + callID + `"`,
		"startedAt":       `"2026-11-23T14:02:13.000Z"`,
		"durationSeconds": `80`,
		"endedReason":     `"customer-ended-call"`,
		"cause":           `{"text":"customer ended the call"}`,
		"toolCalls":       `[{"id":"t1","name":"get_weather","arguments":{"city":"Oslo"},"result":"12","answered":true,"recorded":"12","exchange":2,"durationMs":80}]`,
		"turns":           `[{"n":1,"offsetMs":9000,"modelMs":700,"serverMs":80,"totalMs":1300}]`,
		"failed":          `[]`,
	} {
		if string(got[name]) != want {
			t.Errorf("%s\n got %s\nwant %s", name, got[name], want)
		}
	}
	if text, err := json.Marshal(read(t, event{message: `"type":"hang"`, replay: 9})); err != nil || !strings.Contains(string(text), `"exchanges":[],"conversation":[],"toolCalls":[],"turns":[],"failed":[]`) {
		t.Errorf("lists are not left out: %s %v", text, err)
	}
}

// A call of a thousand exchanges, each of which repeats the conversation, is
// read without reading all that they repeat.
func TestLongCall(t *testing.T) {
	const updates = 1000
	long := strings.Repeat(`{"role":"user","message":"and so on"},`, 20)
	events := make([]event, 0, updates+2)
	events = append(events, asks())
	for i := range updates {
		at := time.Duration(i+1) * time.Second
		if i%5 == 0 {
			events = append(events, calls(at, fmt.Sprintf("t%d", i), "f", good(fmt.Sprintf("t%d", i))))
			continue
		}
		events = append(events, event{at: at, message: `"type":"conversation-update","messages":[` + strings.TrimSuffix(long, ",") + `]`})
	}
	c := read(t, append(events, reports((updates+2)*time.Second, ""))...)
	if len(c.Exchanges) != updates+2 || len(c.ToolCalls) != updates/5 || len(c.Conversation) != 4 {
		t.Errorf("%d exchanges, %d tool calls, %d lines", len(c.Exchanges), len(c.ToolCalls), len(c.Conversation))
	}
}
