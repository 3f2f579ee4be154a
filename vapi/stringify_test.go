package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

func TestStringify(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"white space", "{ \"a\" : [ 1 , true ] }\n", `{"a":[1,true]}`},
		{"as it was written", `{"b":1,"a":["x",{}]}`, `{"b":1,"a":["x",{}]}`},
		{"integer-like keys first", `{"b":1,"10":2,"2":3}`, `{"2":3,"10":2,"b":1}`},
		{"the last of equal keys in the first place", `{"a":1,"b":2,"\u0061":3}`, `{"a":3,"b":2}`},
		{"within what was moved", `{"b":{"y":1,"0":2},"1":{"y":1,"0":2}}`, `{"1":{"0":2,"y":1},"b":{"0":2,"y":1}}`},
		{"numbers", `[1.0,-0,1E400,1e21,0.00000010]`, `[1,0,null,1e+21,1e-7]`},
		{"escapes", `"\/\u00e9\ud83d\ude00\uD800\u001F"`, `"/é😀\ud800\u001f"`},
		{"a byte order mark", "\uFEFF1", `1`},
		{"what is not UTF-8", "\"\xf0\x9f\x98\xff\"", "\"\uFFFD\uFFFD\""},
	} {
		got, err := Stringify([]byte(c.text))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s (%v)\nwant %s", c.name, got, err, c.want)
		}
		if is := IsStringified([]byte(c.text)); is != (c.text == c.want) {
			t.Errorf("%s: IsStringified = %v", c.name, is)
		}
	}
}

func TestStringifySaysWhereTextIsNoJSON(t *testing.T) {
	for text, want := range map[string]string{
		``:         `not JSON at byte 1: it is empty`,
		`{"a":1,}`: `not JSON at byte 8: invalid character '}' looking for beginning of object key string`,
		`[1`:       `not JSON at byte 3: it ends in the middle of a value`,
		"\xff":     `not JSON at byte 1: invalid character 'ï' looking for beginning of value`,
		strings.Repeat("[", deepest+1) + strings.Repeat("]", deepest+1): `not JSON at byte 10001: nested too deep, more than 10,000 levels`,
	} {
		_, err := Stringify([]byte(text))
		if !errors.As(err, new(*jsonpath.NotJSONError)) || err.Error() != want {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
		if IsStringified([]byte(text)) {
			t.Errorf("%.20q is taken for stringified", text)
		}
	}
}

func TestStringifyTextThatIsTheCallersOwn(t *testing.T) {
	text := []byte(`{"a":1}`)
	got, err := Stringify(text)
	if err != nil {
		t.Fatal(err)
	}
	got[2] = 'b'
	if string(text) != `{"a":1}` {
		t.Error("the result is a part of the text that was given")
	}
}

// What would take far beyond any test's time if it grew faster than the text.
func TestStringifyGrowsWithTheText(t *testing.T) {
	many := func(n int, member func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(member(i) + ",")
		}
		return "{" + strings.TrimSuffix(b.String(), ",") + "}"
	}
	const n = 100_000
	inEach := strings.Repeat(`{"b":0,"b":`, deepest-1) + "[" + strings.Repeat(`"leaf",`, n) + "0]" + strings.Repeat(`,"1":0}`, deepest-1)
	for _, c := range []struct {
		name, text string
		length     int
	}{
		{"one key", many(n, func(i int) string { return fmt.Sprintf(`"k":%d`, i) }), len(`{"k":99999}`)},
		{"5,000 keys, each again and again", many(n, func(i int) string { return fmt.Sprintf(`"%04d":%d`, 1+i%5000*2, i) }), 0},
		{"falling integer-like keys", many(n, func(i int) string { return fmt.Sprintf(`"%d":0`, n-i) }), 0},
		{"long keys that are alike", many(2000, func(i int) string { return `"` + strings.Repeat("x", 5000) + fmt.Sprint(i) + `":0` }), 0},
		{"each object in another order", inEach, len(inEach) - (deepest-1)*len(`"b":0,`)},
		{"long number", "[0." + strings.Repeat("1", 1<<20) + "]", len("[0.1111111111111111]")},
		{"escapes only", `"` + strings.Repeat(`\ud83d\ude00`, n) + `"`, 2 + 4*n},
		{"nothing that is UTF-8", `"` + strings.Repeat("\xff", 1<<20) + `"`, 2 + 3<<20},
	} {
		got, err := Stringify([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.length > 0 && len(got) != c.length {
			t.Errorf("%s: %d bytes, want %d", c.name, len(got), c.length)
		}
		if !IsStringified(got) || !json.Valid(got) {
			t.Errorf("%s: what came is not stringified", c.name)
		}
	}
}

// To see that a text need not change takes no room that grows with it.
func TestIsStringifiedMakesNothing(t *testing.T) {
	text := []byte(`{"message":{"type":"transcript","list":[` + strings.Repeat(`{"role":"user","n":1.5},`, 5000) + `0]}}`)
	if !IsStringified(text) {
		t.Fatal("it is")
	}
	if allocations := testing.AllocsPerRun(5, func() { IsStringified(text) }); allocations > 20 {
		t.Errorf("%v allocations", allocations)
	}
}

func FuzzStringify(f *testing.F) {
	for _, text := range pickedDocuments() {
		f.Add(text)
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		f.Add(newDocument(random))
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got, err := Stringify(text)
		if !bytes.Equal(text, before) {
			t.Fatal("the text itself was changed")
		}
		if valid := json.Valid(decodeUTF8(text)); valid != (err == nil) {
			t.Fatalf("%q: %v, while encoding/json says that it is %v JSON", text, err, valid)
		}
		if same := err == nil && bytes.Equal(got, text); IsStringified(text) != same {
			t.Fatalf("IsStringified(%q) = %v, want %v", text, !same, same)
		}
		if err != nil {
			return
		}
		if !json.Valid(got) || !utf8.Valid(got) || len(got) > 32+24*len(text) {
			t.Fatalf("%q is written %q", text, got)
		}
		again, err := Stringify(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("%q is written %q, and that %q (%v)", text, got, again, err)
		}
		if utf8.Valid(text) && !bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) { // Go takes one lone surrogate for another
			sameInGo(t, text, got)
		}
	})
}

// sameInGo compares two texts as encoding/json understands them, which orders
// keys itself and, as JavaScript, lets the last of equal ones count.
func sameInGo(t *testing.T, text, written []byte) {
	t.Helper()
	var a, b any
	errA, errB := json.Unmarshal(decodeUTF8(text), &a), json.Unmarshal(written, &b)
	if errA != nil {
		return // a number out of range
	}
	if errB != nil || !reflect.DeepEqual(a, b) { // to which -0 is 0
		t.Fatalf("%q is written %q (%v): %v and %v", text, written, errB, a, b)
	}
}

func BenchmarkStringify(b *testing.B) {
	r := typeFirst("tool-calls", `"toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}]`)
	written, err := Stringify(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, written, "", "  "); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		text []byte
	}{{"as-written", written}, {"indented", spaced.Bytes()}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Stringify(c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("is-stringified", func(b *testing.B) {
		b.SetBytes(int64(len(written)))
		b.ReportAllocs()
		for b.Loop() {
			IsStringified(written)
		}
	})
}
