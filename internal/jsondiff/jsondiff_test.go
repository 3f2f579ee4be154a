package jsondiff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
)

// shown returns the lines of the difference between a and b, one below the other.
func shown(t *testing.T, a, b string) string {
	t.Helper()
	changes, err := Diff([]byte(a), []byte(b))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range Lines(changes, 0) {
		lines = append(lines, line.String())
	}
	return strings.Join(lines, "\n")
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"nothing", `{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, ``},
		{"order and white space", `{"a":1,"b":[2,3]}`, " {\"b\" : [ 2,\n3 ],\"a\":1}", ``},
		{"a value", `{"results":[{"toolCallId":"a","result":"12 degrees"}]}`, `{"results":[{"result":"8 degrees","toolCallId":"a"}]}`,
			`~ results[0].result: "12 degrees" → "8 degrees"`},
		{"keys", `{"a":1,"b":2,"c":3}`, `{"d":{"e": [1]},"c":4,"a":1}`, "- b: 2\n~ c: 3 → 4\n+ d: {\"e\":[1]}"},
		{"kinds", `{"a":{},"b":[],"c":null,"d":true,"e":"1"}`, `{"a":[],"b":{},"c":false,"d":"true","e":1}`,
			"~ a: {} → []\n~ b: [] → {}\n~ c: null → false\n~ d: true → \"true\"\n~ e: \"1\" → 1"},
		{"odd keys", `{"a.b":{"":1}}`, `{"a.b":{"":2}}`, `~ ["a.b"][""]: 1 → 2`},
		{"the whole", `"a"`, `[1]`, `~ $: "a" → [1]`},
		{"the last of equal keys", `{"a":1,"a":2}`, `{"a":2}`, ``},
		{"the same key with escapes", `{"\u0061":1}`, `{"a":1}`, ``},
		{"added at the end", `[1,2]`, `[1,2,3,4]`, "+ [2]: 3\n+ [3]: 4"},
		{"added at the start", `[2,3]`, `[1,2,3]`, `+ [0]: 1`},
		{"removed in the middle", `[1,{"b": 1},3]`, `[1,3]`, `- [1]: {"b":1}`},
		{"changed and added in the middle", `[1,5,9]`, `[1,6,7,9]`, "~ [1]: 5 → 6\n+ [2]: 7"},
		{"same length", `[[1,2],[3,4]]`, `[[3,4],[1,2]]`, "~ [0][0]: 1 → 3\n~ [0][1]: 2 → 4\n~ [1][0]: 3 → 1\n~ [1][1]: 4 → 2"},
		{"all removed", `{"a":[1,1]}`, `{"a":[]}`, "- a[0]: 1\n- a[1]: 1"},
		{"repeated elements", `[1,1]`, `[1,1,1]`, `+ [2]: 1`},
		{"aligned by value", `[{"a":1.0,"b":"\u00e9"},2]`, `[{"b":"é","a":1},3,2]`, `+ [1]: 3`},
		{"strings by what they stand for", `["\u00e9\/","\ud83d\ude00"]`, `["é/","😀"]`, ``},
		{"strings that stand for no text", `["\ud800"]`, `["\ud801"]`, `~ [0]: "\ud800" → "\ud801"`},
	} {
		if got := shown(t, c.a, c.b); got != c.want {
			t.Errorf("%s: %s to %s is\n%s\nwant\n%s", c.name, c.a, c.b, got, c.want)
		}
	}
}

func TestDiffComparesNumbersByValue(t *testing.T) {
	huge := strings.Repeat("9", 100_000)
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`1`, `1.0`, true},
		{`1`, `1e0`, true},
		{`100`, `1E+2`, true},
		{`0.001`, `1e-3`, true},
		{`12.50`, `1250e-2`, true},
		{`0`, `-0.0`, true},
		{`0e5`, `0e999999999999999999999999`, true},
		{`1`, `-1`, false},
		{`1`, `10`, false},
		{`1e1`, `1e2`, false},
		{`0.1`, `0.01`, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`9007199254740993`, `9007199254740993.0`, true},
		{`1e99999999999999999`, `10e99999999999999998`, true},
		{`1e99999999999999999`, `1e-99999999999999999`, false},
		{`1e99999999999999999999`, `1e99999999999999999998`, false},
		{`1e` + huge, `1e` + huge[1:], false},
		{huge, huge + `.0`, true},
	} {
		changes, err := Diff([]byte(c.a), []byte(c.b))
		if err != nil || (changes == nil) != c.same {
			t.Errorf("%.40s and %.40s: %v changes (%v), want same = %v", c.a, c.b, len(changes), err, c.same)
		}
	}
}

func TestDiffSaysWhichTextIsNotJSON(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`{}`, `oops`, `the new text is not JSON at byte 1: invalid character 'o' looking for beginning of value`},
		{``, `{}`, `the old text is not JSON at byte 1: it is empty`},
	} {
		_, err := Diff([]byte(c.a), []byte(c.b))
		if !errors.As(err, new(*jsonpath.NotJSONError)) || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestDiffIsBounded(t *testing.T) {
	nested := func(depth int, inner string) []byte {
		return []byte(strings.Repeat("[", depth) + inner + strings.Repeat("]", depth))
	}
	one := func(name string, a, b []byte, depth int) {
		t.Helper()
		changes, err := Diff(a, b)
		if err != nil || len(changes) != 1 || len(changes[0].Path) != depth {
			t.Fatalf("%s: %d changes, %v", name, len(changes), err)
		}
	}
	one("deep", nested(999, "1"), nested(999, "2"), 999)
	one("deeper than the bound", nested(9_000, "1"), nested(9_000, "2"), maxDepth)

	// Lengths that differ on every level, which have to be aligned on each.
	a, b := "1", "2"
	for range 900 {
		a, b = "[0,"+a+",1,2]", "[0,"+b+",1]"
	}
	if changes, err := Diff([]byte(a), []byte(b)); err != nil || len(changes) == 0 {
		t.Fatalf("different lengths on every level: %d changes, %v", len(changes), err)
	}

	// Much that stands deep: whatever is found, it is found soon.
	wide := func(digit string) string { return strings.TrimSuffix(strings.Repeat(digit+",", 1<<18), ",") }
	if changes, err := Diff(nested(900, wide("1")), nested(900, wide("2"))); err != nil || len(changes) == 0 {
		t.Fatalf("much that stands deep: %d changes, %v", len(changes), err)
	}
	if changes, _ := Diff([]byte("["+wide("1")+"]"), []byte("["+wide("2")+"]")); len(changes) != MaxChanges {
		t.Fatalf("more changes than that: %d are returned, want %d", len(changes), MaxChanges)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.0,"\u00e9"],"b":{}}`), []byte(`{"b":[],"a":[2,1e0,"é"]}`))
	f.Add([]byte(`[1,2,3]`), []byte(` [ 1 , 3 ] `))
	f.Add([]byte(`{"a":1,"a":2}`), []byte(`{"a":2,"":"\ud800"}`))
	f.Add([]byte(`1e400`), []byte(`10e399`))
	f.Add([]byte("{\"\xff\":-0}"), []byte(`[`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if self, err := Diff(a, a); self != nil || (err == nil) != json.Valid(a) {
			t.Fatalf("a text differs from itself: %v, %v", self, err)
		}
		changes, err := Diff(a, b)
		Lines(changes, 10)
		if err != nil || !utf8.Valid(a) || !utf8.Valid(b) {
			return
		}
		for _, c := range changes {
			at(t, a, c, c.Old, Added)
			at(t, b, c, c.New, Removed)
		}
		back, err := Diff(b, a)
		if err != nil || len(back) != len(changes) {
			t.Fatalf("%d changes there, %d back, %v", len(changes), len(back), err)
		}
		x, exactX := plain(t, a)
		y, exactY := plain(t, b)
		if exactX && exactY && reflect.DeepEqual(x, y) != (len(changes) == 0) {
			t.Fatalf("%s and %s: %v", a, b, Lines(changes, 0))
		}
	})
}

// at fails the test where the value at the place of c in doc is not want. In
// changes of the kind without there is none.
func at(t *testing.T, doc []byte, c Change, want []byte, without Kind) {
	t.Helper()
	got, err := jsonpath.Get(doc, c.Path)
	switch {
	case c.Kind == without && want != nil:
		t.Fatalf("%v has %s", c.Kind, want)
	case c.Kind != without && (err != nil || !bytes.Equal(got, want)):
		t.Fatalf("%s is %s in %s, not %s (%v)", c.Path, got, doc, want, err)
	}
}

// plain decodes text with its numbers in lowest terms, and false where that
// cannot be had.
func plain(t *testing.T, text []byte) (v any, exact bool) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	exact = true
	var reduce func(any) any
	reduce = func(v any) any {
		switch v := v.(type) {
		case string:
			exact = exact && !strings.ContainsRune(v, '\uFFFD')
		case json.Number:
			_, exponent, _ := strings.Cut(strings.ToLower(v.String()), "e")
			if len(exponent) > 4 {
				exact = false
				return nil
			}
			number, ok := new(big.Rat).SetString(v.String())
			if !ok {
				exact = false
				return nil
			}
			return "number " + number.String()
		case []any:
			for i := range v {
				v[i] = reduce(v[i])
			}
		case map[string]any:
			for key := range v {
				v[key] = reduce(v[key])
			}
		}
		return v
	}
	return reduce(v), exact
}

func TestLinesCutLongValues(t *testing.T) {
	long := strings.Repeat("abcdefghij", 10)
	for _, c := range []struct {
		a, b  string
		width int
		want  string
	}{
		{`{}`, `{"a":"` + long + `"}`, 12, `+ a: "abcdefghij…`},
		{`{"a":"` + long + `"}`, `{}`, 12, `- a: "abcdefghij…`},
		{`"` + long + `12` + long + `"`, `"` + long + `8` + long + `"`, 12, `~ $: …efghij12ab… → …efghij8abc…`},
		{`"` + long + `1"`, `"` + long + `2"`, 12, `~ $: …bcdefghij1" → …bcdefghij2"`},
		{`"x"`, `"` + long + `"`, 12, `~ $: "x" → "abcdefghij…`},
		{`"éééééééééé1"`, `"éééééééééé2"`, 8, `~ $: …ééééé1" → …ééééé2"`},
		{`"` + long + `"`, `1`, 1, `~ $: "abcdef… → 1`},
		{`"\u0001` + "\u009b31m\u202e\U000e0001" + `"`, `[ 1,` + "\n" + `2 ]`, 0, `~ $: "\u0001\u009b31m\u202e\udb40\udc01" → [1,2]`},
		{"\"\xff\"", `1`, 0, `~ $: "\xff" → 1`},
	} {
		changes, err := Diff([]byte(c.a), []byte(c.b))
		if err != nil {
			t.Fatal(err)
		}
		lines := Lines(changes, c.width)
		if len(lines) != 1 || lines[0].String() != c.want {
			t.Errorf("%.30s to %.30s is %v, want %s", c.a, c.b, lines, c.want)
		}
	}
}

func TestLinesCutLongKeys(t *testing.T) {
	key := strings.Repeat("é", 1<<20)
	changes, err := Diff([]byte(`{"`+key+`":1}`), []byte(`{"`+key+`":2}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Lines(changes, 0)[0].Text, strings.Repeat("é", 100)+"…: 1 → 2"; got != want {
		t.Errorf("%.300s, want %s", got, want)
	}
	if got := changes[0].Path[0].Key; got != key {
		t.Errorf("the change's own path was cut to %d bytes", len(got))
	}
}

func TestText(t *testing.T) {
	numbers := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, "%d\n", i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, a, b string
		want       []string
	}{
		{"equal", "a\nb", "a\nb", nil},
		{"a line", "a\nb\nc", "a\nx\nc", []string{"  a", "- b", "+ x", "  c"}},
		{"a line more", "a\nc", "a\nb\nc", []string{"  a", "+ b", "  c"}},
		{"from nothing", "", "a", []string{"- ", "+ a"}},
		{"the end of the last line", "a", "a\n", []string{"  a", "+ "}},
		{"a moved line", "a\nb\nc", "c\na\nb", []string{"+ c", "  a", "  b", "- c"}},
		{"far from the ends", numbers(1, 20), strings.Replace(numbers(1, 20), "10\n", "ten\n", 1),
			[]string{"  … 6 lines the same", "  7", "  8", "  9", "- 10", "+ ten", "  11", "  12", "  13", "  … 8 lines the same"}},
		{"two places", numbers(1, 12), "one\n" + numbers(2, 11) + "twelve\n",
			[]string{"- 1", "+ one", "  2", "  3", "  4", "  … 4 lines the same", "  9", "  10", "  11", "- 12", "+ twelve", "  "}},
		{"what does not print", "a\r\n\x1b[31m\t\xff", "a\nb", []string{`- a\u000d`, "- \\u001b[31m\t\\xff", "+ a", "+ b"}},
	} {
		var got []string
		for _, line := range Text([]byte(c.a), []byte(c.b)) {
			got = append(got, line.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	lines := func(word string, n int) []byte { return []byte(strings.Repeat(word+"\n", n)) }
	if got := Text(lines("a", 2_000), lines("b", 2_000)); len(got) != 4_000+1 {
		t.Errorf("2,000 lines that differ: %d lines", len(got))
	}
	got := Text(lines("a", 2_000_000), lines("b", 2_000_000))
	if len(got) != 2*(maxLines+1) {
		t.Errorf("2,000,000 lines that differ: %d lines", len(got))
	}
	if last, want := got[len(got)-1].String(), "+ b … and 1900000 lines more"; last != want {
		t.Errorf("the last line is %.100q, want %q", last, want)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\nb\nc"), []byte("b\nc\nd"))
	f.Add([]byte(""), []byte("\n\n"))
	f.Add([]byte("a\xff\x1b"), []byte("a\u202e"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		lines := Text(a, b)
		if (lines == nil) != bytes.Equal(a, b) {
			t.Fatalf("%q and %q: %v", a, b, lines)
		}
		count := map[Kind]int{}
		for _, line := range lines {
			count[line.Kind]++
			if strings.ContainsFunc(line.Text, unprintable) || !utf8.ValidString(line.Text) {
				t.Fatalf("the line %q does not print", line.Text)
			}
		}
		if difference := bytes.Count(b, []byte("\n")) - bytes.Count(a, []byte("\n")); difference != count[Added]-count[Removed] {
			t.Fatalf("%d lines more, but %d added and %d removed", difference, count[Added], count[Removed])
		}
	})
}
