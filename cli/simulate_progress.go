package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// progressLine shows on the terminal how far many calls have come, on a line of
// standard error that is written again. A nil one shows nothing.
type progressLine struct {
	*app
	calls int

	mu     sync.Mutex
	ended  int
	steps  int
	failed int
	shown  time.Time
}

// progressEvery is how often the line is written again at most.
const progressEvery = 100 * time.Millisecond

// newProgress returns the progress of the run, nil where there is nobody to show
// it to or each step is written anyway.
func (s *simulating) newProgress() *progressLine {
	if s.o.calls == 1 || !onTerminal(s.err) || s.o.json && onTerminal(s.app.out) {
		return nil
	}
	return &progressLine{app: s.app, calls: s.o.calls}
}

// stepPlayed counts a step; failed is how many have so far.
func (p *progressLine) stepPlayed(failed int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	p.failed = failed
	if now := time.Now(); now.Sub(p.shown) >= progressEvery {
		p.shown = now
		p.show()
	}
}

// callEnded counts a call.
func (p *progressLine) callEnded() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	p.show()
}

func (p *progressLine) show() { fmt.Fprint(p.err, "\r\x1b[K"+p.errStyle.cut(p.line())) }

// line is a bar, and what it stands for in words.
func (p *progressLine) line() string {
	const cells = 20
	full := cells * p.ended / p.calls
	line := fmt.Sprintf("%s%s %d of %d calls, %s", strings.Repeat("█", full), strings.Repeat("░", cells-full), p.ended, p.calls, count(p.steps, "step"))
	if p.failed > 0 {
		line += fmt.Sprintf(", %d failed", p.failed)
	}
	return line
}

// end takes the line away.
func (p *progressLine) end() {
	if p != nil {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
}
