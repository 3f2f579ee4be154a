package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"vapitap/internal/dial"
)

// transports returns how the target is reached: over connections that are kept,
// and over a new one each time.
func (p *Proxy) transports() (pooled, fresh *http.Transport) {
	pooled = dial.Transport(p.options.SkipVerify)
	pooled.DialContext = p.dial
	// A call's messages come in bursts, all to one host.
	pooled.MaxIdleConnsPerHost = 256
	pooled.MaxIdleConns = 256
	fresh = pooled.Clone()
	fresh.DisableKeepAlives = true
	return pooled, fresh
}

// retryDial is how long a held connection waits between two tries.
const retryDial = 50 * time.Millisecond

// dial connects to the target. While it refuses, as a server does that
// restarts, it tries again for as long as requests are held.
func (p *Proxy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := dial.Dialer()
	deadline := time.Now().Add(p.options.Hold)
	for {
		conn, err := dialer.DialContext(ctx, network, address)
		if !dial.Refused(err) {
			if err == nil && p.outage.end() {
				p.notify(fmt.Sprintf("%s is back", address))
			}
			return conn, err
		}
		if p.outage.begin() && p.options.Hold > 0 {
			p.notify(fmt.Sprintf("%s refuses connections; requests wait for it up to %s", address, p.options.Hold))
		}
		if time.Now().Add(retryDial).After(deadline) {
			return nil, err
		}
		if err := wait(ctx, retryDial); err != nil {
			return nil, err
		}
	}
}

// wait waits for d, or until ctx ends, and then returns its error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// outage is whether the target refuses connections, so that it is told once.
type outage struct {
	mu   sync.Mutex
	down bool
}

// begin reports whether an outage began just now.
func (o *outage) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.down
	o.down = true
	return !was
}

// end reports whether an outage ended just now.
func (o *outage) end() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.down
	o.down = false
	return was
}

// inWords says why no answer came.
func inWords(err error) string {
	var held *notRepeated
	if errors.As(err, &held) {
		return held.Error()
	}
	text := dial.Reason(err)
	words, broken := strings.CutPrefix(text, "net/http: HTTP/1.x transport connection broken: ")
	if broken || strings.HasPrefix(words, "net/http: ") {
		return "its reply is not valid HTTP: " + strings.TrimPrefix(words, "net/http: ")
	}
	return text
}
