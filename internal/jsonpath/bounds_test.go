package jsonpath

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Large documents of every shape: what takes longer than the text grows would
// not end within a test's time.
func TestLargeDocuments(t *testing.T) {
	const size = 1 << 20
	many := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	var keys strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&keys, `"key%d":%d,`, i, i)
	}
	inner := string(Quote(`{"list":[` + many(`{"a":"b\n"},`) + `0]}`))
	for _, c := range []struct{ name, doc, path string }{
		{"a long string", `{"a":"` + many(`\\\"`) + `","b":1}`, `b`},
		{"an index far out", `{"a":[` + many(`1,`) + `0]}`, `a[-1]`},
		{"many keys", `{` + keys.String() + `"b":1}`, `key49999`},
		{"one key again and again", `{` + many(`"a":1,`) + `"a":2}`, `a`},
		{"JSON in a string", `{"a":` + inner + `}`, `a.list[-1]`},
		{"brackets in strings", `[` + many(`"[{",`) + `1]`, `[-1]`},
		{"deep", strings.Repeat(`{"a":`, 2_000) + `{"b":1}` + strings.Repeat(`}`, 2_000), strings.Repeat(`a.`, 2_000) + `b`},
	} {
		p, err := Parse(c.path)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := Set([]byte(c.doc), p, []byte(`{"set":true}`))
		if err != nil || !json.Valid(changed) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, err := Get(changed, p); err != nil || string(got) != `{"set":true}` {
			t.Errorf("%s: got %.40s, %v", c.name, got, err)
		}
	}
}

// An error is read by people, however much there is that could be meant.
func TestErrorsAboutLargeDocumentsAreShort(t *testing.T) {
	doc := []byte(`{"` + strings.Repeat("x", 1<<20) + `":1` + strings.Repeat(`,"name":{"a":1}`, 50_000) + `}`)
	for _, path := range []string{`nane`, `name.b.c`, `["` + strings.Repeat("y", 1000) + `"]`} {
		p, err := Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Get(doc, p); err == nil || len(err.Error()) > 3000 {
			t.Errorf("%.20s: %v", path, err)
		}
	}
}
