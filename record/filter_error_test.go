package record

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestFilterErrors(t *testing.T) {
	tests := []struct{ filter, want string }{
		{`typ:`, `filter: unknown term "typ:" at 1: did you mean type:?`},
		{`oslo !Stats:5xx`, `filter: unknown term "Stats:" at 7: did you mean status:?`},
		{`reply.headers:x`, `filter: unknown term "reply.headers:" at 1: did you mean reply.header:?`},
		{`http://x`, `filter: unknown term "http:" at 1: there are type: kind: method: path: status: call: tool: id: session: slow: size: check: from: is: header: body: req.header: req.body: reply.header: reply.body:`},
		{`is:fialed`, `filter: unknown is: value "fialed" at 4: did you mean failed?`},
		{`is:saved|"marcked"`, `filter: unknown is: value '"marcked"' at 10: did you mean marked?`},
		{`is:purple`, `filter: unknown is: value "purple" at 4: there are failed warned replay redelivery pending saved marked mocked reply`},
		{`is:x*`, `filter: unknown is: value "x*" at 4: there are failed warned replay redelivery pending saved marked mocked reply`},
		{`blå from:tunel`, `filter: unknown from: value "tunel" at 10: did you mean tunnel?`},
		{`kind:vapy`, `filter: unknown kind: value "vapy" at 6: did you mean vapi?`},
		{`kind:""`, `filter: unknown kind: value '""' at 6: there are vapi llm mcp http`},
		{`slow:fast`, `filter: "fast" at 6: slow: wants a duration such as 2s or 500ms`},
		{`slow:>2`, `filter: ">2" at 6: slow: wants a duration such as 2s or 500ms`},
		{`slow:-2s`, `filter: "-2s" at 6: slow: wants a duration such as 2s or 500ms`},
		{`size:>big`, `filter: ">big" at 6: size: wants a size such as 100kb, >1MiB or 10kb-20kb`},
		{`size:>`, `filter: ">" at 6: size: wants a size such as 100kb, >1MiB or 10kb-20kb`},
		{`status:ok`, `filter: "ok" at 8: status: wants a status such as 404, 5xx or >=500`},
		{`status:5x`, `filter: "5x" at 8: status: wants a status such as 404, 5xx or >=500`},
		{`status:0xx`, `filter: "0xx" at 8: status: wants a status such as 404, 5xx or >=500`},
		{`status:>5xx`, `filter: ">5xx" at 8: status: wants a status such as 404, 5xx or >=500`},
		{`status:5*`, `filter: "5*" at 8: status: wants a status such as 404, 5xx or >=500`},
		{`id:41|x`, `filter: "x" at 7: id: wants a number such as 12, 12-18 or >40`},
		{`id:5xx`, `filter: "5xx" at 4: id: wants a number such as 12, 12-18 or >40`},
		{`id:12-`, `filter: "12-" at 4: id: wants a number such as 12, 12-18 or >40`},
		{`id:99999999999999999999`, `filter: "99999999999999999999" at 4: id: wants a number such as 12, 12-18 or >40`},
		{`id:18-12`, `filter: "18-12" at 4: the range counts down; the smaller end comes first`},
		{`type:`, `filter: "type:" at 1: a value is missing; write "" for an empty one`},
		{`type:a|`, `filter: "type:a|" at 1: a value is missing; write "" for an empty one`},
		{`oslo |bergen hang`, `filter: "|bergen" at 6: a value is missing; write "" for an empty one`},
		{`-type: hang`, `filter: "type:" at 2: a value is missing; write "" for an empty one`},
		{`body:"oslo`, `filter: 'body:"oslo' at 1: the quote is not closed`},
		{`oslo -`, `filter: "-" at 6: nothing follows to negate; put quotes round it to look for it`},
		{`!!is:failed`, `filter: "!!" at 1: negated twice; put quotes round what is to be looked for`},
		{`""`, `filter: '""' at 1: there is nothing to look for`},
		{"\x1b[31m:", ""},
		{strings.Repeat("x", 300) + ":", `filter: unknown term "` + strings.Repeat("x", 40) + `…" at 1: there are type:`},
		{"id:\x1b[31m", `filter: "\x1b[31m" at 4: id: wants a number such as 12, 12-18 or >40`},
	}
	for _, tt := range tests {
		_, err := ParseFilter(tt.filter)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.filter, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%q is taken", tt.filter)
			continue
		}
		if got := err.Error(); got != tt.want && !(strings.HasSuffix(tt.want, "type:") && strings.HasPrefix(got, tt.want)) {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.filter, got, tt.want)
		}
	}
}

// What Term and Pos name can be replaced with Nearest as they stand.
func TestFilterErrorCanBeMended(t *testing.T) {
	for text, want := range map[string]string{
		"blå -stats:5xx oslo":    "blå -status:5xx oslo",
		"type:x|y is:saved|fail": "type:x|y is:saved|failed",
	} {
		_, err := ParseFilter(text)
		var wrong *FilterError
		if !errors.As(err, &wrong) {
			t.Fatalf("%q: %v is no FilterError", text, err)
		}
		if !slices.Contains(wrong.Known, wrong.Nearest) {
			t.Errorf("%q: %s is not among %s", text, wrong.Nearest, wrong.Known)
		}
		end := wrong.Pos + len(wrong.Term)
		if text[wrong.Pos:end] != wrong.Term {
			t.Errorf("%q: %q does not stand at %d", text, wrong.Term, wrong.Pos)
		}
		if got := text[:wrong.Pos] + wrong.Nearest + text[end:]; got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// FuzzParseFilter checks that what a filter says of itself is a filter that
// picks the same, and that errors and terms stand where they say.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		"", "oslo", "type:tool-calls is:failed -from:replay path:/tools/* slow:>2s oslo|bergen",
		`body:"a b"|'c|d' !header:*x* status:5xx|>=200 id:12-18 size:<1MiB`, `"'"'"' "!x" "-" *"*"* "" type:""`,
		"typ:", "is:fialed|", "!!", "-", "kind:*", "session:last", "call:74* tool:get_weather check:tool-*", "\xff\xfe:|*", "id:>9223372036854775807",
	} {
		f.Add(seed)
	}
	exchanges := []*Exchange{aToolCall(), {}, {pending: 1, Summary: "*", Path: "/a|b?\"c\"", Request: Message{Body: []byte("oslo \xff"), Bytes: 1 << 40}}}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseFilter(text)
		if err != nil {
			var wrong *FilterError
			if !errors.As(err, &wrong) || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Fatalf("the error is %q", err)
			}
			if !strings.HasPrefix(text[wrong.Pos:], wrong.Term) || wrong.Term == "" || wrong.Column < 1 {
				t.Fatalf("%q does not stand at %d of %q", wrong.Term, wrong.Pos, text)
			}
			return
		}
		end := 0
		for _, term := range filter.Terms() {
			if term.Pos < end || term.End <= term.Pos || term.End > len(text) || !strings.HasSuffix(text[term.Pos:term.End], term.Value) {
				t.Fatalf("%q has the term %+v", text, term)
			}
			end = term.End
		}
		again, err := ParseFilter(filter.String())
		if err != nil {
			t.Fatalf("%q becomes %q: %v", text, filter, err)
		}
		if again.String() != filter.String() {
			t.Fatalf("%q becomes %q, and that %q", text, filter, again)
		}
		for _, e := range exchanges {
			if filter.Match(e) != again.Match(e) {
				t.Fatalf("%q and %q disagree about %+v", text, filter, e)
			}
			if filter.Match(e) && !filter.Candidate(e) {
				t.Fatalf("%q picks what is no candidate", text)
			}
		}
	})
}
