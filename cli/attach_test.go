package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
	"vapitap/vapi/api/apitest"
)

// attachScene is a stand-in of the API, configured for what runs in the test
// itself.
func attachScene(t *testing.T) *apitest.Server {
	t.Helper()
	s := apitest.Start()
	t.Cleanup(s.Close)
	t.Setenv(api.BaseURLVariable, s.URL)
	t.Setenv(api.KeyVariable, apitest.Key)
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	s.Put(api.Assistant, `{"id":"a1","name":"Front desk","server":{"url":"https://prod.example.com/hook"}}`)
	return s
}

func TestARunAttachesFollowsAndPutsBack(t *testing.T) {
	s := attachScene(t)
	var said []string
	a := &app{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	run, err := a.newAttachment(attachFlags{assistants: []string{"Front desk"}}, "", func(sentence string) { said = append(said, sentence) })
	if err != nil {
		t.Fatal(err)
	}
	if done, err := run.Attach(t.Context(), "kind-fox.ngrok-free.dev"); !done || err != nil {
		t.Fatalf("attached: %v, %v", done, err)
	}
	if got := s.ServerURL(api.Assistant, "a1"); got != "https://kind-fox.ngrok-free.dev/hook" {
		t.Errorf("it points at %s", got)
	}
	if err := run.Follow(t.Context(), "https://old-owl.ngrok-free.dev"); err != nil || len(run.Attached()) != 1 {
		t.Errorf("followed with %v; attached are %v", err, run.Attached())
	}
	ended, end := context.WithCancel(t.Context())
	end() // as after Ctrl-C
	if err := run.Restore(ended); err != nil {
		t.Error(err)
	}
	if got := s.ServerURL(api.Assistant, "a1"); got != "https://prod.example.com/hook" {
		t.Errorf("it is back at %s", got)
	}
	want := []string{
		`assistant "Front desk" points at https://kind-fox.ngrok-free.dev/hook now`,
		`assistant "Front desk" points at https://old-owl.ngrok-free.dev/hook now`,
		`assistant "Front desk" is back at https://prod.example.com/hook`,
	}
	if !slices.Equal(said, want) {
		t.Errorf("said\n%s", strings.Join(said, "\n"))
	}
}

func TestARunSaysWhatItCouldNotPutBack(t *testing.T) {
	s := attachScene(t)
	a := &app{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	run, err := a.newAttachment(attachFlags{assistants: []string{"a1"}}, "", func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Attach(t.Context(), "https://kind-fox.ngrok-free.dev"); err != nil {
		t.Fatal(err)
	}
	s.Fail(apitest.Failure{Status: 401})
	err = run.Restore(t.Context())
	if err == nil || !strings.Contains(err.Error(), `assistant "Front desk" is not put back`) || !strings.Contains(err.Error(), "hint: vapitap detach tries again") {
		t.Errorf("said %v", err)
	}
	if len(run.Attached()) != 1 {
		t.Error("it is not owed any more")
	}
}

func TestTheNextStartPutsBackWhatWasLeft(t *testing.T) {
	s := attachScene(t)
	var said []string
	say := func(sentence string) { said = append(said, sentence) }
	a := &app{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	if err := a.recoverAttached(t.Context(), say); err != nil || said != nil {
		t.Fatalf("with nothing left it said %v, %v", said, err)
	}
	killed, err := a.newAttachment(attachFlags{assistants: []string{"a1"}}, "", func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := killed.Attach(t.Context(), "https://kind-fox.ngrok-free.dev"); err != nil {
		t.Fatal(err)
	}
	killed.attacher.Journal.Close() // as the system does when it is killed

	t.Setenv(api.KeyVariable, "")
	if err := a.recoverAttached(t.Context(), say); err == nil || !strings.Contains(err.Error(), "1 object of Vapi's may still point at a vapitap that was killed\nhint: set VAPI_API_KEY") {
		t.Errorf("without a key: %v", err)
	}
	t.Setenv(api.KeyVariable, apitest.Key)
	if err := a.recoverAttached(t.Context(), say); err != nil {
		t.Error(err)
	}
	if want := []string{"putting back what a vapitap left that was killed", `assistant "Front desk" is back at https://prod.example.com/hook`}; !slices.Equal(said, want) {
		t.Errorf("said %v", said)
	}
	if got := s.ServerURL(api.Assistant, "a1"); got != "https://prod.example.com/hook" {
		t.Errorf("it is back at %s", got)
	}
	if entries, _ := attach.OpenJournal(filepath.Join(xdg.StateHome, "vapitap", "attached")).Entries(); len(entries) != 0 {
		t.Errorf("the journal still has %v", entries)
	}
}
