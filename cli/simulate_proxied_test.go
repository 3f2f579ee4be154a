package cli

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"vapitap/proxy"
	"vapitap/record"
)

// proxied is a vapitap in front of a server, with a store of its own.
type proxied struct {
	url, db string
	store   *record.Store
	session string
}

func startProxied(t *testing.T, server string) *proxied {
	t.Helper()
	target, err := url.Parse(server + "/vapi/webhook")
	if err != nil {
		t.Fatal(err)
	}
	x := &proxied{db: filepath.Join(t.TempDir(), "vapitap.db")}
	if x.store, err = record.Open(x.db, record.Options{}); err != nil {
		t.Fatal(err)
	}
	session, err := x.store.StartSession("run", target.String())
	if err != nil {
		t.Fatal(err)
	}
	x.session = session.ID
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.url = "http://" + listener.Addr().String()
	p := proxy.New(proxy.Options{Target: target, Store: x.store, MaxBody: defaultMaxBody})
	served := make(chan error, 1)
	go func() { served <- p.Serve(listener, record.FromLocal) }()
	t.Cleanup(func() {
		p.Shutdown(context.Background())
		<-served
		if err := x.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// list returns what is recorded, all of it by the proxy.
func (x *proxied) list(t *testing.T) []record.Exchange {
	t.Helper()
	list, err := x.store.List(t.Context(), record.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Session != x.session {
			t.Errorf("%d, %s, is recorded a second time", e.ID, e.Summary)
		}
	}
	return list
}

// What goes through a running vapitap it has recorded already, and what is said of
// a step is under which id.
func TestSimulateThroughVapitapIsRecordedOnce(t *testing.T) {
	server := simulatedServer(t, map[string]answer{"tool-calls": eachResult(`{"toolCallId":"ID","name":"any","result":{"degrees":12}}`)})
	x := startProxied(t, server.URL)
	status, out, errOut := runSimulate(t, x.url, "--db", x.db)
	if status != 1 {
		t.Errorf("status %d\n%s", status, errOut)
	}
	wants(t, "the output", out, "    vapitap show 12\n")
	wants(t, "standard error", errOut, "recorded as 1-27; vapitap show 12")
	if list := x.list(t); len(list) != 27 {
		t.Errorf("%d exchanges are recorded", len(list))
	}
	sessions, err := x.store.Sessions(t.Context())
	if err != nil || len(sessions) != 1 {
		t.Errorf("there is a session without an exchange: %+v (%v)", sessions, err)
	}
}

func TestSimulateManyCallsThroughVapitapAreRecordedOnce(t *testing.T) {
	x := startProxied(t, simulatedServer(t, nil).URL)
	status, steps, _ := simulateJSON(t, x.url, "--db", x.db, "--calls", "20")
	if status != 0 || len(steps) != 20*27 {
		t.Fatalf("status %d, %d steps", status, len(steps))
	}
	summaries := map[int64]string{}
	for _, e := range x.list(t) {
		summaries[e.ID] = e.Summary
	}
	for _, step := range steps {
		if summary, ok := summaries[step.ID]; !ok || summary != step.Summary {
			t.Errorf("%s: %s is said to be %d, which is %q", step.Name, step.Summary, step.ID, summary)
		}
		delete(summaries, step.ID)
	}
	if len(summaries) > 0 {
		t.Errorf("%d exchanges belong to no step", len(summaries))
	}
}

func TestSimulateThroughVapitapTellsDeliveriesApart(t *testing.T) {
	var n atomic.Int32
	server := simulatedServer(t, map[string]answer{"tool-calls": func(w http.ResponseWriter, r *http.Request, q asked) {
		if n.Add(1) == 1 {
			as(503, "text/plain", "")(w, r, q)
			return
		}
		eachResult(goodResult)(w, r, q)
	}})
	x := startProxied(t, server.URL)
	_, steps, _ := simulateJSON(t, x.url, "--db", x.db, "--retries")
	list := x.list(t)
	if len(list) != 28 {
		t.Fatalf("%d exchanges are recorded", len(list))
	}
	i := slices.IndexFunc(steps, func(step stepJSON) bool { return step.Deliveries == 2 })
	if i < 0 || list[steps[i].ID-1].Status != 200 || list[steps[i].ID-2].Status != 503 {
		t.Errorf("the second delivery is said to be %+v", steps)
	}
}

// A custom LLM may be asked without a word about the call.
func TestSimulateThroughVapitapFindsWhatNamesNoCall(t *testing.T) {
	assistant := strings.Replace(wholesome, `"provider":"openai"`, `"provider":"custom-llm","metadataSendMode":"off","url":"http://%s/model"`, 1)
	server := simulatedServer(t, map[string]answer{"assistant-request": inJSON(`{"assistant":` + assistant + `}`)})
	x := startProxied(t, server.URL)
	status, steps, sum := simulateJSON(t, x.url, "--db", x.db, "--scenario", "llm")
	ids := map[int64]bool{}
	for _, step := range steps {
		ids[step.ID] = true
	}
	if list := x.list(t); status != 0 || len(list) != sum.Steps || len(ids) != sum.Steps || sum.Steps == 0 {
		t.Errorf("status %d, %d steps, %d ids, %d exchanges", status, sum.Steps, len(ids), len(list))
	}
}

func TestSimulateRecordsWhatVapitapRecordsElsewhere(t *testing.T) {
	x := startProxied(t, simulatedServer(t, nil).URL)
	status, _, errOut := runSimulate(t, x.url)
	if status != 0 {
		t.Errorf("status %d\n%s", status, errOut)
	}
	wants(t, "standard error", errOut, "recorded as 1-27;")
	if list := x.list(t); len(list) != 27 {
		t.Errorf("the other store has %d exchanges", len(list))
	}
}

// TestSimulateOfARecordedCallIsNoPartOfIt plays a recorded call through a running
// vapitap again and again, which has it recorded as often, and always plays what
// was recorded first.
func TestSimulateOfARecordedCallIsNoPartOfIt(t *testing.T) {
	x := startProxied(t, simulatedServer(t, nil).URL)
	if status, _, errOut := runSimulate(t, x.url, "--db", x.db); status != 0 {
		t.Fatalf("status %d\n%s", status, errOut)
	}
	call := x.list(t)[0].CallID
	for n := range int64(3) {
		if status, _, errOut := runSimulate(t, x.url, "--db", x.db, "--call", call); status != 0 {
			t.Fatalf("status %d\n%s", status, errOut)
		}
		list := x.list(t)
		if int64(len(list)) != 27*(n+2) {
			t.Fatalf("the %d. time there are %d exchanges", n+1, len(list))
		}
		for _, e := range list[27:] {
			if want := (e.ID-1)%27 + 1; e.ReplayOf != want || e.From != record.FromSimulate {
				t.Errorf("%d is from %s, the replay of %d, want %d", e.ID, e.From, e.ReplayOf, want)
			}
		}
	}
}
