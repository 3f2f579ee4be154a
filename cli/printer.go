package cli

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// printer writes exchanges to standard output as they are recorded, each once,
// but for reading again where it turns out that Vapi did not take its reply.
// It runs in a goroutine of its own until finish; one that is slow, or whose
// reader has gone, holds up nothing.
type printer struct {
	watcher *record.Watcher
	done    chan struct{}
	quit    chan struct{}
	writes  atomic.Int64 // how many were taken, to tell slow from stuck
}

// stuckAfter is how long a write may take at the end of the program before who
// reads it counts as standing still, as a pager does that nobody scrolls.
const stuckAfter = 2 * time.Second

// print starts a printer of what is recorded from now on and wanted.
func (a *app) print(store *record.Store, output string, wanted func(*record.Exchange) bool) *printer {
	ignoreBrokenPipe()
	p := &printer{watcher: store.Watch(false), done: make(chan struct{}), quit: make(chan struct{})}
	write := a.textWriter()
	if output == "json" {
		write = jsonWriter
	}
	go func() {
		defer close(p.done)
		out := bufio.NewWriterSize(countedWrites{a.out, &p.writes}, 64<<10)
		var printed int64
		late := lateNews{}
		for last := false; !last; {
			select {
			case <-p.watcher.C():
			case <-p.quit:
				last = true
			}
			for {
				changed, err := p.watcher.Read()
				if err != nil || len(changed) == 0 {
					break
				}
				for i := range changed {
					e := &changed[i]
					if e.ID <= printed && (output == "json" || !late.tells(e)) || !wanted(e) {
						continue
					}
					printed = max(printed, e.ID)
					if err := write(out, e); err != nil {
						return // nobody reads any more
					}
				}
			}
			if out.Flush() != nil {
				return
			}
		}
	}()
	return p
}

// lateNews are the exchanges that were written a second time.
type lateNews map[int64]bool

// tells reports whether an exchange that was written before is to be written
// again: once, with what a later message of the call showed of its reply.
func (l lateNews) tells(e *record.Exchange) bool {
	const most = 1024
	if l[e.ID] || !slices.ContainsFunc(e.Checks, func(c vapi.Check) bool { return c.Code == "tool-result-not-taken" }) {
		return false
	}
	if len(l) == most {
		clear(l)
	}
	l[e.ID] = true
	return true
}

// finish prints what is left and ends the printer. Where nobody takes it, it is
// given up: the program ends all the same. Calling it again does nothing.
func (p *printer) finish() {
	select {
	case <-p.quit:
	default:
		close(p.quit)
	}
	defer p.watcher.Close()
	for {
		before := p.writes.Load()
		select {
		case <-p.done:
			return
		case <-time.After(stuckAfter):
			if p.writes.Load() == before {
				return
			}
		}
	}
}

// countedWrites counts the writes that ended.
type countedWrites struct {
	io.Writer
	n *atomic.Int64
}

func (w countedWrites) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.n.Add(1)
	return n, err
}

func (a *app) textWriter() func(io.Writer, *record.Exchange) error {
	return func(w io.Writer, e *record.Exchange) error {
		_, err := fmt.Fprintln(w, a.style.line(e))
		return err
	}
}

func jsonWriter(w io.Writer, e *record.Exchange) error {
	text, err := e.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// notices writes sentences to standard error, one at a time and without making
// who says them wait.
type notices struct {
	mu       sync.Mutex
	queue    chan notice
	done     chan struct{}
	closed   bool
	diverted func(string) // gets them instead; nil while nobody does
}

// notice is a sentence, or the question whether all before it are written.
type notice struct {
	sentence string
	written  chan struct{} // closed once they are; nil for a sentence
}

// divert gives sentences to somebody else from now on, who may not block; nil
// has them written again. It returns when none is on its way to whoever got them
// before.
func (n *notices) divert(to func(string)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.diverted = to
}

func (a *app) notices() *notices {
	n := &notices{queue: make(chan notice, 64), done: make(chan struct{})}
	go func() {
		defer close(n.done)
		for next := range n.queue {
			if next.written != nil {
				close(next.written)
				continue
			}
			fmt.Fprintf(a.err, "%s %s\n", a.errStyle.wanted("vapitap"), plain.Text(next.sentence))
		}
	}()
	return n
}

// flush returns when what was said is written, so that something else can be
// written below it. Where nobody takes it, it is given up.
func (n *notices) flush() {
	written := make(chan struct{})
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return
	}
	select {
	case n.queue <- notice{written: written}:
	default:
		close(written)
	}
	n.mu.Unlock()
	select {
	case <-written:
	case <-time.After(stuckAfter):
	}
}

// say queues a sentence. Where 64 wait already, standard error is stuck and the
// sentence is dropped.
func (n *notices) say(sentence string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	if n.diverted != nil {
		n.diverted(sentence)
		return
	}
	select {
	case n.queue <- notice{sentence: sentence}:
	default:
	}
}

// close writes what was said and ends. Where nobody takes it, it is given up.
func (n *notices) close() {
	n.mu.Lock()
	if !n.closed {
		n.closed = true
		close(n.queue)
	}
	n.mu.Unlock()
	select {
	case <-n.done:
	case <-time.After(stuckAfter):
	}
}
