package ngroktest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// public is the side of the edge that the world calls: one server behind TLS and
// one without, which is also an HTTP proxy that finds every host here.
type public struct {
	edge        *Edge
	server      *http.Server
	secure      net.Listener // TLS
	plain       net.Listener
	connections sync.WaitGroup // of CONNECT
	serving     sync.WaitGroup

	mu     sync.Mutex
	claims map[string]string // who the client at a local address says to be
	warn   func(*http.Request) bool
}

type callerKey struct{}

// caller is one public connection. What it asks of an endpoint passes over one
// stream of its own.
type caller struct {
	transport *http.Transport
}

func (e *Edge) startPublic() (*public, error) {
	p := &public{edge: e, claims: map[string]string{}}
	var err error
	if p.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.plain.Close()
		return nil, err
	}
	p.secure = tls.NewListener(inner, e.authority.config())
	var callers sync.Map // by connection
	p.server = &http.Server{
		Handler:  p,
		ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			c := &caller{transport: p.transport(p.claimed(conn.RemoteAddr().String()))}
			callers.Store(conn, c)
			return context.WithValue(ctx, callerKey{}, c)
		},
		ConnState: func(conn net.Conn, state http.ConnState) {
			if state == http.StateClosed || state == http.StateHijacked {
				if c, ok := callers.LoadAndDelete(conn); ok {
					c.(*caller).transport.CloseIdleConnections()
				}
			}
		},
	}
	p.serving.Go(func() { p.server.Serve(p.plain) })
	p.serving.Go(func() { p.server.Serve(p.secure) })
	return p, nil
}

func (p *public) close() {
	p.server.Close()
	p.serving.Wait()
	p.connections.Wait()
}

func (p *public) httpAddress() string { return p.plain.Addr().String() }

// claimed returns who the client at an address says to be.
func (p *public) claimed(address string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name, ok := p.claims[address]; ok {
		return name
	}
	return address
}

// transport passes requests on to endpoints, for one caller.
func (p *public) transport(clientAddress string) *http.Transport {
	return &http.Transport{
		MaxConnsPerHost:    1,
		DisableCompression: true,
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			endpoint := p.edge.find(strings.TrimSuffix(address, ":80"))
			if endpoint == nil {
				return nil, errOffline
			}
			return endpoint.proxy(clientAddress)
		},
	}
}

var errOffline = errors.New("the endpoint is offline")

func (p *public) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	p.mu.Lock()
	warn := p.warn
	p.mu.Unlock()
	switch {
	case p.edge.find(r.Host) == nil:
		fail(w, http.StatusNotFound, "ERR_NGROK_3200", "The endpoint "+r.Host+" is offline.")
		return
	case warn != nil && warn(r):
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Ngrok-Error-Code", "ERR_NGROK_6024")
		fmt.Fprintf(w, "<!DOCTYPE html><html><body><h1>You are about to visit:</h1><p>%s</p><p>served by ngrok (ERR_NGROK_6024)</p></body></html>", r.Host)
		return
	}
	c, _ := r.Context().Value(callerKey{}).(*caller)
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	proxy := &httputil.ReverseProxy{
		Transport:     c.transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(&url.URL{Scheme: "http", Host: r.Host})
			pr.Out.Host = r.Host
			pr.Out.URL.Path, pr.Out.URL.RawPath, pr.Out.URL.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
			host, _, _ := net.SplitHostPort(p.claimed(r.RemoteAddr))
			pr.Out.Header.Set("X-Forwarded-For", host)
			pr.Out.Header.Set("X-Forwarded-Host", r.Host)
			pr.Out.Header.Set("X-Forwarded-Proto", scheme)
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, errOffline) {
				fail(w, http.StatusNotFound, "ERR_NGROK_3200", "The endpoint "+r.Host+" is offline.")
				return
			}
			fail(w, http.StatusBadGateway, "ERR_NGROK_3004", "ngrok gateway error: "+err.Error())
		},
	}
	proxy.ServeHTTP(w, r)
}

// fail answers as the edge does by itself.
func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Ngrok-Error-Code", code)
	w.WriteHeader(status)
	fmt.Fprintf(w, "%s\r\n\r\n%s\r\n", message, code)
}

// tunnel lets a client that takes this for its HTTP proxy reach any host: all of
// them are here.
func (p *public) tunnel(w http.ResponseWriter) {
	out, err := net.Dial("tcp", p.secure.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	in, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		out.Close()
		return
	}
	io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
	p.connections.Go(func() {
		defer in.Close()
		defer out.Close()
		io.Copy(in, out)
	})
	p.connections.Go(func() {
		defer in.Close()
		defer out.Close()
		io.Copy(out, buffered)
	})
}

// Client returns a client for the public side: whatever host it is asked for, it
// calls this edge, trusts it, and says to come from an address such as
// 203.0.113.5:999; empty is its own. Close its idle connections at the end.
func (e *Edge) Client(from string) *http.Client {
	p := e.public
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: e.CAs()},
			MaxIdleConnsPerHost: 100,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				to := p.plain.Addr().String()
				if strings.HasSuffix(address, ":443") {
					to = p.secure.Addr().String()
				}
				return p.dialAs(ctx, network, to, from)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dialAs connects as somebody, which is known before the server sees it.
func (p *public) dialAs(ctx context.Context, network, to, from string) (net.Conn, error) {
	var dialer net.Dialer
	if from == "" {
		return dialer.DialContext(ctx, network, to)
	}
	p.mu.Lock() // the server asks who it is once it has accepted
	defer p.mu.Unlock()
	conn, err := dialer.DialContext(ctx, network, to)
	if err == nil {
		p.claims[conn.LocalAddr().String()] = from
	}
	return conn, err
}
