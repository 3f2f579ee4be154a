package replay

import (
	"context"
	"net/url"
	"time"

	"vapitap/internal/dial"
)

const pollEvery = 100 * time.Millisecond

// Watch tells when a server goes and when it comes back: false when connections
// to it are no longer taken, true when they are again. It takes the server to
// be there at first, so that one which is not is told as gone. The channel is
// closed once ctx has ended.
//
// It connects every 100 ms and closes the connection at once. A server whose
// port stays open while it restarts, as a reloader keeps it, never goes; nor
// does one that is back within that time.
func Watch(ctx context.Context, server *url.URL) <-chan bool {
	address := dial.Address(server)
	return watch(ctx, func() bool { return dial.Listens(ctx, address) })
}

// watch is Watch of what listens says.
func watch(ctx context.Context, listens func() bool) <-chan bool {
	turns := make(chan bool)
	up := true
	poll := func() (changed bool) {
		now := listens()
		changed, up = now != up, now
		return changed && ctx.Err() == nil
	}
	changed := poll() // before it returns: what happens from then on is told
	go func() {
		defer close(turns)
		tick := time.NewTicker(pollEvery)
		defer tick.Stop()
		for {
			if changed {
				select {
				case turns <- up:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			changed = poll()
		}
	}()
	return turns
}
