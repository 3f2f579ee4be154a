package owneditor

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

func TestTheEditorThatIsChosen(t *testing.T) {
	for _, c := range []struct {
		visual, editor, system string
		want                   Command
	}{
		{"code --wait", "vim", "linux", "code --wait"}, {"", "vim", "linux", "vim"}, {" ", "", "darwin", "vi"}, {"", "", "windows", "notepad"},
	} {
		env := map[string]string{"VISUAL": c.visual, "EDITOR": c.editor}
		if got := chosen(func(name string) string { return env[name] }, c.system); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	for line, want := range map[Command][]string{
		"notepad": {"notepad"}, `"C:\Program Files\x.exe" -w  a`: {`C:\Program Files\x.exe`, "-w", "a"}, "": {""},
	} {
		if got := line.words(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q", line, got)
		}
	}
	if got := Command(`/usr/bin/code --wait`).Name(); got != "code" {
		t.Errorf("the name is %s", got)
	}
	if got := Command(`"C:\Program Files\x.exe" -w`).open("f", "windows").Args; !reflect.DeepEqual(got, []string{`C:\Program Files\x.exe`, "-w", "f"}) {
		t.Errorf("on Windows it runs %q", got)
	}
}

func TestWhatAnEditorAddsAtTheEnd(t *testing.T) {
	for _, c := range [][3]string{{"{}", "{}\n", "{}"}, {"{}", "{}", "{}"}, {"{}\n", "{}\n", "{}\n"}, {"{}", "{}\r\n", "{}"}, {"a", "a\n\n", "a\n"}, {"", "\n", ""}} {
		if got := string(SameEnd([]byte(c[0]), []byte(c[1]))); got != c[2] {
			t.Errorf("%q left as %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestWhyAnEditorDidNotWork(t *testing.T) {
	for line, want := range map[Command]string{
		"no-such-editor-at-all": "no-such-editor-at-all is not there: set $VISUAL or $EDITOR",
		"exit 3;":               "exit ended with exit status 3",
		"true":                  "",
	} {
		err := line.Failure(line.Open("file").Run())
		if err == nil && want != "" || err != nil && (want == "" || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	if err := Command("x").Failure(exec.ErrNotFound); err == nil || !strings.Contains(err.Error(), "is not there") {
		t.Errorf("not found: %v", err)
	}
	if err := Command("x").Failure(errors.New("y")); err == nil || err.Error() != "x: y" {
		t.Errorf("anything else: %v", err)
	}
}

func TestATemporaryFileIsItsOwnersAlone(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for pattern, want := range map[string]string{"a-*.json": "{}\n", "a-*.bin": "{}"} {
		name, err := WriteTemp(pattern, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil || string(text) != want {
			t.Errorf("%s holds %q (%v)", name, text, err)
		}
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v (%v)", name, st.Mode(), err)
		}
	}
}
