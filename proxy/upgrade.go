package proxy

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// upgradedConn counts what passes over an upgraded connection to the target.
type upgradedConn struct {
	io.ReadWriteCloser
	read, wrote atomic.Int64
}

func (c *upgradedConn) Read(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Read(p)
	c.read.Add(int64(n))
	return n, err
}

func (c *upgradedConn) Write(p []byte) (int, error) {
	n, err := c.ReadWriteCloser.Write(p)
	c.wrote.Add(int64(n))
	return n, err
}

// asBody returns c as ReverseProxy wants it: as an io.ReadWriteCloser, or it
// refuses to switch, and with a CloseWrite where the connection has one. Where it
// has none, ReverseProxy ends both ways as soon as one has ended.
func (c *upgradedConn) asBody() io.ReadWriteCloser {
	if half, ok := c.ReadWriteCloser.(halfCloser); ok {
		return struct {
			*upgradedConn
			halfCloser
		}{c, half}
	}
	return c
}

// halfCloser is a connection of which one way can end while the other goes on.
type halfCloser interface{ CloseWrite() error }

// Hijack hands over the caller's connection for an upgrade. It is closed when the
// request's context ends: ReverseProxy sees then only to the target's, and would
// wait for a caller who has nothing more to say.
func (w *replyWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		context.AfterFunc(w.ctx, func() { conn.Close() })
	}
	return conn, rw, err
}
