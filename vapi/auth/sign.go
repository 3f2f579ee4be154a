package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vapitap/vapi"
)

// Sign adds to h what Vapi would send with this request, with the first of the
// secrets: the headers of the HMAC credential where there is one, and else
// X-Vapi-Secret and the setup guide's X-Vapi-Signature, the hex HMAC-SHA256 of
// the body. A nil Keyring adds nothing.
//
// Vapi does not document the form of its timestamps. They are in milliseconds,
// as those in its messages, and in seconds where the format has {svix-id}, as
// Svix has them.
func (k *Keyring) Sign(h http.Header, method string, to *url.URL, body []byte, at time.Time) {
	if k == nil {
		return
	}
	spec := guideHMAC()
	if k.hmac != nil {
		spec = *k.hmac
	} else {
		h.Set(secretHeader, k.secrets[0])
	}
	p := payload{body: body, timestamp: strconv.FormatInt(at.UnixMilli(), 10), method: method, url: to.String()}
	if spec.uses(idMark) {
		p.timestamp = strconv.FormatInt(at.Unix(), 10)
		p.id = messageID(body, at)
		h.Set(spec.IDHeader, p.id)
	}
	if spec.uses(timestampMark) {
		h.Set(spec.TimestampHeader, p.timestamp)
	}
	h.Set(spec.Header, spec.text(spec.mac(k.keys[0], &p)))
}

// messageID returns an id that no other message has.
func messageID(body []byte, at time.Time) string {
	sum := sha256.Sum256(append(strconv.AppendInt(nil, at.UnixNano(), 10), body...))
	return "msg_" + hex.EncodeToString(sum[:12])
}

// Resigned is what became of the signatures of a request that is sent again.
type Resigned int

// What can become of them.
const (
	Unsigned Resigned = iota // it has none
	Renewed                  // they fit what is sent
	Stale                    // at least one is still the recorded one, since no secret that is known made it
)

// Resign gives header, with which the recorded request is to be sent again, the
// signatures that fit what is sent now: each that is good in recorded is made
// again in the same way, with the time at where it has a timestamp, in the same
// form. Ids of messages stay, as they do when Vapi sends a message again. The
// body of recorded must be as it was on the wire.
func (k *Keyring) Resign(recorded vapi.Request, header http.Header, method string, to *url.URL, body []byte, at time.Time) Resigned {
	s := signedRequest{Request: recorded}
	became := Unsigned
	for _, c := range carried(recorded.Header, k.credential()) {
		if c.scheme != SchemeHMAC {
			continue
		}
		m, ok := match{}, false
		if k != nil {
			m, ok = k.match(&s, c)
		}
		if !ok {
			became = Stale
			continue
		}
		if became == Unsigned {
			became = Renewed
		}
		m.sign(header, method, to, body, at)
	}
	return became
}

// sign puts the signature of another request, made in the same way, into header.
func (m *match) sign(header http.Header, method string, to *url.URL, body []byte, at time.Time) {
	p := payload{body: body, method: method, url: to.RequestURI(), id: header.Get(m.hmac.IDHeader)}
	if strings.Contains(m.url, "://") {
		p.url = to.String()
	}
	if m.stringified {
		if text, err := vapi.Stringify(body); err == nil {
			p.body = text
		}
	}
	if m.hmac.uses(timestampMark) {
		p.timestamp = timestampLike(m.timestamp, at)
		header.Set(m.hmac.TimestampHeader, p.timestamp)
	}
	header.Set(m.hmac.Header, m.hmac.text(m.hmac.mac(m.key, &p)))
}

// timestampLike writes a time in the form of an earlier timestamp: in seconds or
// parts of them since 1970, as RFC 3339 has it, or as HTTP does. What has none of
// these forms becomes milliseconds.
func timestampLike(earlier string, at time.Time) string {
	if _, unit, ok := sinceEpoch(earlier); ok {
		return strconv.FormatInt(at.UnixNano()/int64(unit), 10)
	}
	if _, err := time.Parse(time.RFC3339, earlier); err == nil {
		if strings.Contains(earlier, ".") {
			return at.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		}
		return at.UTC().Format(time.RFC3339)
	}
	if _, err := http.ParseTime(earlier); err == nil {
		return at.UTC().Format(http.TimeFormat)
	}
	return strconv.FormatInt(at.UnixMilli(), 10)
}

// sinceEpoch reads a whole number of seconds, or of parts of them, since 1970.
// Which unit it is in is told by its length, which is the same until 2286.
func sinceEpoch(text string) (t time.Time, unit time.Duration, ok bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || text[0] == '+' {
		return time.Time{}, 0, false
	}
	switch {
	case len(text) <= 10:
		return time.Unix(n, 0), time.Second, true
	case len(text) <= 13:
		return time.UnixMilli(n), time.Millisecond, true
	case len(text) <= 16:
		return time.UnixMicro(n), time.Microsecond, true
	}
	return time.Unix(0, n), time.Nanosecond, true
}

// timeOf reads a timestamp of any of the forms that there are.
func timeOf(text string) (time.Time, bool) {
	if t, _, ok := sinceEpoch(text); ok {
		return t, true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true
	}
	t, err := http.ParseTime(text)
	return t, err == nil
}
