package replay

import (
	"context"
	"net"
	"net/url"
	"time"

	"vapitap/internal/dial"
)

const (
	pollEvery   = 100 * time.Millisecond
	pollTimeout = 2 * time.Second
)

// Watch tells when a server goes and when it comes back: false when connections
// to it are no longer taken, true when they are again. It takes the server to
// be there at first, so that one which is not is told as gone. The channel is
// closed once ctx has ended.
//
// It connects every 100 ms and closes the connection at once. A server whose
// port stays open while it restarts, as a reloader keeps it, never goes; nor
// does one that is back within that time.
func Watch(ctx context.Context, server *url.URL) <-chan bool {
	turns := make(chan bool)
	address := addressOf(server)
	up := true
	poll := func() (changed bool) {
		now := accepts(ctx, address)
		changed, up = now != up, now
		return changed && ctx.Err() == nil
	}
	changed := poll() // before Watch returns: what happens from then on is told
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

// accepts reports whether a connection to the address comes about.
func accepts(ctx context.Context, address string) bool {
	dialer := dial.Dialer()
	dialer.Timeout = pollTimeout
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// addressOf returns the host and port of a URL.
func addressOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
