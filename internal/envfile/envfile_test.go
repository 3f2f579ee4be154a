package envfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ours = "https://kind-fox.ngrok-free.dev"

// place writes a text into .env and returns the line of URL in it.
func place(t *testing.T, text string) *Line {
	t.Helper()
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	l, err := Parse(file + ":URL")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *Line) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(l.File)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOneValueChangesAndComesBack(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"bare":                  {"A=1\nURL=http://old\nB=2\n", "A=1\nURL=@\nB=2\n"},
		"double quotes":         {"URL=\"http://old\" # mine\n", "URL=\"@\" # mine\n"},
		"single quotes":         {"URL='a # b'\n", "URL='@'\n"},
		"back quotes":           {"URL=`x`", "URL=`@`"},
		"exported, with spaces": {"  export  URL = x  # c\n", "  export  URL = @  # c\n"},
		"line ends of Windows":  {"A=1\r\nURL=x\r\nB=2\r\n", "A=1\r\nURL=@\r\nB=2\r\n"},
		"nothing before":        {"URL=\nB=2", "URL=@\nB=2"},
		"nothing but a comment": {"URL= # later\n", "URL=@ # later\n"},
		"a hash in the value":   {"URL=x#y\n", "URL=@\n"},
		"an escaped quote":      {`URL="a\"b"` + "\nB=2\n", "URL=\"@\"\nB=2\n"},
		"over several lines":    {"URL=\"a\nb\nc\"\nB=2\n", "URL=\"@\"\nB=2\n"},
		"within another value":  {"KEY=\"\nURL=no\n\"\nURL=x\nMY_URL=y\n#URL=z\n", "KEY=\"\nURL=no\n\"\nURL=@\nMY_URL=y\n#URL=z\n"},
		"the last one counts":   {"URL=1\nURL=2\n", "URL=1\nURL=@\n"},
		"an open quote":         {"X='a\nURL=\"b\n", "X='a\nURL=@\n"},
		"a byte order mark":     {"\ufeffURL=x\n", "\ufeffURL=@\n"},
		"already there":         {"URL=@\n", "URL=@\n"},
		"no such line":          {"A=1\n", "A=1\nURL=@\n"},
		"no line end":           {"A=1", "A=1\nURL=@\n"},
		"no line end, Windows":  {"A=1\r\nB=2", "A=1\r\nB=2\r\nURL=@\r\n"},
		"an empty file":         {"", "URL=@\n"},
	} {
		t.Run(name, func(t *testing.T) {
			before, want := strings.ReplaceAll(c.text, "@", ours), strings.ReplaceAll(c.want, "@", ours)
			l := place(t, before)
			if err := l.Set(ours); err != nil {
				t.Fatal(err)
			}
			if got := l.text(t); got != want {
				t.Errorf("it became %q, want %q", got, want)
			}
			if err := l.Set("https://next.example"); err != nil {
				t.Fatal(err)
			}
			if got, want := l.text(t), strings.Replace(want, ours, "https://next.example", 1); got != want {
				t.Errorf("then it became %q, want %q", got, want)
			}
			if err := l.PutBack(); err != nil {
				t.Fatal(err)
			}
			if got := l.text(t); got != before {
				t.Errorf("it was put back as %q, want %q", got, before)
			}
			if st, err := os.Stat(l.File); err != nil || st.Mode().Perm() != 0o640 {
				t.Errorf("its mode is %v now", st.Mode())
			}
			if left, _ := filepath.Glob(l.File + "?*"); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

func TestAFileThatWasNotThereGoes(t *testing.T) {
	l := place(t, "")
	os.Remove(l.File)
	if err := l.Set(ours); err != nil || l.text(t) != "URL="+ours+"\n" {
		t.Fatal(err, l.text(t))
	}
	if err := l.PutBack(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(l.File); !errors.Is(err, os.ErrNotExist) {
		t.Error("the file stays")
	}
}

func TestWhatSomebodyWritesMeanwhileStays(t *testing.T) {
	l := place(t, "URL=x\n")
	if err := l.Set(ours); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(l.File, []byte("URL=theirs\nNEW=1\n"), 0o600)
	if err := l.Set("https://next.example"); !errors.Is(err, ErrChanged) {
		t.Errorf("the next value: %v", err)
	}
	if err := l.PutBack(); !errors.Is(err, ErrChanged) {
		t.Errorf("at the end: %v", err)
	}
	if got := l.text(t); got != "URL=theirs\nNEW=1\n" {
		t.Errorf("it became %q", got)
	}
	os.WriteFile(l.File, []byte("NEW=1\nURL="+ours+"\nX=2\n"), 0o600) // and as it was
	if err := l.PutBack(); err != nil || l.text(t) != "NEW=1\nURL=x\nX=2\n" {
		t.Errorf("%v, %q", err, l.text(t))
	}
	added := place(t, "A=1")
	if err := added.Set(ours); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(added.File, []byte(added.text(t)+"NEW=1\n"), 0o600)
	if err := added.PutBack(); err != nil || added.text(t) != "A=1\nNEW=1\n" {
		t.Errorf("%v, %q", err, added.text(t))
	}
}

func TestALinkStays(t *testing.T) {
	l := place(t, "URL=x\n")
	link := filepath.Join(filepath.Dir(l.File), "link.env")
	if err := os.Symlink(l.File, link); err != nil {
		t.Fatal(err)
	}
	linked, err := Parse(link + ":URL")
	if err != nil {
		t.Fatal(err)
	}
	if err := linked.Set(ours); err != nil || l.text(t) != "URL="+ours+"\n" {
		t.Errorf("%v, %q", err, l.text(t))
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is a file now")
	}
}

func TestWhatIsNoFileAndName(t *testing.T) {
	dir := t.TempDir()
	for _, spec := range []string{"", ".env", ":NAME", ".env:", dir + "/x:A B", dir + "/x:1A", dir + "/none/x:A", dir + ":A"} {
		if _, err := Parse(spec); err == nil {
			t.Errorf("%q is taken", spec)
		}
	}
	l := place(t, "URL=x\n")
	for _, value := range []string{"", "a b", "a'b", "a\nB=1", "a#b"} {
		if l.Set(value) == nil {
			t.Errorf("the value %q is taken", value)
		}
	}
	if err := l.PutBack(); err != nil || l.text(t) != "URL=x\n" {
		t.Errorf("%v, %q", err, l.text(t))
	}
}

func FuzzSet(f *testing.F) {
	for _, text := range []string{"URL=x\n", "A='1\nURL=\"\\\"\n", "export URL = `x` # c\r\n", "URL", "\ufeffURL=", "URL= #", "URL=\"a\nb\"c\n", "\r"} {
		f.Add(text)
	}
	file := filepath.Join(f.TempDir(), ".env")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > maxFile/2 {
			return
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		l := Line{File: file, Name: "URL"}
		if err := l.Set(ours); err != nil {
			t.Fatal(err)
		}
		set := l.text(t)
		if v, ok := find(set, "URL"); !ok || set[v.start:v.end] != ours {
			t.Fatalf("%q became %q, where it is not found again", text, set)
		}
		if err := l.PutBack(); err != nil {
			t.Fatal(err)
		}
		if got := l.text(t); got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	})
}
