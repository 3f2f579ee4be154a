package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"vapitap/vapi"
)

// replyBody is a reply's body as it comes from the target. The read that brings
// its end returns once the exchange is on disk, so that the end leaves for the
// caller only then: the last byte where the length is known, the terminating
// chunk where it is not.
type replyBody struct {
	io.ReadCloser
	passage *passage
	res     *http.Response
}

func (b *replyBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	x := b.passage
	x.reply.add(p[:n])
	switch {
	case errors.Is(err, io.EOF), err == nil && x.reply.total == b.res.ContentLength:
		x.exchange.Response.Trailer = b.res.Trailer
		x.commit()
	case err != nil:
		x.exchange.Error = x.brokenOff(err)
		x.commit()
		x.w.FlushError() // what came of it is sent on before the connection breaks
	}
	return n, err
}

// replyWriter is how the reply leaves. It keeps net/http from adding headers
// that the target did not send, and notices when the caller is gone.
type replyWriter struct {
	http.ResponseWriter
	ctx     context.Context // of the request
	mu      sync.Mutex      // ReverseProxy flushes from a goroutine of its own
	status  int
	written int64 // bytes of the body that were taken for sending
	failed  error // why no more is taken
}

func (w *replyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *replyWriter) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if status >= 200 {
		h := w.Header()
		for _, name := range [...]string{"Content-Type", "Date"} {
			if _, ok := h[name]; !ok {
				h[name] = nil
			}
		}
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// FlushError sends what was written so far.
func (w *replyWriter) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *replyWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.ResponseWriter.Write(p)
	w.written += int64(n)
	if err != nil {
		w.failed = err
	}
	return n, err
}

// unreachable replies in the target's place, with what to do.
func (x *passage) unreachable(w http.ResponseWriter, why string) {
	e := x.exchange
	target := x.proxy.options.Target
	e.Unreachable, e.Status = true, http.StatusBadGateway
	e.Error = fmt.Sprintf("no answer from %s: %s", target.Host, why)
	x.answer(w, explanation{
		Error:  "vapitap: " + e.Error,
		Target: e.Target,
		Hint:   vapi.UnreachableHint(e.Error) + "; this exchange is recorded and can be replayed",
	})
}

// explanation is the body of a reply that is vapitap's own.
type explanation struct {
	Error  string `json:"error"`
	Target string `json:"target,omitempty"`
	Hint   string `json:"hint"`
}

// answer sends a reply of vapitap's own with the status of the exchange.
func (x *passage) answer(w http.ResponseWriter, why explanation) {
	e := x.exchange
	body, err := json.Marshal(why)
	if err != nil {
		body = []byte(`{"error":"vapitap: no answer from the target"}`) // strings always have a JSON form
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", fmt.Sprint(len(body)))
	e.Response.Header = h.Clone()
	x.reply.add(body)
	x.commit()
	if x.in != nil {
		if end, _ := x.in.state(); end == nil { // nobody reads the rest, so the connection cannot be used again
			h.Set("Connection", "close")
		}
	}
	w.WriteHeader(e.Status)
	w.Write(body)
}
