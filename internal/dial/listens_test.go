package dial

import (
	"net"
	"testing"
)

func TestListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !Listens(t.Context(), l.Addr().String()) {
		t.Error("a server that takes connections is not there")
	}
	if Listens(t.Context(), "127.0.0.1:1") {
		t.Error("a server is there where nothing listens")
	}
}
