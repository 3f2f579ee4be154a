package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"time"

	"vapitap/internal/dial"
	"vapitap/record"
)

// commitPatience is how long the end of a reply waits for a slow disk.
const commitPatience = 250 * time.Millisecond

// responseFlush is how long bytes of a reply of known length may wait for more.
// Those of unknown length leave at once.
const responseFlush = 5 * time.Millisecond

// passage is one request on its way to the target and back. It belongs to the
// goroutine of its handler, but for the request's body, which the transport
// reads in its own.
type passage struct {
	proxy    *Proxy
	exchange *record.Exchange
	start    time.Time
	w        *replyWriter
	r        *http.Request
	target   *url.URL
	in       *incoming // nil where the request has no body
	last     *attempt  // the body of the last try to send it
	reply    capture
	handed   bool          // to the store, or it was decided what becomes of it
	conn     *upgradedConn // the target's side of an upgraded connection
}

func newPassage(p *Proxy, w http.ResponseWriter, r *http.Request) *passage {
	now, target := time.Now(), p.targetOf(r.URL)
	x := &passage{
		proxy:  p,
		start:  now,
		w:      &replyWriter{ResponseWriter: w, ctx: r.Context()},
		r:      r,
		target: target,
		exchange: &record.Exchange{
			Time:   now,
			From:   source(r),
			Remote: hostOf(r.RemoteAddr),
			Method: r.Method,
			Path:   r.URL.RequestURI(),
			Target: target.String(),

			Tunnelled: listener(r) == record.FromTunnel,
		},
	}
	if r.Host != "" {
		r.Header["Host"] = []string{r.Host} // net/http took it out; nobody sends it from here
	}
	x.exchange.Request.Header = r.Header
	x.reply = capture{most: p.options.MaxBody, room: &p.room}
	if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 {
		x.in = &incoming{request: r, capture: capture{most: p.options.MaxBody, room: &p.room}}
		x.in.capture.expect(r.ContentLength)
	}
	return x
}

// run forwards the request and sees that the exchange is recorded, however it
// ends.
func (x *passage) run() {
	x.proxy.options.Store.Begin(x.exchange)
	x.identifyEarly()
	defer x.end()
	// Else net/http would swallow what is unread of a request as soon as the reply
	// begins, and neither the target nor the record would get it.
	http.NewResponseController(x.w).EnableFullDuplex()
	if x.proxy.options.RequireAuth && !x.admit() {
		return
	}
	forward := httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		Transport:      x,
		ModifyResponse: x.answered,
		ErrorHandler:   x.failed,
		FlushInterval:  responseFlush,
		BufferPool:     x.proxy.copies,
		ErrorLog:       x.proxy.server.ErrorLog,
	}
	forward.ServeHTTP(x.w, x.r)
}

// targetOf returns where a request for u goes: / goes to the target's path where
// it has one, any other path is kept.
func (p *Proxy) targetOf(u *url.URL) *url.URL {
	to := *p.options.Target
	if u.Path != "/" && u.Path != "" || to.Path == "" {
		to.Path, to.RawPath = u.Path, u.RawPath
	}
	to.RawQuery = strings.Trim(p.options.Target.RawQuery+"&"+u.RawQuery, "&")
	to.ForceQuery = u.ForceQuery
	if p.options.Target.RawQuery == "" {
		to.RawQuery = u.RawQuery // as it came, however odd
	}
	return &to
}

// rewrite makes the request that the target gets.
func (x *passage) rewrite(pr *httputil.ProxyRequest) {
	pr.Out.URL = x.target
	pr.Out.Host = ""
	if x.proxy.options.PreserveHost {
		pr.Out.Host = pr.In.Host
	}
	x.forwarded(pr.In, pr.Out)
}

// forwarded keeps what earlier proxies say of the caller and adds what is known
// here. ReverseProxy has removed it from out.
func (x *passage) forwarded(in, out *http.Request) {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, ok := in.Header[name]; ok {
			out.Header[name] = values
		}
	}
	if hops := in.Header["X-Forwarded-For"]; listener(x.r) != record.FromTunnel || len(hops) == 0 {
		out.Header.Set("X-Forwarded-For", strings.Join(append(slices.Clone(hops), hostOf(in.RemoteAddr)), ", "))
	}
	if out.Header.Get("X-Forwarded-Host") == "" {
		out.Header.Set("X-Forwarded-Host", in.Host)
	}
	if out.Header.Get("X-Forwarded-Proto") == "" {
		scheme := "http"
		if in.TLS != nil || listener(x.r) == record.FromTunnel {
			scheme = "https"
		}
		out.Header.Set("X-Forwarded-Proto", scheme)
	}
}

// answered is called with the reply's header, before anything of it is sent on.
func (x *passage) answered(res *http.Response) error {
	e := x.exchange
	e.FirstByte = time.Since(x.start)
	e.Status = res.StatusCode
	e.Response.Header = res.Header // only read from here on
	if res.StatusCode == http.StatusSwitchingProtocols {
		if conn, ok := res.Body.(io.ReadWriteCloser); ok {
			x.conn = &upgradedConn{ReadWriteCloser: conn}
			res.Body = x.conn.asBody()
		}
		return nil
	}
	if res.ContentLength == 0 || noBody(x.r.Method, res.StatusCode) {
		x.commit()
		return nil
	}
	x.reply.expect(res.ContentLength)
	res.Body = &replyBody{ReadCloser: res.Body, passage: x, res: res}
	return nil
}

// noBody reports whether a reply ends with its header, whatever that says.
func noBody(method string, status int) bool {
	return method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified
}

// failed is called where no reply can be sent on.
func (x *passage) failed(w http.ResponseWriter, _ *http.Request, err error) {
	e := x.exchange
	switch cause := context.Cause(x.r.Context()); {
	case errors.Is(cause, errShutdown):
		e.Error = errShutdown.Error()
		x.commit()
		panic(http.ErrAbortHandler)
	case cause != nil || x.callerBroke():
		e.Error = x.callerGone(0)
		x.commit()
		panic(http.ErrAbortHandler)
	}
	x.unreachable(w, inWords(err))
}

// callerBroke reports whether the caller ended the request before it was whole.
func (x *passage) callerBroke() bool {
	if x.in == nil {
		return false
	}
	end, _ := x.in.state()
	return end != nil && wholeOr(end) != nil
}

// callerGone says that the caller went away, and when.
func (x *passage) callerGone(received int64) string {
	if x.in != nil {
		if end, _ := x.in.state(); end != nil && wholeOr(end) != nil && x.r.ContentLength > 0 {
			x.in.mu.Lock()
			defer x.in.mu.Unlock()
			return fmt.Sprintf("the caller sent %d of the %d bytes it announced", x.in.capture.total, x.r.ContentLength)
		}
	}
	if x.exchange.Status == 0 {
		return fmt.Sprintf("client went away before a reply, after %s", time.Since(x.start).Round(time.Millisecond))
	}
	return fmt.Sprintf("client went away after %d bytes", received)
}

// commit hands the exchange to the store and waits until it is on disk, within
// its patience. Only the first call does anything.
func (x *passage) commit() {
	if x.handed {
		return
	}
	x.handed = true
	e := x.exchange
	e.Duration = time.Since(x.start)
	x.takeRequest()
	e.Response.Body, e.Response.Bytes, e.Response.Truncated = x.reply.bytes, x.reply.total, x.reply.truncated
	if x.conn != nil {
		e.Request.Bytes, e.Response.Bytes = x.conn.wrote.Load(), x.conn.read.Load()
	}
	if here := x.proxy.options.Here; here != nil {
		e.Here = here()
	}
	store, keys := x.proxy.options.Store, x.proxy.options.Keys
	if keys != nil {
		e.Describe()
		e.Authenticate(keys)
	}
	if store.Spool(e, x.release) {
		return
	}
	if keys == nil {
		e.Describe()
	}
	store.Commit(e, commitPatience, x.release)
}

// takeRequest puts what was captured of the request into the exchange.
func (x *passage) takeRequest() {
	e := x.exchange
	if x.in == nil {
		return
	}
	if x.r.Header.Get("Expect") == "" && x.conn == nil && x.r.Context().Err() == nil {
		if err := x.in.finish(x.last, http.NewResponseController(x.w), x.proxy.options.restPatience); err != nil && e.Error == "" {
			e.Error = err.Error()
		}
	}
	in := x.in
	e.Request.Trailer = in.trailer()
	in.mu.Lock()
	defer in.mu.Unlock()
	e.Request.Body = in.capture.bytes
	e.Request.Bytes = max(in.capture.total, x.r.ContentLength)
	e.Request.Truncated = in.capture.truncated || in.capture.total < x.r.ContentLength
}

// release gives the buffers back once the exchange is on disk.
func (x *passage) release() {
	if x.in != nil {
		x.in.mu.Lock()
		x.in.capture.release()
		x.in.mu.Unlock()
	}
	x.reply.release()
}

// end is the last thing that happens: what has not been recorded is, and what
// was learnt after it was, amends it.
func (x *passage) end() {
	e := x.exchange
	defer x.proxy.options.Store.Done(e)
	if !x.handed {
		if x.conn == nil && e.Error == "" {
			e.Error = x.brokenOff(nil)
		}
		x.commit()
		return
	}
	if x.w.failed != nil && !noBody(x.r.Method, x.w.status) {
		gone := fmt.Sprintf("client went away after %d bytes", x.w.written)
		x.proxy.options.Store.Amend(e, func(e *record.Exchange) {
			if e.Error == "" {
				e.Error = gone
			}
		})
	}
}

// brokenOff says why a reply that had begun did not end. err is what reading it
// gave, if that is what ended.
func (x *passage) brokenOff(err error) string {
	switch {
	case errors.Is(context.Cause(x.r.Context()), errShutdown):
		return errShutdown.Error()
	case x.r.Context().Err() != nil || x.w.failed != nil || err == nil:
		return x.callerGone(x.w.written)
	}
	if dial.Broken(err) {
		return fmt.Sprintf("the server broke off its reply after %d bytes", x.reply.total)
	}
	return fmt.Sprintf("the server broke off its reply after %d bytes: %v", x.reply.total, err)
}

// hostOf returns the address without its port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
