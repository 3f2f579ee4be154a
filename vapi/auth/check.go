package auth

import (
	"fmt"
	"strings"

	"vapitap/vapi"
)

// The codes of the checks.
const (
	codeBad     = "auth-bad"
	codeMissing = "auth-missing"
)

// Check returns what there is to say of a verdict: auth-bad, an error; or
// auth-missing, a warning, of a server message; nil for all else. It tells the
// header that came and never its value.
func (v Verdict) Check() *vapi.Check {
	switch {
	case v.Verdict == Bad:
		message, hint := v.wrong()
		return &vapi.Check{Level: vapi.Error, Code: codeBad, Message: message, Hint: hint}
	case v.Verdict == Absent && v.kind == vapi.KindServer:
		return &vapi.Check{
			Level: vapi.Warning, Code: codeMissing,
			Message: "no X-Vapi-Secret, signature or bearer token came, though a secret is configured; anyone who knows the address can send this",
			Hint:    "Vapi sends none until it is told to: set server.credentialId, or server.secret, of the assistant, phone number or tool whose server this is",
		}
	}
	return nil
}

// CheckCodes returns the codes of the checks that Check returns.
func CheckCodes() []string { return []string{codeBad, codeMissing} }

// IsCheck reports whether a check is one that Check returns.
func IsCheck(c vapi.Check) bool { return c.Code == codeBad || c.Code == codeMissing }

// wrong says what is wrong with a credential that is bad, and what to do.
func (v Verdict) wrong() (message, hint string) {
	what := "the configured secret"
	if v.secrets > 1 {
		what = fmt.Sprintf("any of the %d configured secrets", v.secrets)
	}
	switch {
	case v.Scheme == SchemeHMAC:
		return fmt.Sprintf("the signature in %s does not fit the body with %s, so a server that verifies it refuses this", v.Header, what),
			"vapitap verify ID --secret S tries the ways to sign, and says which one fits or what that leaves"
	case v.near != "":
		return fmt.Sprintf("%s is not %s: %s", v.Header, what, v.near),
			"write the same secret in Vapi's dashboard and in your server"
	case v.Scheme == SchemeBearer:
		return fmt.Sprintf("the token in %s is not %s", v.Header, what),
			"compare the credential's token in Vapi's dashboard with yours; one that OAuth 2.0 fetches changes and cannot be compared"
	}
	return fmt.Sprintf("%s is not %s, so a server that compares it refuses this", v.Header, what),
		"compare the secret of the server in Vapi's dashboard with yours; a phone number and a tool can have others than the assistant"
}

// Forbidden says in one line why a request with this verdict is not let through.
func (v Verdict) Forbidden() string {
	if c := v.Check(); c != nil && v.Verdict == Bad {
		return c.Message
	}
	if v.Scheme == SchemeBearer {
		return "the token in " + v.Header + " is none that is configured; give it as one more --secret"
	}
	if v.Scheme == SchemeHMAC && v.Verdict == Unchecked {
		return "not all of the body is there, so the signature in " + v.Header + " cannot be verified"
	}
	return "no X-Vapi-Secret, signature or bearer token came"
}

// nearness says how two secrets differ that ought to be the same; empty where
// they are different altogether.
type nearness string

// nearest says how a secret or token is nearly one that is configured.
func (k *Keyring) nearest(c carriedCredential) nearness {
	for _, secret := range k.secrets {
		for _, d := range differences {
			if d.apart(secret, c.value) {
				return d.said
			}
		}
	}
	return ""
}

// differences are what is commonly wrong with a secret that was copied, the
// likely first: whether that is what tells these two apart.
var differences = []struct {
	said  nearness
	apart func(configured, came string) bool
}{
	{"they differ in white space around them", func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }},
	{"one of them has quotes around it", func(a, b string) bool { return unquoted(a) == unquoted(b) }},
	{"they differ in upper and lower case", strings.EqualFold},
	{"one of them begins with the word Bearer", func(a, b string) bool { return token(a) == token(b) || token(token(b)) == a }},
	{"one of them begins with whsec_", func(a, b string) bool {
		return strings.TrimPrefix(a, webhookSecretPrefix) == strings.TrimPrefix(b, webhookSecretPrefix)
	}},
	{"one of them is the base64 of the other", func(a, b string) bool { return isBase64Of(a, b) || isBase64Of(b, a) }},
	{"the one that came is the beginning of the configured one", func(a, b string) bool { return len(b) >= 8 && strings.HasPrefix(a, b) }},
	{"the one that came begins with the configured one and goes on", func(a, b string) bool { return len(a) >= 8 && strings.HasPrefix(b, a) }},
}

func isBase64Of(encoded, plain string) bool {
	b, ok := decodeBase64(encoded)
	return ok && len(b) > 0 && string(b) == plain
}

// unquoted returns s without white space and quotes around it.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	for _, quote := range []string{`"`, "'", "`"} {
		if len(s) >= 2 && strings.HasPrefix(s, quote) && strings.HasSuffix(s, quote) {
			return s[1 : len(s)-1]
		}
	}
	return s
}
