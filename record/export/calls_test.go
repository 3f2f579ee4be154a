package export_test

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/timeline"
)

// The secrets of the call in the tests: one that is long enough to be known
// elsewhere too, and one that only its key tells.
const (
	longSecret  = "s3cret-of-mine-0123"
	shortSecret = "hunter2"
)

const callID = "4f2a0000-0000-4000-8000-000000000001"

var began = time.Date(2026, 11, 23, 14, 2, 15, 245e6, time.UTC)

// newExchange is one that came in at some seconds after the call began.
func newExchange(seconds float64, message, reply string) *record.Exchange {
	body := fmt.Sprintf(`{"message":{%s,"call":{"id":%q,"type":"inboundPhoneCall"},"customer":{"number":"+14155550100"},"assistant":{"name":"Weather & Tables"}}}`, message, callID)
	e := &record.Exchange{
		Time: began.Add(time.Duration(seconds * float64(time.Second))), From: record.FromTunnel, Remote: "203.0.113.5",
		Method: "POST", Path: "/vapi/webhook?x=1", Target: "http://localhost:3000/vapi/webhook?x=1", Status: 200,
		Duration: 84200 * time.Microsecond, FirstByte: 80100 * time.Microsecond,
	}
	e.Request = record.Message{Header: http.Header{"Content-Type": {"application/json"}, "X-Vapi-Secret": {longSecret}}, Body: []byte(body), Bytes: int64(len(body))}
	e.Response = record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(reply), Bytes: int64(len(reply))}
	e.Describe()
	return e
}

// aCall is a call with two tool calls, one of them answered wrongly, in which
// secrets are in many places.
func aCall() []*record.Exchange {
	const tool = `"type":"tool-calls","toolCallList":[{"id":%q,"name":%q,"arguments":%s}]`
	return []*record.Exchange{
		newExchange(0, `"type":"assistant-request"`, `{"assistant":{"model":{"provider":"openai","model":"gpt-4o"},"server":{"url":"https://example.com","secret":"`+longSecret+`"}}}`),
		newExchange(1, `"type":"speech-update","status":"started","role":"assistant"`, `{}`),
		newExchange(2, `"type":"speech-update","status":"stopped","role":"assistant"`, `{}`),
		newExchange(9, fmt.Sprintf(tool, "t1", "get_weather", `{"city":"Oslo","password":"`+shortSecret+`"}`), `{"results":[{"toolCallId":"t1","name":"get_weather","result":"12 degrees"}]}`),
		newExchange(12, fmt.Sprintf(tool, "t2", "log_in", `"{\"token\":\"`+longSecret+`\"}"`), `{"results":[{"toolCallId":"t2","name":"log_in","result":{"apiKey":"`+shortSecret+`","welcome":"`+longSecret+`"}}]}`),
		newExchange(60, `"type":"end-of-call-report","endedReason":"silence-timed-out","startedAt":"2026-11-23T14:02:16Z","endedAt":"2026-11-23T14:03:16Z","cost":0.08,
			"costBreakdown":{"transport":0.005,"stt":0.01,"llm":0.002,"tts":0.013,"vapi":0.05,"total":0.08},"analysis":{"summary":"The caller asked for the weather."},
			"artifact":{"messages":[{"role":"bot","message":"Hello, what can I do?","time":1795442537000},{"role":"user","message":"The weather, please. My key is `+longSecret+`","time":1795442540000,"endTime":1795442542000},
			{"role":"tool_calls","toolCalls":[{"id":"t1"}]},{"role":"tool_call_result","toolCallId":"t1","name":"get_weather","result":"12 degrees"},
			{"role":"tool_call_result","toolCallId":"t2","name":"log_in","result":"{\"apiKey\":\"`+shortSecret+`\"}"},{"role":"bot","message":"It is 12 degrees.","time":1795442547000}],
			"performanceMetrics":{"turnLatencies":[{"endpointingLatency":300,"transcriberLatency":100,"modelLatency":700,"voiceLatency":200,"turnLatency":1300}]}}`, `{}`),
	}
}

// stored records exchanges, which get ids from 1 on, and returns them as a source.
func stored(t testing.TB, list ...*record.Exchange) export.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "calls.db")
	s, err := record.Open(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var source export.Source
	for _, e := range list {
		s.Begin(e)
		if err := s.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
		source.IDs = append(source.IDs, e.ID)
	}
	if err := s.Close(); err != nil { // by then it has what later messages tell of earlier ones
		t.Fatal(err)
	}
	if s, err = record.Open(path, record.Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	source.Get = func(id int64) (*record.Exchange, error) { return s.Get(t.Context(), id) }
	source.Call = func(id string) (*timeline.Call, error) { return timeline.Read(t.Context(), s, id) }
	return source
}

// written exports a source in one form.
func written(t testing.TB, format string, s export.Source, o export.Options) (string, export.Tally) {
	t.Helper()
	for _, f := range export.Formats() {
		if f.Name != format {
			continue
		}
		var out bytes.Buffer
		tally, err := f.Write(&out, s, o)
		if err != nil {
			t.Fatal(err)
		}
		return out.String(), tally
	}
	t.Fatalf("no form is called %s", format)
	return "", export.Tally{}
}

func TestNoSecretLeavesInAnyForm(t *testing.T) {
	source := stored(t, aCall()...)
	for _, f := range export.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			text, tally := written(t, f.Name, source, export.Options{})
			for _, secret := range []string{longSecret, shortSecret} {
				if at := strings.Index(text, secret); at >= 0 {
					t.Errorf("%s is in it: %q", secret, text[max(0, at-200):min(len(text), at+100)])
				}
			}
			if tally.Replaced == 0 || tally.Exchanges != 6 {
				t.Errorf("%+v", tally)
			}
			text, tally = written(t, f.Name, source, export.Options{Secrets: true})
			if !strings.Contains(text, longSecret) || !strings.Contains(text, shortSecret) || tally.Replaced != 0 {
				t.Errorf("asked for, they are not in it: %+v", tally)
			}
		})
	}
}

func TestWhatDoesNotExistIsLeftOut(t *testing.T) {
	source := stored(t, aCall()...)
	source.IDs = []int64{2, 99, 1}
	for _, f := range export.Formats() {
		_, tally := written(t, f.Name, source, export.Options{})
		if tally.Exchanges != 2 {
			t.Errorf("%s: %+v", f.Name, tally)
		}
	}
	source.IDs = []int64{99}
	for _, f := range export.Formats() {
		var out bytes.Buffer
		if _, err := f.Write(&out, source, export.Options{}); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, and it wrote %q", f.Name, err, out.String())
		}
	}
}
