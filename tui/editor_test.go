package tui

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// exchangeOf is an exchange with this body.
func exchangeOf(body string, header http.Header) *record.Exchange {
	if header == nil {
		header = http.Header{"Content-Type": {"application/json"}}
	}
	return &record.Exchange{
		ID: 7, Method: "POST", Path: "/hook", Identity: vapi.Identity{Type: "tool-calls"},
		Request: record.Message{Header: header, Body: []byte(body), Bytes: int64(len(body))},
	}
}

// editorOf is the editor of an exchange.
func editorOf(e *record.Exchange) *editor {
	return newEditor(e, Draft{Of: e.ID, To: "http://localhost:3000", Method: e.Method, Path: e.Path, Header: e.Request.Header, Body: e.Request.Body}, false)
}

// sendable returns what an editor sends.
func sendable(t *testing.T, ed *editor) Draft {
	t.Helper()
	d, err := ed.draft()
	if err != nil {
		t.Fatal(err)
	}
	if ed.changed(fieldBody) {
		d.Body, _ = ed.body.written(d.Body)
	}
	return d
}

func TestWhatIsEditedIsWhatIsSent(t *testing.T) {
	for _, c := range []struct{ name, body, shown, old, new, sent string }{
		{
			"as JSON.stringify writes it, where it came so", `{"b":1,"a":[1.5,"x/y"]}`, "{\n  \"b\": 1,\n  \"a\": [\n    1.5,\n    \"x/y\"\n  ]\n}",
			"1.5", "2.50", `{"b":1,"a":[2.5,"x/y"]}`,
		},
		{
			"as it was edited, where it did not", `{"b": 1, "a": 1.0, "b": 2e1}`, "{\n  \"b\": 1,\n  \"a\": 1.0,\n  \"b\": 2e1\n}",
			"1.0", "2.0", "{\n  \"b\": 1,\n  \"a\": 2.0,\n  \"b\": 2e1\n}",
		},
		{"broken, where one insists", `{"a":1}`, "{\n  \"a\": 1\n}", "1", "x", "{\n  \"a\": x\n}"},
		{"text", "one\r\ntwo", "one\r\ntwo", "two", "three", "one\r\nthree"},
		{
			"the shapes of a call in step", `{"message":{"toolCalls":[{"id":"a","arguments":{"n":1}}],"toolCallList":[{"id":"a","arguments":"{\"n\":1}"}]}}`, "",
			`"n": 1`, `"n": 2`, `{"message":{"toolCalls":[{"id":"a","arguments":{"n":2}}],"toolCallList":[{"id":"a","arguments":"{\"n\":2}"}]}}`,
		},
	} {
		ed := editorOf(exchangeOf(c.body, nil))
		if got := ed.text[fieldBody].String(); c.shown != "" && got != c.shown {
			t.Errorf("%s: %q is shown, want %q", c.name, got, c.shown)
		}
		if d := sendable(t, ed); d.Edited || string(d.Body) != c.body {
			t.Errorf("%s: untouched it is sent as %q", c.name, d.Body)
		}
		ed.text[fieldBody].Replace(strings.Replace(ed.text[fieldBody].String(), c.old, c.new, 1))
		if d := sendable(t, ed); !d.Edited || string(d.Body) != c.sent {
			t.Errorf("%s: it is sent as %q, want %q", c.name, d.Body, c.sent)
		}
		ed.text[fieldBody].Undo()
		if d := sendable(t, ed); d.Edited || string(d.Body) != c.body {
			t.Errorf("%s: taken back it is sent as %q", c.name, d.Body)
		}
	}
}

func TestShapesOfACallThatAreEditedApartStayApart(t *testing.T) {
	for _, body := range []string{
		`{"message":{"toolCalls":[{"id":"a","arguments":{"n":1}}],"toolCallList":[{"id":"a","arguments":{"n":1}}]}}`,
		`{"message":{"toolCallList":[{"id":"a","function":{"arguments":{"n":1}},"arguments":{"n":1}}]}}`,
	} {
		ed := editorOf(exchangeOf(body, nil))
		text := strings.Replace(ed.first[fieldBody], `"n": 1`, `"n": 2`, 1)
		ed.text[fieldBody].Replace(strings.Replace(text, `"n": 1`, `"n": 3`, 1))
		if got, want := string(sendable(t, ed).Body), strings.Replace(strings.Replace(body, `"n":1`, `"n":2`, 1), `"n":1`, `"n":3`, 1); got != want {
			t.Errorf("it is sent as %s, want %s", got, want)
		}
	}
}

func TestEditedHeaders(t *testing.T) {
	recorded := http.Header{
		"Authorization": {"Bearer t0ken"}, "X-Vapi-Secret": {"one", "two"}, "X-Plain": {"a: b"}, "Content-Type": {"application/json"},
	}
	ed := editorOf(exchangeOf(`{}`, recorded))
	text := ed.text[fieldHeaders].String()
	if strings.Contains(text, "t0ken") || strings.Contains(text, "two") || !strings.Contains(text, "X-Plain: a: b") {
		t.Fatalf("the headers are shown as\n%s", text)
	}
	ed.text[fieldHeaders].Replace(text + "\nx-new:  7 \n\n")
	want := recorded.Clone()
	want["X-New"] = []string{"7"}
	if d := sendable(t, ed); !reflect.DeepEqual(d.Header, want) {
		t.Errorf("with one more they are %v", d.Header)
	}
	ed.text[fieldHeaders].Replace("X-Vapi-Secret: mine")
	if d := sendable(t, ed); !reflect.DeepEqual(d.Header, http.Header{"X-Vapi-Secret": {"mine"}}) {
		t.Errorf("a secret of one's own is sent as %v", d.Header)
	}
	for text, why := range map[string]string{
		"nonsense": "line 1 has no colon", "A: b\nC d: e": `line 2: "C d"`, ": x": `line 1: ""`, "A: b\x01c": "control character",
	} {
		ed.text[fieldHeaders].Replace(text)
		var wrong *fieldError
		if _, err := ed.draft(); !errors.As(err, &wrong) || wrong.field != fieldHeaders || !strings.Contains(wrong.Error(), why) {
			t.Errorf("%q: %v, want %s", text, err, why)
		}
	}
}

func TestBodyThatCameCompressed(t *testing.T) {
	packed := gzipped(t, `{"a":1}`)
	ed := editorOf(exchangeOf(packed, http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"application/json"}}))
	if d := sendable(t, ed); string(d.Body) != packed || d.Header.Get("Content-Encoding") != "gzip" {
		t.Error("untouched it is not sent as it came")
	}
	ed.text[fieldBody].Replace(`{"a":2}`)
	if d := sendable(t, ed); string(d.Body) != `{"a":2}` || d.Header.Get("Content-Encoding") != "" || ed.original.Header.Get("Content-Encoding") == "" {
		t.Errorf("changed it is sent as %q, %v", d.Body, d.Header)
	}
}

func TestWhereABodyIsEdited(t *testing.T) {
	truncated := exchangeOf(`{"a":1`, nil)
	truncated.Request.Truncated, truncated.Request.Bytes = true, 5000
	for _, c := range []struct {
		name    string
		e       *record.Exchange
		inPlace bool
	}{
		{"JSON", exchangeOf(`{"a":1}`, nil), true},
		{"no body", exchangeOf(``, nil), true},
		{"text", exchangeOf(`a=1&b=2`, http.Header{}), true},
		{"64 KB", exchangeOf(`"`+strings.Repeat("x", mostInPlace-2)+`"`, nil), true},
		{"more", exchangeOf(`"`+strings.Repeat("x", mostInPlace)+`"`, nil), false},
		{"NUL", exchangeOf("a\x00b", nil), false},
		{"not UTF-8", exchangeOf("a\xffb", nil), false},
		{"truncated", truncated, false},
		{"nested deep", exchangeOf(strings.Repeat("[", 9000)+strings.Repeat("]", 9000), nil), true},
	} {
		ed := editorOf(c.e)
		if ed.inPlace() != c.inPlace {
			t.Errorf("%s is edited in place: %t", c.name, ed.inPlace())
		}
		if d := sendable(t, ed); !bytes.Equal(d.Body, c.e.Request.Body) {
			t.Errorf("%s: untouched it is not sent as it came", c.name)
		}
	}
}

func TestLaidOutKeepsEveryValue(t *testing.T) {
	for _, text := range []string{`{"b":1.0,"a":1e5,"b":"\u00e9\/"}`, ` [ ] `, `{}`, `"x"`, `[[1,[2]],{"a":{}}]`} {
		shown := string(jsonpath.LayOut([]byte(text)))
		if a, b := squeezed(text), squeezed(shown); a != b {
			t.Errorf("%s is shown as %s", text, shown)
		}
	}
}

// squeezed is JSON without the white space between its tokens.
func squeezed(text string) string {
	var b strings.Builder
	in := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case in && c == '\\':
			b.WriteByte(c)
			i++
		case c == '"':
			in = !in
		case !in && strings.IndexByte(" \n\t\r", c) >= 0:
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func TestLikelyPlace(t *testing.T) {
	for text, want := range map[string]string{
		`{"message":{"toolCalls":[{"arguments":{"x":0}}],"toolCallList":[{"function":{"arguments":{"city":"Oslo"}}}]}}`: "Oslo",
		`{"message":{"toolCalls":[{"arguments":{"n":12}}]}}`:                                                            "12",
		`{"message":{"toolCallList":[{"arguments":{}}]}}`:                                                               "{",
		`{"message":{"type":"hang"}}`:                                                                                   "{",
		``:                                                                                                              "",
	} {
		shown := text
		if text != "" {
			shown = string(jsonpath.LayOut([]byte(text)))
		}
		if at := likely(shown); !strings.HasPrefix(shown[at:], want) {
			t.Errorf("%s: the cursor begins at %.20q", text, shown[at:])
		}
	}
}

func TestJudgingAsOneTypes(t *testing.T) {
	ed := editorOf(exchangeOf(`{"a":1}`, nil))
	ed.text[fieldBody].Replace("{\n  \"ö\": x\n}")
	ed.judge()
	if v := ed.judged; v.broken == nil || v.line != 2 || v.column != 8 {
		t.Errorf("%+v", v)
	}
	ed.text[fieldBody].Replace("{\n")
	ed.judge()
	if v := ed.judged; v.broken == nil || v.line != 2 || !strings.Contains(v.broken.Reason, "middle") {
		t.Errorf("%+v", v)
	}
	ed.text[fieldBody].Replace("[]")
	if ed.judge(); ed.judged.broken != nil {
		t.Errorf("%+v", ed.judged)
	}
	if ed := editorOf(exchangeOf(`a=1`, http.Header{})); ed.judged.broken != nil {
		t.Error("a form is judged as JSON")
	}
}

// FuzzEditor types anything into the editor of any body.
func FuzzEditor(f *testing.F) {
	f.Add([]byte(`{"message":{"type":"hang"}}`), []byte("abc\x00\x01\x02"))
	f.Add([]byte("a=1\x1b[2J\u202e"), []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 200})
	f.Fuzz(func(t *testing.T, body, script []byte) {
		if len(body) > 3000 || len(script) > 60 {
			return
		}
		e := exchangeOf(string(body), nil)
		e.Checks = []vapi.Check{{Level: vapi.Error, Code: "x", Message: string(body[:min(len(body), 40)]), Hint: string(body)}}
		ed := editorOf(e)
		m := &Model{options: Options{Now: time.Now, Zone: time.UTC}, history: newHistory(), drafts: drafts{}, sending: newSending(), look: look{ground: paint.Dark}}
		m.list = newList(m.history)
		m.restyle()
		m.over = ed
		names := []string{"tab", "shift+tab", "up", "down", "left", "right", "enter", "backspace", "delete", "ctrl+k", "ctrl+z", "ctrl+r", "home", "end", "ctrl+u", "pgdown"}
		for i, b := range script {
			key, err := keyNamed(names[int(b)%len(names)])
			if err != nil {
				t.Fatal(err)
			}
			if b >= 100 {
				key = runeKey(rune(b))
			}
			ed.key(m, key)
			w, h := 60+i%80, 15+i%20
			m.resize(w, h)
			lines, _, _ := ed.box(m, w, h)
			if err := frameError(strings.Join(lines, "\n"), w, h); err != nil {
				t.Fatal(err)
			}
			if d, err := ed.draft(); err == nil && ed.changed(fieldBody) {
				out, _ := ed.body.written(d.Body)
				if ed.judged.broken == nil && ed.body.json && jsonpath.Validate(out) != nil {
					t.Fatalf("what is JSON goes out as %q", out)
				}
			}
		}
	})
}

func BenchmarkEditorKey64KB(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"message":{"type":"hang","list":[0`)
	for i := 0; body.Len() < 63<<10; i++ {
		fmt.Fprintf(&body, `,{"key%d":"value %d"}`, i, i)
	}
	body.WriteString("]}}")
	ed := editorOf(exchangeOf(body.String(), nil))
	m := &Model{options: Options{Now: time.Now, Zone: time.UTC}, history: newHistory(), drafts: drafts{}, sending: newSending(), look: look{ground: paint.Dark}}
	m.list = newList(m.history)
	m.restyle()
	m.resize(120, 36)
	m.over = ed
	for b.Loop() {
		ed.key(m, runeKey('x'))
		ed.box(m, 120, 36)
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
