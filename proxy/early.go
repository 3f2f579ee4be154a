package proxy

import (
	"bytes"

	"vapitap/record"
	"vapitap/vapi"
)

// earlyBytes is how much of a body is looked at to say what a request is while
// it is in flight. What it is stands near the beginning.
const earlyBytes = 1 << 20

// identifyEarly sees that those who watch requests in flight learn what this one
// is as soon as its body is there, and not only with the reply. Where nobody
// watches it costs nothing.
func (x *passage) identifyEarly() {
	store := x.proxy.options.Store
	if x.in == nil || !store.Watched() {
		x.warmUp()
		return
	}
	key, header := x.exchange.Key(), x.exchange.Request.Header
	x.in.mu.Lock()
	defer x.in.mu.Unlock()
	x.in.whole = func(c capture) {
		x.proxy.warmUp(c.bytes)
		// Copied, as the buffer goes back to its pool with the commit; and in a
		// goroutine, as the target waits for the end of the body meanwhile.
		body := bytes.Clone(c.bytes[:min(len(c.bytes), earlyBytes)])
		total := c.total
		x.proxy.background.Go(func() {
			store.IdentifyInFlight(key, record.Message{
				Header: header, Body: body, Bytes: total, Truncated: int64(len(body)) < total,
			})
		})
	}
}

// warmUp sees that what the reply to an assistant-request is compared with is
// being prepared while the server makes up its mind.
func (x *passage) warmUp() {
	if x.proxy.warm.Load() || x.in == nil {
		return
	}
	x.in.mu.Lock()
	defer x.in.mu.Unlock()
	x.in.whole = func(c capture) { x.proxy.warmUp(c.bytes) }
}

// warmUp prepares the checks, once, in the background, where the body is of an
// assistant-request. Its type stands near the beginning; where it does not, the
// reply waits for them.
func (p *Proxy) warmUp(body []byte) {
	const near = 4 << 10
	if p.warm.Load() || !bytes.Contains(body[:min(len(body), near)], []byte("assistant-request")) {
		return
	}
	if p.warm.CompareAndSwap(false, true) {
		p.background.Go(vapi.PrepareChecks)
	}
}
