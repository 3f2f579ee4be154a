package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"vapitap/tunnel/ngroktest"
)

// fails connects and returns why it does not come about, within the time that
// somebody waits.
func fails(t *testing.T, o Options) *Failure {
	t.Helper()
	start := time.Now()
	tun := Ngrok(o)
	defer tun.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := tun.Ready(ctx)
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("it ended with %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if s := tun.Status(); s.State != Failed || s.Why != f || s.URL != "" {
		t.Errorf("status: %+v", s)
	}
	if f.Do == "" || strings.Contains(f.Says, "\n") {
		t.Errorf("not one sentence and what to do: %q %q", f.Says, f.Do)
	}
	return f
}

func TestWhatNgrokRefusesIsSaidWithItsCodeAndWhatToDo(t *testing.T) {
	t.Parallel()
	unknown := strings.Repeat("2unknownTOKEN", 4)
	for _, c := range []struct {
		name  string
		token string
		set   func(*ngroktest.Edge)
		kind  Kind
		code  string
		says  string
		do    string
	}{
		{name: "no token", kind: Token, code: "ERR_NGROK_4018", says: "wants an authtoken", do: "NGROK_AUTHTOKEN"},
		{name: "no proper token", token: "abc", kind: Token, code: "ERR_NGROK_105", says: "is no ngrok authtoken; it was found in the test", do: tokenPage},
		{name: "unknown token", token: unknown, kind: Token, code: "ERR_NGROK_107", says: "does not know this authtoken", do: tokenPage},
		{name: "too many sessions", token: ngroktest.Token, kind: Sessions, code: "ERR_NGROK_108", says: "as many sessions as its plan allows", do: "--public-url",
			set: func(e *ngroktest.Edge) {
				e.RefuseAuth("ERR_NGROK_108", "Your account is limited to 1 simultaneous ngrok agent sessions.")
			}},
		{name: "domain of another account", token: ngroktest.Token, kind: Domain, code: "ERR_NGROK_320", says: "reserved by another ngrok account", do: "--url",
			set: func(e *ngroktest.Edge) {
				e.RefuseBind("ERR_NGROK_320", "This domain is reserved for another account.")
			}},
		{name: "domain online", token: ngroktest.Token, kind: Domain, code: "ERR_NGROK_334", says: "online already", do: "--url",
			set: func(e *ngroktest.Edge) {
				e.RefuseBind("ERR_NGROK_334", "The endpoint 'https://x' is already online.")
			}},
		{name: "another of a domain", token: ngroktest.Token, kind: Domain, code: "ERR_NGROK_399", says: "ngrok refuses: Wildcards are for paid plans", do: "err_ngrok_399",
			set: func(e *ngroktest.Edge) {
				e.RefuseBind("ERR_NGROK_399", "Wildcards are for\r\npaid plans.\r\n\r\nUpgrade: https://x")
			}},
		{name: "a code nobody knows", token: ngroktest.Token, kind: Refused, code: "ERR_NGROK_99999", says: "ngrok refuses: it does not say why", do: "err_ngrok_99999",
			set: func(e *ngroktest.Edge) { e.RefuseAuth("ERR_NGROK_99999", "") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := ngroktest.Start(t, ngroktest.Options{})
			if c.set != nil {
				c.set(e)
			}
			o := options(e)
			o.Token, o.TokenFrom = c.token, "the test"
			f := fails(t, o)
			if f.Kind != c.kind || f.Code != c.code || !strings.Contains(f.Says, c.says) || !strings.Contains(f.Do, c.do) {
				t.Errorf("%v, %s\n%v", f.Kind, f.Code, f)
			}
			if c.token != "" && strings.Contains(f.Error(), c.token) {
				t.Errorf("it shows the token: %v", f)
			}
		})
	}
}

func TestASecondVapitapOnTheSameAddressIsToldSo(t *testing.T) {
	t.Parallel()
	e := ngroktest.Start(t, ngroktest.Options{})
	open(t, options(e), nil)
	if f := fails(t, options(e)); f.Code != "ERR_NGROK_334" {
		t.Errorf("%v", f)
	}
	limited := ngroktest.Start(t, ngroktest.Options{MaxSessions: 1})
	open(t, options(limited), nil)
	if f := fails(t, options(limited)); f.Code != "ERR_NGROK_108" {
		t.Errorf("%v", f)
	}
}

func TestAVapitapStartedAgainWhileTheEdgeStillCountsTheOneBeforeConnects(t *testing.T) {
	t.Parallel()
	e := ngroktest.Start(t, ngroktest.Options{})
	e.RefuseAuth("ERR_NGROK_108", "Your account is limited to 1 simultaneous ngrok agent sessions.")
	tun := Ngrok(options(e))
	defer tun.Close()
	waitFor(t, "a first attempt", func() bool {
		s := tun.(*tunnel).present.Load()
		if s == nil {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.last != nil
	})
	e.RefuseAuth("", "")
	if err := tun.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhenThereIsNoWayToTheEdge(t *testing.T) {
	t.Parallel()
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		e := ngroktest.Start(t, ngroktest.Options{})
		e.Leave()
		if f := fails(t, options(e)); f.Kind != Unreachable || !strings.Contains(f.Says, "refuses connections") {
			t.Error(f)
		}
	})
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		e := ngroktest.Start(t, ngroktest.Options{})
		e.Mute(true)
		if f := fails(t, options(e)); f.Kind != Unreachable || !strings.Contains(f.Says, "no answer from "+e.Address()) {
			t.Error(f)
		}
	})
	t.Run("no such name", func(t *testing.T) {
		t.Parallel()
		o := Options{Settings: Settings{Token: ngroktest.Token, Edge: "edge.invalid:443"}}
		if f := fails(t, o); f.Kind != Unreachable || !strings.Contains(f.Says, "edge.invalid was not found") || !strings.Contains(f.Do, "online?") {
			t.Error(f)
		}
	})
	t.Run("company proxy", func(t *testing.T) {
		t.Parallel()
		e := ngroktest.Start(t, ngroktest.Options{})
		if err := e.Inspect("Example Corp Web Gateway"); err != nil {
			t.Fatal(err)
		}
		f := fails(t, options(e))
		if f.Kind != Untrusted || !strings.Contains(f.Says, `it comes from "Example Corp Web Gateway", not from ngrok`) || !strings.Contains(f.Do, "connect_cas: host") {
			t.Error(f)
		}
	})
	t.Run("no TLS", func(t *testing.T) {
		t.Parallel()
		o := Options{Settings: Settings{Token: ngroktest.Token, Edge: talker(t, "HTTP/1.0 302 Found\r\nLocation: http://login.example/\r\n\r\n")}}
		if f := fails(t, o); f.Kind != Untrusted || !strings.Contains(f.Says, "does not speak TLS") {
			t.Error(f)
		}
	})
	t.Run("hangs up", func(t *testing.T) {
		t.Parallel()
		o := Options{Settings: Settings{Token: ngroktest.Token, Edge: talker(t, "")}}
		if f := fails(t, o); f.Kind != Lost || !strings.Contains(f.Says, "ended the connection") {
			t.Error(f)
		}
	})
}

// talker is an address at which each connection is told the same and ended.
func talker(t *testing.T, text string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, text)
			conn.Read(make([]byte, 1<<10)) // its greeting, so that the end is no reset
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestClosingEndsAnAttempt(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	e.Mute(true)
	tun := Ngrok(options(e))
	ready := make(chan error, 1)
	go func() { ready <- tun.Ready(context.Background()) }()
	tun.Close()
	if err := <-ready; err == nil {
		t.Error("it says that it is ready")
	}
}

func TestADiagnosisTellsTheStepsApart(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	s := options(e).Settings
	w := Diagnose(t.Context(), s)
	if !w.TCP || !w.TLS || !w.Protocol || w.Failure != nil || w.Region != "eu" || w.RoundTrip <= 0 || w.Edge != e.Address() {
		t.Errorf("all well: %+v", w)
	}
	if err := e.Inspect("Example Corp"); err != nil {
		t.Fatal(err)
	}
	if w := Diagnose(t.Context(), s); !w.TCP || w.TLS || w.Protocol || w.Failure == nil || w.Failure.Kind != Untrusted {
		t.Errorf("inspected: %+v, %v", w, w.Failure)
	}
	e.Leave()
	if w := Diagnose(t.Context(), s); w.TCP || w.TLS || w.Failure == nil || w.Failure.Kind != Unreachable {
		t.Errorf("gone: %+v, %v", w, w.Failure)
	}
}
