package proxy_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
)

const (
	upgrade  = "GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
	switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
)

// upgraded is a connection of a caller's that was switched to another protocol.
func (r *rig) upgraded() (net.Conn, *bufio.Reader) {
	r.t.Helper()
	conn := r.raw(upgrade)
	in := bufio.NewReader(conn)
	if res := must(http.ReadResponse(in, nil)); res.StatusCode != http.StatusSwitchingProtocols {
		r.t.Fatalf("got %s", res.Status)
	}
	return conn, in
}

// TestUpgradedConnectionsEndOneWayAtATime has a protocol in which a side says that
// it has said everything by ending its way of the connection, and then listens.
func TestUpgradedConnectionsEndOneWayAtATime(t *testing.T) {
	t.Run("the caller is done first", func(t *testing.T) {
		r := newRig(t, rawServer(t, func(c net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err == nil {
				io.WriteString(c, switched)
				all, _ := io.ReadAll(in)
				io.WriteString(c, "got "+string(all))
			}
		}))
		conn, in := r.upgraded()
		io.WriteString(conn, "hello")
		conn.(*net.TCPConn).CloseWrite()
		if got, err := io.ReadAll(in); string(got) != "got hello" || err != nil {
			t.Errorf("the caller got %q, %v", got, err)
		}
		if e := r.recorded(); e.Request.Bytes != 5 || e.Response.Bytes != 9 || e.Error != "" {
			t.Errorf("recorded %d bytes there, %d back, %q", e.Request.Bytes, e.Response.Bytes, e.Error)
		}
	})
	t.Run("the server is done first", func(t *testing.T) {
		got := make(chan string, 1)
		r := newRig(t, rawServer(t, func(c net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err == nil {
				io.WriteString(c, switched+"hello")
				c.(*net.TCPConn).CloseWrite()
				all, _ := io.ReadAll(in)
				got <- string(all)
			}
		}))
		conn, in := r.upgraded()
		all := must(io.ReadAll(in))
		io.WriteString(conn, "got "+string(all))
		conn.Close()
		if got := <-got; got != "got hello" {
			t.Errorf("the server got %q", got)
		}
		if e := r.recorded(); e.Request.Bytes != 9 || e.Response.Bytes != 5 || e.Error != "" {
			t.Errorf("recorded %d bytes there, %d back, %q", e.Request.Bytes, e.Response.Bytes, e.Error)
		}
	})
}

// TestShutdownEndsAnUpgradedConnection that the server has ended already and the
// caller keeps open.
func TestShutdownEndsAnUpgradedConnection(t *testing.T) {
	r := newRig(t, rawServer(t, func(c net.Conn, in *bufio.Reader) {
		if _, err := http.ReadRequest(in); err == nil {
			io.WriteString(c, switched)
		}
	}))
	_, in := r.upgraded()
	if rest := must(io.ReadAll(in)); len(rest) > 0 {
		t.Errorf("the caller got %q", rest)
	}
	ended, end := context.WithCancel(context.Background())
	end() // no patience
	r.proxy.Shutdown(ended)
	if e := r.recorded(); e.Status != http.StatusSwitchingProtocols {
		t.Errorf("recorded %d", e.Status)
	}
}
