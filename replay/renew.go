package replay

import (
	"net/http"
	"net/textproto"
	"strings"
)

// renewed are the headers, besides X-Forwarded-*, that are not sent again: those
// that belong to one connection (RFC 9110, section 7.6.1), and those that say
// something about the way, or the body, of the first sending.
var renewed = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true, "Proxy-Connection": true,
	"Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Content-Length": true, "Expect": true, "Forwarded": true, "Host": true,
}

// Renew returns a copy of the recorded headers with which the request can be
// sent again: without those that belonged to its connection, that forwarding
// added, or that sending gives a new value. Nothing is added. Of no headers it
// returns none that is not nil.
func Renew(recorded http.Header) http.Header {
	ofConnection := map[string]bool{}
	for _, names := range recorded["Connection"] {
		for name := range strings.SplitSeq(names, ",") {
			ofConnection[http.CanonicalHeaderKey(textproto.TrimString(name))] = true
		}
	}
	header := make(http.Header, len(recorded))
	for name, values := range recorded {
		canonical := http.CanonicalHeaderKey(name)
		if renewed[canonical] || ofConnection[canonical] || strings.HasPrefix(canonical, "X-Forwarded-") {
			continue
		}
		header[name] = append([]string(nil), values...)
	}
	return header
}
