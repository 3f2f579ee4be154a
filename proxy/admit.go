package proxy

import (
	"net/http"

	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// admit reports whether the request authenticates itself with a secret that is
// configured, and has answered it with 401 where it does not.
//
// A secret or token in the header is enough, and the body streams as ever. For a
// signature the body is read first, as far as bodies are captured; what is larger
// is refused, since nobody can say that it is good.
func (x *passage) admit() bool {
	keys := x.proxy.options.Keys
	good, wantsBody := keys.VerifyHeader(x.r.Header)
	if good {
		return true
	}
	request := vapi.Request{Method: x.r.Method, Path: x.exchange.Path, Header: x.r.Header}
	if wantsBody && x.in != nil {
		x.in.drain()
		if end, whole := x.in.state(); whole && wholeOr(end) != nil {
			x.failed(x.w, x.r, end) // the caller went away meanwhile
			return false
		} else if !whole {
			request.Truncated = true
		}
		x.in.mu.Lock()
		request.Body = x.in.capture.bytes // only read, and kept until release
		x.in.mu.Unlock()
	}
	verdict := keys.Verify(vapi.Identify(request).Kind, request)
	if verdict.Verdict == auth.OK {
		return true
	}
	if request.Truncated {
		x.refuse("the body is larger than what is captured of one, so the signature in "+verdict.Header+" cannot be verified",
			"start vapitap with a larger --max-body")
	} else {
		x.refuse(verdict.Forbidden(), "send a secret that vapitap was started with: as X-Vapi-Secret, as bearer token, or as the key of a signature")
	}
	return false
}

// refuse answers in the server's place that the request is not let through.
func (x *passage) refuse(why, hint string) {
	e := x.exchange
	e.Refused, e.Unreachable, e.Status = true, true, http.StatusUnauthorized
	e.Error = "not forwarded, as --require-auth says: " + why
	x.w.Header().Set("Www-Authenticate", "Bearer") // which HTTP wants of a 401
	x.answer(x.w, explanation{Error: "vapitap: " + e.Error, Hint: hint})
}
