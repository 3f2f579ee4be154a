package jsonpath

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// toolCalls has the tool call's arguments once as a string of JSON.
const toolCalls = `{"message":{"timestamp":1700000000000.50,"type":"tool-calls","toolCallList":[{"id":"a","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\",\"days\":1e0}"}}],"call":{"id":"c"}}}`

func mustParse(t *testing.T, text string) Path {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGet(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{toolCalls, `message.type`, `"tool-calls"`},
		{toolCalls, `message.timestamp`, `1700000000000.50`},
		{toolCalls, `message.toolCallList[-1].function.name`, `"get_weather"`},
		{toolCalls, `message.toolCallList[0].function.arguments`, `"{\"city\":\"Oslo\",\"days\":1e0}"`},
		{toolCalls, `message.toolCallList[0].function.arguments.city`, `"Oslo"`},
		{toolCalls, `message.toolCallList[0].function.arguments["days"]`, `1e0`},
		{` {"a" : [ 1 , 2 ] } `, `$`, `{"a" : [ 1 , 2 ] }`},
		{` {"a" : [ 1 , 2 ] } `, `a[1]`, `2`},
		{`{"a":1,"a":2}`, `a`, `2`},
		{`{"a.b":{"":null}}`, `["a.b"][""]`, `null`},
		{`"[1,[2]]"`, `[1][0]`, `2`},
		{`{"a":" [{\"b\":\"{\\\"c\\\":[true]}\"}] "}`, `a[0].b.c[0]`, `true`},
		{`{"\u0061":1}`, `a`, `1`},
	} {
		got, err := Get([]byte(c.doc), mustParse(t, c.path))
		if err != nil || string(got) != c.want {
			t.Errorf("%s in %s is %s, want %s (%v)", c.path, c.doc, got, c.want, err)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ name, doc, path, value, want string }{
		{"a value", `{"a":1.0,"b":[1, 2]}`, `b[1]`, `"x"`, `{"a":1.0,"b":[1, "x"]}`},
		{"from the end", `[1,2,3]`, `[-1]`, `null`, `[1,2,null]`},
		{"the whole", " {\"a\":1}\n", `$`, ` [2] `, " [2]\n"},
		{"the last of equal keys", `{"a":{"b":1},"a":{"b":2}}`, `a.b`, `3`, `{"a":{"b":1},"a":{"b":3}}`},
		{"a new key", `{"a":1}`, `b`, `2`, `{"a":1,"b":2}`},
		{"a new key that needs escapes", `{"a":1}`, `["\n\"<"]`, `2`, `{"a":1,"\n\"<":2}`},
		{"a new key in an empty object", `{"a":{ }}`, `a.b`, `2`, `{"a":{"b":2 }}`},
		{"a new key, spaced as Python spaces", `{"a": 1, "b": 2}`, `c`, `3`, `{"a": 1, "b": 2, "c": 3}`},
		{"a new key beside a single one", `{"a": 1}`, `b`, `2`, `{"a": 1, "b": 2}`},
		{"a new key on a line of its own", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", `c`, `3`, "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n"},
		{"a new key beside spaced braces", `{ "a" : 1 }`, `b`, `2`, `{ "a" : 1, "b" : 2 }`},
		{"within a string", `{"arguments":"{\"city\":\"Oslo\",\"days\":1e0}","x":1}`, `arguments.city`, `"Tromsø \"<&>\""`,
			`{"arguments":"{\"city\":\"Tromsø \\\"<&>\\\"\",\"days\":1e0}","x":1}`},
		{"a new key within a string", `{"arguments":"{\"city\":\"Oslo\"}"}`, `arguments.days`, `2`, `{"arguments":"{\"city\":\"Oslo\",\"days\":2}"}`},
		{"a new key in an empty string of JSON", `{"arguments":"{}"}`, `arguments.days`, `2`, `{"arguments":"{\"days\":2}"}`},
		{"a string that escapes more than it must", `{"a":"{\"p\":\"\/\u00e9\ud83d\ude00\",\u0022n\u0022:1,\"q\":\"\/\"}"}`, `a.n`, `22`,
			`{"a":"{\"p\":\"\/\u00e9\ud83d\ude00\",\u0022n\u0022:22,\"q\":\"\/\"}"}`},
		{"a string within a string", `{"a":"[\"{\\\"b\\\":1}\"]"}`, `a[0].b`, `"x"`, `{"a":"[\"{\\\"b\\\":\\\"x\\\"}\"]"}`},
		{"the string itself", `{"a":"{\"b\":1}"}`, `a`, `{"b":2}`, `{"a":{"b":2}}`},
	} {
		doc := []byte(c.doc)
		got, err := Set(doc, mustParse(t, c.path), []byte(c.value))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s = %s makes\n%s, want\n%s (%v)", c.name, c.path, c.value, got, c.want, err)
		}
		if string(doc) != c.doc {
			t.Errorf("%s: the document itself became %s", c.name, doc)
		}
	}
}

func TestNotFoundSaysHowFarThePathLedAndWhatIsThere(t *testing.T) {
	many := `{"message":{"timestamp":1,"type":"x","toolCallList":[{}],"call":{},"e":1,"f":1,"g":1,"h":1,"i":1}}`
	for _, c := range []struct{ doc, path, want string }{
		{toolCalls, `message.toolCallList[3].function`, `message.toolCallList[3]: the array has 1 element (index 0)`},
		{toolCalls, `message.toolCallList[1]`, `message.toolCallList[1]: the array has 1 element (index 0)`},
		{toolCalls, `message.toolCallList[-2]`, `message.toolCallList[-2]: the array has 1 element (index 0)`},
		{`[1,2,3]`, `[3]`, `[3]: the array has 3 elements (indexes 0 to 2)`},
		{`{"a":[]}`, `a[0]`, `a[0]: the array is empty`},
		{toolCalls, `message.toolCalList[0]`, `message.toolCalList: no such key in message; it has timestamp, type, toolCallList, call; did you mean toolCallList?`},
		{many, `message.toolCalList[0]`, `message.toolCalList: no such key in message; it has timestamp, type, toolCallList, call, e, f, g, h … did you mean toolCallList?`},
		{many, `message.xyz.a`, `message.xyz: no such key in message; it has timestamp, type, toolCallList, call, e, f, g, h …`},
		{many, `message.call.id.x`, `message.call.id: no such key in message.call; it is empty`},
		{many, `messages.x`, `messages: no such key in the document; it has message; did you mean message?`},
		{toolCalls, `message.type.x`, `message.type.x: message.type is a string, not an object`},
		{toolCalls, `message.timestamp[0]`, `message.timestamp[0]: message.timestamp is a number, not an array`},
		{toolCalls, `message[0]`, `message[0]: message is an object, not an array`},
		{toolCalls, `message.toolCallList.0.id`, `message.toolCallList.0: message.toolCallList is an array, not an object; write message.toolCallList[0]`},
		{`[true,null]`, `[0].a`, `[0].a: [0] is a boolean, not an object`},
		{`[true,null]`, `[1].a`, `[1].a: [1] is null, not an object`},
		{`[1]`, `a`, `a: the document is an array, not an object`},
		{`[[1]]`, `["0"]`, `0: the document is an array, not an object; write [0]`},
		{`{"a":"[1,2]"}`, `a[2]`, `a[2]: the array has 2 elements (indexes 0 to 1)`},
		{`{"a":"[1,2"}`, `a[2]`, `a[2]: a is a string, not an array`},
		{"{\"a b\":1,\"\\u001b[2J\u202e\":2}", `c.d`, `c: no such key in the document; it has "a b", "\u001b[2J\u202e"`},
		{`{"` + strings.Repeat("k", 100) + `":1}`, `c.d`, `c: no such key in the document; it has ` + strings.Repeat("k", 40) + `…`},
	} {
		p := mustParse(t, c.path)
		_, err := Set([]byte(c.doc), p, []byte(`1`))
		var notFound *NotFoundError
		if !errors.As(err, &notFound) || err.Error() != c.want {
			t.Errorf("setting %s:\n%v, want\n%s", c.path, err, c.want)
		}
		if _, got := Get([]byte(c.doc), p); got == nil || got.Error() != c.want {
			t.Errorf("getting %s:\n%v, want\n%s", c.path, got, c.want)
		}
	}
}

func TestWhatIsNotJSONIsSaidToBeNone(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, c := range []struct{ doc, want string }{
		{``, `not JSON at byte 1: it is empty`},
		{" \n", `not JSON at byte 1: it is empty`},
		{`hello`, `not JSON at byte 1: invalid character 'h' looking for beginning of value`},
		{`{"a":1,}`, `not JSON at byte 8: invalid character '}' looking for beginning of object key string`},
		{`{"a":1} x`, `not JSON at byte 9: invalid character 'x' after top-level value`},
		{`{"a":[1`, `not JSON at byte 8: it ends in the middle of a value`},
		{deep, `not JSON at byte 10001: nested too deep, more than 10,000 levels`},
	} {
		_, err := Get([]byte(c.doc), Path{Key("a")})
		var notJSON *NotJSONError
		if !errors.As(err, &notJSON) || err.Error() != c.want {
			t.Errorf("getting from %.20q: %v, want %s", c.doc, err, c.want)
		}
		if _, got := Set([]byte(c.doc), Path{Key("a")}, []byte(`1`)); got == nil || got.Error() != c.want {
			t.Errorf("setting in %.20q: %v, want %s", c.doc, got, c.want)
		}
		_, got := Set([]byte(`{}`), Path{Key("a")}, []byte(c.doc))
		if want := "the new value is " + c.want; !errors.As(got, &notJSON) || got.Error() != want {
			t.Errorf("setting to %.20q: %v, want %s", c.doc, got, want)
		}
	}
	if _, err := Get([]byte(`{"a":`+string(Quote(deep))+`}`), Path{Key("a"), Index(0)}); err == nil || err.Error() != `a[0]: a is a string, not an array` {
		t.Errorf("a string of JSON that is nested too deep: %v", err)
	}
}

func TestStringsAreEnteredToABoundedDepth(t *testing.T) {
	doc := []byte(`{"a":1}`)
	p := Path{Key("a")}
	for range 12 {
		doc = append(append([]byte(`{"a":`), Quote(string(doc))...), '}')
		p = append(p, Key("a"))
	}
	if _, err := Get(doc, p); err == nil || !strings.Contains(err.Error(), "is a string") {
		t.Errorf("a string 12 levels within strings: %v", err)
	}
	if got, err := Get(doc, p[:9]); err != nil || got[0] != '"' {
		t.Errorf("the string 8 levels within strings: %.20s, %v", got, err)
	}
}

func FuzzSet(f *testing.F) {
	for _, path := range []string{`message.type`, `message.toolCallList[0].function.arguments.city`, `message.toolCallList[-1].new`, `message.toolCallList[1]`, `$`} {
		f.Add([]byte(toolCalls), path, []byte(`{"x":[1,"\""]}`))
	}
	f.Add([]byte(`{"a":1,"a":{"b":1.50e+2} }`), `a.b`, []byte(`"<\u00e9>"`))
	f.Add([]byte(`"[\"{\\\"b\\\":\\u0031}\"]"`), `[0].b`, []byte(` 2 `))
	f.Add([]byte("{\n\t\"a\" : \"{}\"\n}"), `a["\n"]`, []byte(`null`))
	f.Add([]byte("{\"\xff\":1}"), `a`, []byte(`"`))
	f.Fuzz(func(t *testing.T, doc []byte, path string, value []byte) {
		p, err := Parse(path)
		if err != nil {
			p = Path{Key(path), Index(0)}
		}
		got, err := Set(doc, p, value)
		if err != nil {
			if err.Error() == "" || json.Valid(doc) && json.Valid(value) && !errors.As(err, new(*NotFoundError)) {
				t.Fatalf("Set: %v", err)
			}
			return
		}
		set, err := Get(got, p)
		if want := bytes.Trim(value, " \t\r\n"); err != nil || !bytes.Equal(set, want) && utf8.Valid(want) {
			t.Fatalf("%s in %s is %s, want %s (%v)", p, got, set, want, err)
		}
		if utf8.Valid(doc) && utf8.Valid(value) {
			onlyAt(t, p, decoded(t, doc), decoded(t, got))
		}
	})
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// onlyAt fails the test where before and after differ elsewhere than at p.
func onlyAt(t *testing.T, p Path, before, after any) {
	t.Helper()
	if len(p) == 0 {
		return
	}
	switch was := before.(type) {
	case string:
		onlyAt(t, p, decoded(t, []byte(was)), decoded(t, []byte(after.(string))))
	case map[string]any:
		is := after.(map[string]any)
		onlyAt(t, p[1:], was[p[0].Key], is[p[0].Key])
		delete(was, p[0].Key)
		delete(is, p[0].Key)
		if !reflect.DeepEqual(was, is) {
			t.Fatalf("%v became %v", was, is)
		}
	case []any:
		is := after.([]any)
		i := p[0].Index
		if i < 0 {
			i += len(was)
		}
		onlyAt(t, p[1:], was[i], is[i])
		was[i], is[i] = nil, nil
		if !reflect.DeepEqual(was, is) {
			t.Fatalf("%v became %v", was, is)
		}
	}
}
