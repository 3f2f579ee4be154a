package attach_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

func TestWithoutAJournalNothingIsChanged(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	if err := os.WriteFile(s.dir, nil, 0o600); err != nil { // a file where the folder shall be
		t.Fatal(err)
	}
	if err := s.attach(s.process(), fox, desk); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("it came to %v", err)
	}
	s.is(api.Assistant, "a1", prod)
}

func TestFailuresLeaveNothingHalfDone(t *testing.T) {
	for _, c := range []struct {
		name string
		fail apitest.Failure
		want error
		err  string
		url  string // of the second object afterwards
		owes int
	}{
		{"401", apitest.Failure{Status: 401}, api.ErrKey, "key", prod, 0},
		{"404", apitest.Failure{Status: 404}, api.ErrNotFound, "(404)", prod, 0},
		{"400", apitest.Failure{Status: 400, Body: `{"message":["server.url must be nicer"],"statusCode":400}`}, api.ErrInvalid, "server.url must be nicer", prod, 0},
		{"429", apitest.Failure{Status: 429, Header: http.Header{"Retry-After": {"60"}}}, api.ErrBusy, "try again in 1m0s", prod, 0},
		{"503", apitest.Failure{Status: 503}, api.ErrFailed, "(503)", prod, 0},
		{"no answer", apitest.Failure{Drop: true}, api.ErrUnreachable, "without an answer", prod, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			s.api.Put(api.Assistant, `{"id":"a2","server":{"url":"`+prod+`"}}`)
			c.fail.Method, c.fail.Path = http.MethodPatch, "/assistant/a2"
			s.api.Fail(c.fail)
			a := s.process()
			err := s.attach(a, fox, desk, attach.Target{Kind: api.Assistant, Name: "a2"})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.err) {
				t.Errorf("said %v", err)
			}
			s.is(api.Assistant, "a1", prod)
			s.is(api.Assistant, "a2", c.url)
			s.owes(c.owes)
			if len(a.Attached()) != 0 {
				t.Errorf("attached are %v", a.Attached())
			}
		})
	}
}

func TestAChangeThatWasMadeButNotAnsweredIsMade(t *testing.T) {
	for name, f := range map[string]apitest.Failure{
		"5xx":           {Method: http.MethodPatch, Applied: true, Status: 500},
		"no connection": {Method: http.MethodPatch, Applied: true, Drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			s.api.Fail(f)
			a := s.process()
			s.mustAttach(a, fox, desk)
			s.is(api.Assistant, "a1", fox+"/vapi/webhook")
			s.api.Mend()
			s.api.Fail(f)
			s.came(a.Restore(t.Context()), attach.Restored)
			s.is(api.Assistant, "a1", prod)
			s.owes(0)
		})
	}
}

func TestWhereNobodyKnowsTheJournalKeepsIt(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	s.api.Fail(apitest.Failure{Method: http.MethodPatch, Applied: true, Status: 500, Reached: func() {
		s.api.Fail(apitest.Failure{Method: http.MethodGet, Drop: true}) // and from now on nothing is answered
	}})
	a := s.process()
	err := s.attach(a, fox, desk)
	var owed *attach.OwedError
	if !errors.As(err, &owed) || !strings.Contains(err.Error(), "vapitap detach puts it back") {
		t.Fatalf("said %v", err)
	}
	s.owes(1)
	s.api.Mend()
	s.kill(a)
	s.came(s.process().Recover(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
}

func TestAnInterruptInTheMiddleOfTheChange(t *testing.T) {
	for name, applied := range map[string]bool{"before it": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			ctx, interrupt := context.WithCancel(t.Context())
			s.api.Fail(apitest.Failure{Method: http.MethodPatch, Times: 1, Applied: applied, Wait: make(chan bool), Reached: interrupt})
			a := s.process()
			p, err := a.Plan(ctx, []attach.Target{desk}, public(fox))
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Attach(ctx, p); !errors.Is(err, context.Canceled) {
				t.Errorf("said %v", err)
			}
			s.is(api.Assistant, "a1", prod)
			s.owes(0)
		})
	}
}

func TestRestoreThatFailsIsOwed(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`"}}`)
	a := s.process()
	s.mustAttach(a, fox, desk)
	s.api.Fail(apitest.Failure{Status: 503})
	outcomes := a.Restore(t.Context())
	if s.came(outcomes, attach.Failed); !strings.HasPrefix(outcomes[0].String(), `assistant "Front desk" is not put back: Vapi's API failed`) {
		t.Errorf("told %v", outcomes[0])
	}
	s.owes(1)
	s.api.Mend()
	s.came(a.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.owes(0)
}

func TestAnAPIThatRefusesNull(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1"}`)
	a := s.process()
	s.mustAttach(a, fox, desk)
	s.api.Fail(apitest.Failure{Method: http.MethodPatch, Status: 400, Times: 1})
	s.came(a.Restore(t.Context()), attach.Restored)
	if got := s.api.Patches(); got[len(got)-1] != `{"server":{}}` {
		t.Errorf("sent %v", got)
	}
	s.owes(0)
}

func TestWhatCannotBeUndoneIsOwed(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`"}}`)
	s.api.Put(api.Assistant, `{"id":"a2","name":"Sales","server":{"url":"`+prod+`"}}`)
	s.api.Fail(apitest.Failure{Method: http.MethodPatch, Path: "/assistant/a2", Status: 400, Reached: func() {
		s.api.Fail(apitest.Failure{Method: http.MethodPatch, Path: "/assistant/a1", Status: 429, Header: http.Header{"Retry-After": {"60"}}})
	}})
	a := s.process()
	err := s.attach(a, fox, desk, attach.Target{Kind: api.Assistant, Name: "a2"})
	if !attach.Owes(err) || !errors.Is(err, api.ErrInvalid) {
		t.Fatalf("said %v", err)
	}
	for _, want := range []string{`attach assistant "Sales": Vapi refuses`, "\nassistant \"Front desk\" is not put back: Vapi's API has too many requests", "\nhint: vapitap detach puts back what is owed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	s.owes(1)
	s.api.Mend()
	outcomes, _ := s.process().Detach(t.Context(), nil)
	s.came(outcomes, attach.Restored)
	s.is(api.Assistant, "a1", prod)
}
