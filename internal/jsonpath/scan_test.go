package jsonpath

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSkip(t *testing.T) {
	for _, c := range []struct {
		text, rest string
		ok         bool
	}{
		{`1,2`, `,2`, true},
		{` -1.5e+3 }`, ` }`, true},
		{`"a\"]}" :1`, ` :1`, true},
		{`"\\",1`, `,1`, true},
		{`"\\\",1`, ``, false},
		{`{"a":[1,{"b":"]}"}]}]`, `]`, true},
		{`[[],{}]x`, `x`, true},
		{`[1,2`, ``, false},
		{`{"a`, ``, false},
		{`true`, ``, true},
		{`nullx]`, `]`, true},
		{``, ``, false},
		{` `, ``, false},
		{`]`, `]`, false},
		{`,`, `,`, false},
	} {
		end, ok := Skip([]byte(c.text), 0)
		if ok != c.ok || c.text[end:] != c.rest {
			t.Errorf("Skip(%q) = %v, leaving %q, want %v, %q", c.text, ok, c.text[end:], c.ok, c.rest)
		}
	}
}

// Skip reads eight bytes at a time: wherever something stands in them, it finds
// the same end as one who reads byte by byte.
func TestSkipAtEveryOffset(t *testing.T) {
	for _, piece := range []string{
		``, `"`, `\"`, `\\`, `\\\"`, `]`, `[`, `{`, `}`, `"[]"`, `",":"`, `y_Y`, "\x7f", `é`, "\xff", `"é"`, `"}é`, `"],["`, `1,"a":{"b":[]},2`, ` "x" , "y" `,
	} {
		for lead := range 90 {
			for _, text := range []string{
				`["` + strings.Repeat("x", lead) + piece + strings.Repeat("z", 20) + `"]`,
				`{"a":"` + strings.Repeat("x", lead) + piece + `"}` + strings.Repeat(" ", lead%9),
				`[` + strings.Repeat("1", lead) + piece + `,"b"]` + strings.Repeat(`]"`, lead%5),
				strings.Repeat(`[{`, lead) + piece + strings.Repeat(`}]`, lead),
			} {
				sameSkip(t, []byte(text))
			}
		}
	}
}

// sameSkip fails the test where Skip differs from the plainest way to go over an
// object or array.
func sameSkip(t *testing.T, text []byte) {
	t.Helper()
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return
	}
	want, whole := len(text), false
	depth, inString := 0, false
	for i := 0; i < len(text) && !whole; i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				want, whole = i+1, true
			}
		}
	}
	if end, ok := Skip(text, 0); ok != whole || end != want {
		t.Fatalf("Skip(%q) = %d, %v, want %d, %v", text, end, ok, want, whole)
	}
}

func TestSkipPassesAnyDepth(t *testing.T) {
	deep := []byte(strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000))
	if end, ok := Skip(deep, 0); !ok || end != len(deep) {
		t.Errorf("Skip = %d, %v, want %d, true", end, ok, len(deep))
	}
}

func TestMembers(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{}`, ``},
		{` { "a" : 1 , "b\n":[2, 3] } `, `"a"=1;"b\n"=[2, 3];`},
		{`{"a":1,"a":2}`, `"a"=1;"a"=2;`},
		{`{"a":1,"b":{"c":`, `"a"=1;`},
		{`{"a":1 "b":2}`, `"a"=1;`},
		{`{"a"`, ``},
		{`[1]`, ``},
		{``, ``},
	} {
		got := ""
		for key, value := range Members([]byte(c.text)) {
			got += fmt.Sprintf("%s=%s;", key, value)
		}
		if got != c.want {
			t.Errorf("Members(%s) yields %s, want %s", c.text, got, c.want)
		}
	}
}

func TestElements(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`[]`, ``},
		{` [ 1 , "a,b" ,[ ] ] `, `0=1;1="a,b";2=[ ];`},
		{`[1,[2`, `0=1;`},
		{`[1 2]`, `0=1;`},
		{`{"a":1}`, ``},
	} {
		got := ""
		for i, value := range Elements([]byte(c.text)) {
			got += fmt.Sprintf("%d=%s;", i, value)
		}
		if got != c.want {
			t.Errorf("Elements(%s) yields %s, want %s", c.text, got, c.want)
		}
	}
}

func TestMembersCannotBeGrownOverTheRest(t *testing.T) {
	doc := []byte(`{"a":1,"b":2}`)
	_ = append(Member(doc, "a"), "2345678"...)
	if string(doc) != `{"a":1,"b":2}` {
		t.Errorf("appending to a value wrote over the document: %s", doc)
	}
}

func TestKeyIs(t *testing.T) {
	for _, c := range []struct {
		key, name string
		want      bool
	}{
		{`"type"`, `type`, true},
		{`"Type"`, `type`, false},
		{`"\u0074ype"`, `type`, true},
		{`"a\\b"`, `a\b`, true},
		{`"a\\b"`, `a\\b`, false},
		{`"a\nb"`, `a\nb`, false},
		{`""`, ``, true},
		{`"`, ``, false},
		{``, ``, false},
		{`"\ud83d\ude00"`, `😀`, true},
	} {
		if got := KeyIs([]byte(c.key), c.name); got != c.want {
			t.Errorf("KeyIs(%s, %s) = %v", c.key, c.name, got)
		}
	}
	if got := Member([]byte(`{"a\\b":1,"c":2}`), `c`); string(got) != `2` {
		t.Errorf("Member = %s, want 2", got)
	}
	if got := Member([]byte(`{"a":1}`), `b`); got != nil {
		t.Errorf("Member = %s, want none", got)
	}
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"message":{"type":"tool-calls","toolCallList":[{"id":"a","arguments":"{\"city\":\"Oslo\"}"}]}}`,
		` [ 1 , -2.5e10, true, null, "\\\"", {} , [ ] ] `, `"\u00e9\ud83d\ude00\ud800"`, `{"a":1,"a":{"b":[]}}`, `{"a" 1}`, `[,]`, `"\`, "\"\xff\xfe\"", `-`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for i := range min(len(text), 16) { // none of these may panic, whatever the text
			Skip(text, i)
			KeyIs(text[i:], "type")
			Unquote(text[i:])
		}
		sameSkip(t, text)
		Member(text, "type")
		for range Elements(text) {
		}
		if !json.Valid(text) {
			return
		}
		for _, after := range []string{"", ",", "]", "}", " "} {
			end, ok := Skip(append(bytes.Clone(text), after...), 0)
			if want := len(bytes.TrimRight(text, " \t\r\n")); !ok || end != want {
				t.Fatalf("Skip = %d, %v, want %d, true", end, ok, want)
			}
		}
		sameMembers(t, text)
		sameElements(t, text)
	})
}

// sameMembers fails the test where Members differs from what encoding/json
// reads from the object that text holds.
func sameMembers(t *testing.T, text []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, _ := decoder.Token(); token != json.Delim('{') {
		return
	}
	for key, value := range Members(text) {
		name, _ := decoder.Token()
		if s, ok := Unquote(key); !ok || s != name {
			t.Fatalf("key %s is %q, want %q", key, s, name)
		}
		var want json.RawMessage
		if err := decoder.Decode(&want); err != nil || !bytes.Equal(value, want) {
			t.Fatalf("the value of %s is %s, want %s (%v)", key, value, want, err)
		}
	}
	if token, _ := decoder.Token(); token != json.Delim('}') {
		t.Fatalf("Members ends before %v", token)
	}
}

// sameElements is to Elements what sameMembers is to Members.
func sameElements(t *testing.T, text []byte) {
	t.Helper()
	var want []json.RawMessage
	if SkipSpace(text, 0) == len(text) || text[SkipSpace(text, 0)] != '[' || json.Unmarshal(text, &want) != nil {
		return
	}
	count := 0
	for i, value := range Elements(text) {
		if i != count || i >= len(want) || !bytes.Equal(value, want[i]) {
			t.Fatalf("element %d is %s", i, value)
		}
		count++
	}
	if count != len(want) {
		t.Fatalf("%d elements, want %d", count, len(want))
	}
}

// conversation returns a conversation-update of about size bytes, which repeats
// the conversation in two shapes as Vapi does.
func conversation(size int) []byte {
	var messages, openAI []string
	for n, i := 0, 0; n < size; i++ {
		said := fmt.Sprintf(`Sure, I can \"help\" you with that. What is the weather like in city number %d? Let me look it up for you.`, i)
		messages = append(messages, fmt.Sprintf(`{"role":"user","message":"%s","time":%d,"endTime":%d,"secondsFromStart":%d.25,"duration":%d,"source":""}`,
			said, 1700000000000+i*1000, 1700000000900+i*1000, i, 900+i))
		openAI = append(openAI, fmt.Sprintf(`{"role":"user","content":"%s"}`, said))
		n += len(messages[i]) + len(openAI[i])
	}
	return fmt.Appendf(nil, `{"message":{"timestamp":1700000000000,"type":"conversation-update","messages":[%s],"messagesOpenAIFormatted":[%s]}}`,
		strings.Join(messages, ","), strings.Join(openAI, ","))
}

func BenchmarkSkip(b *testing.B) {
	body := conversation(64 << 10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Skip(body, 0); !ok {
			b.Fatal("no whole value")
		}
	}
}

func BenchmarkMember(b *testing.B) {
	body := conversation(64 << 10)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if Member(Member(body, "message"), "type") == nil {
			b.Fatal("no type")
		}
	}
}
