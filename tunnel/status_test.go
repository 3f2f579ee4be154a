package tunnel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAStatusIsSaidInALineAndInAWord(t *testing.T) {
	since := time.Date(2026, 11, 23, 14, 2, 0, 0, time.Local)
	token := &Failure{Kind: Token, Code: "ERR_NGROK_107", Says: "ngrok does not know this authtoken", Do: "copy it"}
	away := &Failure{Kind: Unreachable, Says: "no way to ngrok", Do: "is this machine online?"}
	for _, c := range []struct {
		status      Status
		brief, line string
	}{
		{Status{}, "off", "no tunnel"},
		{Status{URL: "https://mine"}, "off", "https://mine (your own tunnel)"},
		{Status{State: Connecting}, "connecting", "connecting to ngrok"},
		{Status{State: Connected, URL: "https://x"}, "", "https://x"},
		{Status{State: Connected, URL: "https://x", RoundTrip: 23400 * time.Microsecond}, "", "https://x (ngrok, 23 ms to the edge and back)"},
		{Status{State: Connected, URL: "https://x", RoundTrip: 230 * time.Microsecond}, "", "https://x (ngrok, 0.2 ms to the edge and back)"},
		{Status{State: Reconnecting, Since: since, Why: away}, "reconnecting since 14:02", "the tunnel is reconnecting since 14:02: no way to ngrok"},
		{Status{State: Failed, Why: token}, "failed: ERR_NGROK_107", "ngrok does not know this authtoken (ERR_NGROK_107)"},
		{Status{State: Failed, Why: away}, "failed: no way to ngrok", "no way to ngrok"},
	} {
		if got := c.status.Brief(); got != c.brief {
			t.Errorf("brief: %q, want %q", got, c.brief)
		}
		if got := c.status.String(); got != c.line {
			t.Errorf("line: %q, want %q", got, c.line)
		}
	}
	if got := token.Error(); got != "ngrok does not know this authtoken (ERR_NGROK_107)\nhint: copy it" {
		t.Errorf("error: %q", got)
	}
}

func TestWhoLagsBehindMissesTheOldest(t *testing.T) {
	b := newBoard(Status{State: Connecting})
	statuses := b.watch()
	const last = 3 * watchRoom
	for i := range last + 1 {
		b.change(func(s *Status) { s.State, s.RoundTrip = Connected, time.Duration(i) })
	}
	var got []Status
	for len(statuses) > 0 {
		got = append(got, <-statuses)
	}
	if len(got) != watchRoom || got[len(got)-1].RoundTrip != last {
		t.Errorf("%d, the last %+v", len(got), got[len(got)-1])
	}
}

func TestWhatIsFinalStays(t *testing.T) {
	b := newBoard(Status{State: Connecting})
	why := &Failure{Says: "x"}
	b.change(func(s *Status) { s.State, s.Why = Failed, why })
	b.change(func(s *Status) { s.State = Connected })
	b.close()
	b.close()
	if s := b.status(); s.State != Failed || s.Why != why {
		t.Errorf("%+v", s)
	}
	if err := b.outcome(); err != error(why) {
		t.Errorf("outcome: %v", err)
	}
	var seen []State
	for s := range b.watch() {
		seen = append(seen, s.State)
	}
	if len(seen) != 1 || seen[0] != Failed {
		t.Errorf("who comes late sees %v", seen)
	}
}

func TestTheClockOfAMachineThatSleptJumps(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ticks, woke, ended := make(chan time.Time), make(chan struct{}, 10), make(chan struct{})
	go func() {
		defer close(ended)
		watchClock(ctx, ticks, 20*time.Second, func() { woke <- struct{}{} })
	}()
	at := time.Now()
	for _, gap := range []time.Duration{time.Second, time.Second, 19 * time.Second, time.Hour, time.Second, -time.Hour, 21 * time.Second} {
		at = at.Add(gap)
		ticks <- at
	}
	cancel()
	<-ended
	if len(woke) != 2 {
		t.Errorf("it woke %d times, want 2", len(woke))
	}
}

func TestAWrongClockIsNotTakenForAProxy(t *testing.T) {
	leaf := &x509.Certificate{NotBefore: time.Now().Add(24 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), Issuer: pkix.Name{CommonName: "ngrok"}}
	err := fmt.Errorf("dial: %w", &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{leaf}, Err: errors.New("not yet valid")})
	if f := explain(err, Settings{}); f.Kind != Untrusted || !strings.Contains(f.Do, "clock") {
		t.Errorf("%v", f)
	}
}

func TestForeignTextStaysOnItsLine(t *testing.T) {
	f := explain(errors.New("boom\r\n\x1b[31mred\x9b"+strings.Repeat("x", 1000)), Settings{Edge: "edge.example:443"})
	if strings.ContainsAny(f.Says, "\r\n\x1b\u009b") || len(f.Says) > 400 {
		t.Errorf("%q", f.Says)
	}
}
