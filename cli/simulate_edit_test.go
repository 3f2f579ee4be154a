package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// keptBodies is a server that answers well and keeps what it was sent.
type keptBodies struct {
	url string

	mu   sync.Mutex
	seen []asked
}

func keepBodies(t *testing.T) *keptBodies {
	t.Helper()
	k := &keptBodies{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := readAsked(r)
		k.mu.Lock()
		k.seen = append(k.seen, q)
		k.mu.Unlock()
		answer := goodAnswers[q.kind]
		if answer == nil {
			answer = inJSON("{}")
		}
		answer(w, r, q)
	}))
	t.Cleanup(s.Close)
	k.url = s.URL
	return k
}

// useEditor has an editor opened that is this shell script; $1 is the file.
func useEditor(t *testing.T, script string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	file := filepath.Join(folder, "editor.sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(folder, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	t.Setenv("VISUAL", "sh '"+file+"'")
	t.Setenv("OPENED", filepath.Join(folder, "opened"))
	return folder
}

// TestSimulateEdits opens what wants a reply, with what --set made of it, and
// nothing else; what is left in the editor is what is sent.
func TestSimulateEdits(t *testing.T) {
	folder := useEditor(t, `
echo "$1" >> "$OPENED"
case "$1" in *get_weather*) ;; *) exit 0 ;; esac
grep -q '"city": "Bodø"' "$1" || exit 9
awk '!done && /Bodø/ {sub("Bodø", "Bergen"); done = 1} {print}' "$1" > "$1.new" && cat "$1.new" > "$1" && rm "$1.new"
`)
	server := keepBodies(t)
	status, out, errOut := runSimulate(t, server.url, "--edit", "--set", "tool-calls:message.toolCallList[0].function.arguments.city=Bodø")
	if status != 0 {
		t.Fatalf("status %d\n%s%s", status, out, errOut)
	}
	opened, err := os.ReadFile(filepath.Join(folder, "opened"))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for line := range strings.Lines(string(opened)) {
		name := strings.TrimPrefix(filepath.Base(strings.TrimSpace(line)), "vapitap-")
		kinds = append(kinds, name[:strings.LastIndex(name, "-")])
	}
	if got := fmt.Sprint(kinds); got != "[assistant-request tool-calls-get_weather tool-calls-book_table]" {
		t.Errorf("opened: %v", kinds)
	}
	changed := 0
	for _, q := range server.seen {
		if q.kind != "tool-calls" || !strings.Contains(string(q.body), "Bergen") {
			continue
		}
		changed++
		if strings.Contains(string(q.body), "Bodø") || strings.Contains(string(q.body), "\n ") {
			t.Errorf("the shapes of the tool call differ, or the body is laid out: %s", q.body)
		}
	}
	if changed != 1 {
		t.Errorf("%d messages went out changed", changed)
	}
	wants(t, "standard error", errOut, "the other shapes of the tool call are changed with it")
	if left, err := os.ReadDir(filepath.Join(folder, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left in the folder of temporary files: %v, %v", left, err)
	}
}

func TestSimulateEndsWhereTheEditorFails(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"exit 3", "ended with exit status 3; the call ends here"},
		{"echo '{' > \"$1\"", "so the call ends here\nhint: the text is kept in "},
	} {
		useEditor(t, c.script)
		server := keepBodies(t)
		status, _, errOut := runSimulate(t, server.url, "--edit")
		if status != 1 || len(server.seen) != 0 {
			t.Errorf("%s: status %d, %d messages were sent", c.script, status, len(server.seen))
		}
		wants(t, "standard error", errOut, c.want)
	}
}
