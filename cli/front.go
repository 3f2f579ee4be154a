package cli

import (
	"context"
	"fmt"

	"vapitap/proxy"
	"vapitap/record"
	"vapitap/tui"
)

// front is what a command that forwards shows of it: lines on standard output,
// or the terminal interface.
type front struct {
	look   func(context.Context) error // shows what comes until ctx ends, or somebody quits
	finish func()                      // shows what is left
}

// front returns what shows the exchanges that the options concern. The printer of
// lines begins at once.
func (a *app) front(output string, notices *notices, o tui.Options) front {
	if output == outputTUI {
		return front{
			look:   func(ctx context.Context) error { return a.showTUI(ctx, notices, o) },
			finish: func() {},
		}
	}
	printer := a.print(o.Store, output, o.Concerns)
	return front{
		look:   func(ctx context.Context) error { <-ctx.Done(); return nil },
		finish: printer.finish,
	}
}

// drain ends a proxy in good order: what is in flight has a little time, and what
// had to be ended is recorded as such. When it returns, who watches the store has
// been told of everything.
func drain(ctx context.Context, p *proxy.Proxy, store *record.Store, notices *notices) {
	if n := len(store.InFlight()); n > 0 {
		notices.say(fmt.Sprintf("%s in flight: waiting %s at most; Ctrl-C ends at once", count(n, "request"), drainTime))
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	p.Shutdown(limited)
	store.Settle()
}
