package proxy

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"vapitap/internal/dial"
	"vapitap/vapi"
)

// RoundTrip sends the request to the target. Where a connection breaks before a
// byte of the reply it sends it again, in two cases:
//
//   - The connection had been kept from an earlier request. Servers close those
//     when they are idle, and a request that crosses the closing is not handled.
//   - Requests are held, and the target accepts connections and drops them at
//     once, as a published container port does while its server restarts. A
//     request whose handling has effects is not sent again then.
func (x *passage) RoundTrip(out *http.Request) (*http.Response, error) {
	deadline := x.start.Add(x.proxy.options.Hold)
	transport := x.proxy.pooled
	for {
		var try trial
		res, err := transport.RoundTrip(x.attempt(out, &try))
		if err == nil || x.r.Context().Err() != nil || try.answered.Load() || !dial.Broken(err) || !x.canRepeat() {
			return res, err
		}
		switch {
		case try.reused.Load():
			transport = x.proxy.fresh
			if !x.harmless() {
				x.proxy.notify(fmt.Sprintf("%s: the kept connection to the server broke before a reply; sent again on a new one", x.what()))
			}
		case time.Now().Add(retryDial).After(deadline):
			return nil, err
		case !x.harmless():
			return nil, &notRepeated{what: x.what(), err: err}
		default:
			if err := wait(x.r.Context(), retryDial); err != nil {
				return nil, err
			}
		}
	}
}

// notRepeated is why a request was not held although its connection broke.
type notRepeated struct {
	what string
	err  error
}

func (e *notRepeated) Error() string {
	return inWords(e.err) + "; not sent again, as handling " + e.what + " may have had effects"
}

// trial is what is learnt of one try.
type trial struct{ reused, answered atomic.Bool }

// attempt returns the request for one more try.
func (x *passage) attempt(out *http.Request, try *trial) *http.Request {
	again := out.WithContext(httptrace.WithClientTrace(out.Context(), &httptrace.ClientTrace{
		GotConn:              func(c httptrace.GotConnInfo) { try.reused.Store(c.Reused) },
		GotFirstResponseByte: func() { try.answered.Store(true) },
	}))
	if x.in != nil && out.Body != nil {
		x.last = newAttempt(x.in)
		again.Body, again.Trailer = x.last, x.last.trailers(out)
	}
	return again
}

// canRepeat waits until the last try reads no more, and reports whether all of
// the request can be sent once more.
func (x *passage) canRepeat() bool {
	if x.in == nil {
		return true
	}
	select {
	case <-x.last.done:
	case <-x.r.Context().Done():
		return false
	}
	end, whole := x.in.state()
	return whole && (end == nil || wholeOr(end) == nil)
}

// harmless reports whether handling the request twice does no more than
// handling it once: Vapi's events, but for those that run a tool.
func (x *passage) harmless() bool {
	switch x.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	if x.in != nil {
		x.in.drain() // what it is may stand at its end
	}
	id := x.identity()
	switch id.Kind {
	case vapi.KindServer:
		return id.Type != "tool-calls" && id.Type != "function-call"
	case vapi.KindLLM:
		return true
	}
	return false
}

// what names the request in a sentence.
func (x *passage) what() string {
	if id := x.identity(); id.Type != "" {
		return id.Type
	}
	return x.r.Method + " " + x.r.URL.Path
}

// identity is what is known of the request from what came of it so far.
func (x *passage) identity() vapi.Identity {
	var body []byte
	if x.in != nil {
		x.in.mu.Lock()
		defer x.in.mu.Unlock()
		body = x.in.capture.bytes
	}
	return vapi.Identify(vapi.Request{Method: x.r.Method, Path: x.exchange.Path, Header: x.r.Header, Body: body})
}
