package proxy

import (
	"bytes"

	"vapitap/record"
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
		return
	}
	key, header := x.exchange.Key(), x.exchange.Request.Header
	x.in.mu.Lock()
	defer x.in.mu.Unlock()
	x.in.whole = func(c capture) {
		// Copied, as the buffer goes back to its pool with the commit; and in a
		// goroutine, as the target waits for the end of the body meanwhile.
		body := bytes.Clone(c.bytes[:min(len(c.bytes), earlyBytes)])
		total := c.total
		go store.IdentifyInFlight(key, record.Message{
			Header: header, Body: body, Bytes: total, Truncated: int64(len(body)) < total,
		})
	}
}
