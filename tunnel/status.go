package tunnel

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// State is how a tunnel is.
type State int

// The states. Off and Failed are final.
const (
	Off          State = iota // there is none, or it was closed
	Connecting                // for the first time
	Connected                 // requests come through
	Reconnecting              // it was connected, is not, and tries to be
	Failed                    // it is not, and does not try any more
)

func (s State) String() string {
	return [...]string{"off", "connecting", "connected", "reconnecting", "failed"}[s]
}

// Status says how a tunnel is, in full: each is a picture of its own, not a
// difference to the one before.
type Status struct {
	State State
	Since time.Time // when State began
	// URL is the public address, without a slash at its end. It is empty until it
	// is known, and stays while the session is away. It can differ after a
	// reconnection.
	URL string
	// RoundTrip is how long a message to the edge and back took last; 0 is unknown.
	RoundTrip time.Duration
	// Why is what went wrong: in Reconnecting the last reason, in Failed the final
	// one. Nil in other states.
	Why *Failure
	// Account and Plan are what ngrok calls the account and what it pays, as far as
	// ngrok tells; Region is that of the edge.
	Account, Plan, Region string
}

// Brief says the state in a word or two, with since when it is where that
// matters, such as: reconnecting since 14:02. Connected is the empty string.
func (s Status) Brief() string {
	switch {
	case s.State == Connected:
		return ""
	case s.State == Reconnecting:
		return "reconnecting since " + s.Since.Local().Format("15:04")
	case s.State == Failed && s.Why != nil && s.Why.Code != "":
		return "failed: " + s.Why.Code
	case s.State == Failed && s.Why != nil:
		return "failed: " + s.Why.Kind.String()
	}
	return s.State.String()
}

// String says the status in one line, without what to do about a failure.
func (s Status) String() string {
	switch s.State {
	case Connected:
		text := s.URL
		if s.RoundTrip > 0 {
			text += fmt.Sprintf(" (ngrok, %s to the edge and back)", roughly(s.RoundTrip))
		}
		return text
	case Connecting:
		return "connecting to ngrok"
	case Reconnecting:
		text := "the tunnel is " + s.Brief()
		if s.Why != nil {
			text += ": " + s.Why.Sentence()
		}
		return text
	case Failed:
		if s.Why != nil {
			return s.Why.Sentence()
		}
		return "the tunnel failed"
	}
	if s.URL != "" {
		return s.URL + " (your own tunnel)"
	}
	return "no tunnel"
}

// roughly is a duration in milliseconds, with a digit more where it is tiny.
func roughly(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.1f ms", max(float64(d)/float64(time.Millisecond), 0.1))
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// watchRoom is how many statuses wait for a reader before the oldest is dropped.
const watchRoom = 64

// board holds the status and tells those who watch.
type board struct {
	mu       sync.Mutex
	now      Status
	watchers []chan Status
	closed   bool
	settled  chan struct{} // closed once the first attempt has ended
}

func newBoard(first Status) *board {
	first.Since = time.Now()
	return &board{now: first, settled: make(chan struct{})}
}

func (b *board) status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *board) watch() <-chan Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan Status, watchRoom)
	ch <- b.now
	if b.closed {
		close(ch)
	} else {
		b.watchers = append(b.watchers, ch)
	}
	return ch
}

// change lets edit change the status and tells those who watch, if it did. What
// is final stays.
func (b *board) change(edit func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.now.State == Failed {
		return
	}
	next := b.now
	edit(&next)
	if next == b.now {
		return
	}
	if next.State != b.now.State {
		next.Since = time.Now()
	}
	b.post(next)
}

// post makes next the status. The caller holds the lock.
func (b *board) post(next Status) {
	b.now = next
	if next.State == Connected || next.State == Failed {
		b.settle()
	}
	for _, ch := range b.watchers {
		select {
		case ch <- next:
			continue
		default:
		}
		select {
		case <-ch: // the oldest makes room; only post sends, so there is some now
		default:
		}
		ch <- next
	}
}

func (b *board) settle() {
	select {
	case <-b.settled:
	default:
		close(b.settled)
	}
}

// close tells those who watch that the tunnel is off, and that nothing follows.
func (b *board) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if b.now.State != Off && b.now.State != Failed {
		next := b.now
		next.State, next.Since, next.Why, next.RoundTrip = Off, time.Now(), nil, 0
		b.post(next)
	}
	b.closed = true
	b.settle()
	for _, ch := range b.watchers {
		close(ch)
	}
	b.watchers = nil
}

// errClosed is what waits for a tunnel that was closed ends with.
var errClosed = errors.New("the tunnel was closed")

// outcome returns what the first attempt came to, once settled is closed.
func (b *board) outcome() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.now.State == Failed && b.now.Why != nil:
		return b.now.Why
	case b.closed:
		return errClosed
	}
	return nil
}
