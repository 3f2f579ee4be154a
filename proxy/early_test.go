package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vapitap/record"
)

// weatherCall is a message that calls one tool.
const weatherCall = `{"message":{"type":"tool-calls","call":{"id":"call-1"},"toolCallList":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":{"city":"Oslo"}}}]}}`

// slowRig is a rig in front of a server that answers only when told.
func slowRig(t *testing.T) (r *rig, answer func()) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`))
	}))
	t.Cleanup(server.Close)
	return newRig(t, server.URL), func() { close(release) }
}

// await reads what a watcher is told until it is what is waited for.
func await(t *testing.T, w *record.Watcher, is func(*record.Exchange) bool) *record.Exchange {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case <-w.C():
		case <-deadline:
			t.Fatal("it was not told")
		}
		list, err := w.Read()
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if is(&list[i]) {
				return &list[i]
			}
		}
	}
}

func TestWhoWatchesSeesWhatARequestIsBeforeItsReply(t *testing.T) {
	r, answer := slowRig(t)
	live := r.store.Watch(true)
	defer live.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.say(weatherCall)
	}()
	e := await(t, live, func(e *record.Exchange) bool { return e.Type != "" })
	if !e.Pending() || e.ID != 0 {
		t.Errorf("pending %v, id %d, want one in flight", e.Pending(), e.ID)
	}
	if e.Type != "tool-calls" || e.CallID != "call-1" || len(e.ToolNames) != 1 || e.ToolNames[0] != "get_weather" {
		t.Errorf("type %q, call %q, tools %q", e.Type, e.CallID, e.ToolNames)
	}
	if !strings.Contains(e.Summary, "get_weather") || e.Request.Body != nil {
		t.Errorf("summary %q, %d bytes of body", e.Summary, len(e.Request.Body))
	}
	if flying := r.store.InFlight(); len(flying) != 1 || flying[0].Type != "tool-calls" {
		t.Errorf("in flight: %+v", flying)
	}
	answer()
	<-done
	e = await(t, live, func(e *record.Exchange) bool { return !e.Pending() })
	if !strings.Contains(e.Summary, "12 degrees") || len(r.store.InFlight()) != 0 {
		t.Errorf("summary %q, %d in flight", e.Summary, len(r.store.InFlight()))
	}
}

func TestManyThatAreWatchedAreAllToldAndRecorded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`))
	}))
	defer server.Close()
	r := newRig(t, server.URL)
	live := r.store.Watch(true)
	defer live.Close()
	const each, callers = 50, 8
	done := make(chan error, callers)
	for range callers {
		go func() {
			var err error
			for range each {
				var res *http.Response
				if res, err = http.Post(r.url+"/vapi/webhook", "application/json", strings.NewReader(weatherCall)); err != nil {
					break
				}
				res.Body.Close()
			}
			done <- err
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	last := map[int64]record.Exchange{}
	for settled := 0; settled < each*callers; {
		await(t, live, func(e *record.Exchange) bool {
			if before, ok := last[e.Key()]; ok && !before.Pending() && e.Pending() {
				t.Error("it is in flight again after it was recorded")
			}
			if !e.Pending() && last[e.Key()].ID == 0 {
				settled++
			}
			last[e.Key()] = *e
			return settled == each*callers
		})
	}
}
