package tunnel

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// How long a connection to the edge may take to come about: the first one while
// somebody waits, and one that replaces another.
const (
	firstDial = 3500 * time.Millisecond
	laterDial = 10 * time.Second
)

// The pauses between attempts to reach the edge again. They stay short: a
// network that is back is to be noticed, and a dial costs the edge nothing.
const (
	shortestPause = 250 * time.Millisecond
	longestPause  = 3 * time.Second
)

// dialer connects to the edge for the SDK. It knows the proxy on the way, tries
// again by itself once there was a session (the SDK would wait up to 30 s
// between its own attempts), and can break the connection that it made.
type dialer struct {
	proxy  *url.URL    // nil is direct
	failed func(error) // told of each attempt that failed while it goes on trying

	patient atomic.Bool   // there was a session: go on until there is a connection
	trip    atomic.Int64  // how long the way to the edge and back took when connecting
	awake   chan struct{} // ends a pause

	mu   sync.Mutex
	last net.Conn
}

func newDialer(s Settings, failed func(error)) *dialer {
	d := &dialer{proxy: s.Proxy, failed: failed, awake: make(chan struct{}, 1)}
	if d.proxy == nil {
		// No proxy is ever named for addresses of this machine.
		d.proxy, _ = httpproxy.FromEnvironment().ProxyFunc()(&url.URL{Scheme: "https", Host: s.edge()})
	}
	return d
}

// Dial is DialContext without an end.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext connects to the edge.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	pause := shortestPause
	for {
		patient := d.patient.Load()
		conn, err := d.once(ctx, network, address, patient)
		if err == nil {
			d.mu.Lock()
			d.last = conn
			d.mu.Unlock()
			return conn, nil
		}
		if !patient || ctx.Err() != nil {
			return nil, err
		}
		d.failed(err)
		select {
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		case <-d.awake:
			pause = shortestPause
		case <-ctx.Done():
			return nil, err
		}
	}
}

// once makes one attempt.
func (d *dialer) once(ctx context.Context, network, address string, patient bool) (net.Conn, error) {
	limit := firstDial
	if patient {
		limit = laterDial
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if d.proxy == nil {
		return d.direct(ctx, network, address)
	}
	switch d.proxy.Scheme {
	case "http", "https":
		return d.throughHTTP(ctx, network, address)
	}
	start := time.Now()
	socks, err := proxy.FromURL(d.proxy, forward(d.direct))
	if err != nil {
		return nil, d.proxyFailure(err)
	}
	conn, err := socks.(proxy.ContextDialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, d.proxyFailure(err)
	}
	d.trip.Store(int64(time.Since(start)))
	return conn, nil
}

// direct connects and notes how long the way there and back took, without what
// came before, such as looking up the name.
func (d *dialer) direct(ctx context.Context, network, address string) (net.Conn, error) {
	var start atomic.Pointer[time.Time]
	dialer := net.Dialer{
		KeepAlive: 15 * time.Second,
		Control: func(_, _ string, _ syscall.RawConn) error {
			now := time.Now()
			start.Store(&now)
			return nil
		},
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if at := start.Load(); err == nil && at != nil {
		d.trip.Store(int64(time.Since(*at)))
	}
	return conn, err
}

// throughHTTP asks an HTTP proxy for a connection.
func (d *dialer) throughHTTP(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.direct(ctx, network, proxyAddress(d.proxy))
	if err != nil {
		return nil, d.proxyFailure(err)
	}
	if d.proxy.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: d.proxy.Hostname()})
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })
	start := time.Now()
	err = d.connect(conn, address)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	d.trip.Store(int64(time.Since(start)))
	return conn, nil
}

// connect speaks HTTP's CONNECT.
func (d *dialer) connect(conn net.Conn, address string) error {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user := d.proxy.User; user != nil {
		password, _ := user.Password()
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := request.Write(conn); err != nil {
		return d.proxyFailure(err)
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	response, err := http.ReadResponse(in, request)
	if err != nil {
		return d.proxyFailure(err)
	}
	switch {
	case response.StatusCode == http.StatusProxyAuthRequired:
		return &Failure{Kind: Proxy, Says: "the proxy " + d.proxy.Host + " wants a user name and a password",
			Do: "put them into proxy_url in ngrok.yml: " + d.proxy.Scheme + "://USER:PASSWORD@" + d.proxy.Host + without}
	case response.StatusCode/100 != 2:
		return &Failure{Kind: Proxy, Says: fmt.Sprintf("the proxy %s does not let through to %s: %s", d.proxy.Host, address, oneLine(response.Status)),
			Do: "ask who runs it to allow " + address + without}
	case in.Buffered() > 0:
		return d.proxyFailure(errors.New("it talks before it is asked"))
	}
	return nil
}

// proxyFailure says that it is the proxy that could not be reached or used.
func (d *dialer) proxyFailure(err error) error {
	reason := wayFailure(err, d.proxy.Host)
	return &Failure{Kind: Proxy, Says: "the proxy " + d.proxy.Host + " cannot be used: " + reason.Sentence(),
		Do: "set proxy_url in ngrok.yml right" + without, Err: err}
}

func proxyAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// forward is a function that dials.
type forward func(ctx context.Context, network, address string) (net.Conn, error)

func (f forward) Dial(network, address string) (net.Conn, error) {
	return f(context.Background(), network, address)
}

func (f forward) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return f(ctx, network, address)
}

// renew breaks the connection, so that the SDK makes a new one at once, and ends
// a pause between attempts.
func (d *dialer) renew() {
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	if last != nil {
		last.Close()
	}
	select {
	case d.awake <- struct{}{}:
	default:
	}
}
