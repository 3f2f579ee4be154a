package payload

import (
	"fmt"
	"strings"
	"testing"

	"vapitap/internal/jsonpath"
)

const toolCalls = `{"message":{"timestamp":1.50e3,"type":"tool-calls","toolCallList":[` +
	`{"id":"call_1","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\",\"n\":[1,2]}"}},` +
	`{"id":"call_2","e":{},"f":[ ],"a.b":null}],"a":true,"a":false}}`

// screen returns what is drawn, without colours and the spaces at the ends.
func screen(t *testing.T, v *View, w, h int) string {
	t.Helper()
	lines := v.Draw(colourful, w, h, true)
	checkLines(t, lines, w, h)
	checkCursor(t, v, h)
	for i, line := range lines {
		lines[i] = strings.TrimRight(styling.ReplaceAllString(line, ""), " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func checkScreen(t *testing.T, v *View, w, h int, want string) {
	t.Helper()
	if got, want := screen(t, v, w, h), strings.Trim(want, "\n"); got != want {
		t.Errorf("it shows\n%s\nwant\n%s", got, want)
	}
}

func TestABodyIsShownAsWhatItIs(t *testing.T) {
	for _, c := range []struct {
		name, body, contentType string
		kind                    Kind
		note, want              string
		w, h                    int
	}{
		{"JSON as it came", toolCalls, "application/json; charset=utf-8", JSON, "", `
▌ 1  {
  2    "message": {
  3      "timestamp": 1.50e3,
  4      "type": "tool-calls",
  5      "toolCallList": [
  6        {
  7          "id": "call_1",
  8          "function": {
  9            "name": "get_weather",
 10▸           "arguments": "{\"city\":\"Oslo\",…
 11          }
 12        },
 13        {
 14          "id": "call_2",
 15          "e": {},
 16          "f": [],
 17          "a.b": null
 18        }
 19      ],
 20      "a": true,
 21      "a": false
 22    }
 23  }`, 50, 24},
		{"JSON that is only one value", ` "x" `, "application/json", JSON, "", `
▌ 1  "x"`, 40, 2},
		{"JSON without a type", "\ufeff[1]\n", "", JSON, "", `
▌ 1  [
  2    1
  3  ]`, 40, 4},
		{"no line numbers where it is narrow", `{"a":[1]}`, "", JSON, "", `
▌  {
     "a": [
       1
     ]
   }`, 20, 6},
		{"nothing beside the text where it is very narrow", `{"a":[1]}`, "", JSON, "", `
{
  "a"…
  1
  ]
}`, 6, 6},
		{"broken JSON", "{\n  \"a\": 1,\r\n  \"b\": [1,2,],\n}\n", "application/json", Text,
			"broken JSON at line 3, column 13: a value is expected after the comma, not ]", `
  1 {
  2   "a": 1,
▌ 3   "b": [1,2,✗],
  4 }`, 40, 5},
		{"broken JSON that ends too early", `{"a":1`, "application/json", Text,
			"broken JSON at line 1, column 7: a comma or } is expected, not the end", `
▌ 1 {"a":1✗`, 40, 2},
		{"what is no JSON and does not say it is", `{hello}`, "text/plain", Text, "", `
▌ 1 {hello}`, 40, 2},
		{"text with what a terminal would obey", "a\tb\r\nc\rd\x1b[31m\n\u202ee\u200bf\u200d e\u0301 \x7f\u0085\n\u0301\xff", "text/plain", Text, "", `
▌ 1 a   b
  2 c␍d␛[31m
  3 <U+202E>e<U+200B>f<U+200D> é ␡<U+0085>
  4 <U+0301><FF>`, 60, 5},
		{"emoji and wide characters", `["👩‍💻x","日本語日本語日本語日本語"]`, "", JSON, "", `
▌ 1  [
  2    "👩💻x",
  3    "日本語日本語日本語日…
  4  ]`, 30, 5},
		{"a form", "city=Oslo+S&n=%C3%A9%0a&x&&p=100%&=", "application/x-www-form-urlencoded", Form, "form, 5 fields", `
▌ 1 city = Oslo S
  2 n = é␊
  3 x =
  4 p = 100%
  5  =`, 40, 6},
		{"events", "event: x\r\ndata: {\"id\":1,\"d\":[]}\r\n\r\n: ping\n\ndata: [DONE]\ndata: {\"a\":\n\n", "text/event-stream", Events, "2 events", `
▌ 1  event: x
  2  data: {
  3    "id": 1,
  4    "d": []
  5  }
  6
  7  : ping
  8
  9  data: [DONE]
 10  data: {"a":`, 40, 11},
		{"bytes", "\x00\x01RIFF....WAVE and more\xff", "audio/wav", Binary, "binary, audio/wav, 24 B", `
▌ 00000000  00 01 52 49 46 46 2e 2e  2e 2e 57 41 56 45 20 61  ..RIFF....WAVE a
  00000010  6e 64 20 6d 6f 72 65 ff                           nd more.`, 80, 3},
		{"bytes where it is narrow", "\x00\x01RIFF....WAVE and more\xff", "", Binary, "binary, 24 B", `
▌ 00000000  00 01 52 49  46 46 2e 2e  ..RIFF..
  00000008  2e 2e 57 41  56 45 20 61  ..WAVE a
  00000010  6e 64 20 6d  6f 72 65 ff  nd more.`, 50, 4},
		{"bytes that say they are text", "\x00\x01\x02\x03", "application/json", Binary, "binary, application/json, 4 B", `
▌ 00000000  00 01 02 03               ....`, 50, 2},
		{"no body", "", "application/json", Empty, "no body", `
no body`, 40, 2},
	} {
		v := New([]byte(c.body), c.contentType, false, 0)
		if v.Kind() != c.kind || v.Note() != c.note {
			t.Errorf("%s is %s, %q, want %s, %q", c.name, v.Kind(), v.Note(), c.kind, c.note)
		}
		if got, want := screen(t, v, c.w, c.h), strings.Trim(c.want, "\n"); got != want {
			t.Errorf("%s: it shows\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

func TestATruncatedBodySaysSo(t *testing.T) {
	for _, c := range []struct {
		name, body, contentType string
		kind                    Kind
		note, want              string
	}{
		{"within a string", `{"a":[{"b":1},{"c":"hel`, "application/json", JSON, "truncated: 23 B of 20 MiB", `
▌ 1  {
  2    "a": [
  3      {
  4        "b": 1
  5      },
  6      {
  7        "c": "hel
           … truncated: 23 B of 20 MiB`},
		{"within a key", `{"a":1,"ke`, "application/json", JSON, "truncated: 10 B of 20 MiB", `
▌ 1  {
  2    "a": 1,
  3    "ke
       … truncated: 10 B of 20 MiB`},
		{"after a comma", `[1,`, "", JSON, "truncated: 3 B of 20 MiB", `
▌ 1  [
  2    1
       … truncated: 3 B of 20 MiB`},
		{"broken before that", `[1,,`, "application/json", Text,
			"truncated: 4 B of 20 MiB; broken JSON at line 1, column 4: a value is expected, not ,", `
▌ 1 [1,✗,
    … truncated: 4 B of 20 MiB`},
		{"text", "a\nb", "text/plain", Text, "truncated: 3 B of 20 MiB", `
▌ 1 a
  2 b
    … truncated: 3 B of 20 MiB`},
		{"a form", "a=b", "application/x-www-form-urlencoded", Form, "truncated: 3 B of 20 MiB; form, 1 field", `
▌ 1 a = b
    … truncated: 3 B of 20 MiB`},
		{"events", "data: {}\n\ndata: {\"a", "text/event-stream", Events, "truncated: 19 B of 20 MiB; 2 events", `
▌ 1  data: {}
  2
  3  data: {"a
     … truncated: 19 B of 20 MiB`},
		{"bytes", "\x00\x01", "", Binary, "truncated: 2 B of 20 MiB; binary, 2 B", `
▌ 00000000  00 01                     ..
  … truncated: 2 B of 20 MiB`},
	} {
		v := New([]byte(c.body), c.contentType, true, 20<<20)
		if v.Kind() != c.kind || v.Note() != c.note {
			t.Errorf("%s is %s, %q, want %s, %q", c.name, v.Kind(), v.Note(), c.kind, c.note)
		}
		if got, want := screen(t, v, 50, 10), strings.Trim(c.want, "\n"); got != want {
			t.Errorf("%s: it shows\n%s\nwant\n%s", c.name, got, want)
		}
	}
	if note := New([]byte("a"), "", true, 0).Note(); note != "truncated after 1 B" {
		t.Errorf("where nobody knows how long it was: %s", note)
	}
}

func TestWhereTheCursorIs(t *testing.T) {
	body := []byte(`{"a b":[{"x":"é\n"},[7]],"~/":{"":1}}`)
	for _, c := range []struct{ pointer, path, key, value, text string }{
		{"", "$", "", string(body), string(body)},
		{"/a b", `["a b"]`, "a b", `[{"x":"é\n"},[7]]`, `[{"x":"é\n"},[7]]`},
		{"/a b/0/x", `["a b"][0].x`, "x", `"é\n"`, "é\n"},
		{"/a b/1/0", `["a b"][1][0]`, "", "7", "7"},
		{"/~0~1", `["~/"]`, "~/", `{"":1}`, `{"":1}`},
		{"/~0~1/", `["~/"][""]`, "", "1", "1"},
	} {
		v := New(body, "", false, 0)
		if !v.GoTo(c.pointer) || v.Pointer() != c.pointer || v.Key() != c.key || string(v.Value()) != c.value || v.Text() != c.text {
			t.Errorf("%s leads to %s, %q, %s, %q", c.pointer, v.Pointer(), v.Key(), v.Value(), v.Text())
		}
		p, err := jsonpath.Parse(v.Path())
		if err != nil || p.Pointer() != c.pointer {
			t.Errorf("%s has the path %s, which is %s, %v", c.pointer, v.Path(), p.Pointer(), err)
		}
	}
	v := New(body, "", false, 0)
	for _, c := range []struct{ pointer, nearest string }{{"/a b/2", "/a b"}, {"/a b/0/x/y", "/a b/0/x"}, {"/a b/x", "/a b"}, {"/none", ""}} {
		if v.GoTo(c.pointer) || v.Pointer() != c.nearest {
			t.Errorf("%s leads as far as %s, want %s", c.pointer, v.Pointer(), c.nearest)
		}
	}
	if v.GoTo("nonsense") {
		t.Error("what is no pointer leads somewhere")
	}
}

func TestAPointerUnfoldsWhatHidesIt(t *testing.T) {
	v := New([]byte(toolCalls), "", false, 0)
	v.Fold()
	if !v.GoTo("/message/toolCallList/0/function/arguments/n/1") {
		t.Fatal("it leads nowhere")
	}
	if got := screen(t, v, 50, 30); !strings.Contains(got, "▌                  2") {
		t.Errorf("it shows\n%s", got)
	}
}

func TestClicking(t *testing.T) {
	v := New([]byte(toolCalls), "", false, 0)
	v.Draw(uncoloured, 50, 10, true)
	v.Click(4)
	if v.Path() != "message.toolCallList" {
		t.Fatalf("a click goes to %s", v.Path())
	}
	v.Click(4)
	if got := screen(t, v, 50, 10); !strings.Contains(got, "2 items") {
		t.Errorf("a second click does not fold:\n%s", got)
	}
	v.Click(99)
	v.Click(-1)
	if v.Path() != "message.toolCallList" {
		t.Errorf("a click outside goes to %s", v.Path())
	}
}

func TestScrollingKeepsTheCursorInSight(t *testing.T) {
	v := New([]byte(numbersTo(1000)), "", false, 0)
	first := func() string { return strings.TrimLeft(strings.SplitN(screen(t, v, 40, 10), "\n", 2)[0], "▌ ") }
	for _, c := range []struct {
		by   int
		want string
	}{{9, "1  ["}, {1, "2    0,"}, {-9, "2    0,"}, {-1, "1  ["}, {1 << 40, "993    991,"}, {-3, "993    991,"}, {-20, "979    977,"}, {-1 << 40, "1  ["}} {
		v.Move(c.by)
		if got := first(); got != c.want {
			t.Errorf("after moving by %d the first line is %q, want %q", c.by, got, c.want)
		}
	}
	v.GoTo("/500")
	if got := first(); got != "499    497," {
		t.Errorf("after a leap the first line is %q", got)
	}
	v.Move(1 << 40)
	if screen(t, v, 40, 5); !strings.Contains(screen(t, v, 40, 10), "993    991,") {
		t.Error("a screen that grows at the end stays half empty")
	}
}

func numbersTo(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",%d", i)
	}
	return "[" + b.String()[1:] + "]"
}
