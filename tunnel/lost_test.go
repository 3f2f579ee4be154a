package tunnel

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"vapitap/tunnel/ngroktest"
)

func TestASessionThatDropsInTheMiddleOfARequestComesBack(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	started, ended := make(chan struct{}, 1), make(chan struct{}, 1)
	tun, _ := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			io.Copy(io.Discard, r.Body) // a server hears of its caller's end from then on
			started <- struct{}{}
			<-r.Context().Done()
			ended <- struct{}{}
			return
		}
		echo(w, r)
	}))
	url, statuses := tun.Status().URL, tun.Watch()
	replied := make(chan int, 1)
	c := client(t, e, "")
	go func() {
		status, _ := ask(t, c, url+"/slow", "x")
		replied <- status
	}()
	<-started
	e.Drop()
	if status := <-replied; status != http.StatusBadGateway {
		t.Errorf("the caller got %d", status)
	}
	<-ended
	lost := await(t, statuses, "reconnecting", is(Reconnecting))
	if lost.URL != url || lost.Why == nil || lost.Why.Kind != Lost || !strings.HasPrefix(lost.Brief(), "reconnecting since ") {
		t.Errorf("lost: %+v, %v", lost, lost.Why)
	}
	back := await(t, statuses, "connected", is(Connected))
	if back.URL != url || back.Why != nil {
		t.Errorf("back: %+v", back)
	}
	if status, text := ask(t, c, url, "again"); status != 200 || text != "again" {
		t.Errorf("after: %d %q", status, text)
	}
}

func TestAnEdgeThatGoesAwayIsTriedUntilItIsBack(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	e.Leave()
	await(t, statuses, "reconnecting because it is refused", func(s Status) bool {
		return s.State == Reconnecting && s.Why.Kind == Unreachable && strings.Contains(s.Why.Says, "refuses connections")
	})
	if err := e.Return(); err != nil {
		t.Fatal(err)
	}
	s := await(t, statuses, "connected", is(Connected))
	if status, text := ask(t, client(t, e, ""), s.URL, "again"); status != 200 || text != "again" {
		t.Errorf("after: %d %q", status, text)
	}
}

func TestASessionThatOnlyLooksAliveIsReplaced(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	o := options(e)
	o.Heartbeat, o.Tolerance = 100*time.Millisecond, 400*time.Millisecond
	tun, _ := open(t, o, http.HandlerFunc(echo))
	statuses := tun.Watch()
	first := tun.Status().RoundTrip
	await(t, statuses, "a beat", func(s Status) bool { return s.State == Connected && s.RoundTrip > 0 && s.RoundTrip != first })
	e.Freeze()
	s := await(t, statuses, "reconnecting", is(Reconnecting))
	if !strings.Contains(s.Why.Says, "no sign of life") {
		t.Errorf("why: %v", s.Why)
	}
	s = await(t, statuses, "connected", is(Connected))
	if status, text := ask(t, client(t, e, ""), s.URL, "again"); status != 200 || text != "again" {
		t.Errorf("after: %d %q", status, text)
	}
}

func TestAfterTheMachineSleptTheSessionIsReplacedAtOnce(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	e.Freeze() // what the edge does with a machine that sleeps comes to this
	s := sessionOf(t, tun)
	ticks := make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go watchClock(ctx, ticks, 20*time.Second, s.woke)
	start := time.Now()
	ticks <- start
	ticks <- start.Add(time.Second)
	ticks <- start.Add(time.Hour)
	if s := await(t, statuses, "reconnecting", is(Reconnecting)); !strings.Contains(s.Why.Says, "slept") {
		t.Errorf("why: %v", s.Why)
	}
	await(t, statuses, "connected", is(Connected))
}

// sessionOf returns the session of a tunnel that is connected.
func sessionOf(t *testing.T, tun Tunnel) *session {
	t.Helper()
	tt := tun.(*tunnel)
	s := tt.present.Load()
	if s == nil {
		t.Fatal("no session")
	}
	return s
}

func TestATokenThatIsRevokedEndsTheTunnel(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	e.RefuseAuth("ERR_NGROK_107", "The authtoken you specified is properly formed, but it is invalid.")
	e.Drop()
	s := await(t, statuses, "failed", is(Failed))
	if s.Why.Kind != Token || s.Why.Code != "ERR_NGROK_107" || s.Brief() != "failed: ERR_NGROK_107" {
		t.Errorf("why: %+v", s.Why)
	}
}

func TestARefusalThatPassesDoesNotEndTheTunnel(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	e.RefuseBind("ERR_NGROK_334", "The endpoint is already online.") // as long as the edge has not noticed that we left it
	e.Drop()
	await(t, statuses, "reconnecting because it is online", func(s Status) bool {
		return s.State == Reconnecting && s.Why.Code == "ERR_NGROK_334"
	})
	e.RefuseBind("", "")
	await(t, statuses, "connected", is(Connected))
}

func TestStoppedFromTheDashboard(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	if err := e.StopAgents(); err != nil {
		t.Error("it refuses: ", err)
	}
	if s := await(t, statuses, "failed", is(Failed)); s.Why.Kind != Stopped || !strings.Contains(s.Why.Error(), "dashboard") {
		t.Errorf("why: %v", s.Why)
	}
	if got := e.Logins(); got != 1 {
		t.Errorf("%d logins: it came again", got)
	}
}

func TestRestartedFromTheDashboard(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	if err := e.UpdateAgents(); err == nil || !strings.Contains(err.Error(), "updated on the machine") {
		t.Errorf("an update: %v", err)
	}
	if err := e.RestartAgents(); err != nil {
		t.Error("it refuses: ", err)
	}
	await(t, statuses, "reconnecting", is(Reconnecting))
	s := await(t, statuses, "connected", is(Connected))
	if status, text := ask(t, client(t, e, ""), s.URL, "again"); status != 200 || text != "again" {
		t.Errorf("after: %d %q", status, text)
	}
}

func TestAnEndpointThatNgrokTakesOfflineIsNotPutBack(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	started, finish := make(chan struct{}), make(chan struct{})
	tun, _ := open(t, options(e), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-finish
		io.WriteString(w, "done")
	}))
	statuses, replied := tun.Watch(), make(chan string, 1)
	go func() {
		_, text := ask(t, client(t, e, ""), tun.Status().URL, "")
		replied <- text
	}()
	<-started
	if err := e.StopEndpoints("ERR_NGROK_727", "This account has used up its requests of this month."); err != nil {
		t.Fatal(err)
	}
	s := await(t, statuses, "failed", is(Failed))
	if s.Why.Kind != Stopped || s.Why.Code != "ERR_NGROK_727" || !strings.Contains(s.Why.Says, "used up its requests of this month") {
		t.Errorf("why: %v", s.Why)
	}
	close(finish)
	if got := <-replied; got != "done" {
		t.Errorf("the request in flight got %q", got)
	}
}

func TestClosingLeavesNothingBehind(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	before := runtime.NumGoroutine()
	for range 3 {
		o := options(e)
		o.Heartbeat = 500 * time.Millisecond // the SDK's next beat is when it notices that it is over
		tun := Ngrok(o)
		server := &http.Server{Handler: http.HandlerFunc(echo)}
		served := make(chan error, 1)
		go func() { served <- server.Serve(tun.Listener()) }()
		if err := tun.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := e.Client("")
		for range 5 {
			ask(t, c, tun.Status().URL, "x")
		}
		c.CloseIdleConnections()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		tun.Close()
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
	}
	waitFor(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

func TestClosingWhileTheEdgeIsAwayTakesNoTime(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	tun, _ := open(t, options(e), http.HandlerFunc(echo))
	statuses := tun.Watch()
	e.Leave()
	await(t, statuses, "reconnecting", is(Reconnecting))
	start := time.Now()
	tun.Close()
	if took := time.Since(start); took > closeLimit {
		t.Errorf("it took %v", took)
	}
	await(t, statuses, "off", is(Off))
}
