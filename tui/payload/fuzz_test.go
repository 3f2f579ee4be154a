package payload

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/jsonpath"
	"vapitap/tui/glyph"
	"vapitap/tui/paint"
)

var contentTypes = []string{"", "application/json", "text/plain", "application/x-www-form-urlencoded", "text/event-stream", "audio/wav", "application/octet-stream"}

var (
	colourful  = paint.NewTheme(paint.Dark, colorprofile.TrueColor)
	uncoloured = paint.NewTheme(paint.Dark, colorprofile.NoTTY)
	styling    = regexp.MustCompile(`\x1b\[[0-9;]*m`)
)

// checkLines fails the test where lines are not h lines of w cells that a
// terminal can only draw.
func checkLines(t *testing.T, lines []string, w, h int) {
	t.Helper()
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for _, line := range lines {
		text := styling.ReplaceAllString(line, "")
		if n := ansi.StringWidth(line); n != w {
			t.Fatalf("%q is %d cells wide, want %d", line, n, w)
		}
		if n := ansi.StringWidth(text); n != w {
			t.Fatalf("%q is %d cells wide without colours, want %d", text, n, w)
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q is not UTF-8", text)
		}
		for _, r := range text {
			if glyph.Hidden(r) {
				t.Fatalf("%q would be obeyed or not seen: %q", text, r)
			}
		}
	}
}

// checkCursor fails the test where the cursor is not in a line that is seen.
func checkCursor(t *testing.T, v *View, h int) {
	t.Helper()
	if v.kind == Empty {
		return
	}
	p := v.cursor.place
	if p.i < 0 || p.i >= p.doc.count() {
		t.Fatalf("the cursor is in line %d of %d", p.i, p.doc.count())
	}
	if p.seen() != p {
		t.Fatalf("the cursor is in line %d, which is folded away", p.i)
	}
	if h == 0 {
		return
	}
	for _, row := range v.rows {
		if row == v.cursor {
			return
		}
	}
	t.Fatalf("the cursor is at %d, %d, which is not on the screen", p.i, v.cursor.off)
}

// play does what a byte says.
func play(v *View, op byte, text string) {
	switch op % 20 {
	case 0, 1, 2:
		v.Move(1)
	case 3:
		v.Move(-1)
	case 4:
		v.Move(7)
	case 5:
		v.Move(-5)
	case 6:
		v.Move(1 << 40)
	case 7:
		v.Move(-1 << 40)
	case 8:
		v.Fold()
	case 9, 10:
		v.Unfold()
	case 11, 12:
		v.Toggle()
	case 13:
		v.FoldLevel()
	case 14:
		v.ToggleWrap()
	case 15:
		v.Search(text)
	case 16:
		v.Next(1)
	case 17:
		v.Next(-1)
	case 18:
		v.Click(int(op) / 20)
	case 19:
		if !v.EndSearch() {
			v.GoTo(v.Pointer() + "/0")
		}
	}
}

func FuzzView(f *testing.F) {
	everything := []byte("\x06\x0b\x03\x0b\x0d\x0e\x00\x00\x00\x0f\x10\x11\x10\x06\x12\x0b\x08\x08\x13\x07\x09\x0d\x0d\x26\x0e\x04\x05")
	for kind := range contentTypes {
		for _, body := range awkward {
			f.Add([]byte(body), byte(kind), byte(40), byte(10), false, "a", everything)
			f.Add([]byte(body), byte(kind), byte(9), byte(3), true, "\"", everything[:9])
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, kind, w, h byte, cut bool, text string, ops []byte) {
		width, height := int(w)%100, int(h)%30
		v := New(body, contentTypes[int(kind)%len(contentTypes)], cut, int64(len(body))*2)
		for n, op := range ops[:min(len(ops), 60)] {
			play(v, op, text)
			if n%3 == 2 {
				width = (width*7 + int(op)) % 100
			}
			checkLines(t, v.Draw(colourful, width, height, true), width, height)
			checkCursor(t, v, height)
			checkLines(t, v.Draw(uncoloured, width, height, false), width, height)
			v.Key()
			v.Text()
			v.Searched()
			value := v.Value()
			if v.kind == JSON && !cut && !bytes.HasPrefix(body, byteOrderMark) && len(body) < 4096 {
				checkPath(t, v, body, value)
			}
		}
	})
}

// checkPath fails the test where the path to the cursor does not lead to what
// the cursor is on, or to a later value of the same key.
func checkPath(t *testing.T, v *View, body, value []byte) {
	t.Helper()
	p, err := jsonpath.Parse(v.Path())
	if err != nil {
		t.Fatalf("the path %s: %v", v.Path(), err)
	}
	if !utf8.Valid(body) || hasTwice(v) || strings.Contains(string(body), `\ud`) {
		return // a key may not be what it says, or may stand for the last of several
	}
	got, err := jsonpath.Get(body, p)
	if err != nil || !bytes.Equal(got, value) {
		t.Fatalf("%s in %s is %s, and the cursor is on %s (%v)", p, body, got, value, err)
	}
}

// hasTwice reports whether a key on the way to the cursor stands twice.
func hasTwice(v *View) bool {
	for d, i := v.cursor.doc, v.cursor.i; d != nil; d, i = d.outer, d.line {
		if d.tree.closes(i) {
			i = d.tree.end(i)
		}
		for ; d.tree.parent(i) >= 0; i = d.tree.parent(i) {
			if parent := d.tree.parent(i); d.tree.isObject(parent) && d.tree.child(parent, d.tree.key(i)) != i {
				return true
			}
		}
	}
	return false
}

func FuzzScanJSON(f *testing.F) {
	for _, body := range awkward {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.HasPrefix(body, byteOrderMark) {
			return
		}
		tree, broken := scanJSON(body, false)
		if valid := json.Valid(body); valid != (broken == nil) && bytes.Count(body, []byte("[")) < 5000 {
			t.Fatalf("%q: valid is %v, and it breaks at %v", body, valid, broken)
		}
		if broken != nil {
			if broken.at > len(body) || broken.reason == "" {
				t.Fatalf("%q breaks at %d of %d: %s", body, broken.at, len(body), broken.reason)
			}
			tree, broken = scanJSON(body[:broken.at], true)
			if broken != nil {
				t.Fatalf("%q breaks before it is over: %+v", body, broken)
			}
		}
		checkTree(t, tree)
	})
}

// checkTree fails the test where lines do not belong together.
func checkTree(t *testing.T, tree *tree) {
	t.Helper()
	open := []int{-1}
	for i := range tree.lines {
		if i > 0 && tree.start(i) < tree.start(i-1) {
			t.Fatalf("line %d starts before line %d", i, i-1)
		}
		if tree.closes(i) {
			open = open[:len(open)-1]
		}
		if tree.parent(i) != open[len(open)-1] {
			t.Fatalf("line %d is in %d, want %d", i, tree.parent(i), open[len(open)-1])
		}
		if tree.opens(i) {
			open = append(open, i)
		}
		endless := tree.cut && i >= len(tree.lines)-2 // it may be a key that has no value
		if from, to := tree.valueStart(i), tree.valueEnd(i); !endless && (from > to || to > len(tree.text)) {
			t.Fatalf("the value of line %d is from %d to %d of %d", i, from, to, len(tree.text))
		}
		if offset := tree.start(i); tree.start(tree.at(offset)) != offset {
			t.Fatalf("line %d starts at %d, which is said to be in %d", i, offset, tree.at(offset))
		}
	}
	if len(open) > 1 && !tree.cut {
		t.Fatalf("%d lines start what never ends", len(open)-1)
	}
}
