package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"vapitap/internal/plain"
)

// laidOut returns what write writes of a payload, and whether all of it.
func laidOut(extent extent, write func(*pager)) (text string, whole bool) {
	var b bytes.Buffer
	p := &pager{out: bufio.NewWriter(&b), extent: extent}
	write(p)
	p.out.Flush()
	return b.String(), !p.cut
}

func TestJSONIsLaidOut(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"keeps keys and numbers", `{"b":1.10e2,"a":[],"b":{}}`, "{\n  \"b\": 1.10e2,\n  \"a\": [],\n  \"b\": {}\n}\n"},
		{"takes other white space away", " [ 1 ,\n\t{ \"a\" :null } ]\n", "[\n  1,\n  {\n    \"a\": null\n  }\n]\n"},
		{"keeps escapes", `["\u0041\n\"{,"]`, "[\n  \"\\u0041\\n\\\"{,\"\n]\n"},
		{"one value", `-1`, "-1\n"},
		{"cut in a string", `{"a":"b`, "{\n  \"a\": \"b\n"},
		{"cut after a backslash", `{"a":"b\`, "{\n  \"a\": \"b\\\n"},
		{"cut after a comma", `[1,`, "[\n  1,\n  \n"},
		{"too many brackets", `]]1`, "\n]\n]1\n"},
		{"what a terminal would obey", "[\"\x1b[31mred\x07\u202e\"]", "[\n  \"red\"\n]\n"},
	}
	for _, tt := range tests {
		got, whole := laidOut(extent{}, func(p *pager) { p.json([]byte(tt.text)) })
		if got != tt.want || !whole {
			t.Errorf("%s:\n%q\nwant\n%q", tt.name, got, tt.want)
		}
	}
}

func TestDeepJSONStaysSmall(t *testing.T) {
	text := strings.Repeat("[", 9000) + strings.Repeat("1,", 9000) + "1" + strings.Repeat("]", 9000)
	got, _ := laidOut(extent{}, func(p *pager) { p.json([]byte(text)) })
	if most := 100 * len(text); len(got) > most {
		t.Errorf("%d bytes became %d, want at most %d", len(text), len(got), most)
	}
}

func TestPayloadsAreCutOnATerminal(t *testing.T) {
	tests := []struct {
		name  string
		write func(*pager)
		want  string
		whole bool
	}{
		{"fits", func(p *pager) { p.json([]byte(`[1]`)) }, "[\n  1\n]\n", true},
		{"too many elements", func(p *pager) { p.json([]byte(`[1,2,3]`)) }, "[\n  1,\n  2,\n", false},
		{"a long string", func(p *pager) { p.json([]byte(`"` + strings.Repeat("y", 2000) + `"`)) }, "\"yyyyyyyyy… (2.0 KB)\n", false},
		{"a string cut within a character", func(p *pager) { p.json([]byte(`"yyyyyyyyü"`)) }, "\"yyyyyyyy… (12 bytes)\n", false},
		{"lines that fit", func(p *pager) { p.text([]byte("a\nb\nc\n")) }, "a\nb\nc\n", true},
		{"too many lines", func(p *pager) { p.text([]byte("a\nb\n\nd")) }, "a\nb\n\n", false},
		{"a long line", func(p *pager) { p.text([]byte("0123456789a")) }, "0123456789… (11 bytes)\n", false},
	}
	for _, tt := range tests {
		got, whole := laidOut(extent{lines: 3, line: 10}, tt.write)
		if got != tt.want || whole != tt.whole {
			t.Errorf("%s: %q, all of it %v; want %q, %v", tt.name, got, whole, tt.want, tt.whole)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 KB", 8281: "8.3 KB", 999_949: "999.9 KB",
		999_950: "1.0 MB", 8 << 20: "8.4 MB", 999_950_000: "1.0 GB",
	} {
		if got := plain.Size(n); got != want {
			t.Errorf("plain.Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func FuzzJSONLayout(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,{}],"b":""}`, `{"a":"b\`, "\x1b[31m", `]},:"`, "[\"\x9b\u202e\"]", `[[[[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, whole := laidOut(extent{}, func(p *pager) { p.json(text) })
		if !whole {
			t.Error("something was left out without a limit")
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("a control character is left: %q", got[i:])
		}
		if json.Valid(text) && utf8.Valid(text) && plain.Text(string(text)) == string(text) {
			var before, after bytes.Buffer
			json.Compact(&before, text)
			if err := json.Compact(&after, []byte(got)); err != nil || before.String() != after.String() {
				t.Errorf("%q became %q: %v", &before, &after, err)
			}
		}
		cut, _ := laidOut(extent{lines: 5, line: 20}, func(p *pager) { p.json(text) })
		if strings.Count(cut, "\n") > 5 {
			t.Errorf("more than 5 lines: %q", cut)
		}
	})
}
