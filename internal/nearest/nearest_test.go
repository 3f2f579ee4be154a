package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	commands := []string{"demo", "simulate", "events", "show", "replay", "save", "test", "export", "import", "open", "verify", "attach", "detach", "doctor", "clear"}
	terms := []string{"type", "kind", "method", "path", "status", "call", "tool", "id", "session", "slow", "size", "is", "header", "body"}
	types := []string{"assistant-request", "tool-calls", "transcript", "transfer-update", "end-of-call-report", "toolCallList"}
	for _, c := range []struct {
		given string
		known []string
		want  string
	}{
		{"events", commands, "events"},
		{"evnts", commands, "events"},
		{"evnt", commands, "events"},
		{"EVENTS", commands, "events"},
		{"evenst", commands, "events"},
		{"simluate", commands, "simulate"},
		{"sim", commands, "simulate"},
		{"reply", commands, "replay"},
		{"xyz", commands, ""},
		{"serve", commands, ""},
		{"typ", terms, "type"},
		{"tpye", terms, "type"},
		{"types", terms, "type"},
		{"sta", terms, "status"},
		{"ids", terms, "id"},
		{"x", terms, ""},
		{"", terms, ""},
		{"type", nil, ""},
		{"toolcalls", types, "tool-calls"},
		{"tool_calls", types, "tool-calls"},
		{"toolCalList", types, "toolCallList"},
		{"trans", types, "transcript"},
		{"assistant", types, "assistant-request"},
		{"end-of-call", types, "end-of-call-report"},
		{"größe", []string{"grösse", "GRÖßE"}, "GRÖßE"},
		{"a", []string{"b", "ab"}, "ab"},
		{"cat", []string{"bat", "rat"}, "bat"},
	} {
		if got := Word(c.given, c.known); got != c.want {
			t.Errorf("Word(%q, %q) = %q, want %q", c.given, c.known, got, c.want)
		}
	}
}

func TestLongWordsAreNearToNothing(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	known := slices.Repeat([]string{long, long + "b"}, 500)
	if got := Word(long, known); got != "" {
		t.Errorf("a word of a million letters is near to one of %d letters", len(got))
	}
	if got := Word("type", append(known, "typo")); got != "typo" {
		t.Errorf("Word = %q, want typo", got)
	}
}

// distance is the textbook form of edits, without limits.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j], rows[i][j-1], rows[i-1][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func FuzzWord(f *testing.F) {
	f.Add("evnts", "events")
	f.Add("ab", "ba")
	f.Add("\xff\xfe", "a")
	f.Add(strings.Repeat("ab", 32), strings.Repeat("ba", 32))
	f.Fuzz(func(t *testing.T, a, b string) {
		if got := Word(a, []string{b}); got != "" && got != b {
			t.Fatalf("Word(%q) = %q, which is not known", a, got)
		}
		x, okX := letters(a)
		y, okY := letters(b)
		if !okX || !okY {
			return
		}
		want := distance(x, y)
		for _, limit := range []int{1, 3, 2 * maxLength} {
			got := edits(x, y, limit)
			if want <= limit && got != want || want > limit && got <= limit {
				t.Fatalf("edits(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
			}
		}
		near := want <= max(1, max(len(x), len(y))/3) && want < max(len(x), len(y))
		if near && len(x) > 0 && Word(a, []string{b}) != b {
			t.Fatalf("%q is not near %q at %d edits", a, b, want)
		}
	})
}
