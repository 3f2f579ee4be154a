package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"vapitap/internal/dial"
	"vapitap/record"
	"vapitap/vapi/auth"
)

// MaxReply is how many bytes of a reply are captured. What follows is read and
// counted.
const MaxReply = 64 << 20

// Sender sends requests and records each as an exchange. Its methods may be
// called by any goroutine; its fields may not be changed meanwhile.
type Sender struct {
	// Store records what is sent. Nil records nothing, which is for messages that
	// a proxy on the way records.
	Store *record.Store
	// Once records what is sent instead of Store, in a session of its own, where a
	// proxy on the way may record it to the same store. Nil for none.
	Once *Once
	// From is what the exchanges are recorded as coming from.
	From record.From
	// Session is what they belong to; empty for the store's current session.
	Session string
	// SkipVerify accepts any certificate of the server.
	SkipVerify bool
	// Keys are the secrets with which what is sent is judged as it is recorded; nil
	// for none. They sign nothing: see Again, and auth.Keyring.
	Keys *auth.Keyring
	// Timeout is how long a reply may take, to its last byte. 0 waits as long as
	// it takes.
	Timeout time.Duration
}

// Message is one request to send. URL must be absolute.
type Message struct {
	Method   string
	URL      *url.URL
	Header   http.Header // sent as it is, with Host and the length of the body beside it
	Trailer  http.Header // sent after the body, in chunks then
	Body     []byte      // may not be changed until the exchange is no longer used
	ReplayOf int64       // the exchange that is sent again; 0 for none
}

// Send sends m once, on a connection of its own, reads the whole reply, and
// returns the exchange as it was recorded. Redirects are not followed, cookies
// not kept, nothing is sent a second time.
//
// Where no reply came the exchange, which is recorded all the same with why,
// comes with a *NoReplyError, or with ctx's error where that has ended. A reply
// that broke off is a reply; the exchange's Error tells. Where a reply came but
// could not be recorded, the exchange has no id and comes with the reason.
func (s *Sender) Send(ctx context.Context, m Message) (*record.Exchange, error) {
	e := s.exchange(m)
	switch {
	case s.Once != nil:
		s.Once.expect(e)
	case s.Store != nil:
		s.Store.Begin(e)
	}
	failure := s.ask(ctx, m, e)
	e.Duration = time.Since(e.Time)
	e.Describe()
	e.Authenticate(s.Keys)
	kept := *e // what the store could not commit yet is changed by it later
	if err := s.record(e); err != nil {
		return &kept, errors.Join(failure, fmt.Errorf("the exchange was not recorded: %w", err))
	}
	return e, failure
}

// record commits an exchange that is over.
func (s *Sender) record(e *record.Exchange) error {
	switch {
	case s.Once != nil:
		return s.Once.record(e)
	case s.Store != nil:
		return s.Store.Commit(e, 0, nil)
	}
	return nil
}

// exchange returns what is known before m is sent.
func (s *Sender) exchange(m Message) *record.Exchange {
	e := &record.Exchange{
		Session:  s.Session,
		Time:     time.Now(),
		From:     s.From,
		Method:   m.Method,
		Path:     m.URL.RequestURI(),
		Target:   m.URL.String(),
		ReplayOf: m.ReplayOf,
	}
	header := m.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Host", m.URL.Host)
	if len(m.Trailer) == 0 && len(m.Body) > 0 {
		header.Set("Content-Length", strconv.Itoa(len(m.Body)))
	}
	e.Request = record.Message{Header: header, Trailer: m.Trailer, Body: m.Body, Bytes: int64(len(m.Body))}
	e.Identify()
	return e
}

// ask sends m and puts what comes of it into e. It returns an error where no
// reply came.
func (s *Sender) ask(ctx context.Context, m Message, e *record.Exchange) error {
	limited := ctx
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeoutCause(ctx, s.Timeout, errTimeout)
		defer cancel()
	}
	transport := dial.Transport(s.SkipVerify)
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(request(limited, m))
	e.FirstByte = time.Since(e.Time)
	if err != nil {
		e.FirstByte = 0
		return s.noReply(ctx, limited, m, e, err)
	}
	defer res.Body.Close()
	e.Status, e.Response.Header = res.StatusCode, res.Header
	if err := capture(&e.Response, res.Body); err != nil {
		e.Error = brokenOff(limited, s.Timeout, e.Response.Bytes, err)
	}
	if len(res.Trailer) > 0 {
		e.Response.Trailer = res.Trailer
	}
	return nil
}

// errTimeout is why a request is given up that was not answered in time.
var errTimeout = errors.New("timeout")

// request returns m as net/http sends it.
func request(ctx context.Context, m Message) *http.Request {
	header := m.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Del("Host")
	header.Del("Content-Length")
	if _, ok := header["User-Agent"]; !ok {
		header["User-Agent"] = nil // else net/http names itself
	}
	r := &http.Request{
		Method:        m.Method,
		URL:           m.URL,
		Header:        header,
		Body:          http.NoBody,
		ContentLength: int64(len(m.Body)),
	}
	if len(m.Body) > 0 || len(m.Trailer) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(m.Body))
	}
	if len(m.Trailer) > 0 {
		r.Trailer = maps.Clone(m.Trailer)
		r.ContentLength, r.TransferEncoding = -1, []string{"chunked"}
	}
	return r.WithContext(ctx)
}

// capture reads a body to its end and keeps its first MaxReply bytes.
func capture(into *record.Message, body io.Reader) error {
	var kept bytes.Buffer
	n, err := io.CopyN(&kept, body, MaxReply)
	into.Body, into.Bytes = kept.Bytes(), n
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	rest, err := io.Copy(io.Discard, body)
	into.Bytes += rest
	into.Truncated = rest > 0
	return err
}

// noReply puts into e that no reply came, and returns why. ctx is the caller's;
// limited ends with the timeout as well.
func (s *Sender) noReply(ctx, limited context.Context, m Message, e *record.Exchange, err error) error {
	if ctx.Err() != nil {
		e.Error = fmt.Sprintf("given up before a reply, after %s", time.Since(e.Time).Round(time.Millisecond))
		return ctx.Err()
	}
	failure := &NoReplyError{Server: m.URL.Host, Reason: dial.Reason(err), Err: err}
	if errors.Is(context.Cause(limited), errTimeout) {
		failure.Reason = fmt.Sprintf("nothing came within %s", s.Timeout)
	}
	e.Unreachable = true
	e.Error = fmt.Sprintf("no answer from %s: %s", failure.Server, failure.Reason)
	return failure
}

// brokenOff says why a reply that had begun did not end.
func brokenOff(ctx context.Context, timeout time.Duration, received int64, err error) string {
	switch {
	case errors.Is(context.Cause(ctx), errTimeout):
		return fmt.Sprintf("the reply had not ended after %s and %d bytes", timeout, received)
	case ctx.Err() != nil:
		return fmt.Sprintf("given up after %d bytes of the reply", received)
	}
	why := dial.Reason(err)
	if dial.Broken(err) {
		why = "it closed the connection"
	}
	return fmt.Sprintf("the server broke off its reply after %d bytes: %s", received, why)
}

// NoReplyError is why nobody answered. It says what to do.
type NoReplyError struct {
	Server string // host and port
	Reason string // such as: connection refused
	Err    error  // what net/http returned
}

func (e *NoReplyError) Error() string {
	switch {
	case dial.Refused(e.Err):
		return fmt.Sprintf("nothing listens on %s: start your server, or name another with --to URL", e.Server)
	case dial.Untrusted(e.Err):
		return fmt.Sprintf("no reply from %s: %s (--skip-verify accepts it)", e.Server, e.Reason)
	}
	return fmt.Sprintf("no reply from %s: %s", e.Server, e.Reason)
}

func (e *NoReplyError) Unwrap() error { return e.Err }
