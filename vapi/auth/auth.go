// Package auth knows how Vapi proves to a developer's server who is calling:
// the secret in a header, the signature over the body, the bearer token. It
// recognises what a request carries, verifies it with the secrets that are
// configured, signs requests, and finds out how a signature was made that
// nothing fits.
//
// Bytes in, values out: no I/O, and no clock but the time it is given. Which
// flag a secret comes from, and what becomes of a request that fails, is for
// others to know. Nothing here returns or prints a secret.
//
// The schemes are those of Vapi's documentation (server authentication, and the
// Express server of the setup guide) and the HMACAuthenticationPlan of its
// OpenAPI document, read August 2026. Neither fixes how old a timestamp may be,
// so age is never a reason to call a signature bad: a recorded request that is
// sent again is old by nature.
package auth

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"vapitap/vapi"
)

// The schemes that a request can authenticate itself with.
const (
	SchemeSecret = "secret" // X-Vapi-Secret
	SchemeHMAC   = "hmac"   // a signature over the body
	SchemeBearer = "bearer" // a token in Authorization or a header that was chosen for it
	SchemeNone   = "none"
)

// The verdicts.
const (
	OK        = "ok"
	Bad       = "bad"
	Absent    = "absent"    // a secret is configured and nothing came
	Unchecked = "unchecked" // no secret is configured, or not all of the body is there
)

// Keyring is the secrets that are configured, any of which may be the one that
// Vapi uses, and for what: as X-Vapi-Secret, as key of an HMAC, as bearer token.
// A nil Keyring has none; its methods may be called. A Keyring may be used by
// several goroutines.
type Keyring struct {
	secrets []string
	keys    [][]byte // of the HMAC credential; the secrets where that is nil
	hmac    *HMAC
}

// NewKeyring returns the keyring of the secrets, and nil where there are none.
// spec is the HMAC credential they belong to, or nil where Vapi's defaults hold.
// It is an error for a secret to be empty, for a credential to have no secret,
// and for one that says its secret is base64 to have one that is not.
func NewKeyring(secrets []string, spec *HMAC) (*Keyring, error) {
	if len(secrets) == 0 {
		if spec != nil {
			return nil, errors.New("an HMAC credential needs its secret")
		}
		return nil, nil
	}
	k := &Keyring{secrets: secrets, hmac: spec}
	for _, secret := range secrets {
		if secret == "" {
			return nil, errors.New("the secret is empty")
		}
		key := []byte(secret)
		if spec != nil {
			var err error
			if key, err = spec.key(secret); err != nil {
				return nil, err
			}
		}
		k.keys = append(k.keys, key)
	}
	return k, nil
}

// Verdict is what came of verifying one request.
type Verdict struct {
	vapi.Auth
	Header string // the header that decided, in canonical case; empty where nothing came

	kind    vapi.Kind
	secrets int
	near    nearness // how a secret that does not match does so nearly
}

// Verify says how a request of the kind authenticated itself. Body must be as it
// was on the wire. One credential that is good is enough. A signature is good
// over the raw bytes, or over what JSON.stringify makes of the parsed body.
//
// A bearer token that is none of the secrets is bad for a server message alone:
// a custom LLM, an MCP server and an API-request tool have credentials of their
// own, so theirs is unchecked. A signature over a body that is truncated is
// unchecked too.
func (k *Keyring) Verify(kind vapi.Kind, r vapi.Request) Verdict {
	v := Verdict{kind: kind}
	var room [mostSignatures]carriedCredential
	came := appendCarried(room[:0], r.Header, k.credential())
	v.Scheme, v.Verdict = SchemeNone, Unchecked
	if len(came) > 0 {
		v.Scheme, v.Header = came[0].scheme, came[0].header
	}
	if k == nil {
		return v
	}
	v.secrets = len(k.secrets)
	if scheme, header := k.inHeader(r.Header, came); scheme != "" {
		v.Scheme, v.Header, v.Verdict = scheme, header, OK
		return v
	}
	if len(came) == 0 {
		v.Verdict = Absent
		return v
	}
	s := signedRequest{Request: r}
	for _, c := range came {
		if c.scheme != SchemeHMAC {
			continue
		}
		if r.Truncated {
			return v
		}
		if _, ok := k.match(&s, c); ok {
			v.Scheme, v.Header, v.Verdict = SchemeHMAC, c.header, OK
			return v
		}
	}
	if v.Scheme == SchemeBearer && kind != vapi.KindServer {
		return v
	}
	v.Verdict = Bad
	if v.Scheme != SchemeHMAC {
		v.near = k.nearest(came[0])
	}
	return v
}

// VerifyHeader says what the header alone tells: whether it shows one of the
// secrets, and where it does not, whether it has a signature that the body may
// fit.
func (k *Keyring) VerifyHeader(h http.Header) (good, wantsBody bool) {
	if k == nil {
		return false, false
	}
	came := carried(h, k.credential())
	if scheme, _ := k.inHeader(h, came); scheme != "" {
		return true, false
	}
	for _, c := range came {
		if c.scheme == SchemeHMAC {
			return false, true
		}
	}
	return false, false
}

// credential returns the HMAC credential, nil where Vapi's defaults hold.
func (k *Keyring) credential() *HMAC {
	if k == nil {
		return nil
	}
	return k.hmac
}

// inHeader returns the header that shows one of the secrets itself, and with
// which scheme; no scheme where there is none. A bearer token may be in a header
// of any name.
func (k *Keyring) inHeader(h http.Header, came []carriedCredential) (scheme, header string) {
	for _, c := range came {
		if c.scheme != SchemeHMAC && k.isSecret(c.value) {
			return c.scheme, c.header
		}
	}
	for name, values := range h {
		for _, value := range values {
			if !k.isSecret(token(value)) {
				continue
			}
			name = http.CanonicalHeaderKey(name)
			if strings.HasPrefix(name, "X-Vapi-") {
				return SchemeSecret, name
			}
			return SchemeBearer, name
		}
	}
	return "", ""
}

// isSecret reports whether value is one of the secrets, in a time that tells no
// more than its length.
func (k *Keyring) isSecret(value string) bool {
	found := 0
	for _, secret := range k.secrets {
		found |= subtle.ConstantTimeCompare([]byte(secret), []byte(value))
	}
	return found == 1
}
