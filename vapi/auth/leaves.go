package auth

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vapitap/vapi"
)

// Good reports whether one of the secrets made what came. It is false for a
// secret or token that is only nearly one, and for nil.
func (f *Finding) Good() bool { return f != nil && (f.Scheme == SchemeHMAC || f.Usable) }

// Age returns how much older the timestamp that was signed is than the request,
// which arrived at the time given; false where none was signed or it has no form
// that is known. Servers commonly refuse what is older than five minutes.
func (f *Finding) Age(arrived time.Time) (time.Duration, bool) {
	if f == nil || f.signedAt == "" {
		return 0, false
	}
	t, ok := timeOf(f.signedAt)
	return arrived.Sub(t), ok
}

// Leaves says, in a sentence each, why nothing fits: what the attempts leave,
// the likely first. It returns nil where something was found.
func (r *Report) Leaves(request vapi.Request) []string {
	switch {
	case r.Found != nil:
		return nil
	case r.Scheme == SchemeNone:
		return []string{
			"Vapi sends no secret until it is told to: in the dashboard, make a credential (bearer token, HMAC or OAuth 2.0) and choose it for the server; in the API that is server.credentialId, or server.secret for X-Vapi-Secret",
			"the server of the tool comes before that of the assistant, and that before those of the phone number and the organisation: the credential has to stand where this message's URL stands",
		}
	case r.Scheme == SchemeBearer:
		return r.leavesToken(request)
	case r.Scheme == SchemeSecret:
		return []string{differentSecret}
	case request.Truncated:
		return []string{"the body was not recorded whole, so no signature over it can be verified: vapitap --max-body records more of those to come"}
	}
	return r.leavesSignature(request)
}

const differentSecret = "another secret: tool, assistant, phone number and organisation can each have their own, and one that was changed in the dashboard holds for later messages only"

func (r *Report) leavesToken(request vapi.Request) []string {
	for _, c := range carried(request.Header, nil) {
		if c.scheme == SchemeBearer && strings.Count(c.value, ".") == 2 && strings.HasPrefix(c.value, "ey") {
			return []string{"the token is a JWT, as OAuth 2.0 gives them: Vapi fetches it from the token URL and it changes, so a server verifies it with the issuer's keys", differentSecret}
		}
	}
	return []string{differentSecret, "a token that OAuth 2.0 fetched, which changes and cannot be compared"}
}

func (r *Report) leavesSignature(request vapi.Request) []string {
	var leaves []string
	switch {
	case request.Header.Get("Content-Encoding") != "":
		leaves = append(leaves, fmt.Sprintf("the body is compressed (%s), which Vapi does not do: something between compressed it after it was signed", short(request.Header.Get("Content-Encoding"))))
	case vapi.IsStringified(request.Body):
		leaves = append(leaves, differentSecret+" (the likely one: the body is just as JSON.stringify writes it, so nothing on the way seems to have changed it)")
	case json.Valid(request.Body):
		leaves = append(leaves, "a body that was changed: it is not as JSON.stringify writes it, which is how Vapi sends it, so something between Vapi and vapitap wrote it again, and with another value somewhere", differentSecret)
	default:
		leaves = append(leaves, "a body that was changed: it is no JSON, which Vapi's messages are", differentSecret)
	}
	if r.Timestamps == 0 {
		leaves = append(leaves, "a timestamp that was signed and did not arrive: no header has one")
	}
	leaves = append(leaves, "a format of its own: describe the credential as the dashboard shows it, with --hmac")
	if r.Cut {
		leaves = append(leaves, "what was not tried: the body is so large that only the likely combinations were; try a smaller message of the same server")
	}
	return leaves
}
