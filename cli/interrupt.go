package cli

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts are Ctrl-C, SIGTERM and SIGHUP: the first ends a command in good
// order, the next one at once.
type interrupts struct {
	cancel  context.CancelFunc
	signals chan os.Signal

	mu     sync.Mutex
	ending bool
	owed   string // what the end would leave undone
}

// handleInterrupts returns a context that ends with the first one. Stop leaves
// them to the system again. What is still owed when the program is ended at once
// goes to say.
func handleInterrupts(say func(what, hint string)) (ctx context.Context, in *interrupts, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	in = &interrupts{cancel: cancel, signals: make(chan os.Signal, 4)}
	signal.Notify(in.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range in.signals {
			if in.end() {
				continue
			}
			in.mu.Lock() // for good: nothing is owed any less from here on
			if in.owed != "" {
				say(in.owed, "vapitap detach puts it back")
			}
			endBySignal(s)
		}
	}()
	return ctx, in, func() {
		signal.Stop(in.signals)
		close(in.signals)
		cancel()
	}
}

// end has the command end, so that the next interrupt ends it at once. It returns
// false where it is ending already.
func (in *interrupts) end() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	first := !in.ending
	in.ending = true
	in.cancel()
	return first
}

func (in *interrupts) owe(what string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.owed = what
}

// owe notes what a sudden end of the program would leave undone; empty for
// nothing.
func (a *app) owe(what string) {
	if a.interrupts != nil {
		a.interrupts.owe(what)
	}
}

// endsSoon has the next interrupt end the program at once: a command is ending
// for another reason.
func (a *app) endsSoon() {
	if a.interrupts != nil {
		a.interrupts.end()
	}
}

// endBySignal ends the program as the signal does where nobody handles it, so
// that a shell sees what ended it.
func endBySignal(s os.Signal) {
	signal.Reset(s)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(s) == nil {
		select {}
	}
	os.Exit(exitFailed)
}
