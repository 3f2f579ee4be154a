package payload

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"vapitap/internal/jsonpath"
)

func TestSearch(t *testing.T) {
	body := `{"city":"Oslo","Name":"oslo OSLO Zo\u00CB ZOË zoë","arguments":"{\"city\":\"Bergen\"}","n":"aaaa"}`
	for _, c := range []struct {
		text string
		want int
		path string // of the first
	}{
		{"oslo", 3, "city"},
		{"Oslo", 1, "city"},
		{"OSLO", 1, "Name"},
		{"zoë", 3, "Name"},
		{"name", 1, "Name"},
		{`"city"`, 2, "city"},
		{`"bergen"`, 1, "arguments"},
		{"aa", 3, "n"},
		{`\u00cb`, 1, "Name"},
		{"nowhere", 0, "$"},
		{"o", 9, "city"},
		{"\xff", 0, "$"},
	} {
		v := New([]byte(body), "", false, 0)
		n := v.Search(c.text)
		text, at, count := v.Searched()
		if n != c.want || count != c.want || text != c.text || at != min(1, c.want) || v.Path() != c.path {
			t.Errorf("%q is found %d times, at %s (%d of %d), want %d, %s", c.text, n, v.Path(), at, count, c.want, c.path)
		}
	}
}

func TestSearchGoesFromMatchToMatch(t *testing.T) {
	v := New([]byte(`{"a":{"b":["x","x"]},"c":"xx","d":"{\"e\":\"x\"}"}`), "", false, 0)
	v.Fold()
	v.GoTo("/d/e")
	v.Move(-1 << 40)
	v.Move(1)
	v.Fold()
	v.Move(-1)
	v.Search("x")
	for n, want := range []string{"a.b[0]", "a.b[1]", "c", "c", "d.e", "a.b[0]"} {
		if _, at, of := v.Searched(); v.Path() != want || at != n%5+1 || of != 5 {
			t.Errorf("match %d is %d of %d at %s, want %s", n+1, at, of, v.Path(), want)
		}
		screen(t, v, 40, 4)
		if !v.Next(1) {
			t.Fatal("there is no next match")
		}
	}
	for _, want := range []string{"a.b[0]", "d.e", "c", "c", "a.b[1]"} {
		v.Next(-1)
		if v.Path() != want {
			t.Errorf("the match before is at %s, want %s", v.Path(), want)
		}
	}
	v.Move(1 << 40)
	if _, at, _ := v.Searched(); at != 0 {
		t.Errorf("where the cursor is at no match it is said to be at match %d", at)
	}
	v.Next(-1)
	if v.Path() != "d.e" {
		t.Errorf("from the end back the match is at %s", v.Path())
	}
	if !v.EndSearch() || v.EndSearch() || v.Next(1) {
		t.Error("a search ends once")
	}
}

func TestSearchAsOneTypes(t *testing.T) {
	v := New([]byte(`["b","ab","abc","b"]`), "", false, 0)
	v.Move(2)
	for _, c := range []struct{ text, path string }{{"b", "[1]"}, {"bc", "[2]"}, {"bcd", "[2]"}, {"b", "[1]"}, {"", "[1]"}} {
		v.Search(c.text)
		if v.Path() != c.path {
			t.Errorf("%q leads to %s, want %s", c.text, v.Path(), c.path)
		}
	}
	v.Move(2)
	v.Search("a")
	if v.Path() != "[1]" {
		t.Errorf("after the last match it begins anew, and not at %s", v.Path())
	}
}

func TestAMatchFarInALineIsShown(t *testing.T) {
	for _, body := range []string{
		`{"a":"` + strings.Repeat("word ", 20000) + `needle` + strings.Repeat(" word", 20000) + `","b":1}`,
		strings.Repeat("x", 100_000) + "needle" + strings.Repeat("日", 100_000),
	} {
		v := New([]byte(body), "", false, 0)
		screen(t, v, 60, 10)
		v.Search("needle")
		if got := screen(t, v, 60, 10); !strings.Contains(got, "needle") {
			t.Errorf("it shows\n%s", got)
		}
		v.Search("")
		if got := screen(t, v, 60, 10); strings.Count(got, "\n") > 4 {
			t.Errorf("the line stays long:\n%s", got)
		}
	}
}

func TestMatchesAreMarked(t *testing.T) {
	v := New([]byte(`{"key":"a key, a KEY","d":"{\"key\":1}"}`), "", false, 0)
	v.GoTo("/d/key")
	v.Move(-1 << 40)
	v.Search("key")
	lines := strings.Join(v.Draw(colourful, 60, 8, true), "\n")
	here, other := colourful.MatchHere.Wrap("key"), colourful.Match.Wrap("key")
	if strings.Count(lines, here[:len(here)-len("\x1b[m")]) != 1 || strings.Count(lines, other) != 2 || strings.Count(lines, colourful.Match.Wrap("KEY")) != 1 {
		t.Errorf("it shows %q", lines)
	}
	v = New([]byte("\x00needle\xff"), "", false, 0)
	v.Search("needle")
	if got := strings.Join(v.Draw(colourful, 80, 2, false), ""); !strings.Contains(got, "6e") || strings.Count(got, colourful.MatchHere.Wrap("needle")) != 1 {
		t.Errorf("the dump shows %q", got)
	}
}

// The count must be that of a search that looks everywhere, over the borders of
// the blocks that are counted at a time.
func TestEveryMatchIsCounted(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	body := make([]byte, 3*blockSize+17)
	for i := range body {
		body[i] = "aAbB \n"[random.IntN(6)]
	}
	for _, text := range []string{"a", "ab", "aba", "abAB", "b b", "aaaaa", " "} {
		want := 0
		flags := "(?i)"
		if strings.ToLower(text) != text {
			flags = ""
		}
		re := regexp.MustCompile("^" + flags + regexp.QuoteMeta(text))
		for i := range body {
			if i+len(text) <= len(body) && re.Match(body[i:i+len(text)]) {
				want++
			}
		}
		v := New(body, "text/plain", false, 0)
		if got := v.Search(text); got != want {
			t.Errorf("%q is found %d times, want %d", text, got, want)
		}
		for n := range 3 {
			if _, at, _ := v.Searched(); at != n+1 && want > n {
				t.Errorf("match %d of %q is said to be %d", n+1, text, at)
			}
			v.Next(1)
		}
	}
}

func TestCountingGoesOnWhereMatchesAreVeryMany(t *testing.T) {
	v := New([]byte(strings.Repeat("ab", 1_000_000)), "text/plain", false, 0)
	for range 20 {
		v.Search("ab")
		v.Draw(uncoloured, 40, 5, true)
	}
	for range 10 {
		v.Draw(uncoloured, 40, 5, true)
	}
	if _, _, n := v.Searched(); n != 1_000_000 {
		t.Errorf("%d are counted, want a million", n)
	}
}

// What is awkward must be shown like anything else, and at once: nothing here may
// need time that grows with the square of it, or with its depth a stack.
func TestAwkwardBodies(t *testing.T) {
	for _, c := range []struct{ name, contentType, body string }{
		{"keys of 1 MB", "", `{"a":{"` + strings.Repeat("k", 1<<20) + `":1,"` + strings.Repeat(`\"`, 1<<19) + `":[1,2],"` + strings.Repeat("日", 1<<18) + `":{"x":1}}}`},
		{"100,000 levels", "", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)},
		{"100,000 levels, cut off", "", strings.Repeat(`{"a":`, 100_000)},
		{"100,000 items", "", numbersTo(100_000)},
		{"a line of 5 MB", "text/plain", strings.Repeat("abcdefghij", 500_000)},
		{"a line of wide characters", "text/plain", strings.Repeat("日本", 500_000)},
		{"a letter with many accents", "text/plain", "e" + strings.Repeat("\u0301", 500_000)},
		{"a string of 5 MB", "", string(words())},
		{"a string of escapes", "", `["` + strings.Repeat(`\u00e9\"`, 300_000) + `"]`},
		{"nothing but line breaks", "text/plain", strings.Repeat("\r\n", 500_000)},
		{"a string that holds a message", "", `{"arguments":` + string(jsonpath.Quote(string(conversation()[:1_000_000])+`"}]}}`)) + `}`},
		{"events", "text/event-stream", strings.Repeat("data: {\"id\":\"x\",\"d\":[{}]}\r\r", 100_000)},
		{"a form", "application/x-www-form-urlencoded", strings.Repeat("a=%C3%A9&", 200_000)},
		{"bytes", "audio/wav", strings.Repeat("\x00\xff\x80ab", 200_000)},
	} {
		v := New([]byte(c.body), c.contentType, strings.Contains(c.name, "cut"), 0)
		size := 0
		look := func() {
			w := []int{120, 40, 7, 1, 80}[size%5]
			size++
			checkLines(t, v.Draw(colourful, w, 20, true), w, 20)
			checkCursor(t, v, 20)
			v.Path()
			v.Searched()
		}
		for range 2 {
			for _, do := range []func(){
				func() { v.Move(1) }, func() { v.Move(60) }, v.Toggle, v.FoldLevel, v.FoldLevel, v.Fold, v.Unfold,
				func() { v.Move(1 << 40) }, func() { v.Move(-40) }, v.Toggle, func() { v.Search("a") }, func() { v.Search(`é`) },
				func() { v.Search(`"`) }, func() { v.Next(1) }, func() { v.Next(-1) }, func() { v.EndSearch() },
				func() { v.GoTo("/a/a/99999") }, func() { v.Move(-1 << 40) }, v.ToggleWrap,
			} {
				do()
				look()
			}
		}
		if v.Kind() == Empty || fmt.Sprint(v.Kind()) == "" {
			t.Errorf("%s is shown as nothing", c.name)
		}
	}
}
