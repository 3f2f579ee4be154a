package cli

import "fmt"

// erase takes the line of progress away, before something is written.
func (t *testRun) erase() {
	if t.total > 0 {
		fmt.Fprint(t.err, "\r\x1b[K")
	}
}

// progress shows how far many fixtures have come, on a line of standard error
// that is written again. It is shown on a terminal only.
func (t *testRun) progress() {
	const cells = 20
	if t.total == 0 || t.tally.total == t.total {
		return
	}
	full := cells * t.tally.total / t.total
	bar := ""
	for n := range cells {
		if n < full {
			bar += "█"
		} else {
			bar += "░"
		}
	}
	line := fmt.Sprintf("%s %d of %s", bar, t.tally.total, count(t.total, "fixture"))
	if t.tally.failed > 0 {
		line += fmt.Sprintf(", %d failed", t.tally.failed)
	}
	fmt.Fprint(t.err, t.errStyle.cut(line))
}
