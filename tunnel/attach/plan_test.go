package attach_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

func assistant(name string) attach.Target { return attach.Target{Kind: api.Assistant, Name: name} }

func TestTargetsAreLookedUp(t *testing.T) {
	s := newScene(t)
	const id = "8f1c2d3e-0000-4000-8000-0123456789ab"
	s.api.Put(api.Assistant, `{"id":"`+id+`","name":"Front desk"}`)
	s.api.Put(api.Assistant, `{"id":"a2","name":"Sales"}`)
	s.api.Put(api.Assistant, `{"id":"a3","name":"sales","server":{"url":"https://x.example"}}`)
	s.api.Put(api.PhoneNumber, `{"id":"p1","name":"Main line","number":"+15550100123"}`)
	s.api.Put(api.PhoneNumber, `{"id":"p2","sipUri":"sip:desk@sip.vapi.ai"}`)
	s.api.Put(api.Tool, `{"id":"t1","type":"function","function":{"name":"get_weather"}}`)
	s.api.Put(api.Tool, `{"id":"t2","type":"apiRequest","name":"look_up","url":"https://api.example.com"}`)
	for _, c := range []struct {
		target attach.Target
		id     string
		err    []string
	}{
		{assistant(id), id, nil},
		{assistant("front DESK "), id, nil},
		{assistant("a2"), "a2", nil},
		{assistant("Sales"), "", []string{`2 assistants are called "Sales"`, "--assistant a2", "--assistant a3   now at https://x.example"}},
		{assistant("Front dsk"), "", []string{`no assistant is called "Front dsk"`, `did you mean "Front desk"?`}},
		{assistant("Zebra"), "", []string{"there are sales, Sales, Front desk"}},
		{assistant("8f1c2d3e-0000-4000-8000-0123456789ff"), "", []string{"(404)"}},
		{assistant(" "), "", []string{"--assistant: there is nothing in it"}},
		{attach.Target{Kind: api.PhoneNumber, Name: "+1 (555) 010-0123"}, "p1", nil},
		{attach.Target{Kind: api.PhoneNumber, Name: "Main line"}, "p1", nil},
		{attach.Target{Kind: api.PhoneNumber, Name: "sip:desk@sip.vapi.ai"}, "p2", nil},
		{attach.Target{Kind: api.Tool, Name: "get_weather"}, "t1", nil},
		{attach.Target{Kind: api.Tool, Name: "look_up"}, "", []string{"is an API-request tool", "https://api.example.com"}},
		{attach.Target{Kind: api.Squad, Name: "x"}, "", []string{"the key sees none"}},
	} {
		p, err := s.process().Plan(t.Context(), []attach.Target{c.target}, public(fox))
		switch {
		case c.err == nil && (err != nil || len(p.Changes) != 1 || p.Changes[0].ID != c.id):
			t.Errorf("%s is %+v (%v), want %s", c.target, p, err, c.id)
		case c.err != nil && err == nil:
			t.Errorf("%s is found", c.target)
		}
		for _, want := range c.err {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in: %v", c.target, want, err)
			}
		}
	}
	if o, raw, err := s.process().Find(t.Context(), assistant("Front desk")); err != nil || o.ID != id || !strings.Contains(string(raw), id) {
		t.Errorf("found %v, %s (%v)", o, raw, err)
	}
	if _, err := s.process().Plan(t.Context(), nil, public(fox)); err == nil {
		t.Error("a plan of nothing")
	}
	p, err := s.process().Plan(t.Context(), []attach.Target{assistant("a2"), assistant("a2")}, public(fox))
	if err != nil || len(p.Changes) != 1 {
		t.Errorf("what is named twice changes %d times (%v)", len(p.Changes), err)
	}
	if n := len(s.api.Patches()); n != 0 {
		t.Errorf("%d changes were made", n)
	}
}

func TestThePlanSaysWhatWouldNotArrive(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`","timeoutSeconds":30,"headers":{"X-Key":"hush"}},
		"model":{"provider":"custom-llm","url":"https://old-owl.ngrok-free.dev/llm","toolIds":["t1","t2","t3","t4","gone"],
			"tools":[{"type":"function","function":{"name":"book_table"},"server":{"url":"http://localhost:3000/tools"}},
			         {"type":"function","function":{"name":"here"},"server":{"url":"https://kind-fox.ngrok-free.dev/tools"}}]},
		"voice":{"provider":"custom-voice","server":{"url":"https://voice.example.com"}},
		"transcriber":{"provider":"custom-transcriber","server":{"url":"wss://api.deepgram.com"}},
		"serverMessages":["tool-calls","status-update","transcript[transcriptType=\"final\"]","end-of-call-report"]}`)
	s.api.Put(api.Assistant, `{"id":"a2","name":"Sales","server":{"url":"https://prod.example.com"}}`)
	s.api.Put(api.Assistant, `{"id":"a3","name":"Billing"}`)
	s.api.Put(api.Tool, `{"id":"t1","type":"function","function":{"name":"get_weather"},"server":{"url":"https://old-owl.ngrok-free.dev/tools"}}`)
	s.api.Put(api.Tool, `{"id":"t2","type":"function","function":{"name":"no_server"}}`)
	s.api.Put(api.Tool, `{"id":"t3","type":"apiRequest","name":"crm","url":"https://crm.example.com"}`)
	s.api.Put(api.Tool, `{"id":"t4","type":"apiRequest","name":"mine","url":"http://127.0.0.1:8000"}`)
	s.api.Put(api.Squad, `{"id":"s1","name":"Reception","members":[{"assistantId":"a1"},{"assistantId":"a2"},{"assistantId":"a3"},{"assistant":{"name":"Inline","server":{"url":"https://prod.example.com/i"}}}]}`)
	s.api.Put(api.Squad, `{"id":"s2","name":"Other","members":[{"assistantId":"a9"}]}`)
	s.api.Put(api.PhoneNumber, `{"id":"p1","name":"Main line","number":"+15550100","assistantId":"a1"}`)
	s.api.Put(api.PhoneNumber, `{"id":"p2","number":"+15550101","squadId":"s1"}`)
	s.api.Put(api.PhoneNumber, `{"id":"p3","number":"+15550102","squadId":"s2"}`)
	p, err := s.process().Plan(t.Context(), []attach.Target{desk}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	c := p.Changes[0]
	if c.String() != `assistant "Front desk"` || c.From != prod || c.To != fox+"/vapi/webhook" || !p.Callers() || p.Loses() {
		t.Errorf("the change is %+v", c)
	}
	var rings []string
	for _, n := range c.Rings {
		rings = append(rings, n.String())
	}
	slices.Sort(rings)
	if want := []string{`phone number +15550100 "Main line"`, "phone number +15550101"}; !slices.Equal(rings, want) {
		t.Errorf("it is rung by %v, want %v", rings, want)
	}
	want := []string{
		`the custom LLM of assistant "Front desk" leads to https://old-owl.ngrok-free.dev/llm, a tunnel address that is not this one: yesterday's? [model/url]`,
		`tool book_table of assistant "Front desk" leads to http://localhost:3000/tools, which Vapi cannot reach [model/tools/0/server/url]`,
		`the voice of assistant "Front desk" leads to https://voice.example.com [voice/server/url]`,
		`tool get_weather leads to https://old-owl.ngrok-free.dev/tools, a tunnel address that is not this one: yesterday's? [--tool t1]`,
		`tool mine leads to http://127.0.0.1:8000, which Vapi cannot reach [in the tool]`,
		`where the tool gone leads could not be found out: Vapi has nothing at /tool/gone (404): Couldn't find tool with id gone []`,
		`assistant "Sales" of squad "Reception" leads to https://prod.example.com [--assistant a2]`,
		`assistant "Billing" of squad "Reception" has no server URL of its own [--assistant a3]`,
		`assistant "Inline" of squad "Reception" leads to https://prod.example.com/i [in the squad]`,
		`assistant "Front desk" does not send conversation-update: serverMessages lacks it [Server Messages]`,
	}
	checkFindings(t, p.Findings, want)

	if p.Private == nil || p.Private.LeftOut != "headers" || p.Private.Overrides != `{"server":{"url":"https://kind-fox.ngrok-free.dev/vapi/webhook","timeoutSeconds":30}}` {
		t.Errorf("the private call is %+v", p.Private)
	}

	// With the flags that are named the findings are gone.
	p, err = s.process().Plan(t.Context(), []attach.Target{desk, {Kind: api.Tool, Name: "t1"}, assistant("a2"), assistant("a3")}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Findings {
		if f.Flag != "" {
			t.Errorf("there still is %+v", f)
		}
	}
}

func checkFindings(t *testing.T, findings []attach.Finding, want []string) {
	t.Helper()
	var got []string
	for _, f := range findings {
		do := f.Flag
		for _, ending := range []string{"in the tool", "in the squad", "Server Messages"} {
			if strings.HasSuffix(f.Hint, ending) {
				do = ending
			}
		}
		if _, path, ok := strings.Cut(f.Hint, "in the assistant, at "); ok {
			do = path
		}
		got = append(got, fmt.Sprintf("%s [%s]", f.Text, do))
	}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNoTranscriptByDefault(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk"}`)
	p, err := s.process().Plan(t.Context(), []attach.Target{desk}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	checkFindings(t, p.Findings, []string{`assistant "Front desk" does not send transcript: it is not among the serverMessages that are sent by default [Server Messages]`})
	if p.Callers() {
		t.Error("nobody rings it")
	}
}

func TestANumberThatHasAnAssistant(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","serverMessages":["transcript","tool-calls","end-of-call-report","status-update","conversation-update"]}`)
	s.api.Put(api.Assistant, `{"id":"a2","name":"Sales"}`)
	s.api.Put(api.Squad, `{"id":"s1","name":"Reception","members":[{"assistantId":"a2"}]}`)
	s.api.Put(api.PhoneNumber, `{"id":"p1","number":"+15550100","assistantId":"a1"}`)
	s.api.Put(api.PhoneNumber, `{"id":"p2","number":"+15550101","squadId":"s1"}`)
	s.api.Put(api.PhoneNumber, `{"id":"p3","number":"+15550102"}`)
	number := func(id string) attach.Target { return attach.Target{Kind: api.PhoneNumber, Name: id} }
	p, err := s.process().Plan(t.Context(), []attach.Target{number("p1"), number("p2"), number("p3")}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	checkFindings(t, p.Findings, []string{
		`no assistant-request is ever sent for phone number +15550100: its calls are taken by assistant "Front desk", whose messages go to its own server URL where it has one [--assistant a1]`,
		`no assistant-request is ever sent for phone number +15550101: its calls are taken by squad s1 []`,
		`assistant "Sales" of squad "Reception" has no server URL of its own [--assistant a2]`,
	})
	if !p.Callers() || p.Private != nil {
		t.Errorf("the plan is %+v", p)
	}
}

func TestWhatCannotBeFoundOutIsSaid(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","serverMessages":["transcript","tool-calls","end-of-call-report","status-update","conversation-update"]}`)
	s.api.Fail(apitest.Failure{Method: http.MethodGet, Path: "/squad", Status: 403})
	s.api.Fail(apitest.Failure{Method: http.MethodGet, Path: "/phone-number", Status: 404})
	p, err := s.process().Plan(t.Context(), []attach.Target{desk}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	checkFindings(t, p.Findings, []string{
		"which squads it belongs to could not be found out: Vapi's API does not accept the key (403): Forbidden []",
		"which phone numbers ring it could not be found out: Vapi has nothing at /phone-number (404): Not Found []",
	})
}

// The command of the private call is read by a shell, in which curl sends nothing.
func TestThePrivateCallWorks(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"https://prod.example.com/it's","timeoutSeconds":30}}`)
	s.api.Put(api.PhoneNumber, `{"id":"p1","number":"+15550100","assistantId":"a1"}`)
	p, err := s.process().Plan(t.Context(), []attach.Target{desk}, public(fox))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(p.Private.Curl, "\n") {
		t.Errorf("it is not one line: %s", p.Private.Curl)
	}
	shell := exec.Command("sh", "-c", `curl() { for word; do printf '%s\0' "$word"; done; }; `+p.Private.Curl)
	shell.Env = append(shell.Environ(), "VAPI_API_KEY="+apitest.Key)
	wrote, err := shell.Output()
	if err != nil {
		t.Fatalf("%s: %v", p.Private.Curl, err)
	}
	words := strings.Split(string(wrote), "\x00")
	body := `{"assistantId":"a1","assistantOverrides":{"server":{"url":"https://kind-fox.ngrok-free.dev/it's","timeoutSeconds":30}},"phoneNumberId":"p1","customer":{"number":"+YOUR_NUMBER"}}`
	want := []string{s.api.URL + "/call", "-H", "Authorization: Bearer " + apitest.Key, "-H", "Content-Type: application/json", "-d", body, ""}
	if !slices.Equal(words, want) {
		t.Errorf("curl is given\n%q, want\n%q", words, want)
	}
	s.is(api.Assistant, "a1", "https://prod.example.com/it's")
}

func TestThePathOfTheOldURLIsKept(t *testing.T) {
	for _, c := range []struct{ public, old, want string }{
		{"https://fox.example", "", "https://fox.example"},
		{"fox.example", "https://old.example", "https://fox.example"},
		{"https://fox.example/", "https://old.example/vapi/webhook", "https://fox.example/vapi/webhook"},
		{"https://fox.example", "https://old.example:8443/a%2Fb?x=1&y=%20", "https://fox.example/a%2Fb?x=1&y=%20"},
		{"https://fox.example", "https://user:pass@old.example/hook#part", "https://user:pass@fox.example/hook"},
		{"https://fox.example/own", "https://old.example/vapi/webhook", "https://fox.example/own"},
		{"https://fox.example", "http://localhost:3000/hook", "https://fox.example/hook"},
		{"https://fox.example", "not a url", "https://fox.example/not%20a%20url"},
		{"https://fox.example", "mailto:x@y", "https://fox.example"},
	} {
		if got := attach.ServerURL(public(c.public), c.old); got != c.want {
			t.Errorf("%s through %s is %s, want %s", c.old, c.public, got, c.want)
		}
	}
	for _, wrong := range []string{"", "https://", "ftp://fox.example", "https://a b"} {
		if _, err := attach.ParsePublicURL(wrong); err == nil {
			t.Errorf("%q is taken for a public URL", wrong)
		}
	}
}

func FuzzServerURLOf(f *testing.F) {
	f.Add([]byte(`{"server":{"url":"https://a.example/x","n":1},"serverUrl":"https://b.example"}`))
	f.Add([]byte(`{"server":"{\"url\":\"x\"}"}`))
	f.Add([]byte(`{"server":[],"serverUrl":7}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, object []byte) {
		address, _ := attach.URLOf(object)
		attach.ServerURL(public(fox), address)
	})
}
