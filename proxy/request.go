package proxy

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// incoming is the body that a caller sends. What was read of it is captured, so
// that it can be sent to the target a second time from the start.
type incoming struct {
	request *http.Request
	reading sync.Mutex // held while a read waits for the caller

	mu      sync.Mutex // guards what follows
	capture capture
	end     error         // why no more comes: io.EOF when it was whole
	whole   func(capture) // told once it is, before the mutex is let go; nil where nobody asks
}

// readAt reads what follows the first offset bytes: from what was captured
// where that has more, else from the caller.
func (in *incoming) readAt(offset int64, p []byte) (int, error) {
	if n, err, ok := in.captured(offset, p); ok {
		return n, err
	}
	in.reading.Lock()
	defer in.reading.Unlock()
	if n, err, ok := in.captured(offset, p); ok { // another read brought more
		return n, err
	}
	n, err := in.request.Body.Read(p)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.capture.add(p[:n])
	if err != nil {
		in.end = err
		if in.whole != nil && errors.Is(err, io.EOF) {
			in.whole(in.capture)
		}
	}
	return n, err
}

// captured is readAt of what is known already. It returns false where the
// caller must be asked.
func (in *incoming) captured(offset int64, p []byte) (n int, err error, ok bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case offset < int64(len(in.capture.bytes)):
		return copy(p, in.capture.bytes[offset:]), nil, true
	case offset < in.capture.total:
		return 0, errNotKept, true
	case in.end != nil:
		return 0, in.end, true
	}
	return 0, nil, false
}

var errNotKept = errors.New("the body is too large to be sent again")

// state returns why the body ended, nil where it has not, and whether all that
// came was captured.
func (in *incoming) state() (end error, whole bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.end, !in.capture.truncated
}

// trailer returns the trailers of the request, announced or not. There are none
// before the whole body has come.
func (in *incoming) trailer() http.Header {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !errors.Is(in.end, io.EOF) {
		return nil
	}
	return in.request.Trailer
}

// attempt is the body of one try to send a request to the target. Its close
// never closes what the caller sends.
type attempt struct {
	in      *incoming
	offset  int64
	trailer http.Header // of the try, filled in when the body ends; nil where there can be none

	mu      sync.Mutex
	reading bool
	closed  bool
	done    chan struct{} // closed when no read is under way and none will be
}

func newAttempt(in *incoming) *attempt { return &attempt{in: in, done: make(chan struct{})} }

// trailers returns the trailers of the try to send out, which net/http sends as
// they are when the body has ended, those included that were not announced. What
// is announced are the keys that out has now. They are the try's own, as an
// earlier one may still be reading its.
func (a *attempt) trailers(out *http.Request) http.Header {
	if out.ContentLength < 0 {
		a.trailer = make(http.Header, len(out.Trailer))
		for key := range out.Trailer {
			if !framing(key) {
				a.trailer[key] = nil
			}
		}
	}
	return a.trailer
}

// fillTrailer is called when the body has ended.
func (a *attempt) fillTrailer() {
	if a.trailer == nil {
		return
	}
	for key, values := range a.in.trailer() {
		if !framing(key) {
			a.trailer[key] = values
		}
	}
}

// framing reports whether a key is of the connection's framing, which trailers may
// not have.
func framing(key string) bool {
	return key == "Transfer-Encoding" || key == "Content-Length" || key == "Trailer"
}

func (a *attempt) Read(p []byte) (int, error) {
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return 0, http.ErrBodyReadAfterClose
	}
	a.reading = true
	a.mu.Unlock()
	n, err := a.in.readAt(a.offset, p)
	a.offset += int64(n)
	if errors.Is(err, io.EOF) {
		a.fillTrailer()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reading = false
	if a.closed {
		close(a.done)
	}
	return n, err
}

// Close ends the attempt. It does not wait for a read that is under way.
func (a *attempt) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.closed = true
		if !a.reading {
			close(a.done)
		}
	}
	return nil
}

// restPatience is how long the end of a reply waits for more of a request that
// the server did not read, so that the whole of it is recorded. It waits for
// restTimes as long while more keeps coming.
const (
	restPatience = 250 * time.Millisecond
	restTimes    = 8
)

// finish reads what the server left unread of the request, within patience as of
// restPatience and what may be captured, and returns nil where the request was
// whole.
func (in *incoming) finish(last *attempt, conn *http.ResponseController, patience time.Duration) error {
	if end, _ := in.state(); end != nil {
		return wholeOr(end)
	}
	if last != nil {
		last.Close() // the target has answered: no more is sent to it
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if last != nil {
			<-last.done
		}
		in.drain()
	}()
	if !in.drained(done, patience) {
		conn.SetReadDeadline(time.Unix(1, 0)) // ends the read that waits
		<-done
	}
	end, _ := in.state()
	return wholeOr(end)
}

// drained waits until done, and returns false where it takes too long.
func (in *incoming) drained(done <-chan struct{}, patience time.Duration) bool {
	tick := time.NewTicker(patience)
	defer tick.Stop()
	came := in.came()
	for range restTimes {
		select {
		case <-done:
			return true
		case <-tick.C:
		}
		before := came
		if came = in.came(); came == before {
			return false
		}
	}
	return false
}

// came returns how many bytes of the body have come so far.
func (in *incoming) came() int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.capture.total
}

// drain reads on until the body ends or no more of it can be captured.
func (in *incoming) drain() {
	buf := copyBuffers{}.Get()
	defer copyBuffers{}.Put(buf)
	for {
		in.mu.Lock()
		offset, full := in.capture.total, in.capture.truncated
		in.mu.Unlock()
		if full {
			return
		}
		if _, err := in.readAt(offset, buf); err != nil {
			return
		}
	}
}

// wholeOr returns nil for the end of a whole body, and why it was not whole
// otherwise.
func wholeOr(end error) error {
	var late net.Error
	switch {
	case errors.Is(end, io.EOF):
		return nil
	case end == nil, errors.As(end, &late) && late.Timeout(): // the one deadline that there is, is finish's
		return errUnread
	}
	return end
}

var errUnread = errors.New("the server answered without waiting for the whole request")
