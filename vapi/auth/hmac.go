package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
)

// HMAC is an HMAC credential as Vapi's dashboard has it: how a signature is made
// and in which headers it and what belongs to it are sent. Use ParseHMAC or
// DefaultHMAC to get one.
type HMAC struct {
	Algorithm       string // sha256, sha512 or sha1
	Header          string // of the signature; case does not matter
	TimestampHeader string // sent where Format has {timestamp}
	Prefix          string // before the signature, such as sha256=
	Format          string // what is signed, over {body} {timestamp} {method} {url} {svix-id}
	Encoding        string // of the signature: hex or base64
	Base64Secret    bool   // the key is what the secret stands for in base64
	IDHeader        string // of the message's id, sent where Format has {svix-id}
}

// What Vapi documents where a credential says nothing.
const (
	defaultAlgorithm       = "sha256"
	defaultHeader          = "X-Signature"
	defaultTimestampHeader = "X-Timestamp"
	defaultFormat          = timestampMark + "." + bodyMark
	defaultEncoding        = encodingHex
	defaultIDHeader        = "svix-id"
)

// DefaultHMAC returns the credential that Vapi documents where nothing is set:
// x-signature has the hex HMAC-SHA256 of {timestamp}.{body}, x-timestamp the
// time.
func DefaultHMAC() HMAC {
	return HMAC{
		Algorithm: defaultAlgorithm, Header: strings.ToLower(defaultHeader), TimestampHeader: strings.ToLower(defaultTimestampHeader),
		Format: defaultFormat, Encoding: defaultEncoding, IDHeader: defaultIDHeader,
	}
}

// guideHMAC is what the setup guide's servers check.
func guideHMAC() HMAC {
	h := DefaultHMAC()
	h.Header, h.Format = strings.ToLower(signatureHeader), bodyMark
	return h
}

// The placeholders of a format.
const (
	bodyMark      = "{body}"
	timestampMark = "{timestamp}"
	methodMark    = "{method}"
	urlMark       = "{url}"
	idMark        = "{svix-id}"
)

var marks = []string{bodyMark, timestampMark, methodMark, urlMark, idMark}

// The encodings of a signature.
const (
	encodingHex    = "hex"
	encodingBase64 = "base64"
)

// algorithms are the hashes that Vapi offers, the usual first.
var algorithms = []struct {
	name string
	size int
	new  func() hash.Hash
}{
	{"sha256", sha256.Size, sha256.New},
	{"sha512", sha512.Size, sha512.New},
	{"sha1", sha1.Size, sha1.New},
}

// newHash returns the constructor of an algorithm, nil of one there is not.
func newHash(algorithm string) func() hash.Hash {
	for _, a := range algorithms {
		if a.name == algorithm {
			return a.new
		}
	}
	return nil
}

// algorithmOf returns the algorithm whose result is so long, in bytes.
func algorithmOf(size int) (name string, ok bool) {
	for _, a := range algorithms {
		if a.size == size {
			return a.name, true
		}
	}
	return "", false
}

// payload is what the placeholders of a format stand for.
type payload struct {
	body                       []byte
	timestamp, method, url, id string
}

// writeTo writes what is signed in a format.
func (p *payload) writeTo(w io.Writer, format string) {
	for format != "" {
		open := strings.IndexByte(format, '{')
		if open < 0 {
			break
		}
		io.WriteString(w, format[:open])
		format = format[open:]
		mark := markAt(format)
		switch mark {
		case bodyMark:
			w.Write(p.body)
		case timestampMark:
			io.WriteString(w, p.timestamp)
		case methodMark:
			io.WriteString(w, p.method)
		case urlMark:
			io.WriteString(w, p.url)
		case idMark:
			io.WriteString(w, p.id)
		default:
			mark = "{" // a brace like any other character
			io.WriteString(w, mark)
		}
		format = format[len(mark):]
	}
	io.WriteString(w, format)
}

// markAt returns the placeholder that format begins with, "" where with none.
func markAt(format string) string {
	for _, mark := range marks {
		if strings.HasPrefix(format, mark) {
			return mark
		}
	}
	return ""
}

// mac returns the HMAC of a payload.
func (h *HMAC) mac(key []byte, p *payload) []byte {
	m := hmac.New(newHash(h.Algorithm), key)
	p.writeTo(m, h.Format)
	return m.Sum(nil)
}

// text returns a signature as its header has it.
func (h *HMAC) text(mac []byte) string {
	if h.Encoding == encodingBase64 {
		return h.Prefix + base64.StdEncoding.EncodeToString(mac)
	}
	return h.Prefix + hex.EncodeToString(mac)
}

// fits reports whether a header's value has this signature, among others where
// spaces stand between several. base64 may be of either alphabet, hex of either
// case.
func (h *HMAC) fits(value string, mac []byte) bool {
	for range 16 { // more than anybody sends while keys are rotated
		one, rest, more := strings.Cut(value, " ")
		if encoded, ok := strings.CutPrefix(one, h.Prefix); ok {
			if got, ok := decode(encoded, h.Encoding); ok && hmac.Equal(got, mac) {
				return true
			}
		}
		if !more {
			return false
		}
		value = rest
	}
	return false
}

// uses reports whether a placeholder is in the format.
func (h *HMAC) uses(mark string) bool { return strings.Contains(h.Format, mark) }

// key returns the key that a secret is.
func (h *HMAC) key(secret string) ([]byte, error) {
	if !h.Base64Secret {
		return []byte(secret), nil
	}
	key, ok := decodeBase64(strings.TrimPrefix(secret, webhookSecretPrefix))
	if !ok || len(key) == 0 {
		return nil, errors.New("the secret is not base64, which base64-secret says it is")
	}
	return key, nil
}

// webhookSecretPrefix is how the secrets of Svix-style webhooks begin; the key is
// what follows, in base64.
const webhookSecretPrefix = "whsec_"

func decode(text, encoding string) ([]byte, bool) {
	if encoding == encodingBase64 {
		return decodeBase64(text)
	}
	b, err := hex.DecodeString(text)
	return b, err == nil
}

// decodeBase64 reads base64 of either alphabet, with padding or without.
func decodeBase64(text string) ([]byte, bool) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	b, err := base64.RawStdEncoding.DecodeString(text)
	return b, err == nil
}
