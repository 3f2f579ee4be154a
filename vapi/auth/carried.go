package auth

import (
	"net/http"
	"slices"
	"strings"
)

// carriedCredential is something in a header that proves who is calling.
type carriedCredential struct {
	scheme string
	header string // in canonical case
	value  string // without the word Bearer where it is a token
}

// Headers that Vapi uses unless others are configured.
const (
	secretHeader    = "X-Vapi-Secret"
	signatureHeader = "X-Vapi-Signature" // of the setup guide
)

// mostSignatures is how many signatures of one request are verified, and how many
// one value is read as: each may cost an HMAC of the whole body, and anybody can
// send a thousand.
const mostSignatures = 4

// tokenHeaders are those in which a bearer token usually comes.
var tokenHeaders = []string{"Authorization", "X-Api-Key", "Api-Key", "X-Auth-Token", "X-Access-Token"}

// carried returns what a request has to authenticate itself with, signatures
// first, then secrets, then tokens. spec names the header of one more signature;
// it may be nil.
func carried(h http.Header, spec *HMAC) []carriedCredential { return appendCarried(nil, h, spec) }

// appendCarried is carried for who has room already, came, which is empty.
func appendCarried(came []carriedCredential, h http.Header, spec *HMAC) []carriedCredential {
	for _, name := range signatureHeaders(h, spec) {
		for _, value := range h[name] {
			if len(came) < mostSignatures {
				came = append(came, carriedCredential{SchemeHMAC, http.CanonicalHeaderKey(name), value})
			}
		}
	}
	for _, value := range h[secretHeader] {
		came = append(came, carriedCredential{SchemeSecret, secretHeader, value})
	}
	for _, name := range tokenHeaders {
		for _, value := range h[name] {
			if value != "" && isToken(value) {
				came = append(came, carriedCredential{SchemeBearer, name, token(value)})
			}
		}
	}
	return came
}

// signatureHeaders returns the headers that have a signature, by their names,
// or by the look of their values where the name only hints at it: the usual ones
// first.
func signatureHeaders(h http.Header, spec *HMAC) []string {
	var names []string
	for name, values := range h {
		if !longEnough(name, values, spec) {
			continue // which is most of them, for less than it takes to look closer
		}
		canonical := http.CanonicalHeaderKey(name)
		switch {
		case len(values) == 0:
		case canonical == signatureHeader, canonical == defaultHeader, spec != nil && canonical == http.CanonicalHeaderKey(spec.Header):
			names = append(names, name)
		case hintsAtSignature(canonical) && slices.ContainsFunc(values, looksSigned):
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a, spec) - rank(b, spec); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// longEnough reports whether a header is as long as one that has a signature: its
// name as the usual ones, or one of its values as a signature.
func longEnough(name string, values []string, spec *HMAC) bool {
	switch len(name) {
	case len(signatureHeader), len(defaultHeader):
		return true
	}
	if spec != nil && len(name) == len(spec.Header) {
		return true
	}
	for _, value := range values {
		if len(value) >= shortestSigned {
			return true
		}
	}
	return false
}

func hintsAtSignature(canonical string) bool {
	return strings.Contains(canonical, "Signature") || strings.Contains(canonical, "Hmac")
}

func rank(name string, spec *HMAC) int {
	switch canonical := http.CanonicalHeaderKey(name); {
	case spec != nil && canonical == http.CanonicalHeaderKey(spec.Header):
		return 0
	case canonical == signatureHeader:
		return 1
	case canonical == defaultHeader:
		return 2
	}
	return 3
}

// isToken reports whether the value of a header is a bearer token, with the word
// or without: no other scheme of HTTP authentication, such as Basic.
func isToken(value string) bool {
	word, _, two := strings.Cut(value, " ")
	return !two || strings.EqualFold(word, "Bearer")
}

// token returns a bearer token without the word.
func token(value string) string {
	if word, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(word, "Bearer") {
		return rest
	}
	return value
}
