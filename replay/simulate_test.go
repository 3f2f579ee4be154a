package replay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// steps is a script of fixed messages, which notes what it is told.
type steps struct {
	list    []vapi.Step
	server  string
	t       *testing.T
	replies []vapi.Reply
}

func (s *steps) Next(context.Context) (vapi.Step, Message, error) {
	if len(s.list) == 0 {
		return vapi.Step{}, Message{}, io.EOF
	}
	step := s.list[0]
	s.list = s.list[1:]
	return step, Message{Method: "POST", URL: parseURL(s.t, s.server), Header: step.Header, Body: step.Body}, nil
}

func (s *steps) Reply(r vapi.Reply) { s.replies = append(s.replies, r) }

func stepOf(body string) vapi.Step {
	r := vapi.Request{Method: "POST", Path: "/", Body: []byte(body)}
	id := vapi.Identify(r)
	return vapi.Step{Name: id.Type, Kind: id.Kind, Type: id.Type, Body: r.Body, Budget: 20 * time.Second, WantsReply: vapi.WantsReply(id.Type)}
}

// statuses answers with these, the last again and again.
func statuses(list ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(list[0])
		if len(list) > 1 {
			list = list[1:]
		}
	}
}

func TestPlayTellsTheScriptWhatWasAnswered(t *testing.T) {
	base, got := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":1}`) })
	script := &steps{t: t, server: base.String() + "/x", list: []vapi.Step{stepOf(`{"message":{"type":"hang"}}`), stepOf(`{"message":{"type":"tool-calls"}}`)}}
	var played []string
	p := Player{Sender: &Sender{}, Budgets: true, Played: func(d Delivery) { played = append(played, d.Step.Name) }}
	if err := p.Play(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(played, []string{"hang", "tool-calls"}) || len(*got) != 2 {
		t.Errorf("played %q, %d requests arrived", played, len(*got))
	}
	if len(script.replies) != 2 || string(script.replies[1].Body) != `{"ok":1}` || script.replies[1].Status != 200 {
		t.Errorf("the script was told %+v", script.replies)
	}
}

func TestAStepIsGivenUpWhenItsTimeHasPassed(t *testing.T) {
	base, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	step := stepOf(`{"message":{"type":"hang"}}`)
	step.Budget = 20 * time.Millisecond
	script := &steps{t: t, server: base.String(), list: []vapi.Step{step, step}}
	p := Player{Sender: &Sender{}, Budgets: true}
	if err := p.Play(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if len(script.replies) != 2 || script.replies[0].Status != 0 || !strings.Contains(script.replies[0].Failure, "nothing came within 20ms") {
		t.Errorf("the script was told %+v", script.replies)
	}
}

func TestTheTimeIsThatOfTheMessageAsItIsSent(t *testing.T) {
	step := stepOf(`{"message":{"type":"knowledge-base-request","assistant":{"server":{"timeoutSeconds":3}}}}`)
	m := Message{Method: "POST", URL: parseURL(t, "http://localhost/"), Body: step.Body}
	if got := budgetOf(step, m); got != 3*time.Second {
		t.Errorf("budget %s, want what the assistant's server has", got)
	}
	step = stepOf(`{"message":{"type":"hang"}}`)
	m.Body = step.Body
	if got := budgetOf(step, m); got != 20*time.Second {
		t.Errorf("budget %s, want the step's", got)
	}
}

func TestWhereNothingListensTheCallIsOver(t *testing.T) {
	script := &steps{t: t, server: "http://127.0.0.1:1/", list: []vapi.Step{stepOf(`{"message":{"type":"hang"}}`), stepOf("{}")}}
	played := 0
	p := Player{Sender: &Sender{}, Played: func(Delivery) { played++ }}
	err := p.Play(t.Context(), script)
	var none *NoReplyError
	if !errors.As(err, &none) || played != 1 {
		t.Errorf("%v after %d steps", err, played)
	}
}

func TestRetry(t *testing.T) {
	const fixed = `{"message":{"type":"status-update","assistant":{"server":{"backoffPlan":{"type":"fixed","maxRetries":2,"baseDelaySeconds":4,"excludedStatusCodes":[400,501]}}}}}`
	const dear = `{"message":{"type":"assistant-request","assistant":{"server":{"backoffPlan":{"type":"fixed","maxRetries":9,"baseDelaySeconds":3}}}}}`
	const ofTool = `{"message":{"type":"tool-calls","toolWithToolCallList":[{"server":{"backoffPlan":{"type":"exponential","maxRetries":1,"baseDelaySeconds":2}}}],"assistant":{"server":{}}}}`
	for _, c := range []struct {
		name   string
		body   string
		status []int
		want   []time.Duration // pauses between the deliveries
	}{
		{"taken at once", `{"message":{"type":"hang"}}`, []int{200}, nil},
		{"taken with another 2xx", `{"message":{"type":"hang"}}`, []int{204}, nil},
		{"taken the second time", `{"message":{"type":"hang"}}`, []int{503, 200}, []time.Duration{time.Second}},
		{"never, without a plan", `{"message":{"type":"hang"}}`, []int{503}, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}},
		{"never, with a plan", fixed, []int{503}, []time.Duration{4 * time.Second, 4 * time.Second}},
		{"a status that the plan excludes", fixed, []int{503, 501}, []time.Duration{4 * time.Second}},
		{"the plan of the tool", ofTool, []int{404}, []time.Duration{2 * time.Second}},
		{"an assistant-request has 7.5 s for all", dear, []int{500}, []time.Duration{3 * time.Second, 3 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, got := serve(t, statuses(c.status...))
			step := stepOf(c.body)
			if step.Type == assistantRequest {
				step.Budget = 7500 * time.Millisecond
			}
			var pauses []time.Duration
			last := 0
			p := Player{Sender: &Sender{}, Retry: true, Played: func(d Delivery) {
				if last = d.Number; d.Again {
					pauses = append(pauses, d.Pause)
				}
			}}
			script := &steps{t: t, server: base.String(), list: []vapi.Step{step}}
			if err := p.Play(t.Context(), script); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(pauses, c.want) || last != len(c.want)+1 || len(*got) != last || len(script.replies) != 1 {
				t.Errorf("pauses %v after %d deliveries, %d requests, want %v", pauses, last, len(*got), c.want)
			}
		})
	}
}

func TestBackoffOf(t *testing.T) {
	for body, want := range map[string]Backoff{
		`not JSON`: DefaultBackoff,
		`{"message":{"assistant":{"server":{"backoffPlan":null}}}}`:                                                                               DefaultBackoff,
		`{"message":{"call":{"assistant":{"server":{"backoffPlan":{"type":"fixed","maxRetries":1e9,"baseDelaySeconds":-4}}}}}}`:                   {Retries: 10},
		`{"message":{"call":{"assistant":{"server":{"backoffPlan":{"type":"exponential","maxRetries":2,"baseDelaySeconds":1e300}}}}}}`:            {Exponential: true, Retries: 2, Base: 10 * time.Second},
		`{"message":{"assistant":{"server":{"backoffPlan":{"type":"exponential","maxRetries":0,"baseDelaySeconds":0.5}}}}}`:                       {Exponential: true, Base: 500 * time.Millisecond},
		`{"message":{"assistant":{"server":{"backoffPlan":{"type":"fixed","maxRetries":1}}}}}`:                                                    {Retries: 1, Base: time.Second},
		`{"message":{"toolWithToolCallList":[{},{"server":{"backoffPlan":{"type":"fixed","maxRetries":7,"baseDelaySeconds":1}}}]}}`:               {Retries: 7, Base: time.Second},
		`{"message":{"toolWithToolCallList":"none","assistant":{"server":{"backoffPlan":{"type":"fixed","maxRetries":7,"baseDelaySeconds":1}}}}}`: DefaultBackoff,
	} {
		got := BackoffOf([]byte(body))
		if got.Exponential != want.Exponential || got.Retries != want.Retries || got.Base != want.Base {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}

func TestParseChange(t *testing.T) {
	for _, c := range []struct{ text, kind, path, value string }{
		{"message.call.type=webCall", "", "message.call.type", `"webCall"`},
		{"message.turn:=3", "", "message.turn", "3"},
		{"tool-calls:message.toolCallList[0].function.arguments.city=Bergen", "tool-calls", "message.toolCallList[0].function.arguments.city", `"Bergen"`},
		{"call.endpointing.request:message.turn:=3", "call.endpointing.request", "message.turn", "3"},
		{`transcript[transcriptType="final"]:message.role=bot`, `transcript[transcriptType="final"]`, "message.role", `"bot"`},
		{"my-own:message.x=a:b=c", "my-own", "message.x", `"a:b=c"`},
		{`message["a:b"]=1`, "", `message["a:b"]`, "1"},
		{"llm:messages[0].content=Hello", "llm", "messages[0].content", `"Hello"`},
	} {
		got, err := ParseChange(c.text, nil)
		if err != nil || got.Type != c.kind || got.Path.String() != c.path || string(got.Value) != c.value {
			t.Errorf("%s: %q %s %s (%v)", c.text, got.Type, got.Path, got.Value, err)
		}
	}
	for _, wrong := range []string{"", "tool-calls", "tool-calls:", "tool-calls:message.x", ":message.x=1", "tool-calls:message.x:=y"} {
		if got, err := ParseChange(wrong, nil); err == nil {
			t.Errorf("%q was taken as %+v", wrong, got)
		}
	}
}

func FuzzParseChange(f *testing.F) {
	f.Add("tool-calls:message.toolCallList[0].function.arguments.city=Bergen")
	f.Add(`transcript[transcriptType="final"]:a:="b"`)
	f.Add(`["a:=b"]:=1`)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseChange(text, nil); err == nil && c.Type != "" && !strings.HasPrefix(text, c.Type+":") {
			t.Errorf("%q has the type %q", text, c.Type)
		}
	})
}

// The messages that repeat a call come more often, and later; the path into the
// one that makes it is the shortest.
func TestChangesTellThePathThatWasMeant(t *testing.T) {
	var list []Change
	for _, text := range []string{"arguments.city=Bergen", "nowhere.city=Bergen"} {
		c, err := ParseChange(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	changes := NewChanges(list)
	repeated := `"messages":[{"toolCalls":[{"function":{"arguments":"{\"city\":\"Oslo\"}"}}]}]`
	for _, body := range []string{
		`{"message":{"type":"hang"}}`,
		`{"message":{"type":"model-output","artifact":{` + repeated + `}}}`,
		`{"message":{"type":"tool-calls","toolCallList":[{"function":{"arguments":{"city":"Oslo"}}}]}}`,
		`{"message":{"type":"conversation-update",` + repeated + `}}`,
		`{"message":{"type":"status-update"}}`,
	} {
		if got, err := changes.Apply(stepOf(body)); err != nil || string(got) != body {
			t.Errorf("%s became %s (%v)", body, got, err)
		}
	}
	got := changes.Unmade()
	want := []string{
		"arguments.city=Bergen: arguments: no such key in the document; it has message; did you mean message.toolCallList[0].function.arguments.city?",
		"nowhere.city=Bergen: nowhere: no such key in the document; it has message",
	}
	if len(got) != 2 || got[0].Error() != want[0] || got[1].Error() != want[1] {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of the messages in which a path leads nowhere, the one that it was made for is
// that in which it led furthest, whatever came later.
func TestChangesTellWhereThePathLedFurthest(t *testing.T) {
	c, err := ParseChange("message.toolCallList[0].function.argument.city=Bergen", nil)
	if err != nil {
		t.Fatal(err)
	}
	changes := NewChanges([]Change{c})
	for _, body := range []string{
		`{"message":{"type":"hang"}}`,
		`{"message":{"type":"tool-calls","toolCallList":[{"function":{"name":"f","arguments":{"city":"Oslo"}}}]}}`,
		`{"message":{"type":"end-of-call-report","cost":1}}`,
	} {
		if _, err := changes.Apply(stepOf(body)); err != nil {
			t.Fatal(err)
		}
	}
	const want = "message.toolCallList[0].function.argument.city=Bergen: message.toolCallList[0].function.argument: " +
		"no such key in message.toolCallList[0].function; it has name, arguments; did you mean arguments?"
	if got := changes.Unmade(); len(got) != 1 || got[0].Error() != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestChanges(t *testing.T) {
	var list []Change
	for _, text := range []string{"message.call.type=webCall", "hang:message.turn=2", "tool-calls:message.b[3].c=2", "tool-cals:message.x=1", "wholly-other:message.x=1"} {
		c, err := ParseChange(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	changes := NewChanges(list)
	for body, want := range map[string]string{
		`{"message":{"type":"hang"}}`:                                    `{"message":{"type":"hang","turn":2}}`,
		`{"message":{"type":"transcript","call":{"type":"inbound"}}}`:    `{"message":{"type":"transcript","call":{"type":"webCall"}}}`,
		`{"message":{"type":"tool-calls", "b":[1]}}`:                     `{"message":{"type":"tool-calls", "b":[1]}}`, // untouched
		`{"message":{"type":"hang", "n":1.0,"call":{"type":"inbound"}}}`: `{"message":{"type":"hang","n":1,"call":{"type":"webCall"},"turn":2}}`,
	} {
		got, err := changes.Apply(stepOf(body))
		if err != nil || string(got) != want {
			t.Errorf("%s became %s (%v), want %s", body, got, err, want)
		}
	}
	var unmade []string
	for _, err := range changes.Unmade() {
		unmade = append(unmade, err.Error())
	}
	want := []string{
		"tool-calls:message.b[3].c=2: message.b[3]: the array has 1 element (index 0)",
		"tool-cals:message.x=1: no tool-cals was sent; did you mean tool-calls?",
		"wholly-other:message.x=1: no wholly-other was sent; sent were: ",
	}
	if len(unmade) != len(want) {
		t.Fatalf("not made: %q", unmade)
	}
	for i := range want {
		if !strings.HasPrefix(unmade[i], want[i]) {
			t.Errorf("not made: %q, want %q", unmade[i], want[i])
		}
	}
}

func TestARecordedCallIsPlayedAsItWas(t *testing.T) {
	base, got := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") })
	store := openStore(t)
	if _, err := store.StartSession("run", ""); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC)
	var ids []int64
	for i, e := range []*record.Exchange{
		{Path: "/vapi/webhook?x=1", Request: record.Message{Body: []byte(`{"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"get_weather","arguments":{}}],"n":1.0}}`)}},
		{Path: "/tools/weather", Request: record.Message{Body: []byte("plain"), Header: http.Header{"X-Call-Id": {"c1"}, "Content-Length": {"5"}}}},
		{Path: "/vapi/webhook", Request: record.Message{Body: []byte("cut"), Bytes: 10, Truncated: true}},
	} {
		e.Method, e.Status, e.Time, e.Target = "POST", 200, at.Add(time.Duration(i)*time.Second), "http://localhost:1"+e.Path
		e.Request.Bytes = max(e.Request.Bytes, int64(len(e.Request.Body)))
		e.Describe()
		store.Begin(e)
		if err := store.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	var names []string
	var pauses []time.Duration
	p := Player{Sender: &Sender{Store: store, From: record.FromSimulate}, Budgets: true, Played: func(d Delivery) {
		names, pauses = append(names, d.Step.Name), append(pauses, d.Step.Pause)
		if d.Exchange.ReplayOf != ids[len(names)-1] || d.Exchange.From != record.FromSimulate {
			t.Errorf("recorded as %+v", d.Exchange)
		}
	}}
	err := p.Play(t.Context(), Recorded(store, ids, base))
	if err == nil || !strings.Contains(err.Error(), "exchange 3 cannot be sent: its body was not recorded whole (3 of 10 bytes)") {
		t.Errorf("the last cannot be sent: %v", err)
	}
	if !slices.Equal(names, []string{"tool-calls get_weather", "POST /tools/weather"}) || !slices.Equal(pauses, []time.Duration{0, time.Second}) {
		t.Errorf("played %q after %v", names, pauses)
	}
	if len(*got) != 2 || (*got)[0].uri != "/vapi/webhook?x=1" || !strings.Contains(string((*got)[0].body), `"n":1.0`) || (*got)[1].uri != "/tools/weather" {
		t.Errorf("arrived %+v", *got)
	}
	for _, a := range *got {
		if agent := a.header.Get("User-Agent"); agent != vapi.SimulatorAgent {
			t.Errorf("%s is from %q", a.uri, agent)
		}
	}
}

func TestSignIsAskedForEachDelivery(t *testing.T) {
	base, got := serve(t, statuses(500, 200))
	signed := 0
	p := Player{Sender: &Sender{}, Retry: true, Sign: func(_ vapi.Step, m *Message) {
		signed++
		m.Header.Add("X-Signed", strings.Repeat("i", signed))
	}}
	step := stepOf(`{"message":{"type":"hang"}}`)
	step.Header = http.Header{"A": {"b"}}
	if err := p.Play(t.Context(), &steps{t: t, server: base.String(), list: []vapi.Step{step}}); err != nil {
		t.Fatal(err)
	}
	if len(*got) != 2 || (*got)[0].header.Get("X-Signed") != "i" || (*got)[1].header.Get("X-Signed") != "ii" || len(step.Header) != 1 {
		t.Errorf("arrived %+v; the step has %v", *got, step.Header)
	}
}

// A stream that never ends is given up like any other reply, and told as what it
// is.
func TestAStreamWithoutAnEndIsGivenUp(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	step := stepOf(`{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}`)
	step.Kind, step.Type, step.Budget = vapi.KindLLM, "llm", 50*time.Millisecond
	var played []*record.Exchange
	p := Player{Sender: &Sender{}, Budgets: true, Retry: true, Played: func(d Delivery) { played = append(played, d.Exchange) }}
	for begun := false; !begun && step.Budget < time.Minute; step.Budget *= 2 { // until it is enough for its beginning
		played = nil
		if err := p.Play(t.Context(), &steps{t: t, server: base.String() + "/chat/completions", list: []vapi.Step{step}}); err != nil {
			t.Fatal(err)
		}
		begun = len(played) > 0 && played[0].Response.Bytes > 0
	}
	if len(played) != 1 || len(played[0].Checks) != 1 || played[0].Checks[0].Code != "llm-stream-broken" || played[0].FirstByte == 0 {
		t.Errorf("played %+v", played)
	}
}
