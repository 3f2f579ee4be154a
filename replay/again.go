package replay

import (
	"net/url"
	"time"

	"vapitap/record"
	"vapitap/vapi/auth"
)

// Again returns the message that sends an exchange again, to the server at the
// URL and with the body: its own, or an edited one. Its headers are renewed, and
// its signatures too, where a secret of keys made the recorded ones: they fit the
// body and the URL, with the time now where they have a timestamp. What became of
// them is returned beside it; those that no secret made are sent as they were.
func Again(e *record.Exchange, to *url.URL, body []byte, keys *auth.Keyring, now time.Time) (Message, auth.Resigned) {
	m := Message{
		Method: e.Method, URL: to, Header: Renew(e.Request.Header), Trailer: e.Request.Trailer, Body: body, ReplayOf: e.ID,
	}
	return m, keys.Resign(e.Wire(), m.Header, m.Method, to, body, now)
}
