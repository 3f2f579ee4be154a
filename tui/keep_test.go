package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/fixture"
)

// folderSaver names the files without their folder.
type folderSaver struct{ stageSaver }

func (s folderSaver) Save(_ context.Context, e *record.Exchange, force bool) (string, int, error) {
	file, replaced, err := s.stageSaver.Save(context.Background(), e, force)
	return filepath.Base(file), replaced, err
}

// targetExporter exports what is sent to where it went.
type targetExporter struct{}

func (targetExporter) Curl(e *record.Exchange, secrets bool) string {
	return export.Curl(e, e.Target, secrets)
}

// keeping runs a test on a stage where things can be kept: the call of the demo
// is there, and the cursor is on what failed.
func keeping(t *testing.T, test func(t *testing.T, s *stage)) {
	server := newServer(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, server)
		defer s.close()
		s.options.Saver, s.options.Exporter = folderSaver{stageSaver{s.saved, s.store}}, targetExporter{}
		s.script(t, "events demo", "size 120 36", "press g n")
		test(t, s)
	})
}

// script does lines of a script.
func (s *stage) script(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if err := s.do(line); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, s.text())
		}
	}
}

func TestSavingOne(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		s.script(t, "press s", `screen 'is saved as tool-calls-book-table\.json'`)
		id := s.model.here().id
		e, err := s.store.Get(t.Context(), id)
		if err != nil || !e.Saved || !s.model.here().is(saved) {
			t.Errorf("saved in the store: %v, in the list: %v, %v", e.Saved, s.model.here().is(saved), err)
		}
		file := filepath.Join(s.saved, "tool-calls-book-table.json")
		if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		s.script(t, "press s", "screen 'is there already'", "press n", "screen 'stays as it was'")
		if text, _ := os.ReadFile(file); string(text) != "mine" {
			t.Errorf("it was overwritten: %s", text)
		}
		s.script(t, "press s", "press y", "screen 'is saved as'")
		if f, err := fixture.Read(file); err != nil || f.Type != "tool-calls" {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

func TestSavingThatFails(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		if err := os.WriteFile(s.saved, nil, 0o644); err != nil { // where the folder ought to be
			t.Fatal(err)
		}
		s.script(t, "press s", "screen 'was not saved: make the folder for fixtures'")
	})
}

func TestMarkingOne(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		id := s.model.here().id
		for _, want := range []bool{true, false, true} {
			s.script(t, "press m", "wait 1s")
			e, err := s.store.Get(t.Context(), id)
			if err != nil || e.Marked != want || s.model.here().is(marked) != want {
				t.Fatalf("marked in the store: %v, in the list: %v, want %v", e.Marked, s.model.here().is(marked), want)
			}
		}
		s.script(t, "press G '")
		if s.model.here().id != id {
			t.Errorf("' goes to #%d, not to the mark at #%d", s.model.here().id, id)
		}
		s.script(t, "press space X", "press y", "wait 1s")
		if n := len(s.model.history.entries); n != 1 || s.model.here().id != id {
			t.Errorf("%d are left after a clear", n)
		}
	})
}

func TestCopying(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		e, err := s.store.Get(t.Context(), s.model.here().id)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ keys, want, says string }{
			{"y c", export.Curl(e, e.Target, false), "copied the curl line, "},
			{"y C", export.Curl(e, e.Target, true), "copied the curl line, "},
			{"y b", string(e.Request.Body), "copied the request, "},
			{"y r", string(e.Response.Body), "copied the response, "},
			{"y l", e.CallID, "copied the call id, "},
			{"y u", "https://kind-fox.ngrok-free.dev", "copied the public URL, 31 bytes"},
			{"2 tab j j y p", "message.timestamp", "copied the path, 17 bytes"},
			{"y o", "/message/timestamp", "copied the pointer, 18 bytes"},
			{"y n", "timestamp", "copied the name, 9 bytes"},
			{"j y v", `"tool-calls"`, "copied the value, 12 bytes"},
		} {
			s.script(t, "press "+c.keys, "screen '"+c.says+"'")
			if s.clipboard != c.want {
				t.Errorf("%s copies %.200q, want %.200q", c.keys, s.clipboard, c.want)
			}
		}
	})
}

func TestCopyingWhatIsLargeOrNoText(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		var system string
		m := s.model
		m.options.Clipboard = func(text string) error { system = text; return nil }
		s.clipboard = ""
		s.run(m.copyBytes("the body", []byte("\xff\x00")))
		s.settle()
		s.script(t, "screen 'copied the body as base64'")
		if s.clipboard != "/wA=" || system != "/wA=" {
			t.Errorf("copied %q and %q", s.clipboard, system)
		}
		large := strings.Repeat("x", mostThroughTerminal+1)
		s.run(m.copy("the body", large))
		s.settle()
		if s.clipboard == large || system != large {
			t.Errorf("%d bytes went through the terminal, %d to the system", len(s.clipboard), len(system))
		}
		s.script(t, `screen 'copied the body, 1\.0 MB'`)
		m.options.Clipboard = func(string) error { return errors.New("no display") }
		s.run(m.copy("the body", large))
		s.settle()
		s.script(t, "screen 'not copied: the body is 1.0 MB'")
		s.run(m.copyBytes("the reply", nil))
		s.settle()
		s.script(t, "screen 'the reply is empty'")
	})
}

func TestHelp(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		s.script(t, "press ?", "screen 'Help: the list'", "screen 'r  replay: send it again'", "press esc", "noscreen 'Help'")
		s.script(t, "press 2 tab", "press ?", "screen 'Help: a body'", "screen 'z  fold or unfold all'", "press ?", "noscreen 'Help'")
		for _, size := range []string{"size 60 15", "size 80 24", "size 200 50", "size 1 1", "size 61 16"} {
			s.script(t, "size 120 36", "press ?", size, "press G", "press k", "press pgdown", "press g", "size 120 36", "press q", "noscreen 'Help'")
		}
		s.script(t, "size 60 15", "press ?", "press G", "screen 'leaves selecting'")
	})
}

func TestEarlierSessions(t *testing.T) {
	keeping(t, func(t *testing.T, s *stage) {
		first := s.model.options.Session
		s.script(t, "press space o", "screen 'no other session is recorded yet'")
		before, cursor := len(s.model.history.entries), s.model.here().id
		again, err := s.store.StartSession("run", "http://localhost:9999/hook")
		if err != nil {
			t.Fatal(err)
		}
		s.script(t, "arrive status", "wait 1s")
		if len(s.model.history.entries) != before {
			t.Fatal("another session is seen")
		}
		s.script(t, "press space o", `screen 'run  localhost:9999 .*1 exchange · 1 call · [0-9]'`, "press enter", "screen 'session "+again.ID+"'", "screen '1 exchange'")
		if len(s.model.history.entries) != 1 {
			t.Fatalf("%d exchanges of the other session", len(s.model.history.entries))
		}
		s.script(t, "press r", "wait 1s", "screen 'again as #'")
		if len(s.model.history.entries) != 2 {
			t.Errorf("%d with the replay", len(s.model.history.entries))
		}
		came := &record.Exchange{Session: first, Method: "GET", Path: "/meanwhile", Status: 200}
		s.store.Begin(came)
		if err := s.store.Commit(came, 0, nil); err != nil {
			t.Fatal(err)
		}
		s.script(t, "wait 1s", "noscreen 'meanwhile'", "press esc", "screen 'back at what comes now'", "screen 'meanwhile'")
		if len(s.model.history.entries) != before+1 || s.model.here().id != cursor {
			t.Errorf("%d exchanges and the cursor on #%d, want %d and #%d", len(s.model.history.entries), s.model.here().id, before+1, cursor)
		}
		s.script(t, "press esc", "noscreen 'Recorded'") // there is nothing more to go back to
	})
}
