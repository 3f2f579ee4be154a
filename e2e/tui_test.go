//go:build unix

package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestDemoOnATerminal is what somebody does who tries the program: looks at the
// call, finds what failed and why, sends it again, changed too, keeps it, quits.
func TestDemoOnATerminal(t *testing.T) {
	t.Parallel()
	if !hasTmux(t) {
		return
	}
	home := newHome(t)
	term := home.terminal(t, 120, 36, "demo", "--speed", "20", "--port", "0", "--db", home.store())
	term.sees(`vapitap.*demo`)
	term.sees(`assistant-re….*→`)
	term.sees(`end-of-call-…`)
	term.sees(`✗ 1$`)
	term.sees(`▶ following|the call is over`)

	term.press("/")
	term.types("is:failed")
	term.press("Enter")
	term.seesNo(`assistant-re…`)
	term.sees(`▌.*book_table`)
	term.press("Escape")
	term.sees(`assistant-re…`)

	term.press("g", "n")
	term.sees(`▌.*book_table`)
	term.sees(`the result is an object; Vapi takes a string`)
	term.sees(`Send this instead`)

	term.press("r")
	term.sees(`again as #\d+: ✗ 200; only your server saw it`)
	term.sees(`▌.*book_table`)

	term.press("e")
	term.sees(`edit & resend #\d+ tool-calls`)
	term.press("Delete")
	term.types("7")
	term.sees(`"guests": 7,`)
	term.press("C-s")
	term.seesNo(`edit & resend #`)
	term.sees(`book_table\(7, 19:00|guests.*2.*7`)

	term.press("s")
	term.sees(`is saved as fixtures/tool-calls-book-table.json`)
	text, err := os.ReadFile(filepath.Join(home.dir, "fixtures", "tool-calls-book-table.json"))
	if err != nil || !regexp.MustCompile(`"guests": ?7`).Match(text) {
		t.Errorf("the fixture: %v: %s", err, text)
	}

	term.resize(80, 24)
	term.sees(`^▌.*book_table`)
	term.resize(120, 36)
	term.sees(`▌.*book_table.* │`)
	term.sees(`All 29 `)

	term.press("q")
	if status := term.status(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	wantIn(t, home.must(t, "events", "type:tool-calls", "from:replay", "--db", home.store()), "book_table(guests: 7")
}

// TestRunOnATerminal forwards to a server, narrow, until Ctrl-C, and looks at what
// was recorded afterwards.
func TestRunOnATerminal(t *testing.T) {
	t.Parallel()
	if !hasTmux(t) {
		return
	}
	home := newHome(t)
	term := home.terminal(t, 80, 24, target(t, echo)+"/hook", "--port", "0", "--tunnel", "none", "--db", home.store())
	term.sees(`http://127\.0\.0\.1:\d+$`)
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(term.screen())
	post(t, url+"/hello", `{"some":"body"}`)
	term.sees(`▌.*POST .*/hello`)
	term.press("Enter", "2")
	term.sees(`"some": "body"`)
	term.press("C-c")
	if status := term.status(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	term.seesNo(`All 1`) // the screen is as it was before

	term = home.terminal(t, 80, 24, "open", "--db", home.store())
	term.sees(`recorded`)
	term.sees(`▌.*POST .*/hello`)
	term.press("q")
	if status := term.status(); status != 0 {
		t.Errorf("open ended with status %d", status)
	}
}
