package cli

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// scenariosToTry are all there are.
func scenariosToTry() []string { return vapi.Scenarios() }

func TestSimulateSaysWhatIsWrongBelowTheStep(t *testing.T) {
	server := simulatedServer(t, map[string]answer{"tool-calls": eachResult(`{"toolCallId":"ID","name":"any","result":{"degrees":12}}`)})
	status, out, errOut := runSimulate(t, server.URL+"/vapi/webhook")
	if status != 1 {
		t.Errorf("status %d", status)
	}
	wants(t, "the output", out,
		"✓ assistant-request    200 ", "✗ tool-calls           200 ",
		"  ✗ ", " (tool-result-not-string)\n    at /results/0/result\n    hint: return this\n", `"result": "{\"degrees\":12}"`,
		"    vapitap show 12\n", "\ntype ", "  steps  failed ", "\ntool-calls               2       2 ",
		"\n✗ 2 of 27 steps in ", " failed: tool-result-not-string\n")
	wants(t, "standard error", errOut, "recorded as 1-27; vapitap show 12")
}

// Vapi ends a call whose assistant it refuses, so nothing else comes of it.
func TestSimulateEndsWhereTheAssistantIsRefused(t *testing.T) {
	assistant := strings.Replace(wholesome, `"provider":"vapi"`, `"provider":"11lab"`, 1)
	server := simulatedServer(t, map[string]answer{"assistant-request": inJSON(`{"assistant":` + assistant + `}`)})
	status, steps, sum := simulateJSON(t, server.URL)
	var names []string
	for _, step := range steps {
		names = append(names, step.Name)
	}
	const reason = "assistant-request-returned-invalid-assistant"
	if got, want := strings.Join(names, ", "), "assistant-request, status-update ended, end-of-call-report "+reason; status != 1 || got != want {
		t.Errorf("status %d, played %s, want %s", status, got, want)
	}
	if sum.Failed != 1 || sum.Codes["assistant-invalid"] != 1 {
		t.Errorf("told %+v", sum)
	}
}

func TestSimulateIsRecorded(t *testing.T) {
	server := simulatedServer(t, nil)
	db := filepath.Join(t.TempDir(), "vapitap.db")
	if status := Main([]string{"simulate", "--db", db, "--to", server.URL}, strings.NewReader(""), io.Discard, io.Discard); status != 0 {
		t.Fatalf("status %d", status)
	}
	store, err := record.Open(db, record.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	list, err := store.List(t.Context(), record.Query{})
	if err != nil || len(list) != 27 {
		t.Fatalf("%d exchanges are recorded (%v)", len(list), err)
	}
	for _, e := range list {
		if e.From != record.FromSimulate || e.CallID != list[0].CallID || e.CallID == "" {
			t.Errorf("recorded as from %s, call %s", e.From, e.CallID)
		}
	}
}

func TestSimulatePlaysWithoutAStore(t *testing.T) {
	server := simulatedServer(t, nil)
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := runSimulate(t, server.URL, "--db", filepath.Join(file, "vapitap.db"))
	if status != 0 || !strings.Contains(errOut, "nothing is recorded: ") || strings.Contains(out+errOut, "vapitap show") {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
}

func TestSimulateChangesWhatIsSent(t *testing.T) {
	var cities []string
	server := simulatedServer(t, map[string]answer{"tool-calls": func(w http.ResponseWriter, r *http.Request, q asked) {
		var body struct {
			Message struct {
				ToolCalls []struct {
					Function struct{ Arguments struct{ City string } }
				}
			}
		}
		json.Unmarshal(q.body, &body)
		cities = append(cities, body.Message.ToolCalls[0].Function.Arguments.City)
		eachResult(goodResult)(w, r, q)
	}})
	status, out, errOut := runSimulate(t, server.URL, "--set", "tool-calls:message.toolCallList[0].function.arguments.city=Bergen", "--set", "message.call.type=webCall")
	if status != 0 || len(cities) == 0 || cities[0] != "Bergen" || !strings.Contains(out, `get_weather(city: "Bergen")`) {
		t.Errorf("status %d, the cities %q\n%s%s", status, cities, out, errOut)
	}
}

func TestSimulateTellsAChangeThatChangedNothing(t *testing.T) {
	server := simulatedServer(t, nil)
	for set, want := range map[string]string{
		"message.toolCallList[0].function.argument.city=x": "message.toolCallList[0].function.argument: no such key in message.toolCallList[0].function; it has name, arguments; did you mean arguments?",
		"tool-calls:message.toolCallList[5].id=x":          "--set tool-calls:message.toolCallList[5].id=x: message.toolCallList[5]: the array has 1 element (index 0)",
		"voice-input:message.input=x":                      "--set voice-input:message.input=x: no voice-input was sent; sent were: assistant-request, ",
	} {
		status, out, errOut := runSimulate(t, server.URL, "--set", set)
		if status != 2 || !strings.Contains(errOut, want) || !strings.Contains(out, ", and --set changed nothing\n") {
			t.Errorf("--set %s: status %d\n%s%s", set, status, out, errOut)
		}
	}
	// What fails for another reason is told for that.
	server = simulatedServer(t, map[string]answer{"assistant-request": inJSON("{}")})
	status, _, errOut := runSimulate(t, server.URL, "--set", "tool-calls:message.toolCallList[0].id=x")
	if status != 1 || !strings.Contains(errOut, "no tool-calls was sent; ") || !strings.Contains(errOut, ", so it changed nothing") {
		t.Errorf("status %d\n%s", status, errOut)
	}
}

func TestSimulateDeliversAgain(t *testing.T) {
	var n atomic.Int32
	server := simulatedServer(t, map[string]answer{"tool-calls": func(w http.ResponseWriter, r *http.Request, q asked) {
		if n.Add(1) == 1 {
			as(503, "text/plain", "")(w, r, q)
			return
		}
		eachResult(goodResult)(w, r, q)
	}})
	status, out, errOut := runSimulate(t, server.URL, "--retries")
	if status != 0 {
		t.Errorf("status %d\n%s", status, errOut)
	}
	wants(t, "the output", out, "↻ tool-calls           503 ", "(delivered again after 1.0 s)", "✓ tool-calls           200 ", "✓ 27 steps")
	wants(t, "standard error", errOut, "recorded as 1-28;")

	n.Store(0)
	_, steps, sum := simulateJSON(t, server.URL, "--retries")
	twice := 0
	for _, step := range steps {
		if step.Deliveries == 2 {
			twice++
		}
	}
	if twice != 1 || sum.Steps != 27 || !sum.OK {
		t.Errorf("%d steps were delivered twice; %+v", twice, sum)
	}
}

func TestSimulateManyCallsAtOnce(t *testing.T) {
	var mu sync.Mutex
	at, most := 0, 0
	all := make(chan struct{})
	server := simulatedServer(t, map[string]answer{
		"assistant-request": func(w http.ResponseWriter, r *http.Request, q asked) {
			mu.Lock()
			if at++; at == 12 {
				close(all)
			}
			most = max(most, at)
			mu.Unlock()
			<-all // they are all here at once
			goodAnswers["assistant-request"](w, r, q)
		},
		"tool-calls": eachResult(`{"toolCallId":"ID","name":"any","result":null}`),
	})
	status, out, errOut := runSimulate(t, server.URL, "--calls", "12")
	if status != 1 || most != 12 {
		t.Errorf("status %d, %d calls at once\n%s", status, most, errOut)
	}
	wants(t, "the output", out, "p50      p90      p99      max", "\nassistant-request       12       0 ",
		"\n24 steps, such as tool-calls get_weather\n  ✗ ", "\n✗ 24 of 324 steps of 12 calls in ")
	if strings.Contains(out, "✓ assistant-request") {
		t.Errorf("each step is written:\n%s", out)
	}

	_, steps, sum := simulateJSON(t, server.URL, "--calls", "3")
	calls := map[int]int{}
	for _, step := range steps {
		calls[step.Call]++
	}
	if len(calls) != 3 || calls[1] != 27 || calls[3] != 27 || sum.Calls != 3 || sum.Types[0].P99 < sum.Types[0].P50 {
		t.Errorf("calls %v, summary %+v", calls, sum)
	}
}

func TestSimulateWritesJUnit(t *testing.T) {
	server := simulatedServer(t, map[string]answer{"tool-calls": as(500, "text/plain", "")})
	file := filepath.Join(t.TempDir(), "results.xml")
	if status, _, errOut := runSimulate(t, server.URL, "--junit", file); status != 1 {
		t.Errorf("status %d\n%s", status, errOut)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Class   string `xml:"classname,attr"`
			Failure struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 27 || suites.Failures != 2 || suites.Cases[11].Name != "12 tool-calls get_weather" || suites.Cases[11].Class != "inbound.tool-calls" ||
		suites.Cases[11].Failure.Type != "reply-not-200" || !strings.Contains(suites.Cases[11].Failure.Text, "vapitap show 12") {
		t.Errorf("%+v", suites)
	}

	if status, _, errOut := runSimulate(t, server.URL, "--junit", filepath.Join(file, "x", "y.xml")); status != 1 || !strings.Contains(errOut, "--junit: ") {
		t.Errorf("into a file as if it were a folder: status %d\n%s", status, errOut)
	}
	if status, _, _ := runSimulate(t, "127.0.0.1:1", "--junit", file); status != 1 {
		t.Errorf("where nothing listens: status %d", status)
	}
	if text, _ := os.ReadFile(file); !strings.Contains(string(text), `failures="1"`) || !strings.Contains(string(text), `type="target-unreachable"`) {
		t.Errorf("where nothing listens: %s", text)
	}
}

func TestSimulatePlaysARecordedCall(t *testing.T) {
	server := simulatedServer(t, map[string]answer{"hang": as(500, "text/plain", "")})
	exchange := func(call, text string) *record.Exchange {
		return &record.Exchange{Request: body(strings.ReplaceAll(text, "CALL", call))}
	}
	db := recorded(t, "run",
		exchange("c1-a", `{"message":{"type":"status-update","status":"in-progress","call":{"id":"CALL"}}}`),
		exchange("c2-b", `{"message":{"type":"hang","call":{"id":"CALL"}}}`),
		exchange("c1-a", `{"message":{"type":"tool-calls","call":{"id":"CALL"},"toolCallList":[{"id":"t1","name":"get_weather","arguments":{"city":"Oslo"}}]}}`),
	)
	status, out, errOut := runSimulate(t, server.URL, "--db", db, "--call", "c1")
	if status != 0 {
		t.Errorf("status %d\n%s", status, errOut)
	}
	wants(t, "the output", out, "✓ status-update ", `get_weather(city: "Oslo") → "done"`, "✓ 2 steps ")
	wants(t, "standard error", errOut, "recorded as 4-5")
	if status, _, errOut := runSimulate(t, server.URL, "--db", db, "--call", "c9"); status != 1 || !strings.Contains(errOut, "no exchange of a call c9 is recorded") {
		t.Errorf("a call that is not there: status %d\n%s", status, errOut)
	}
	if status, _, errOut := runSimulate(t, server.URL, "--db", filepath.Join(t.TempDir(), "none.db"), "--call", "c1"); status != 1 || errOut == "" {
		t.Errorf("without a store: status %d\n%s", status, errOut)
	}
}

func TestPercentile(t *testing.T) {
	of := &typeTally{}
	if of.percentile(50) != 0 {
		t.Error("of nothing there is one")
	}
	for i := range 200 {
		of.took = append(of.took, time.Duration((i*7)%200+1))
	}
	for p, want := range map[int]time.Duration{50: 100, 90: 180, 99: 198, 100: 200, 0: 1} {
		if got := of.percentile(p); got != want {
			t.Errorf("p%d is %d, want %d", p, got, want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	p := &progressLine{calls: 50, ended: 25, steps: 700, failed: 3}
	if got, want := p.line(), "██████████░░░░░░░░░░ 25 of 50 calls, 700 steps, 3 failed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var none *progressLine
	none.stepPlayed(1)
	none.callEnded()
	none.end()
}

func TestSimulateCallsTheToolsOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tools.json")
	const tools = `{"tools":[{"type":"function","function":{"name":"find_flat","parameters":{"type":"object",
		"properties":{"rooms":{"type":"integer","minimum":2,"maximum":4},"area":{"enum":["Soho","Camden"]}},"required":["rooms","area"]}}}]}`
	if err := os.WriteFile(file, []byte(tools), 0o600); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var flat, nested int
	server := simulatedServer(t, map[string]answer{"tool-calls": func(w http.ResponseWriter, r *http.Request, q asked) {
		var body struct {
			Message struct {
				ToolCallList []struct {
					Name     string
					Function *struct{ Name string }
				}
			}
		}
		json.Unmarshal(q.body, &body)
		mu.Lock()
		for _, call := range body.Message.ToolCallList {
			if call.Name != "" {
				flat++
			}
			if call.Function != nil {
				nested++
			}
		}
		mu.Unlock()
		eachResult(goodResult)(w, r, q)
	}})
	status, out, errOut := runSimulate(t, server.URL, "--tools", file, "--tool-shape", "flat")
	if status != 0 || flat == 0 || nested != 0 {
		t.Errorf("status %d, %d flat and %d nested calls\n%s%s", status, flat, nested, out, errOut)
	}
	wants(t, "the output", out, "find_flat(rooms: ")
	flat = 0
	if status, _, errOut := runSimulate(t, server.URL, "--tools", file, "--tool-shape", "function"); status != 0 || flat != 0 || nested == 0 {
		t.Errorf("status %d, %d flat and %d nested calls\n%s", status, flat, nested, errOut)
	}
}

func TestSimulatePlaysAScenarioOfItsOwn(t *testing.T) {
	server := simulatedServer(t, nil)
	status, out, errOut := runSimulate(t, server.URL, "--scenario", "../examples/scenario.json", "--strict")
	if status != 0 || !strings.Contains(out, `book_table(people: 4, time: "19:00") → "done"`) {
		t.Errorf("status %d\n%s%s", status, out, errOut)
	}
	_, _, sum := simulateJSON(t, server.URL, "--scenario", "../examples/scenario.json")
	if sum.Scenario != "a table for a birthday" {
		t.Errorf("it is called %q", sum.Scenario)
	}
}
