package edit

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/plain"
	"vapitap/tui/glyph"
	"vapitap/tui/paint"
)

var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
}

// keyOf returns the key of a name such as ctrl+left.
func keyOf(name string) tea.KeyPressMsg {
	var key tea.KeyPressMsg
	rest := name
	for {
		mod, after, ok := strings.Cut(rest, "+")
		m, known := map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[mod]
		if !ok || !known {
			break
		}
		key.Mod |= m
		rest = after
	}
	if code, ok := keyCodes[rest]; ok {
		key.Code = code
		if rest == "space" {
			key.Text = " "
		}
		return key
	}
	key.Code = []rune(rest)[0]
	if key.Mod == 0 {
		key.Text = rest
	}
	return key
}

// press presses keys by their names.
func press(t *Text, names ...string) {
	for _, name := range names {
		t.Key(keyOf(name))
	}
}

// shown is a text with a bar where the cursor is.
func shown(t *Text) string {
	lines := append([]string(nil), t.lines...)
	line := lines[t.at.line]
	lines[t.at.line] = line[:t.at.byte] + "|" + line[t.at.byte:]
	return strings.Join(lines, "\n")
}

// at returns a text with the cursor where the bar is.
func at(text string, o Options) *Text {
	before, after, _ := strings.Cut(text, "|")
	t := New(before+after, o)
	t.GoTo(len(before))
	return t
}

func TestKeys(t *testing.T) {
	body := Options{Indent: true}
	for _, c := range []struct {
		text string
		o    Options
		keys string
		want string
	}{
		{"a|c", Options{}, "b", "ab|c"},
		{"|", Options{}, "a space b", "a b|"},
		{"ab|", Options{}, "left left left x", "x|ab"},
		{"a|\nb", Options{}, "right right x", "a\nbx|"},
		{"a\n|b", Options{}, "left", "a|\nb"},
		{"one two|", Options{}, "ctrl+left", "one |two"},
		{"one two|", Options{}, "alt+b alt+b alt+b", "|one two"},
		{"|one two", Options{}, "ctrl+right", "one| two"},
		{"|one two", Options{}, "alt+f alt+f", "one two|"},
		{`|"a-b": 1`, Options{}, "ctrl+right ctrl+right", `"a-b|": 1`},
		{"  ab|", Options{}, "home", "  |ab"},
		{"  |ab", Options{}, "home", "|  ab"},
		{"  ab|", Options{}, "ctrl+a ctrl+e", "  ab|"},
		{"a\nb|\nc", Options{}, "ctrl+home", "|a\nb\nc"},
		{"a\nb|\nc", Options{}, "ctrl+end", "a\nb\nc|"},
		{"abc|\n\nabc", Options{}, "down", "abc\n|\nabc"},
		{"abc|\n\nabc", Options{}, "down down", "abc\n\nabc|"},
		{"日本|x\nabcdefg", Options{}, "down", "日本x\nabcd|efg"},
		{"abc|defg\n日本語", Options{}, "down", "abcdefg\n日|本語"},
		{"a|", Options{}, "up down", "a|"},
		{"ab|c", Options{}, "backspace", "a|c"},
		{"a\n|b", Options{}, "backspace", "a|b"},
		{"|ab", Options{}, "backspace", "|ab"},
		{"a|b", Options{}, "delete", "a|"},
		{"a|\nb", Options{}, "delete", "a|b"},
		{"ab|", Options{}, "delete ctrl+d", "ab|"},
		{"one two|", Options{}, "ctrl+w", "one |"},
		{"one |two x", Options{}, "alt+d", "one | x"},
		{"a|bc\nd", Options{}, "ctrl+k", "a|\nd"},
		{"a|\nd", Options{}, "ctrl+k", "a|d"},
		{"a\nbc|d", Options{}, "ctrl+u", "a\n|d"},
		{"x👩‍💻|", Options{}, "backspace", "x|"},
		{"x|e\u0301y", Options{}, "right", "xe\u0301|y"},
		{"x|e\u0301y", Options{}, "delete", "x|y"},
		{"a|", Options{}, "enter b", "a\nb|"},
		{"  a|", body, "enter", "  a\n  |"},
		{"  {|", body, "enter", "  {\n    |"},
		{"{|}", body, "enter", "{\n  |\n}"},
		{"[|]", body, "enter 1", "[\n  1|\n]"},
		{"    |", body, "backspace", "  |"},
		{"   |", body, "backspace", "  |"},
		{"a   |", body, "backspace", "a  |"},
		{"a|", Options{Single: true}, "enter up down pgup b", "ab|"},
		{"a|b", Options{}, "shift+left x", "x|ab"},
		{"a|", Options{}, "ctrl+x alt+x", "a|"},
		{"a|", Options{Limit: 3}, "b c d", "abc|"},
	} {
		text := at(c.text, c.o)
		press(text, strings.Fields(c.keys)...)
		if got := shown(text); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.text, c.keys, got, c.want)
		}
		if text.Len() != len(text.String()) {
			t.Errorf("%q, %s: %d bytes are counted of %d", c.text, c.keys, text.Len(), len(text.String()))
		}
	}
}

func TestUndo(t *testing.T) {
	text := at("|", Options{})
	press(text, strings.Split("o n e space t w o", " ")...)
	press(text, "enter", "x", "backspace", "backspace")
	text.Insert("three\nfour")
	var states []string
	for text.Undo() {
		states = append(states, shown(text))
	}
	want := []string{"one two|", "one two\n|", "one two\nx|", "one two\n|", "one two|", "one |", "|"}
	if fmt.Sprintf("%q", states) != fmt.Sprintf("%q", want) {
		t.Errorf("taken back:\n%q, want\n%q", states, want)
	}
	for text.Redo() {
	}
	if got := shown(text); got != "one twothree\nfour|" {
		t.Errorf("made again: %q", got)
	}
	text.Undo()
	press(text, "!")
	if text.Redo() {
		t.Error("what was taken back comes again after something else was typed")
	}
	text.Replace("other\ntext")
	if text.Undo(); text.String() != "one two!" {
		t.Errorf("a text in the place of the whole, taken back: %q", text.String())
	}
}

func TestUndoHoldsLittle(t *testing.T) {
	text := New("", Options{})
	big := strings.Repeat("x", 1<<20)
	for range 40 {
		text.Replace(big)
		text.Replace("")
	}
	if text.done.size > mostStepBytes || len(text.done.list) == 0 {
		t.Errorf("%d bytes in %d steps are held", text.done.size, len(text.done.list))
	}
}

func TestPaste(t *testing.T) {
	for _, c := range []struct {
		o               Options
		pasted, text    string
		fits, wasCursor bool
	}{
		{Options{}, "a\r\nb\rc\td", "a\nb\nc\td", true, true},
		{Options{}, "a\x1b[31mb\x00\xff", "a[31mb", true, true},
		{Options{Single: true}, "POST\n", "POST", true, true},
		{Options{Single: true}, "a\nb", "a b", true, true},
		{Options{Limit: 4}, "abcde", "", false, true},
	} {
		text := New("", c.o)
		if fits := text.Paste(c.pasted); fits != c.fits || text.String() != c.text {
			t.Errorf("%q: %q, %t; want %q, %t", c.pasted, text.String(), fits, c.text, c.fits)
		}
	}
}

func TestPosition(t *testing.T) {
	text := New("ab\nöx\n", Options{})
	for offset, want := range map[int][2]int{0: {1, 1}, 2: {1, 3}, 3: {2, 1}, 4: {2, 1}, 5: {2, 2}, 7: {3, 1}, 99: {3, 1}} {
		if line, column := text.Position(offset); line != want[0] || column != want[1] {
			t.Errorf("offset %d is %d:%d, want %v", offset, line, column, want)
		}
	}
}

var plainTheme = paint.NewTheme(paint.Dark, colorprofile.NoTTY)

// screenOf is a text as it is drawn, without colours.
func screenOf(t *Text, w, h int, look Look) string {
	lines := t.Draw(plainTheme, w, h, look)
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	return strings.Join(lines, "\n")
}

func TestDraw(t *testing.T) {
	for _, c := range []struct {
		name, text string
		w, h       int
		look       Look
		want       string
		x, y       int
	}{
		{"numbers", "|a\nb", 10, 3, Look{Numbers: true, Bad: -1}, " 1 a\n 2 b\n", 3, 0},
		{"cut", "|abcdefgh\nabcdef", 6, 2, Look{Bad: -1}, "abcde…\nabcdef", 0, 0},
		{"the part in which the cursor is", "abcdefghijklmnopqrst|uvw", 10, 1, Look{Bad: -1}, "…pqrstuvw", 6, 0},
		{"wide characters", "|日本語日本語", 7, 1, Look{Bad: -1}, "日本語…", 0, 0},
		{"wide characters that fit", "|日本語", 6, 1, Look{Bad: -1}, "日本語", 0, 0},
		{"control characters", "a\x1b[31m\x07\u202eb|", 40, 1, Look{Bad: -1}, "a␛[31m␇<U+202E>b", 16, 0},
		{"a tab", "a\tb|", 10, 1, Look{Bad: -1}, "a   b", 5, 0},
		{"emoji", "👩‍💻x|", 10, 1, Look{Bad: -1}, "👩💻x", 5, 0},
		{"JSON", `{"a": [1, true, "x"]}|`, 40, 1, Look{JSON: true, Bad: -1}, `{"a": [1, true, "x"]}`, 21, 0},
	} {
		text := at(c.text, Options{})
		got := screenOf(text, c.w, c.h, c.look)
		if x, y := text.Cursor(); got != c.want || x != c.x || y != c.y {
			t.Errorf("%s: %q with the cursor at %d,%d, want %q at %d,%d", c.name, got, x, y, c.want, c.x, c.y)
		}
	}
}

func TestTheCursorStandsOnItsCharacter(t *testing.T) {
	line := strings.Repeat("abc日e\u0301👩‍💻\t", 30)
	text := New(line+"\n"+line, Options{})
	for i := 0; i < 400; i++ {
		w := 12 + i%40
		lines := text.Draw(plainTheme, w, 2, Look{Bad: -1})
		x, y := text.Cursor()
		if x < 0 || x >= w {
			t.Fatalf("after %d moves the cursor is in cell %d of %d", i, x, w)
		}
		rest := text.line()[text.at.byte:]
		if rest != "" && rest[0] != '\t' {
			g := glyph.First(rest, 0)
			under := ansi.Cut(ansi.Strip(lines[y]), x, x+g.Cells)
			if under != g.Show && !strings.Contains(under, "…") {
				t.Fatalf("after %d moves %q stands under the cursor of %q", i, under, g.Show)
			}
		}
		if x > 0 {
			before := text.at
			if text.Click(x, y); text.at != before {
				t.Fatalf("a click on the cursor moves it from %v to %v", before, text.at)
			}
		}
		press(text, "right")
	}
}

func TestColour(t *testing.T) {
	theme := paint.NewTheme(paint.Dark, colorprofile.TrueColor)
	names := map[paint.Style]string{theme.Key: "K", theme.String: "S", theme.Number: "N", theme.Literal: "L", theme.Punct: ".", theme.Bad: "B", theme.Text: "_"}
	for line, want := range map[string]string{
		`{"a": "b\"c", "d" : -1.5e3, "e": [true,null]}`: `.KKK..SSSSSS..KKK_..NNNNNN..KKK...LLLL.LLLL..`,
		`  "open`: "__BBBBB",
		`nope`:    "____",
		`"a\`:     "BBB",
	} {
		var got strings.Builder
		end := 0
		colour(theme, line, func(s paint.Style, from, to int) bool {
			if from != end {
				t.Errorf("%s: byte %d comes after %d", line, from, end)
			}
			end = to
			got.WriteString(strings.Repeat(names[s], to-from))
			return true
		})
		if got.String() != want {
			t.Errorf("%s\n%s, want\n%s", line, got.String(), want)
		}
	}
}

// FuzzText presses keys in any text, draws it at any size, and takes all of it
// back.
func FuzzText(f *testing.F) {
	f.Add("{\n  \"a\": 1\n}", []byte("abcdefghijklmnop"), 20)
	f.Add("日本\x1b[2J\u202e👩‍💻e\u0301\t\r\n\xff\xfe", []byte{0, 1, 2, 200, 201, 3, 4, 250}, 7)
	f.Fuzz(func(t *testing.T, text string, script []byte, width int) {
		if len(text) > 4000 || len(script) > 200 {
			return
		}
		w := min(max(width, 1), 90)
		one := New(text, Options{Indent: len(script)%2 == 0, Limit: 8000})
		look := Look{Numbers: w%2 == 0, JSON: w%3 == 0, Focused: true, Bad: len(script)%7 - 1}
		for i, b := range script {
			switch {
			case int(b) < 160:
				one.Key(keyOf([]string{"left", "right", "up", "down", "backspace", "delete", "enter", "ctrl+k", "ctrl+w", "ctrl+z", "ctrl+y", "home", "end", "ctrl+left", "ctrl+right", "x", "{", "\"", "é", "語"}[int(b)%20]))
			case b < 200:
				one.Paste(text[:min(len(text), int(b)-150)])
			case b < 230:
				one.Click(int(b)-200, i%5)
			default:
				one.Replace(strings.ToUpper(one.String()))
			}
			h := i%6 + 1
			for _, line := range one.Draw(plainTheme, w, h, look) {
				if ansi.StringWidth(line) != w || strings.IndexFunc(ansi.Strip(line), plain.Control) >= 0 {
					t.Fatalf("a line of %d cells is %q", w, line)
				}
			}
			if one.at.line >= len(one.lines) || one.at.byte > len(one.line()) || one.Len() != len(one.String()) {
				t.Fatalf("the cursor is at %v in %q of %d bytes", one.at, one.String(), one.Len())
			}
		}
		for one.Undo() {
		}
		if len(script) < 100 && one.String() != text {
			t.Fatalf("all taken back: %q, want %q", one.String(), text)
		}
	})
}

// bigText is JSON of 64 KB as it is edited.
func bigText() string {
	var b strings.Builder
	b.WriteString("{\n")
	for i := 0; b.Len() < 64<<10; i++ {
		fmt.Fprintf(&b, "  \"key%d\": \"some value %d\",\n", i, i)
	}
	b.WriteString("  \"last\": 1\n}")
	return b.String()
}

func BenchmarkKey64KB(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"lines", bigText()}, {"oneLine", strings.ReplaceAll(bigText(), "\n", "")}, {"wideLine", strings.Repeat("日本語", 64<<10/9)}} {
		b.Run(c.name, func(b *testing.B) {
			theme := paint.NewTheme(paint.Dark, colorprofile.TrueColor)
			text := New(c.text, Options{Indent: true})
			text.GoTo(len(c.text) / 2)
			for b.Loop() {
				text.Key(keyOf("x"))
				text.Draw(theme, 118, 30, Look{Numbers: true, JSON: true, Focused: true, Bad: -1})
			}
		})
	}
}
