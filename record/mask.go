package record

import "strings"

// secretHeaders are the names, in lower case, of headers whose values let
// somebody in: Vapi's and the usual ones.
var secretHeaders = map[string]bool{
	"authorization": true, "proxy-authorization": true, "x-vapi-secret": true, "x-vapi-signature": true,
	"x-signature": true, "cookie": true, "set-cookie": true, "x-api-key": true, "api-key": true, "apikey": true,
	"x-auth-token": true, "x-access-token": true, "x-csrf-token": true,
}

// secretWords mark a header as secret where its name contains one of them.
var secretWords = []string{"secret", "signature", "token", "password", "api-key", "apikey", "credential"}

// SecretHeader reports whether the values of a header are secrets.
func SecretHeader(name string) bool {
	name = strings.ToLower(name)
	if secretHeaders[name] {
		return true
	}
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// MaskHeader returns a header's value as it may be shown: as it is where it is
// no secret, else its scheme, if it has one, and dots. The length is not told.
func MaskHeader(name, value string) string {
	if !SecretHeader(name) || value == "" {
		return value
	}
	if strings.HasSuffix(strings.ToLower(name), "authorization") {
		if scheme, _, ok := strings.Cut(value, " "); ok {
			return scheme + " ••••••"
		}
	}
	return "••••••"
}
