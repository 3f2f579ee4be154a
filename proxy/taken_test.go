package proxy_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// say sends a message of Vapi through the proxy and returns its exchange.
func (r *rig) say(body string) *record.Exchange {
	r.t.Helper()
	res, err := http.Post(r.url+"/vapi/webhook", "application/json", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		r.t.Fatal(err)
	}
	return r.recorded()
}

// told returns the check with a code, the zero one where there is none.
func told(e *record.Exchange, code string) vapi.Check {
	i := slices.IndexFunc(e.Checks, func(c vapi.Check) bool { return c.Code == code })
	if i < 0 {
		return vapi.Check{}
	}
	return e.Checks[i]
}

// amended waits until it is known what Vapi recorded of an exchange.
func (r *rig) amended(id int64) *record.Exchange {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		e, err := r.store.Get(context.Background(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		if e.ToolCalls()[0].Recorded != nil {
			return e
		}
		if _, err := r.watcher.Read(); err != nil {
			r.t.Fatal(err)
		}
		select {
		case <-r.watcher.C():
		case <-deadline:
			r.t.Fatalf("exchange %d was not amended", id)
		}
	}
}

// TestWhatVapiTook plays two tool calls of one call: an answer of two lines, and
// one that is an object, neither of which Vapi takes.
func TestWhatVapiTook(t *testing.T) {
	r := newRig(t, server(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body, _ := io.ReadAll(req.Body)
		switch {
		case strings.Contains(string(body), "conversation-update"):
		case strings.Contains(string(body), `"lines"`):
			io.WriteString(w, `{"results":[{"toolCallId":"lines","name":"f","result":"12\ndegrees"}]}`)
		default:
			io.WriteString(w, `{"results":[{"toolCallId":"object","name":"f","result":{"c":12}}]}`)
		}
	}))
	call := func(id string) *record.Exchange {
		return r.say(`{"message":{"type":"tool-calls","call":{"id":"c"},"toolCallList":[{"id":"` + id + `","name":"f","arguments":{}}]}}`)
	}
	lines, object := call("lines"), call("object")
	if told(lines, "tool-result-not-taken").Code != "" {
		t.Errorf("before Vapi showed anything: %+v", lines.Checks)
	}
	r.say(`{"message":{"type":"conversation-update","call":{"id":"c"},"messages":[` +
		`{"role":"tool_call_result","toolCallId":"lines","name":"f","result":"No result returned."},` +
		`{"role":"tool_call_result","toolCallId":"object","name":"f","result":"No result returned."}]}}`)

	for _, id := range []int64{lines.ID, object.ID} {
		e := r.amended(id)
		text, err := e.ShowJSON(false)
		if err != nil || !strings.Contains(string(text), `"recorded":"No result returned."`) {
			t.Errorf("exchange %d: %s, %v", e.ID, text, err)
		}
		switch check := told(e, "tool-result-not-taken"); e.ID {
		case lines.ID:
			if check.Path != "/results/0/result" || check.Level != vapi.Error || !e.Failed() {
				t.Errorf("two lines: %+v", e.Checks)
			}
		case object.ID:
			if check.Code != "" || told(e, "tool-result-not-string").Code == "" {
				t.Errorf("an object, which is told already: %+v", e.Checks)
			}
		}
	}
}

func TestRedeliveryThroughTheProxy(t *testing.T) {
	var failed atomic.Bool
	r := newRig(t, server(t, func(w http.ResponseWriter, req *http.Request) {
		if !failed.Swap(true) {
			http.Error(w, "down", http.StatusServiceUnavailable)
		}
	}))
	const message = `{"message":{"type":"status-update","status":"ended","call":{"id":"c"}}}`
	first, again := r.say(message), r.say(message)
	if first.RedeliveryOf != 0 || again.RedeliveryOf != first.ID || !strings.Contains(told(again, "redelivery").Message, "503") {
		t.Errorf("%d, %d, %+v", first.RedeliveryOf, again.RedeliveryOf, again.Checks)
	}
}
