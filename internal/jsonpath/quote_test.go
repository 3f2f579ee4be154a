package jsonpath

import (
	"encoding/json"
	"testing"
)

func TestUnquote(t *testing.T) {
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{`"Oslo"`, "Oslo", true},
		{`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t", true},
		{`"\u00e9\u00E9"`, "éé", true},
		{`"\ud83d\ude00"`, "😀", true},
		{`"\ud83d"`, "\uFFFD", true},
		{`"\ud83dA"`, "\uFFFDA", true},
		{`"\ud83d\u0041"`, "\uFFFDA", true},
		{"\"\xff\xff\"", "\uFFFD\uFFFD", true},
		{`"a"b"`, "", false},
		{"\"a\nb\"", "", false},
		{`"\x"`, "", false},
		{`"\u12"`, "", false},
		{`"\"`, "", false},
		{`"`, "", false},
		{`Oslo`, "", false},
	} {
		if got, ok := Unquote([]byte(c.text)); got != c.want || ok != c.ok {
			t.Errorf("Unquote(%s) = %q, %v, want %q, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		text  string
		plain bool
	}{
		{`"Oslo"`, true}, {`""`, true}, {`"blåbær"`, true}, {`"a\u0041"`, false}, {"\"a\tb\"", false}, {"\"a\xff\"", false}, {`"a"b"`, false}, {`Oslo`, false}, {`"`, false}, {``, false},
	} {
		if got := Plain([]byte(c.text)); (got != nil) != c.plain || c.plain && string(got) != c.text[1:len(c.text)-1] {
			t.Errorf("Plain(%s) = %q", c.text, got)
		}
	}
}

func TestQuoteEscapesAsJavaScriptDoes(t *testing.T) {
	const s = "\"\\/ <b>&\x00\x1f\b\f\n\r\t\x7f é\u2028😀"
	const want = `"\"\\/ <b>&\u0000\u001f\b\f\n\r\t` + "\x7f é\u2028😀\""
	if got := string(Quote(s)); got != want {
		t.Errorf("Quote = %s, want %s", got, want)
	}
}

func FuzzUnquote(f *testing.F) {
	for _, seed := range []string{`a`, `\n\u00e9`, `\ud83d\ude00`, `\ud83d\ud83d\ude00`, "\xff\xfe\xc3", `"`, `\`, `\u12g4`, "\t"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		literal := append(append([]byte(`"`), content...), '"')
		got, ok := Unquote(literal)
		var want string
		if err := json.Unmarshal(literal, &want); (err == nil) != ok || got != want {
			t.Fatalf("Unquote(%q) = %q, %v, want %q, %v", literal, got, ok, want, err)
		}
		if text := Plain(literal); text != nil && (!ok || string(text) != got) {
			t.Fatalf("Plain(%q) = %q, want %q, %v", literal, text, got, ok)
		}
		if !ok {
			return
		}
		if again, ok := Unquote(Quote(got)); !ok || again != got {
			t.Fatalf("Quote(%q) stands for %q, %v", got, again, ok)
		}
		for n := range len(got) + 1 {
			if i := literalIndex(literal, n); i < 1 || i > len(literal)-1 {
				t.Fatalf("byte %d of %q is at %d of %q", n, got, i, literal)
			}
		}
	})
}
