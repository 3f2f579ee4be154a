package proxy

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"vapitap/record"
	"vapitap/vapi/auth"
)

// Options say how a Proxy forwards. Target and Store are required.
type Options struct {
	// Target is where requests go. A request for / goes to its path where it has
	// one; any other request keeps its own.
	Target *url.URL
	// Store records the exchanges. Its owner closes it after Shutdown.
	Store *record.Store
	// Hold is for how long a request waits for a target that refuses
	// connections, as a server does that restarts. 0 does not wait.
	Hold time.Duration
	// MaxBody is how many bytes of a body are captured; all of it is forwarded.
	// 0 captures none.
	MaxBody int64
	// PreserveHost keeps the caller's Host instead of the target's.
	PreserveHost bool
	// SkipVerify accepts any certificate of the target.
	SkipVerify bool
	// Keys are the secrets with which requests are verified; nil for none.
	Keys *auth.Keyring
	// RequireAuth answers 401 to requests that Keys do not verify, and forwards
	// none of them. It needs Keys.
	RequireAuth bool
	// Here returns the hosts, with their ports where they have one, that lead to
	// this proxy from outside, such as that of a tunnel's public address. It is
	// asked for each exchange. Nil knows of none.
	Here func() []string
	// Answer is shown each request first, and returns true where it was one of the
	// program's own to itself, which it has answered: that is neither forwarded nor
	// recorded. Nil leaves all to be forwarded.
	Answer func(http.ResponseWriter, *http.Request) bool
	// Notify is called with a sentence for the person who runs the program. It
	// must not block, and may be called by several goroutines. Nil is allowed.
	Notify func(sentence string)

	restPatience time.Duration // restPatience where it is 0
}

// Proxy is a server that forwards. The same Proxy serves any number of
// listeners.
type Proxy struct {
	options Options
	server  *http.Server
	pooled  *http.Transport // keeps connections to the target
	fresh   *http.Transport // opens one for each request: for sending again
	room    budget
	copies  copyBuffers
	outage  outage

	abort      context.CancelCauseFunc // ends what is in flight
	passages   passages
	background sync.WaitGroup // what goes on beside a passage; Shutdown waits for it
	warm       atomic.Bool    // the checks are prepared, or being so
}

// inFlightRoom is what captures in flight may hold together, in bytes. One that
// finds no room is truncated, never the traffic.
const inFlightRoom = 64 << 20

// errShutdown is why a request in flight is ended when the proxy is.
var errShutdown = errors.New("vapitap ended before the reply was complete")

// New returns a proxy that serves nothing yet.
func New(options Options) *Proxy {
	if options.restPatience == 0 {
		options.restPatience = restPatience
	}
	p := &Proxy{options: options}
	p.room.free.Store(inFlightRoom)
	p.pooled, p.fresh = p.transports()
	ctx, abort := context.WithCancelCause(context.Background())
	p.abort = abort
	p.server = &http.Server{
		Handler:                      p,
		BaseContext:                  func(l net.Listener) context.Context { return fromContext(ctx, l) },
		MaxHeaderBytes:               1 << 20,
		ReadHeaderTimeout:            30 * time.Second,
		IdleTimeout:                  5 * time.Minute, // longer than callers keep theirs
		DisableGeneralOptionsHandler: true,            // OPTIONS * is forwarded like the rest
		ErrorLog:                     log.New(discard{}, "", 0),
	}
	return p
}

// Serve accepts connections of l until Shutdown, and then returns
// http.ErrServerClosed. What comes through it is recorded as coming from
// source.
func (p *Proxy) Serve(l net.Listener, source record.From) error {
	return p.server.Serve(sourced{l, source})
}

// Shutdown accepts no more, waits for what is in flight as long as ctx lasts,
// and then ends it, each exchange recorded with the reason. It returns when
// nothing is in flight any more, with ctx's error where it had to end something.
func (p *Proxy) Shutdown(ctx context.Context) error {
	err := p.server.Shutdown(ctx)
	select {
	case <-p.passages.none(): // upgraded connections have ended too
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.passages.refuse()
	p.abort(errShutdown)
	p.server.Close()
	<-p.passages.none()
	p.background.Wait()
	p.pooled.CloseIdleConnections()
	p.fresh.CloseIdleConnections()
	return err
}

// ServeHTTP forwards one request and records the exchange.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		http.Error(w, "vapitap forwards to one target and is no CONNECT proxy", http.StatusMethodNotAllowed)
		return
	}
	if !p.passages.begin() {
		panic(http.ErrAbortHandler) // it came at the very end
	}
	defer p.passages.end()
	if p.options.Answer != nil && p.options.Answer(w, r) {
		return
	}
	newPassage(p, w, r).run()
}

// passages counts the requests in flight, upgraded connections included. Unlike
// a sync.WaitGroup it may be waited for while more begin.
type passages struct {
	mu      sync.Mutex
	n       int
	refused bool          // no more may begin
	idle    chan struct{} // closed when none is in flight; nil while nobody waits
}

// begin counts one more, and returns false where no more may begin.
func (p *passages) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.refused {
		p.n++
	}
	return !p.refused
}

func (p *passages) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n--
	if p.n == 0 && p.idle != nil {
		close(p.idle)
		p.idle = nil
	}
}

// refuse lets no more begin.
func (p *passages) refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = true
}

// none returns a channel that is closed once none is in flight.
func (p *passages) none() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	none := p.idle
	switch {
	case p.n == 0:
		none = make(chan struct{})
		close(none)
	case none == nil:
		none = make(chan struct{})
		p.idle = none
	}
	return none
}

func (p *Proxy) notify(sentence string) {
	if p.options.Notify != nil {
		p.options.Notify(sentence)
	}
}

// sourced is a listener that knows what its connections are recorded as.
type sourced struct {
	net.Listener
	source record.From
}

type sourceKey struct{}

func fromContext(ctx context.Context, l net.Listener) context.Context {
	if s, ok := l.(sourced); ok {
		return context.WithValue(ctx, sourceKey{}, s.source)
	}
	return ctx
}

// source returns what a request is recorded as coming from.
func source(r *http.Request) record.From {
	return record.FromAgent(r.Header.Get("User-Agent"), listener(r))
}

// listener returns what comes through the listener of a request, whoever sends.
func listener(r *http.Request) record.From {
	from, ok := r.Context().Value(sourceKey{}).(record.From)
	if !ok {
		from = record.FromLocal
	}
	return from
}

// discard is for logs that say what the exchange says.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
