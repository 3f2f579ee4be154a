package replay

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"vapitap/record"
	"vapitap/record/fixture"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// unhurried is how long a reply may take that Vapi does not wait for.
const unhurried = 30 * time.Second

// Tester sends fixtures to a server and judges what comes back. Its methods may
// be called by any goroutine; its fields may not be changed meanwhile.
type Tester struct {
	// Sender sends and records. Required.
	Sender *Sender
	// To is the server: as in Target, its path holds for all, or each fixture keeps
	// its own. Required.
	To *url.URL
	// Keys sign what is sent as Vapi would; nil signs nothing. Chat completions are
	// not signed: a custom LLM is given the credential of its provider.
	Keys *auth.Keyring
	// Bearer is sent where a fixture had a bearer token replaced; empty for none.
	Bearer string
}

// Result is what came of one fixture.
type Result struct {
	Found fixture.Found
	// Exchange is what was sent and answered; nil where nothing could be sent, which
	// Err tells.
	Exchange *record.Exchange
	// Verdict is how the reply compares; nil where there is none, which Err tells.
	Verdict *Verdict
	Err     error
	// Wanted is the reply that was compared with; nil where the fixture has none.
	// It is that of the fixture, with what earlier replies of the call gave.
	Wanted *fixture.Response
	// Unrecorded is why a reply that came was not recorded; nil where it was.
	Unrecorded error
}

// OK reports whether the fixture passed.
func (r *Result) OK() bool { return r.Err == nil && r.Verdict.OK }

// Run sends the fixtures of a group one after the other, and calls each with what
// came of it. Those that want is false for are left out; nil wants all. It
// returns ctx's error where that ends first, else nil.
//
// What an earlier reply of a call gave otherwise than it was recorded is put into
// the later requests that repeat it: see carried.
func (t *Tester) Run(ctx context.Context, group fixture.Group, want func(fixture.Found) bool, each func(*Result)) error {
	carried := newCarried()
	for _, found := range group.Files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if want != nil && !want(found) {
			continue
		}
		result := t.one(ctx, found, carried)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		each(result)
	}
	return nil
}

// one sends one fixture.
func (t *Tester) one(ctx context.Context, found fixture.Found, carried *carried) *Result {
	result := &Result{Found: found, Err: found.Err}
	if result.Err != nil {
		return result
	}
	f := found.Fixture
	to, err := Target(&record.Exchange{Path: f.Request.Path}, t.To)
	if err != nil {
		result.Err = err
		return result
	}
	m := t.message(f, to, carried.into(f.Request.Body))
	sender := *t.Sender
	sender.Timeout = patience(m)
	e, err := sender.Send(ctx, m)
	result.Exchange = e
	if none := (*NoReplyError)(nil); errors.As(err, &none) {
		result.Err = none
		return result
	}
	result.Unrecorded = err // a reply came
	wanted := f.Response
	if wanted != nil {
		changed := *wanted
		changed.Body = carried.into(wanted.Body)
		wanted = &changed
	}
	result.Wanted = wanted
	result.Verdict = Judge(f, wanted, e)
	if f.Response != nil {
		carried.learn(f.Response, e)
	}
	return result
}

// message returns what is sent for a fixture, signed for the body.
func (t *Tester) message(f *fixture.Fixture, to *url.URL, body []byte) Message {
	m := Message{Method: f.Request.Method, URL: to, Header: Renew(canonical(f.Request.Header)), Trailer: f.Request.Trailer, Body: body}
	r := vapi.Request{Method: m.Method, Path: to.RequestURI(), Header: m.Header, Body: body}
	if t.Keys != nil && vapi.Identify(r).Kind != vapi.KindLLM {
		t.Keys.Sign(m.Header, m.Method, to, body, time.Now())
	}
	if t.Bearer != "" && slices.Contains(f.Replaced, "/request/headers/Authorization") && bearer(m.Header) {
		m.Header.Set("Authorization", "Bearer "+t.Bearer)
	}
	return m
}

// canonical returns a header that somebody may have written by hand with its
// names as net/http has them.
func canonical(header http.Header) http.Header {
	out := make(http.Header, len(header))
	for name, values := range header {
		name = http.CanonicalHeaderKey(name)
		out[name] = append(out[name], values...)
	}
	return out
}

func bearer(header http.Header) bool {
	value := header.Get("Authorization")
	return len(value) >= 7 && (value[:7] == "Bearer " || value[:7] == "bearer ")
}

// patience is how long a reply is waited for: as long as Vapi does.
func patience(m Message) time.Duration {
	r := vapi.Request{Method: m.Method, Path: m.URL.RequestURI(), Header: m.Header, Body: m.Body}
	if budget := vapi.Budget(vapi.Identify(r), r); budget > 0 {
		return budget
	}
	return unhurried
}
