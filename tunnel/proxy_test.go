package tunnel

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"vapitap/tunnel/ngroktest"
)

// httpProxy is an HTTP proxy that wants a user and a password, where given.
func httpProxy(t *testing.T, user, password string, status int) (*url.URL, *atomic.Int32) {
	var used atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
		if u, p, _ := r.BasicAuth(); u != user || p != password {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		out, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		used.Add(1)
		in, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { io.Copy(out, in); out.Close() }()
		go func() { io.Copy(in, out); in.Close() }()
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, &used
}

func TestTheEdgeIsReachedThroughAnHTTPProxy(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	o := options(e)
	var used *atomic.Int32
	o.Proxy, used = httpProxy(t, "ada", "s3cret", 0)
	o.Proxy.User = url.UserPassword("ada", "s3cret")
	tun, _ := open(t, o, http.HandlerFunc(echo))
	if status, text := ask(t, client(t, e, ""), tun.Status().URL, "x"); status != 200 || text != "x" || used.Load() != 1 {
		t.Errorf("reply: %d %q, %d connections through the proxy", status, text, used.Load())
	}
	if w := Diagnose(t.Context(), o.Settings); w.Failure != nil || strings.Contains(w.Proxy, "s3cret") || w.Proxy == "" {
		t.Errorf("diagnosis: %+v", w)
	}
}

func TestWhatAProxyRefusesIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		user   string
		status int
		says   string
	}{
		"password":  {user: "ada", says: "wants a user name and a password"},
		"forbidden": {status: 403, says: "does not let through to 127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := ngroktest.Start(t, ngroktest.Options{})
			o := options(e)
			o.Proxy, _ = httpProxy(t, c.user, "", c.status)
			if f := fails(t, o); f.Kind != Proxy || !strings.Contains(f.Says, c.says) {
				t.Error(f)
			}
		})
	}
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		e := ngroktest.Start(t, ngroktest.Options{})
		o := options(e)
		o.Proxy = &url.URL{Scheme: "http", Host: "127.0.0.1:1", User: url.UserPassword("ada", "s3cret")}
		if f := fails(t, o); f.Kind != Proxy || !strings.Contains(f.Says, "127.0.0.1:1 refuses connections") || strings.Contains(f.Error(), "s3cret") {
			t.Error(f)
		}
	})
}

func TestTheEdgeIsReachedThroughSOCKS(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go socks(conn)
		}
	}()
	o := options(e)
	o.Proxy = &url.URL{Scheme: "socks5", Host: l.Addr().String()}
	tun, _ := open(t, o, http.HandlerFunc(echo))
	if status, text := ask(t, client(t, e, ""), tun.Status().URL, "x"); status != 200 || text != "x" {
		t.Errorf("reply: %d %q", status, text)
	}
}

// socks serves one connection to an IPv4 address, as RFC 1928 has it.
func socks(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	var greeting [2]byte
	io.ReadFull(in, greeting[:])
	in.Discard(int(greeting[1]))
	conn.Write([]byte{5, 0})
	var request [10]byte // version, command, 0, type, 4 of the address, 2 of the port
	if _, err := io.ReadFull(in, request[:]); err != nil || request[3] != 1 {
		return
	}
	to := net.TCPAddr{IP: request[4:8], Port: int(binary.BigEndian.Uint16(request[8:]))}
	out, err := net.DialTCP("tcp", nil, &to)
	if err != nil {
		return
	}
	defer out.Close()
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(conn, out)
}
