package paint

import (
	"strings"
	"testing"

	"vapitap/internal/plain"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// laidOut is what JSON writes, without colours and the spaces at the ends.
func laidOut(width, indent, most int, text string) (lines []string, all bool) {
	p := NewPage(width)
	all = p.JSON(NewTheme(Dark, colorprofile.TrueColor), indent, []byte(text), most)
	for _, line := range p.Lines() {
		lines = append(lines, strings.TrimRight(ansi.Strip(line), " "))
	}
	return lines, all
}

func TestJSONIsLaidOut(t *testing.T) {
	for name, c := range map[string]struct {
		width, indent, most int
		text, want          string
		all                 bool
	}{
		"what fits stays on a line": {40, 2, 9, `{"temp":12,"sky":"clear"}`, `  {"temp": 12, "sky": "clear"}`, true},
		"white space goes":          {40, 0, 9, "{ \"a\" :\n [ 1 , true ,null ] }", `{"a": [1, true, null]}`, true},
		"nothing in it":             {40, 0, 9, `{"a":{},"b":[]}`, `{"a": {}, "b": []}`, true},
		"a member a line": {22, 0, 9, `{"temp":12,"sky":"clear"}`, `{
  "temp": 12,
  "sky": "clear"
}`, true},
		"brackets of an only member share a line": {30, 2, 9, `{"results":[{"toolCallId":"c1","result":"12 degrees"}]}`, `  {"results": [{
    "toolCallId": "c1",
    "result": "12 degrees"
  }]}`, true},
		"a long string is wrapped": {24, 0, 9, `{"a":"one two three four five"}`, `{
  "a": "one two three
       four five"
}`, true},
		"numbers and escapes as they came": {40, 0, 9, `{"n":1.50e+3,"s":"a\u0041\n"}`, `{"n": 1.50e+3, "s": "a\u0041\n"}`, true},
		"no more lines than asked":         {14, 0, 2, `{"first":1,"second":2,"third":3}`, "{\n  \"first\": 1,", false},
		"a bare value":                     {40, 2, 9, `"12 degrees"`, `  "12 degrees"`, true},
		"what is no JSON":                  {40, 0, 9, `{"a": 1,, }`, `{"a": 1, , }`, true},
		"nothing at all":                   {40, 0, 9, ` `, ``, true},
	} {
		lines, all := laidOut(c.width, c.indent, c.most, c.text)
		if got := strings.Join(lines, "\n"); got != c.want || all != c.all {
			t.Errorf("%s: %v\n%s\nwant %v\n%s", name, all, got, c.all, c.want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"results":[{"toolCallId":"c1","result":{"a":[1,2,[3,{"b":null}]]}}]}`, `"` + strings.Repeat("long ", 500) + `"`,
		strings.Repeat("[", 3000), strings.Repeat(`{"a":`, 900), "::::::", `]]}},"\`, "\"\x1b[31m\u202e\xff日本語\"", strings.Repeat("]", 1000),
	} {
		f.Add([]byte(text), 30, 2, 12)
	}
	theme := NewTheme(Dark, colorprofile.TrueColor)
	f.Fuzz(func(t *testing.T, text []byte, width, indent, most int) {
		width, indent, most = 8+abs(width)%120, abs(indent)%6, 1+abs(most)%40
		p := NewPage(width)
		p.JSON(theme, indent, text, most)
		if len(p.Lines()) > most {
			t.Fatalf("%d lines, not %d at most", len(p.Lines()), most)
		}
		for _, line := range p.Lines() {
			if w := ansi.StringWidth(line); w != width {
				t.Fatalf("%q is %d cells wide, not %d", line, w, width)
			}
			if strings.ContainsFunc(ansi.Strip(line), plain.Control) {
				t.Fatalf("%q has a control character", line)
			}
		}
	})
}

func abs(n int) int { return max(n, -n, 0) }
