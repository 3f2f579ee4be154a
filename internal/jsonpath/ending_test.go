package jsonpath

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEndingInFindsWhatThePathBeganWithTooLate(t *testing.T) {
	for _, c := range []struct{ name, doc, tail, want string }{
		{"in a string of JSON", toolCalls, `arguments.city`, `message.toolCallList[0].function.arguments.city`},
		{"the last key would be new", toolCalls, `arguments.unit`, `message.toolCallList[0].function.arguments.unit`},
		{"an index in it", toolCalls, `toolCallList[-1].id`, `message.toolCallList[-1].id`},
		{"an index that there is not", toolCalls, `toolCallList[1].id`, ``},
		{"one key", toolCalls, `name`, `message.toolCallList[0].function.name`},
		{"the shortest first, then as they come", `{"a":{"b":{"x":{"y":1}}},"c":{"x":{"y":1}},"d":[{"x":{}},{"x":{"y":2}}],"e":{"x":{"y":3}}}`, `x.y`,
			`c.x.y e.x.y a.b.x.y d[1].x.y d[0].x.y`},
		{"it is there itself", `{"x":{"y":1}}`, `x.y`, `x.y`},
		{"strings within strings", `{"a":"{\"b\":\"[{\\\"x\\\":{\\\"y\\\":1}}]\"}"}`, `x.y`, `a.b[0].x.y`},
		{"a string that only looks like JSON", `{"a":"{x: {y: 1}}","b":"[{\"x\"","c":"   ","d":""}`, `x.y`, ``},
		{"the last of equal keys", `{"a":{"x":{"y":1}},"b":{"x":1,"x":{"y":1}},"a":{}}`, `x.y`, `b.x.y`},
		{"the last of equal keys has it", `{"a":{},"a":{"x":{"y":1}}}`, `x.y`, `a.x.y`},
		{"the last of equal keys is a number", `{"a":{"x":{"y":1}},"a":1}`, `x.y`, ``},
		{"odd keys", `{"a b":{"\u0078":{"y":1}}}`, `x.y`, `["a b"].x.y`},
		{"no object to be new in", `{"a":{"x":[1],"b":{"x":null}}}`, `x.y`, ``},
		{"an index at the beginning", `[[[1]]]`, `[0]`, ``},
		{"the whole", `{"a":1}`, `$`, ``},
		{"no JSON", `{"a":{"x":{"y":1}}`, `x.y`, ``},
	} {
		if got := joined(EndingIn([]byte(c.doc), mustParse(t, c.tail))); got != c.want {
			t.Errorf("%s: %s ends %q, want %q", c.name, c.tail, got, c.want)
		}
	}
}

func joined(paths []Path) string {
	var texts []string
	for _, p := range paths {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, " ")
}

func TestEndingInLooksNoFurtherThanItMust(t *testing.T) {
	tail := Path{Key("x"), Key("y")}
	nested := func(levels int) string {
		return strings.Repeat(`{"a":`, levels) + `{"x":{"y":1}}` + strings.Repeat(`}`, levels)
	}
	many := strings.Repeat(`{"x":{"y":1}},`, 100_000)
	for _, c := range []struct {
		name, doc string
		want      int
	}{
		{"as deep as it looks", nested(endingDeepest), 1},
		{"deeper", nested(endingDeepest + 1), 0},
		{"very deep", nested(5_000), 0},
		{"many", `[` + many + `0]`, endingsFound},
		{"many that are not it", `[` + strings.Repeat(`{"x":[],"z":"{\"x\":1}"},`, 100_000) + `{"x":{"y":1}}]`, 0},
		{"many keys", `{` + strings.Repeat(`"a":{},`, 100_000) + `"b":{"x":{"y":1}}}`, 1},
		{"in a large string", `{"a":` + string(Quote(`[`+many+`0]`)) + `}`, endingsFound},
	} {
		if got := EndingIn([]byte(c.doc), tail); len(got) != c.want {
			t.Errorf("%s: %d paths, want %d", c.name, len(got), c.want)
		}
	}
}

func TestNotFoundHasAHintWhereThePathIsKnownThatWasMeant(t *testing.T) {
	err := &NotFoundError{Path: Path{Key("x")}, Reason: "there is none", Meant: Path{Key("a\x1b"), Index(0), Key("x")}}
	if got, want := err.Error(), "x: there is none\nhint: did you mean [\"a\\u001b\"][0].x?"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzEndingIn checks that a value can be set at each path that is told, and that
// each ends as it should.
func FuzzEndingIn(f *testing.F) {
	f.Add([]byte(toolCalls), `arguments.city`)
	f.Add([]byte(toolCalls), `function.arguments.new`)
	f.Add([]byte(`{"a":{"x":{"y":1}},"a":{"x":{}},"b":"[{\"x\":{\"y\":\"{}\"}}]"}`), `x.y`)
	f.Add([]byte(`"[\"{\\\"b\\\":\\u0031}\"]"`), `b`)
	f.Add([]byte("{\"\xff\":{\"x\":1}}"), `x`)
	f.Fuzz(func(t *testing.T, doc []byte, tail string) {
		end, err := Parse(tail)
		if err != nil {
			end = Path{Key(tail)}
		}
		for _, p := range EndingIn(doc, end) {
			if len(p) < len(end) || !slices.Equal(p[len(p)-len(end):], end) {
				t.Fatalf("%s does not end in %s", p, end)
			}
			if _, err := Set(doc, p, []byte(`1`)); err != nil && utf8.Valid(doc) {
				t.Fatalf("%s leads nowhere in %q: %v", p, doc, err)
			}
		}
	})
}
