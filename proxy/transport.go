package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// transports returns how the target is reached: over connections that are kept,
// and over a new one each time.
func (p *Proxy) transports() (pooled, fresh *http.Transport) {
	pooled = &http.Transport{
		Proxy:              environmentProxy,
		DialContext:        p.dial,
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: p.options.SkipVerify}, // only where the developer asks for it
		DisableCompression: true,                                                  // else gzip would be undone on the way
		// A call's messages come in bursts, all to one host.
		MaxIdleConnsPerHost: 256,
		MaxIdleConns:        256,
		// Gunicorn closes idle connections after 2 s, Node and uvicorn after 5 s. A
		// request on one that is just being closed fails.
		IdleConnTimeout:        1500 * time.Millisecond,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		WriteBufferSize:        32 << 10,
		ReadBufferSize:         32 << 10,
	}
	fresh = pooled.Clone()
	fresh.DisableKeepAlives = true
	return pooled, fresh
}

// environmentProxy is the proxy that HTTP_PROXY and the like name, but for
// targets on this machine.
func environmentProxy(r *http.Request) (*url.URL, error) {
	host := r.URL.Hostname()
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && (ip.IsLoopback() || ip.IsUnspecified())) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}

// retryDial is how long a held connection waits between two tries.
const retryDial = 50 * time.Millisecond

// dial connects to the target. While it refuses, as a server does that
// restarts, it tries again for as long as requests are held.
func (p *Proxy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	deadline := time.Now().Add(p.options.Hold)
	for {
		conn, err := dialer.DialContext(ctx, network, address)
		if !errors.Is(err, syscall.ECONNREFUSED) {
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

// brokeUnanswered reports whether err says that a connection was there and
// ended before a byte of the reply.
func brokeUnanswered(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed) ||
		isServerClosedIdle(err)
}

// isServerClosedIdle recognises what http.Transport returns for a kept
// connection that the server closed at the moment a request was put on it. The
// error has no exported name.
func isServerClosedIdle(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if err.Error() == "http: server closed idle connection" {
			return true
		}
	}
	return false
}

// inWords says why no answer came, without the addresses and verbs that Go's
// errors have in front.
func inWords(err error) string {
	var unknownHost *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &unknownHost):
		return "no host is called " + unknownHost.Name
	case errors.As(err, &certificate):
		return fmt.Sprintf("its certificate is not trusted: %v", certificate.Err)
	case errors.As(err, &record):
		return "it does not speak TLS (try http://)"
	case brokeUnanswered(err):
		return "it closed the connection without an answer"
	case errors.Is(err, context.DeadlineExceeded):
		return "no connection within 10 s"
	}
	text, broken := strings.CutPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: ")
	if broken || strings.HasPrefix(text, "net/http: ") {
		return "its reply is not valid HTTP: " + strings.TrimPrefix(text, "net/http: ")
	}
	return text
}
