package auth

import (
	"net/http"
	"strings"

	"vapitap/vapi"
)

// signedRequest is a request whose signatures are verified. What is made of its
// body is made once.
type signedRequest struct {
	vapi.Request
	stringified []byte
	asked       bool
}

// asStringified returns the body as JSON.stringify would write it; nil where it
// is written so, or is no JSON.
func (s *signedRequest) asStringified() []byte {
	if !s.asked {
		s.asked = true
		if !vapi.IsStringified(s.Body) {
			if text, err := vapi.Stringify(s.Body); err == nil {
				s.stringified = text
			}
		}
	}
	return s.stringified
}

// match is how a signature was made.
type match struct {
	hmac        HMAC
	key         []byte
	stringified bool   // over what JSON.stringify makes of the body, not over its bytes
	timestamp   string // as it was signed
	url         string
}

// match finds out how the signature in c was made: as the HMAC credential says
// where it is in the header of that, and else as Vapi's defaults have it.
func (k *Keyring) match(s *signedRequest, c carriedCredential) (match, bool) {
	if k.hmac != nil && c.header == http.CanonicalHeaderKey(k.hmac.Header) {
		return k.fit(s, c.value, *k.hmac, k.keys)
	}
	keys := make([][]byte, len(k.secrets))
	for i, secret := range k.secrets {
		keys[i] = []byte(secret)
	}
	for _, r := range readSignature(c.value) {
		for _, format := range usualFormats(s.Header) {
			h := DefaultHMAC()
			h.Algorithm, h.Header, h.Prefix, h.Format, h.Encoding = r.algorithm, strings.ToLower(c.header), r.prefix, format, r.encoding
			if m, ok := k.fit(s, c.value, h, keys); ok {
				return m, true
			}
		}
	}
	return match{}, false
}

// usualFormats are what is signed where no credential is known: the body, as in
// the setup guide, or what a credential signs that says nothing else.
func usualFormats(h http.Header) []string {
	if len(h[defaultTimestampHeader]) > 0 {
		return []string{defaultFormat, bodyMark}
	}
	return []string{bodyMark}
}

// fit reports whether the value of a header is a signature that one of the keys
// gives, over the raw bytes or the stringified body.
func (k *Keyring) fit(s *signedRequest, value string, h HMAC, keys [][]byte) (match, bool) {
	p := payload{timestamp: s.Header.Get(h.TimestampHeader), method: s.Method, id: s.Header.Get(h.IDHeader)}
	urls := []string{""}
	if h.uses(urlMark) {
		urls = urlsOf(s.Request)
	}
	for _, stringified := range []bool{false, true} {
		if p.body = s.Body; stringified {
			if p.body = s.asStringified(); p.body == nil || !h.uses(bodyMark) {
				break
			}
		}
		for _, url := range urls {
			p.url = url
			for _, key := range keys {
				if h.fits(value, h.mac(key, &p)) {
					return match{h, key, stringified, p.timestamp, url}, true
				}
			}
		}
	}
	return match{}, false
}

// urlsOf returns what the URL may have been that the request was signed for: the
// public one, which a tunnel tells in Host or X-Forwarded-Host, with either
// scheme, and the path alone.
func urlsOf(r vapi.Request) []string {
	var urls []string
	for _, name := range []string{"Host", "X-Forwarded-Host"} {
		host := r.Header.Get(name)
		if host == "" || len(urls) > 0 && strings.HasPrefix(urls[0], "https://"+host+"/") {
			continue
		}
		urls = append(urls, "https://"+host+r.Path, "http://"+host+r.Path)
		if r.Path == "/" {
			urls = append(urls, "https://"+host, "http://"+host)
		}
	}
	return append(urls, r.Path)
}
