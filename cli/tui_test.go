package cli

import (
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLogIsItsOwnersAndDoesNotGrow(t *testing.T) {
	store := filepath.Join(t.TempDir(), "vapitap.db")
	before, writer := slog.Default(), log.Writer()
	for range 3 {
		logger, file, closeLog := openLog(store)
		undo := logTo(logger)
		slog.Warn("said by any package")
		log.Print("said by an old one")
		undo()
		closeLog()
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "said by any package") || !strings.Contains(string(text), "said by an old one") {
			t.Fatalf("the log has %q, %v", text, err)
		}
		if st, err := os.Stat(file); err != nil || st.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%v, %v", st.Mode(), err)
		}
		if err := os.WriteFile(file, make([]byte, mostLogged+1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if slog.Default() != before || log.Writer() != writer {
		t.Error("what is logged afterwards still goes there")
	}
	_, file, closeLog := openLog(filepath.Join(store, "no", "folder"))
	defer closeLog()
	if file != "" {
		t.Errorf("a log in %s", file)
	}
}

func TestNoticesCanBeDiverted(t *testing.T) {
	var written strings.Builder
	n := (&app{err: &written}).notices()
	n.say("one")
	var got []string
	n.divert(func(sentence string) { got = append(got, sentence) })
	n.say("two")
	n.divert(nil)
	n.say("three")
	n.close()
	if strings.Join(got, " ") != "two" || written.String() != "vapitap one\nvapitap three\n" {
		t.Errorf("diverted %q, written %q", got, written.String())
	}
}
