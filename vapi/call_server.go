package vapi

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// serverPlace is where the server that the call is played against is reached.
// The zero value is somewhere on this machine.
type serverPlace struct {
	host string // without its port
	port string
	path string // escaped, with the query
}

// newServerPlace reads the URL of the server, empty for one on this machine.
func newServerPlace(address string) (serverPlace, error) {
	if address == "" {
		return serverPlace{}, nil
	}
	u, ok := webURL(address)
	if !ok {
		return serverPlace{}, fmt.Errorf("server of the simulated call: %q is not an http or https URL", address)
	}
	return serverPlace{host: u.Hostname(), port: portOf(u), path: u.RequestURI()}, nil
}

// webURL reads an absolute http or https URL.
func webURL(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, false
	}
	return u, true
}

func portOf(u *url.URL) string {
	if u.Scheme == "https" {
		return cmp.Or(u.Port(), "443")
	}
	return cmp.Or(u.Port(), "80")
}

// leadsTo returns the path at which a server object of an assistant is found
// here, empty for the server's own URL, or else the URL that leads elsewhere.
// The server may be nil.
func (p serverPlace) leadsTo(server *jsObject) (path, elsewhere string) {
	return p.pathOf(server.text("url"))
}

func (p serverPlace) pathOf(address string) (path, elsewhere string) {
	if address == "" {
		return "", ""
	}
	u, ok := webURL(address)
	if !ok {
		return "", address
	}
	path = u.RequestURI()
	switch {
	case isTunnel(strings.ToLower(u.Host)):
		if path == "/" { // a tunnel leads to the server's own URL
			return "", ""
		}
	case !p.isHere(u):
		return "", address
	}
	if path == p.path {
		return "", ""
	}
	return path, ""
}

func (p serverPlace) isHere(u *url.URL) bool {
	if p.host == "" {
		return isLoopback(strings.ToLower(u.Hostname()))
	}
	sameHost := strings.EqualFold(p.host, u.Hostname()) || isLoopback(strings.ToLower(p.host)) && isLoopback(strings.ToLower(u.Hostname()))
	return sameHost && p.port == portOf(u)
}

// completionsPathAt is where chat completions go of a model that is reached at
// this place.
func (p serverPlace) completionsPathAt() string {
	path, query, hasQuery := strings.Cut(p.path, "?")
	path = strings.TrimRight(path, "/")
	if !strings.HasSuffix(path, completionsPath) {
		path += completionsPath
	}
	if hasQuery {
		path += "?" + query
	}
	return path
}

// headerOf is the header of a request to a server of the assistant, with those
// that are configured for it. The server may be nil.
func headerOf(server *jsObject) http.Header {
	h := http.Header{}
	if configured := server.object("headers"); configured != nil {
		for _, m := range configured.members {
			if value, ok := m.value.(string); ok && isHeaderField(m.key, value) {
				h.Set(m.key, value)
			}
		}
	}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", SimulatorAgent)
	return h
}

// isHeaderField reports whether a name and value can stand in an HTTP header and
// are not those of the connection, which are the sender's.
func isHeaderField(name, value string) bool {
	switch strings.ToLower(name) {
	case "", "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "proxy-connection", "expect", "content-encoding":
		return false
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
