package tui

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// execOf does what Bubble Tea does with the message of tea.Exec, without a
// terminal.
func execOf(msg tea.Msg) tea.Cmd {
	v := reflect.New(reflect.TypeOf(msg)).Elem()
	v.Set(reflect.ValueOf(msg))
	of := func(name string) any {
		f := v.FieldByName(name)
		return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Interface()
	}
	return func() tea.Msg { return of("fn").(tea.ExecCallback)(of("cmd").(tea.ExecCommand).Run()) }
}

// onStage runs a test on a stage at which something arrived.
func onStage(t *testing.T, do func(s *stage)) {
	server := newServer(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, server)
		defer s.close()
		do(s)
	})
}

// must does lines of a script.
func (s *stage) must(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		if err := s.do(line); err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
	}
}

// script writes a program that is used as an editor and returns its command.
func script(t *testing.T, text string) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Fatal("these tests need sh: ", err)
	}
	file := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return "sh " + file + " --wait"
}

// leftovers are the temporary files that were not removed.
func leftovers(t *testing.T, folder string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "vapitap-*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOwnEditor(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	onStage(t, func(s *stage) {
		s.deliver(request{name: "small", path: "/hook", body: `{"message":{"type":"hang","n":1}}`})
		s.must("size 80 24", "press G e")

		t.Setenv("VISUAL", script(t, `[ "$1" = --wait ] || exit 9
ls -l "$2" | grep -q '^-rw-------' || exit 8
case "$2" in *.json) ;; *) exit 7 ;; esac
sed 's/"n": 1/"n": 22/' "$2" > "$2.new" && cat "$2.new" > "$2" && rm "$2.new"
`))
		s.must("press ctrl+o", "screen 'taken over from sh;'", `screen '"n": 22'`, "press ctrl+s", `sent POST /hook '^{"message":{"type":"hang","n":22}}$'`)

		t.Setenv("VISUAL", script(t, `echo '{"broken"' > "$2"; exit 1`))
		s.must("press esc G e", "press ctrl+o", "screen 'ended with exit status 1; the draft is as it was before'", `screen '"n": 22'`, "noscreen 'broken'")

		t.Setenv("VISUAL", script(t, `echo '{"broken"' > "$2"`))
		s.must("press ctrl+o", "screen '✗ line 1, column 10'", "press ctrl+z", "screen '✓ JSON|taken over'", `screen '"n": 22'`)

		t.Setenv("VISUAL", "no-such-editor-at-all")
		s.must("press ctrl+o", `screen 'no-such-editor-at-all is not there: set \$VISUAL'`, "press esc")

		t.Setenv("VISUAL", script(t, "exit 0"))
		s.must("press e", "press ctrl+o", "screen 'nothing was changed in sh'", "press esc")
	})
	if left := leftovers(t, temp); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

func TestLargeAndBinaryBodiesGoToTheOwnEditor(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	onStage(t, func(s *stage) {
		large := `{"message":{"type":"hang","text":"` + strings.Repeat("x", 300_000) + `","n":1}}`
		s.deliver(request{name: "large", path: "/large", body: large})
		s.deliver(request{name: "binary", path: "/binary", body: "a\x00\xff", header: http.Header{"Content-Type": {"application/octet-stream"}}})
		s.must("size 80 24")

		t.Setenv("VISUAL", script(t, `sed 's/"n": 1/"n": 3/' "$2" > "$2.new" && cat "$2.new" > "$2" && rm "$2.new"`))
		s.must("press g e", "screen 'taken over'", "screen 'ctrl.o opens it in your'", "press ctrl+s", `sent POST /large '^\{"message":\{"type":"hang","text":"x{1000}.*","n":3\}\}$'`)

		t.Setenv("VISUAL", script(t, `case "$2" in *.bin) printf 'b\000\376' > "$2" ;; esac`))
		s.must("press esc g j e", "screen 'binary · 3 bytes'", "press ctrl+s")
		if all := s.server.requests(); all[len(all)-1].body != "b\x00\xfe" {
			t.Errorf("the server got %q", all[len(all)-1].body)
		}
	})
	if left := leftovers(t, temp); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

func TestTruncatedBodyIsToldNotToBeWhole(t *testing.T) {
	t.Setenv("VISUAL", script(t, `echo '{"message":{"type":"hang"}}' > "$2"`))
	onStage(t, func(s *stage) {
		e := exchangeOf(`{"message":{"type":"hang","te`, nil)
		e.ID, e.From, e.Status, e.Time, e.Session = 0, record.FromTunnel, 200, time.Now(), s.session
		e.Request.Truncated, e.Request.Bytes = true, 9_000_000
		e.Describe()
		s.store.Begin(e)
		if err := s.store.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
		s.must("size 80 24", "press e", "screen '! only 29 bytes of 9.0 MB were recorded: it cannot be resent whole'", "screen 'taken over'",
			"press ctrl+s", `sent POST /hook '^{"message":{"type":"hang"}}$'`)
	})
}
