package cli

import (
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// authText says how a request authenticated itself and what came of it; nothing
// where nothing came and nothing was to come.
func authText(a vapi.Auth) string {
	if a == (vapi.Auth{}) || a == (vapi.Auth{Scheme: auth.SchemeNone, Verdict: auth.Unchecked}) {
		return ""
	}
	return a.Scheme + ": " + a.Verdict
}
