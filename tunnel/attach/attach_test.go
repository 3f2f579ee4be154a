package attach_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// scene is a stand-in of the API and a journal.
type scene struct {
	t   *testing.T
	api *apitest.Server
	dir string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, api: apitest.Start(), dir: filepath.Join(t.TempDir(), "attached")}
	t.Cleanup(s.api.Close)
	return s
}

// process is what one vapitap has of the package.
func (s *scene) process() *attach.Attacher {
	j := attach.OpenJournal(s.dir)
	s.t.Cleanup(func() { j.Close() })
	return &attach.Attacher{API: s.api.Client(), Journal: j}
}

// dead is a process that is killed once it has attached: its lock is gone.
func (s *scene) kill(a *attach.Attacher) { a.Journal.Close() }

func public(text string) *url.URL {
	u, err := attach.ParsePublicURL(text)
	if err != nil {
		panic(err)
	}
	return u
}

func (s *scene) attach(a *attach.Attacher, to string, targets ...attach.Target) error {
	s.t.Helper()
	p, err := a.Plan(s.t.Context(), targets, public(to))
	if err != nil {
		return err
	}
	return a.Attach(s.t.Context(), p)
}

func (s *scene) mustAttach(a *attach.Attacher, to string, targets ...attach.Target) {
	s.t.Helper()
	if err := s.attach(a, to, targets...); err != nil {
		s.t.Fatal(err)
	}
}

// is fails the test where a server URL is another.
func (s *scene) is(kind api.Kind, id, want string) {
	s.t.Helper()
	if got := s.api.ServerURL(kind, id); got != want {
		s.t.Errorf("the server URL of %s %s is %q, want %q", kind, id, got, want)
	}
}

// owes fails the test where the journal has another number of entries.
func (s *scene) owes(n int) {
	s.t.Helper()
	entries, unreadable := attach.OpenJournal(s.dir).Entries()
	if len(entries) != n || unreadable != nil {
		s.t.Errorf("the journal has %d entries, want %d (%v)", len(entries), n, unreadable)
	}
}

func results(outcomes []attach.Outcome) (list []attach.Result) {
	for _, o := range outcomes {
		list = append(list, o.Result)
	}
	return list
}

func (s *scene) came(outcomes []attach.Outcome, want ...attach.Result) {
	s.t.Helper()
	if got := results(outcomes); !slices.Equal(got, want) {
		s.t.Errorf("came to %v, want %v: %v", got, want, outcomes)
	}
}

var desk = attach.Target{Kind: api.Assistant, Name: "a1"}

const (
	fox  = "https://kind-fox.ngrok-free.dev"
	owl  = "https://old-owl.ngrok-free.dev"
	prod = "https://prod.example.com/vapi/webhook"
)

func TestOnlyTheURLChangesAndComesBack(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    api.Kind
		accepts apitest.Shape
		object  string // members beside the id
		patch   string // what is sent
		back    string
	}{
		{"current shape", api.Assistant, apitest.Current,
			`"server":{"url":"https://prod.example.com/vapi/webhook?k=v","timeoutSeconds":30.0,"credentialId":"c1","headers":{"X-A":"1"},"backoffPlan":{"type":"fixed"},"newerThanUs":[1e3]}`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev/vapi/webhook?k=v","timeoutSeconds":30.0,"credentialId":"c1","headers":{"X-A":"1"},"backoffPlan":{"type":"fixed"},"newerThanUs":[1e3]}}`,
			`{"server":{"url":"https://prod.example.com/vapi/webhook?k=v","timeoutSeconds":30.0,"credentialId":"c1","headers":{"X-A":"1"},"backoffPlan":{"type":"fixed"},"newerThanUs":[1e3]}}`},
		{"older shape", api.Assistant, apitest.Both,
			`"serverUrl":"https://prod.example.com/hook","serverUrlSecret":"hush"`,
			`{"serverUrl":"https://kind-fox.ngrok-free.dev/hook"}`, `{"serverUrl":"https://prod.example.com/hook"}`},
		{"no server at all", api.PhoneNumber, apitest.Current, `"number":"+15550100"`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev"}}`, `{"server":null}`},
		{"no server, and only the older shape is taken", api.Assistant, apitest.Older, `"name":"x"`,
			`{"serverUrl":"https://kind-fox.ngrok-free.dev"}`, `{"serverUrl":null}`},
		{"a server that is null", api.Assistant, apitest.Current, `"server":null`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev"}}`, `{"server":null}`},
		{"a server without a URL", api.Tool, apitest.Current, `"type":"function","server":{"timeoutSeconds":45}`,
			`{"server":{"timeoutSeconds":45,"url":"https://kind-fox.ngrok-free.dev"}}`, `{"server":{"timeoutSeconds":45}}`},
		{"an empty URL", api.Assistant, apitest.Current, `"server":{"url":"","timeoutSeconds":45}`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev","timeoutSeconds":45}}`, `{"server":{"url":"","timeoutSeconds":45}}`},
		{"both shapes", api.Assistant, apitest.Both, `"server":{"url":"https://a.example/x"},"serverUrl":"https://a.example/x"`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev/x"}}`, `{"server":{"url":"https://a.example/x"}}`},
		{"a tool with a secret that can be read", api.Tool, apitest.Current, `"type":"function","server":{"url":"https://a.example/t","secret":"hush"}`,
			`{"server":{"url":"https://kind-fox.ngrok-free.dev/t","secret":"hush"}}`, `{"server":{"url":"https://a.example/t","secret":"hush"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.api.Accept(c.accepts)
			s.api.Put(c.kind, `{"id":"a1",`+c.object+`}`)
			before := s.api.ServerURL(c.kind, "a1")
			a := s.process()
			s.mustAttach(a, fox, attach.Target{Kind: c.kind, Name: "a1"})
			s.owes(1)
			s.came(a.Restore(t.Context()), attach.Restored)
			if got, want := s.api.Patches(), []string{c.patch, c.back}; !slices.Equal(got, want) {
				t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			s.is(c.kind, "a1", before)
			s.owes(0)
			if more := a.Restore(t.Context()); more != nil {
				t.Errorf("a second time: %v", more)
			}
		})
	}
}

func TestWhatIsAddedMeanwhileStays(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1"}`)
	a := s.process()
	s.mustAttach(a, fox, desk)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+fox+`","timeoutSeconds":99}}`)
	s.came(a.Restore(t.Context()), attach.Restored)
	if got := s.api.Object(api.Assistant, "a1"); !strings.Contains(got, `"server":{"timeoutSeconds":99}`) {
		t.Errorf("it became %s", got)
	}
}

func TestTheSecretOfTheOlderShape(t *testing.T) {
	s := newScene(t)
	s.api.Accept(apitest.Both)
	s.api.Put(api.Tool, `{"id":"a1","type":"function","serverUrl":"https://a.example","serverUrlSecret":"old"}`)
	a := s.process()
	a.Secret = "new"
	s.mustAttach(a, fox, attach.Target{Kind: api.Tool, Name: "a1"})
	s.came(a.Restore(t.Context()), attach.Restored)
	want := []string{`{"serverUrl":"https://kind-fox.ngrok-free.dev","serverUrlSecret":"new"}`, `{"serverUrl":"https://a.example","serverUrlSecret":"old"}`}
	if got := s.api.Patches(); !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

func TestASecretThatIsNotShownIsToldToBeLost(t *testing.T) {
	s := newScene(t)
	s.api.Accept(apitest.Both)
	s.api.Put(api.Assistant, `{"id":"a1","serverUrl":"https://a.example","serverUrlSecret":"old"}`)
	s.api.Put(api.Assistant, `{"id":"a2","server":{"url":"https://a.example","secret":"old"}}`)
	a := s.process()
	p, err := a.Plan(t.Context(), []attach.Target{desk}, public(fox))
	if err != nil || p.Loses() {
		t.Fatalf("the older shape loses nothing: %+v, %v", p, err)
	}
	p, err = a.Plan(t.Context(), []attach.Target{{Kind: api.Assistant, Name: "a2"}}, public(fox))
	if err != nil || !p.Loses() {
		t.Fatalf("the current shape loses it: %+v, %v", p, err)
	}
	a.Secret = "new"
	if p, err = a.Plan(t.Context(), []attach.Target{desk}, public(fox)); err != nil || !p.Loses() {
		t.Fatalf("a new secret replaces it: %+v, %v", p, err)
	}
	if err := a.Attach(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	outcomes := a.Restore(t.Context())
	if s.came(outcomes, attach.Restored); !outcomes[0].SecretLost || !strings.Contains(outcomes[0].String(), "set it again") {
		t.Errorf("told %v", outcomes)
	}
	s.is(api.Assistant, "a1", "https://a.example")
}

func TestTheJournalIsOnDiskBeforeTheChange(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`","headers":{"Authorization":"hush"}}}`)
	a := s.process()
	var files []string
	s.api.Before(func(r *http.Request) {
		if r.Method == http.MethodPatch && files == nil {
			files, _ = filepath.Glob(filepath.Join(s.dir, "*.json"))
		}
	})
	s.mustAttach(a, fox, desk)
	if len(files) != 1 {
		t.Fatalf("at the time of the change there were the files %v", files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var entry map[string]any
	if err := json.Unmarshal(text, &entry); err != nil {
		t.Fatal(err)
	}
	if entry["kind"] != "assistant" || entry["object"] != "a1" || entry["name"] != "Front desk" || entry["api"] != s.api.URL || !strings.Contains(string(text), prod) {
		t.Errorf("it says %s", text)
	}
	if strings.Contains(string(text), "hush") {
		t.Errorf("it holds a secret that was not changed: %s", text)
	}
	for path, want := range map[string]os.FileMode{files[0]: 0o600, s.dir: 0o700} {
		if is, err := os.Stat(path); err != nil || is.Mode().Perm() != want {
			t.Errorf("%s is %v, want %v (%v)", path, is.Mode().Perm(), want, err)
		}
	}
}

func TestAChangeBySomebodyElse(t *testing.T) {
	const theirs = "https://theirs.example.com"
	t.Run("while it was attached", func(t *testing.T) {
		s := newScene(t)
		s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+prod+`"}}`)
		a := s.process()
		s.mustAttach(a, fox, desk)
		s.api.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"`+theirs+`"}}`)
		outcomes := a.Restore(t.Context())
		s.came(outcomes, attach.Left)
		if want := `assistant "Front desk" is left as it is: somebody changed its server URL to ` + theirs + ` meanwhile`; outcomes[0].String() != want {
			t.Errorf("told %q", outcomes[0])
		}
		s.is(api.Assistant, "a1", theirs)
		s.owes(0)
	})
	t.Run("back to what it was", func(t *testing.T) {
		s := newScene(t)
		s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
		a := s.process()
		s.mustAttach(a, fox, desk)
		s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
		s.came(a.Restore(t.Context()), attach.Already)
		s.owes(0)
	})
	t.Run("while the question was open", func(t *testing.T) {
		s := newScene(t)
		s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
		a := s.process()
		p, err := a.Plan(t.Context(), []attach.Target{desk}, public(fox))
		if err != nil {
			t.Fatal(err)
		}
		s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+theirs+`"}}`)
		if err := a.Attach(t.Context(), p); err == nil || !strings.Contains(err.Error(), "was changed meanwhile, from "+prod+" to "+theirs) {
			t.Errorf("said %v", err)
		}
		s.is(api.Assistant, "a1", theirs)
		s.owes(0)
	})
	t.Run("and it was deleted", func(t *testing.T) {
		s := newScene(t)
		s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
		a := s.process()
		s.mustAttach(a, fox, desk)
		s.api.Delete(api.Assistant, "a1")
		outcomes := a.Restore(t.Context())
		if s.came(outcomes, attach.Failed); !strings.Contains(outcomes[0].String(), "if it was deleted, delete "+s.dir) {
			t.Errorf("told %v", outcomes)
		}
		s.owes(1)
	})
}

func TestWhatPointsHereAlreadyStays(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+fox+`/"}}`)
	a := s.process()
	s.mustAttach(a, fox, desk)
	if n := len(s.api.Patches()); n != 0 || len(a.Attached()) != 0 {
		t.Errorf("%d changes, attached are %v", n, a.Attached())
	}
	if outcomes := a.Restore(t.Context()); outcomes != nil {
		t.Errorf("put back: %v", outcomes)
	}
	s.is(api.Assistant, "a1", fox+"/")
}

func TestTheNewPublicURLIsFollowed(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`","timeoutSeconds":30}}`)
	s.api.Put(api.PhoneNumber, `{"id":"p1","number":"+15550100"}`)
	a := s.process()
	s.mustAttach(a, fox, desk, attach.Target{Kind: api.PhoneNumber, Name: "+1 (555) 0100"})
	s.came(a.Follow(t.Context(), public(owl)), attach.Moved, attach.Moved)
	s.is(api.Assistant, "a1", owl+"/vapi/webhook")
	s.is(api.PhoneNumber, "p1", owl)

	// Nobody knows whether the next one arrives: both are ours then.
	s.api.Fail(apitest.Failure{Method: http.MethodPatch, Applied: true, Status: 500})
	s.came(a.Follow(t.Context(), public("https://third.example.com")), attach.Failed, attach.Failed)
	s.api.Mend()

	s.came(a.Restore(t.Context()), attach.Restored, attach.Restored)
	s.is(api.Assistant, "a1", prod)
	s.is(api.PhoneNumber, "p1", "")
	s.owes(0)
}

func TestFollowLeavesWhatSomebodyElseChanged(t *testing.T) {
	s := newScene(t)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"`+prod+`"}}`)
	a := s.process()
	s.mustAttach(a, fox, desk)
	s.api.Put(api.Assistant, `{"id":"a1","server":{"url":"https://theirs.example.com"}}`)
	s.came(a.Follow(t.Context(), public(owl)), attach.Left)
	s.is(api.Assistant, "a1", "https://theirs.example.com")
	if len(a.Attached()) != 0 {
		t.Errorf("attached are %v", a.Attached())
	}
	s.owes(0)
}
