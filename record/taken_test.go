package record_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// served returns a message of Vapi with the reply it got, as the proxy commits it.
func served(from record.From, request, response string) *record.Exchange {
	e := &record.Exchange{
		Time: time.Now(), From: from, Method: "POST", Path: "/vapi/webhook", Status: 200, Duration: time.Millisecond,
		Request:  record.Message{Body: []byte(request), Bytes: int64(len(request))},
		Response: record.Message{Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(response), Bytes: int64(len(response))},
	}
	e.Describe()
	return e
}

// called is a message that calls get_weather as id.
func called(call, id string) string {
	return fmt.Sprintf(`{"message":{"type":"tool-calls","call":{"id":%q},"toolCallList":[{"id":%q,"name":"get_weather","arguments":{}}]}}`, call, id)
}

// answered is the reply that says result, which is JSON.
func answered(id, result string) string {
	return fmt.Sprintf(`{"results":[{"toolCallId":%q,"name":"get_weather","result":%s}]}`, id, result)
}

// shown is a later message of the call, in which Vapi shows result, which is JSON.
func shown(call, id, result string) string {
	return fmt.Sprintf(`{"message":{"type":"conversation-update","call":{"id":%q},"messages":[{"role":"tool_call_result","toolCallId":%q,"name":"get_weather","result":%s,"warnings":[{"type":"oversized-tool-response","tokenCount":5,"threshold":4}]}]}}`, call, id, result)
}

// amended waits until an exchange is amended and returns it as it was read from
// the store.
func amended(t testing.TB, s *record.Store, w *record.Watcher, id int64, is func(*record.Exchange) bool) *record.Exchange {
	t.Helper()
	deadline := time.After(patience)
	for {
		if _, err := w.Read(); err != nil {
			t.Fatal(err)
		}
		e, err := s.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		if is(e) {
			return e
		}
		select {
		case <-w.C():
		case <-deadline:
			t.Fatalf("exchange %d was not amended: %+v", id, e.Checks)
		}
	}
}

// recorded is what is known of what Vapi took, a line each call.
func recorded(e *record.Exchange) string {
	var lines []string
	for _, call := range e.ToolCalls() {
		if call.Recorded != nil {
			lines = append(lines, call.ID+" "+string(call.Recorded))
		}
	}
	return strings.Join(lines, "\n")
}

func hasRecorded(e *record.Exchange) bool { return recorded(e) != "" }

// check returns the check with a code, nil where there is none.
func check(e *record.Exchange, code string) *vapi.Check {
	i := slices.IndexFunc(e.Checks, func(c vapi.Check) bool { return c.Code == code })
	if i < 0 {
		return nil
	}
	return &e.Checks[i]
}

func TestALaterMessageShowsWhatVapiTook(t *testing.T) {
	for _, c := range []struct {
		name     string
		from     record.From
		result   string
		recorded string
		taken    bool
	}{
		{"the same", record.FromTunnel, `"12 degrees"`, `"12 degrees"`, true},
		{"the same in other words", record.FromTunnel, `"12 degrees"`, `"The tool said:\n12 degrees"`, true},
		{"nothing", record.FromTunnel, `"12 degrees"`, `"No result returned."`, false},
		{"nothing, locally", record.FromLocal, `"12 degrees"`, `"No result returned."`, false},
		{"nothing, for a reason that is told already", record.FromTunnel, `{"c":12}`, `"No result returned."`, true},
		{"nothing, in a simulated call", record.FromSimulate, `"12 degrees"`, `"No result returned."`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newPath(t)
			s := open(t, path, record.Options{})
			w := s.Watch(false)
			asked := commit(t, s, served(c.from, called("call", "t1"), answered("t1", c.result)))
			update := commit(t, s, served(c.from, shown("call", "t1", c.recorded), ""))
			e := amended(t, s, w, asked.ID, hasRecorded)
			if got := recorded(e); got != "t1 "+c.recorded {
				t.Errorf("recorded %s", got)
			}
			if got := e.ToolCalls()[0].WarningWords(); len(got) != 1 {
				t.Errorf("warnings: %q", got)
			}
			told := check(e, "tool-result-not-taken")
			if (told == nil) != c.taken {
				t.Errorf("checks: %+v", e.Checks)
			}
			if told != nil && (told.Path != "/results/0/result" || told.Level != vapi.Error || !e.Failed() ||
				!strings.Contains(told.Message, fmt.Sprintf("; exchange %d shows it", update.ID))) {
				t.Errorf("the check: %+v", told)
			}

			// Another process reads it too.
			other := open(t, path, record.Options{ReadOnly: true})
			e, err := other.Get(context.Background(), asked.ID)
			if err != nil {
				t.Fatal(err)
			}
			json, err := e.ShowJSON(false)
			if err != nil || !strings.Contains(string(json), `"recorded":`+c.recorded) {
				t.Errorf("%s, %v", json, err)
			}
		})
	}
}

func TestMessagesOfAnotherOriginShowNothing(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	asked := commit(t, s, served(record.FromTunnel, called("call", "t1"), answered("t1", `"12"`)))
	for _, from := range []record.From{record.FromReplay, record.FromTest, record.FromImport, record.FromSimulate} {
		commit(t, s, served(from, shown("call", "t1", `"played"`), ""))
	}
	commit(t, s, served(record.FromTunnel, shown("another call", "t1", `"another"`), ""))
	commit(t, s, served(record.FromTunnel, shown("call", "t1", `"12"`), ""))
	if got := recorded(amended(t, s, w, asked.ID, hasRecorded)); got != `t1 "12"` {
		t.Errorf("recorded %s", got)
	}
}

func TestWhatVapiTookIsFoundAfterARestart(t *testing.T) {
	record.InTime(t, record.PairingDrain, func() (wrong string) {
		path := newPath(t)
		before := open(t, path, record.Options{})
		asked := commit(t, before, served(record.FromTunnel, called("call", "t1"), answered("t1", `"12"`)))
		if err := before.Close(); err != nil {
			t.Fatal(err)
		}
		s := open(t, path, record.Options{})
		commit(t, s, served(record.FromTunnel, shown("call", "t1", `"No result returned."`), ""))
		if err := s.Close(); err != nil { // which waits for what the message shows
			t.Fatal(err)
		}
		e, err := open(t, path, record.Options{ReadOnly: true}).Get(t.Context(), asked.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !hasRecorded(e) || check(e, "tool-result-not-taken") == nil {
			return fmt.Sprintf("recorded %q, %+v", recorded(e), e.Checks)
		}
		return ""
	})
}

func TestAToolCallOfAnotherProcessIsPaired(t *testing.T) {
	path := newPath(t)
	tools, events := open(t, path, record.Options{}), open(t, path, record.Options{})
	w := events.Watch(false)
	// The process with the events has seen the call, without tool calls, before.
	commit(t, events, served(record.FromTunnel, shown("call", "t0", `"x"`), ""))
	asked := commit(t, tools, served(record.FromTunnel, called("call", "t1"), answered("t1", `"12"`)))
	commit(t, events, served(record.FromTunnel, shown("call", "t1", `"12"`), ""))
	if got := recorded(amended(t, events, w, asked.ID, hasRecorded)); got != `t1 "12"` {
		t.Errorf("recorded %s", got)
	}
}

func TestOfSeveralDeliveriesVapiTookOne(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	first := commit(t, s, served(record.FromTunnel, called("call", "t1"), answered("t1", `"first"`)))
	second := commit(t, s, served(record.FromTunnel, called("call", "t1"), answered("t1", `"second"`)))
	commit(t, s, served(record.FromTunnel, shown("call", "t1", `"first"`), ""))
	for _, id := range []int64{first.ID, second.ID} {
		if e := amended(t, s, w, id, hasRecorded); check(e, "tool-result-not-taken") != nil {
			t.Errorf("exchange %d: %+v", id, e.Checks)
		}
	}
	third := commit(t, s, served(record.FromTunnel, called("call", "t2"), answered("t2", `"third"`)))
	fourth := commit(t, s, served(record.FromTunnel, called("call", "t2"), answered("t2", `"fourth"`)))
	commit(t, s, served(record.FromTunnel, shown("call", "t2", `"neither"`), ""))
	if e := amended(t, s, w, third.ID, hasRecorded); check(e, "tool-result-not-taken") != nil {
		t.Errorf("the first of two: %+v", e.Checks)
	}
	if e := amended(t, s, w, fourth.ID, hasRecorded); check(e, "tool-result-not-taken") == nil {
		t.Errorf("the last of two: %+v", e.Checks)
	}
}

func TestThousandsOfToolCalls(t *testing.T) {
	const n = 5000
	var asks, answers, results []string
	for i := range n {
		asks = append(asks, fmt.Sprintf(`{"id":"t%d","name":"f"}`, i))
		answers = append(answers, fmt.Sprintf(`{"toolCallId":"t%d","name":"f","result":"%d"}`, i, i))
		results = append(results, fmt.Sprintf(`{"role":"tool_call_result","toolCallId":"t%d","result":"no %d"}`, i, i))
	}
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	asked := commit(t, s, served(record.FromTunnel, `{"message":{"type":"tool-calls","call":{"id":"c"},"toolCallList":[`+strings.Join(asks, ",")+`]}}`,
		`{"results":[`+strings.Join(answers, ",")+`]}`))
	commit(t, s, served(record.FromTunnel, `{"message":{"type":"end-of-call-report","call":{"id":"c"},"artifact":{"messages":[`+strings.Join(results, ",")+`]}}}`, ""))
	e := amended(t, s, w, asked.ID, hasRecorded)
	if got := strings.Count(recorded(e), "\n") + 1; got != n {
		t.Errorf("%d were recorded", got)
	}
	if len(e.Checks) > 20 {
		t.Errorf("%d checks", len(e.Checks))
	}
}

func TestManyCallsAreForgottenAndFoundAgain(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	asked := commit(t, s, served(record.FromTunnel, called("first", "t"), answered("t", `"1"`)))
	for i := range 1100 {
		e := served(record.FromTunnel, called(fmt.Sprint("call-", i), "t"), answered("t", `"1"`))
		s.Begin(e)
		go s.Commit(e, 0, nil)
	}
	commit(t, s, served(record.FromTunnel, shown("first", "t", `"1"`), ""))
	amended(t, s, w, asked.ID, hasRecorded)
}

func TestWhatVapiTookGoesWithItsExchange(t *testing.T) {
	path := newPath(t)
	s := open(t, path, record.Options{})
	w := s.Watch(false)
	asked := commit(t, s, served(record.FromTunnel, called("call", "t1"), answered("t1", `"12"`)))
	commit(t, s, served(record.FromTunnel, shown("call", "t1", `"12"`), ""))
	amended(t, s, w, asked.ID, hasRecorded)
	if n, err := s.Delete([]int64{asked.ID}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n := count(t, path, "SELECT count(*) FROM recorded"); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// count runs a query that counts.
func count(t testing.TB, path, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
