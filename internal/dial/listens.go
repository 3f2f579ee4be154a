package dial

import (
	"context"
	"net"
	"net/url"
	"time"
)

// pollTimeout is how long Listens waits for a connection.
const pollTimeout = 2 * time.Second

// Listens reports whether something takes connections at the address. The
// connection is closed at once.
func Listens(ctx context.Context, address string) bool {
	dialer := Dialer()
	dialer.Timeout = pollTimeout
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// Address returns the host and port that a URL is reached at.
func Address(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
