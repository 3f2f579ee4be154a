package attach_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

func twoOnOne(t *testing.T) (s *scene, first, second *attach.Attacher) {
	s = newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`"}}`)
	first, second = s.process(), s.process()
	s.mustAttach(first, fox, desk)
	s.mustAttach(second, owl, desk)
	s.is(api.Assistant, "a1", owl+"/vapi/webhook")
	s.owes(2)
	return s, first, second
}

func TestTwoOnOneAssistantTheFirstEndsFirst(t *testing.T) {
	s, first, second := twoOnOne(t)
	outcomes := first.Restore(t.Context())
	if s.came(outcomes, attach.Taken); !strings.Contains(outcomes[0].String(), "is left to another vapitap") {
		t.Errorf("told %v", outcomes)
	}
	s.is(api.Assistant, "a1", owl+"/vapi/webhook")
	s.came(second.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.owes(0)
}

func TestTwoOnOneAssistantTheSecondEndsFirst(t *testing.T) {
	s, first, second := twoOnOne(t)
	s.came(second.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", fox+"/vapi/webhook") // the first goes on
	s.came(first.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.owes(0)
}

func TestTwoOnOneAssistantTheFirstIsKilled(t *testing.T) {
	s, first, second := twoOnOne(t)
	s.kill(first)
	s.came(second.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.came(s.process().Recover(t.Context()), attach.Already)
	s.owes(0)
}

func TestTwoOnOneAssistantTheSecondIsKilled(t *testing.T) {
	s, first, second := twoOnOne(t)
	s.kill(second)
	s.came(s.process().Recover(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", fox+"/vapi/webhook")
	s.came(first.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.owes(0)
}

func TestTwoAtOnePublicURL(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	first, second := s.process(), s.process()
	s.mustAttach(first, fox, desk)
	s.mustAttach(second, fox, desk)
	s.came(first.Restore(t.Context()), attach.Taken)
	s.is(api.Assistant, "a1", fox+"/vapi/webhook")
	s.came(second.Restore(t.Context()), attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.owes(0)
}

func TestTheOriginalIsFoundThroughOneThatWasKilled(t *testing.T) {
	for name, next := range map[string]string{"at the same public URL": fox, "at another": owl} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
			first, second := s.process(), s.process()
			s.mustAttach(first, fox, desk)
			s.kill(first)
			s.mustAttach(second, next, desk)
			s.owes(1) // the second stands in for the first
			s.came(second.Restore(t.Context()), attach.Restored)
			s.is(api.Assistant, "a1", prod)
			s.owes(0)
		})
	}
}

func TestRecoverLeavesWhatIsAlive(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	s.api.Put(api.Assistant, `{"id":"a2","server":{"url":"`+prod+`"}}`)
	stays, lives := s.process(), s.process()
	stays.Stays = true
	s.mustAttach(lives, fox, desk)
	s.mustAttach(stays, fox, attach.Target{Kind: api.Assistant, Name: "a2"})
	s.kill(stays)
	s.came(s.process().Recover(t.Context()))
	s.is(api.Assistant, "a1", fox+"/vapi/webhook")
	s.is(api.Assistant, "a2", fox+"/vapi/webhook")
	s.owes(2)
}

func TestDetachPutsBackAllOriginals(t *testing.T) {
	s, first, second := twoOnOne(t)
	s.api.Put(api.Tool, `{"id":"t1","type":"function"}`)
	stays := s.process()
	stays.Stays = true
	s.mustAttach(stays, fox, attach.Target{Kind: api.Tool, Name: "t1"})
	outcomes, unreadable := s.process().Detach(t.Context(), nil)
	s.came(outcomes, attach.Restored, attach.Restored, attach.Already)
	if unreadable != nil {
		t.Error(unreadable)
	}
	s.is(api.Assistant, "a1", prod)
	s.is(api.Tool, "t1", "")
	s.owes(0)
	s.came(second.Restore(t.Context()), attach.Already)
	s.came(first.Restore(t.Context()), attach.Already)
}

func TestAttachTwiceForGood(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	for _, to := range []string{fox, owl, owl} {
		a := s.process()
		a.Stays = true
		s.mustAttach(a, to, desk)
		s.kill(a)
		s.owes(1)
	}
	outcomes, _ := s.process().Detach(t.Context(), nil)
	s.came(outcomes, attach.Restored)
	s.is(api.Assistant, "a1", prod)
}

func TestDetachOfSome(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	s.api.Put(api.Assistant, `{"id":"a2","server":{"url":"`+prod+`"}}`)
	s.mustAttach(s.process(), fox, desk, attach.Target{Kind: api.Assistant, Name: "a2"})
	outcomes, _ := s.process().Detach(t.Context(), func(e *attach.Entry) bool { return e.ID == "a2" })
	s.came(outcomes, attach.Restored)
	s.is(api.Assistant, "a1", fox+"/vapi/webhook")
	s.is(api.Assistant, "a2", prod)
}

func TestEntriesOfAnotherAPIAreNotSentThere(t *testing.T) {
	s, elsewhere := newScene(t), newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	elsewhere.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+fox+`/vapi/webhook"}}`)
	s.mustAttach(s.process(), fox, desk)
	other := &attach.Attacher{API: elsewhere.api.Client(), Journal: attach.OpenJournal(s.dir)}
	outcomes, _ := other.Detach(t.Context(), nil)
	if s.came(outcomes, attach.Failed); !strings.Contains(outcomes[0].String(), "set VAPI_BASE_URL") {
		t.Errorf("told %v", outcomes)
	}
	elsewhere.is(api.Assistant, "a1", fox+"/vapi/webhook")
	s.owes(1)
}

func TestAFileThatIsNoEntryIsTold(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	s.mustAttach(s.process(), fox, desk)
	for name, text := range map[string]string{"broken.json": `{"vapitap":1,`, "newer.json": `{"vapitap":2}`, "note.txt": "x"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outcomes, unreadable := s.process().Detach(t.Context(), nil)
	s.came(outcomes, attach.Restored)
	if len(unreadable) != 2 {
		t.Errorf("told %v", unreadable)
	}
}

func TestTheSecondAlsoWritesTheSecret(t *testing.T) {
	s := newScene(t)
	s.api.Accept(apitest.Both)
	s.api.Put(api.Tool, `{"id":"t1","type":"function","serverUrl":"https://a.example","serverUrlSecret":"old"}`)
	tool := attach.Target{Kind: api.Tool, Name: "t1"}
	first, second := s.process(), s.process()
	s.mustAttach(first, fox, tool)
	second.Secret = "new"
	s.mustAttach(second, owl, tool)
	s.kill(first)
	s.came(second.Restore(t.Context()), attach.Restored)
	if got := s.api.Object(api.Tool, "t1"); !strings.Contains(got, `"serverUrl":"https://a.example","serverUrlSecret":"old"`) {
		t.Errorf("it came back as %s", got)
	}
}
