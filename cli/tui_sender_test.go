package cli

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"vapitap/record"
	"vapitap/tui"
	"vapitap/vapi/auth"
)

// tuiSenderOver returns a sender of the interface over what is recorded.
func tuiSenderOver(t *testing.T, db string, o tuiSenderOptions) (*tuiSender, *record.Store) {
	t.Helper()
	store, err := record.Open(db, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newTUISender(store, o)
	t.Cleanup(func() {
		s.close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, store
}

// draftOfFirst returns exchange 1 and its draft.
func draftOfFirst(t *testing.T, s *tuiSender) tui.Draft {
	t.Helper()
	e, err := s.store.Get(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Draft(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInterfaceSignsWhatWasEdited(t *testing.T) {
	const text = `{"message":{"type":"hang","n":1}}`
	const edited = `{"message":{"type":"hang","n":2}}`
	server := startVerifyingServer(t)
	db := recorded(t, "run", &record.Exchange{
		Method: "POST", Path: "/", Target: server.URL + "/hook", Status: 200, From: record.FromTunnel,
		Request: signed(text, "X-Vapi-Signature", hexHMAC(text), "X-Forwarded-For", "1.2.3.4", "Host", "x.ngrok.app"),
	})
	keys, err := auth.NewKeyring([]string{hookSecret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, store := tuiSenderOver(t, db, tuiSenderOptions{keys: keys})
	d := draftOfFirst(t, s)
	if d.Path != "/hook" || d.To != server.URL {
		t.Errorf("it goes to %s%s, not to where it was forwarded to", d.To, d.Path)
	}
	if d.Header.Get("X-Forwarded-For") != "" || d.Header.Get("Host") != "" {
		t.Errorf("headers that are made anew are to be edited: %v", d.Header)
	}
	if !strings.Contains(d.Note, "signed again") {
		t.Errorf("the note is %q", d.Note)
	}

	d.Body, d.Edited = []byte(edited), true
	e, err := s.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if raw, again, body, _ := server.last(); !raw || !again || body != edited {
		t.Errorf("the signature fits the bytes: %t, the parsed body: %t; the server got %s", raw, again, body)
	}
	if e.ID == 0 || e.ReplayOf != 1 || e.From != record.FromReplay || e.Auth.Verdict != auth.OK {
		t.Errorf("it is recorded as %+v", e)
	}
	if !s.concerns(e) {
		t.Error("what was sent is not of the sender's session")
	}
	if kept, err := store.Get(t.Context(), e.ID); err != nil || string(kept.Request.Body) != edited {
		t.Errorf("the store has %v (%v)", kept, err)
	}

	d.Header.Set("X-Vapi-Signature", "wrong on purpose")
	if _, err = s.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if raw, again, _, _ := server.last(); raw || again {
		t.Error("a signature that was edited was made again")
	}
}

func TestInterfaceSaysThatASignatureWillNotFit(t *testing.T) {
	const text = `{"message":{"type":"hang"}}`
	db := recorded(t, "run", &record.Exchange{
		Method: "POST", Path: "/", Target: "http://localhost:1/hook", Status: 200,
		Request: signed(text, "X-Vapi-Signature", hexHMAC(text)),
	})
	s, _ := tuiSenderOver(t, db, tuiSenderOptions{})
	if d := draftOfFirst(t, s); !strings.Contains(d.Note, "--secret-file") {
		t.Errorf("without a secret the note is %q", d.Note)
	}
	keys, err := auth.NewKeyring([]string{"another"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, _ = tuiSenderOver(t, db, tuiSenderOptions{keys: keys})
	if d := draftOfFirst(t, s); !strings.Contains(d.Note, "not made with your secret") {
		t.Errorf("with another secret the note is %q", d.Note)
	}
}

func TestInterfaceSendsMethodPathAndHeadersAsEdited(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	db := recorded(t, "run", &record.Exchange{Method: "POST", Path: "/?a=1", Target: server.URL + "/hook?a=1", Status: 200, Request: body(`{}`)})
	s, _ := tuiSenderOver(t, db, tuiSenderOptions{session: "S"})
	d := draftOfFirst(t, s)
	d.Method, d.Path, d.Header, d.Edited = "PUT", "/other%2Fpath?b=2", http.Header{"X-Mine": {"1", "2"}}, true
	e, err := s.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if e.Method != "PUT" || e.Path != "/other%2Fpath?b=2" || e.Session != "S" || len(e.Request.Header["X-Mine"]) != 2 {
		t.Errorf("it was sent as %s %s %v of session %s", e.Method, e.Path, e.Request.Header, e.Session)
	}
	for _, path := range []string{"", "other", "http://elsewhere/x"} {
		d.Path = path
		if e, err := s.Send(t.Context(), d); err == nil {
			t.Errorf("path %q was sent to %s", path, e.Target)
		}
	}
}

func TestInterfaceDoesNotSendHalfABody(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	half := record.Message{Body: []byte(`{"message":{"ty`), Bytes: 4000, Truncated: true}
	db := recorded(t, "run", &record.Exchange{Method: "POST", Path: "/", Target: server.URL + "/", Status: 200, Request: half})
	s, _ := tuiSenderOver(t, db, tuiSenderOptions{})
	d := draftOfFirst(t, s)
	if _, err := s.Send(t.Context(), d); err == nil || !strings.Contains(err.Error(), "not recorded whole") {
		t.Errorf("it was sent: %v", err)
	}
	d.Body, d.Edited = []byte(`{"message":{}}`), true
	if _, err := s.Send(t.Context(), d); err != nil {
		t.Errorf("what was made of it is not sent: %v", err)
	}
	if got := server.bodies(); len(got) != 1 || got[0] != `{"message":{}}` {
		t.Errorf("the server got %q", got)
	}
}

func TestInterfaceRecordsThatNobodyAnswered(t *testing.T) {
	server := startWebhook(t, always(`{}`))
	db := recorded(t, "run", &record.Exchange{Method: "POST", Path: "/", Target: server.URL + "/", Status: 200, Request: body(`{}`)})
	server.Close()
	s, _ := tuiSenderOver(t, db, tuiSenderOptions{})
	d := draftOfFirst(t, s)
	e, err := s.Send(t.Context(), d)
	if err != nil || !e.Unreachable || e.ID == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	turns, err := s.Watch(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	if up := <-turns; up {
		t.Error("a server that is away is told to be back")
	}
	cancel()
	for range turns { // it is closed
	}
}

func TestInterfaceRefusesWhatCannotBeSent(t *testing.T) {
	db := recorded(t, "run",
		&record.Exchange{Method: "GET", Path: "/", Target: "http://localhost:1/", Status: http.StatusSwitchingProtocols},
		&record.Exchange{Method: "POST", Path: "/", Status: 200})
	s, store := tuiSenderOver(t, db, tuiSenderOptions{})
	for id, why := range map[int64]string{1: "WebSocket", 2: "no server"} {
		e, err := store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Draft(t.Context(), e); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("exchange %d: %v, want %s", id, err, why)
		}
	}
}

func TestInterfaceStartsTheDemosServerForWhatItAnswered(t *testing.T) {
	db := recorded(t, demoCommandName, &record.Exchange{
		Method: "POST", Path: "/", Target: "http://127.0.0.1:1" + demoPath, Status: 200, From: record.FromSimulate, Request: body(`{"message":{"type":"hang"}}`),
	})
	s, _ := tuiSenderOver(t, db, tuiSenderOptions{})
	d := draftOfFirst(t, s)
	e, err := s.Send(t.Context(), d)
	if err != nil || e.Status != 200 {
		t.Fatalf("%+v, %v", e, err)
	}
	d, err = s.Draft(t.Context(), e) // of a session that began since
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Send(t.Context(), d); err != nil || again.Status != 200 || again.Session != e.Session {
		t.Errorf("the replay again: %+v, %v", again, err)
	}
}

func TestInterfaceVerifies(t *testing.T) {
	const text = `{"message":{"type":"hang"}}`
	t.Setenv(secretVariable, "")
	db := recorded(t, "run",
		&record.Exchange{Request: signed(text, "X-Vapi-Signature", hexHMAC(text))},
		&record.Exchange{Request: signed(text)})
	for _, c := range []struct {
		id      int64
		secrets []string
		want    string
	}{
		{1, []string{hookSecret}, "✓ the signature in X-Vapi-Signature comes of this secret"},
		{1, []string{"another"}, "✗ nothing that was tried fits X-Vapi-Signature"},
		{1, nil, "no secret to compare it with: start vapitap with --secret-file"},
		{2, nil, "✗ nothing came that proves who is calling"},
	} {
		s, store := tuiSenderOver(t, db, tuiSenderOptions{auth: authFlags{secrets: c.secrets}})
		e, err := store.Get(t.Context(), c.id)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := s.Verify(e)
		said := strings.Join(lines, "\n")
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, c.want) {
			t.Errorf("exchange %d with %q: %s", c.id, c.secrets, said)
		}
	}
}
