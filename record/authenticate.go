package record

import (
	"slices"

	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// Authenticate judges with the secrets of keys how the request authenticated
// itself, and adds what there is to say of it to the checks. It is called once,
// after Describe and before the exchange is committed; where it is not, Describe
// has filled in what can be told without a secret.
func (e *Exchange) Authenticate(keys *auth.Keyring) {
	verdict := keys.Verify(e.Kind, e.Wire())
	e.Auth = verdict.Auth
	if c := verdict.Check(); c != nil {
		e.Checks = slices.Insert(e.Checks, e.place(c.Level), *c)
	}
}

// recognise fills in how the request authenticated itself, unless that is known.
func (e *Exchange) recognise() {
	if e.Auth == (vapi.Auth{}) {
		var none *auth.Keyring
		e.Auth = none.Verify(e.Kind, e.Wire()).Auth
	}
}

// Wire returns the request with its body as it was on the wire, which is what
// signatures are made over.
func (e *Exchange) Wire() vapi.Request {
	return vapi.Request{
		Method: e.Method, Path: e.Path, Header: e.Request.Header, Body: e.Request.Body, Truncated: e.Request.Truncated,
	}
}

// place returns where a check of a level belongs among the others: an error,
// which explains what follows from it, before all; a warning before the infos.
func (e *Exchange) place(level vapi.Level) int {
	if level == vapi.Error {
		return 0
	}
	if i := slices.IndexFunc(e.Checks, func(c vapi.Check) bool { return c.Level == vapi.Info }); i >= 0 {
		return i
	}
	return len(e.Checks)
}
