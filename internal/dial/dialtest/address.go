// Package dialtest has addresses for tests of servers that go and come back.
package dialtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Address returns an address of this machine on which nothing listens. Its port is
// none that outgoing connections get by themselves, on any system, so that a test
// can listen there when it likes: one that is dialled again and again while nothing
// listens may come to be that of the dialling side itself, for a minute.
func Address(t testing.TB) string {
	t.Helper()
	const first, ports, tries = 20_000, 10_000, 100
	var err error
	for range tries {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(ports)))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal(err)
	return ""
}
