package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"vapitap/record"
	"vapitap/replay"
	"vapitap/tui"
	"vapitap/vapi/auth"
)

// tuiSenderOptions say how the terminal interface sends.
type tuiSenderOptions struct {
	session    string        // what is sent belongs to; empty begins one of its own with the first
	server     *url.URL      // where everything goes; nil where each was forwarded to
	demo       *demoServer   // the demo's, while it runs; nil starts it for what it answered once
	keys       *auth.Keyring // with which requests are judged, and signed again
	auth       authFlags     // where keys come from
	skipVerify bool
}

// tuiSender sends for the terminal interface, and records what it sends.
type tuiSender struct {
	tuiSenderOptions
	store *record.Store

	mu       sync.Mutex
	again    demoAgain
	sessions map[string]string // that it began, by their commands
}

var _ tui.Sender = (*tuiSender)(nil)

// newTUISender returns what sends for the interface. Close ends what it starts.
func newTUISender(store *record.Store, o tuiSenderOptions) *tuiSender {
	return &tuiSender{tuiSenderOptions: o, store: store, again: demoAgain{server: o.demo}, sessions: map[string]string{}}
}

func (s *tuiSender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.demo == nil {
		s.again.stop()
	}
}

// concerns reports whether an exchange is of a session that the sender began.
func (s *tuiSender) concerns(e *record.Exchange) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.sessions {
		if e.Session == id {
			return true
		}
	}
	return false
}

// Draft returns the request that sends e again, as it was.
func (s *tuiSender) Draft(ctx context.Context, e *record.Exchange) (tui.Draft, error) {
	if err := unsendable(e); err != nil && !e.Request.Truncated {
		return tui.Draft{}, err
	}
	target, _, err := s.target(ctx, e)
	if err != nil {
		return tui.Draft{}, err
	}
	return tui.Draft{
		Of: e.ID, To: target.Scheme + "://" + target.Host, Method: e.Method, Path: target.RequestURI(),
		Header: replay.Renew(e.Request.Header), Body: e.Request.Body, Note: s.signatureNote(e, target),
	}, nil
}

// signatureNote says what becomes of the signature of an exchange that is edited;
// nothing where it has none.
func (s *tuiSender) signatureNote(e *record.Exchange, target *url.URL) string {
	if e.Request.Truncated {
		return ""
	}
	_, became := replay.Again(e, target, e.Request.Body, s.keys, time.Now())
	switch {
	case became == auth.Renewed:
		return "it is signed again with your secret when it is sent"
	case became == auth.Stale && s.keys == nil:
		return "its signature will not fit once it is edited: vapitap --secret-file FILE signs it again"
	case became == auth.Stale:
		return "its signature was not made with your secret, and will not fit once it is edited"
	}
	return ""
}

// target returns where e is sent, and whether that is the demo's server.
func (s *tuiSender) target(ctx context.Context, e *record.Exchange) (target *url.URL, isDemo bool, err error) {
	target, err = replay.Target(e, s.server)
	if err != nil || s.server != nil {
		return target, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if isDemo, err = s.again.recorded(ctx, s.store, e); err != nil || !isDemo {
		return target, false, err
	}
	host, err := s.again.start(context.WithoutCancel(ctx))
	if err != nil {
		return nil, false, err
	}
	demo := *target
	demo.Scheme, demo.Host = "http", host
	return &demo, true, nil
}

// Send sends a draft. A server that does not answer is an exchange too, which
// says why.
func (s *tuiSender) Send(ctx context.Context, d tui.Draft) (*record.Exchange, error) {
	e, err := s.store.Get(ctx, d.Of)
	if err != nil {
		return nil, err
	}
	if err := unsendable(e); err != nil && !d.Edited {
		return nil, err
	}
	target, isDemo, err := s.target(ctx, e)
	if err != nil {
		return nil, err
	}
	if target, err = atPath(target, d.Path); err != nil {
		return nil, err
	}
	session, err := s.sessionFor(target, isDemo)
	if err != nil {
		return nil, err
	}
	message := replay.Message{
		Method: d.Method, URL: target, Header: s.signed(e, d, target, time.Now()), Trailer: e.Request.Trailer, Body: d.Body, ReplayOf: d.Of,
	}
	sender := replay.Sender{Store: s.store, From: record.FromReplay, Session: session, SkipVerify: s.skipVerify, Keys: s.keys}
	again, err := sender.Send(ctx, message)
	var none *replay.NoReplyError
	switch {
	case again.ID != 0 && (err == nil || errors.As(err, &none)):
		return again, nil
	case ctx.Err() != nil:
		return nil, errors.New("interrupted before a reply came")
	case again.Status != 0:
		return nil, fmt.Errorf("the server answered %d, but %w", again.Status, err)
	}
	return nil, err
}

// atPath returns the URL of a path on the server of another.
func atPath(server *url.URL, path string) (*url.URL, error) {
	target, err := url.ParseRequestURI(path)
	if err != nil || target.Host != "" {
		return nil, fmt.Errorf("%q is no path on a server", path)
	}
	target.Scheme, target.Host = server.Scheme, server.Host
	return target, nil
}

// signed returns the headers of a draft with the signatures made again that can
// be, for what is sent: but those that were edited themselves, and stay as they
// are.
func (s *tuiSender) signed(e *record.Exchange, d tui.Draft, target *url.URL, now time.Time) http.Header {
	header := d.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if e.Request.Truncated {
		return header
	}
	recorded := replay.Renew(e.Request.Header)
	again := recorded.Clone()
	s.keys.Resign(e.Wire(), again, d.Method, target, d.Body, now)
	for name, values := range again {
		if !slices.Equal(values, recorded[name]) && slices.Equal(header[name], recorded[name]) {
			header[name] = values
		}
	}
	return header
}

// sessionFor returns the session that what is sent belongs to, and begins it if
// that is left to the sender. What the demo's server answers belongs to one of the
// demo then, so that it can be sent again later too.
func (s *tuiSender) sessionFor(target *url.URL, isDemo bool) (string, error) {
	if s.session != "" {
		return s.session, nil
	}
	command := replaySession
	if isDemo {
		command = demoCommandName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := s.sessions[command]; id != "" {
		return id, nil
	}
	session, err := s.store.StartSession(command, target.Scheme+"://"+target.Host)
	if err != nil {
		return "", err
	}
	s.sessions[command] = session.ID
	if s.again.commands != nil {
		s.again.commands[session.ID] = command
	}
	return session.ID, nil
}

// Watch tells when the server of a draft goes and when it is back.
func (s *tuiSender) Watch(ctx context.Context, d tui.Draft) (<-chan bool, error) {
	server, err := url.Parse(d.To)
	if err != nil || server.Host == "" {
		return nil, fmt.Errorf("%q is no server that can be watched", d.To)
	}
	return replay.Watch(ctx, server), nil
}
