package tunnel

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.ngrok.com/ngrok/v2"
	"golang.ngrok.com/ngrok/v2/rpc"
)

// session is one agent of the SDK and what is known of it. The SDK connects
// again by itself, for ever and whatever the reason; the session judges each
// reason, and ends what another attempt cannot mend.
type session struct {
	t      *tunnel
	ctx    context.Context // the SDK's session ends with it
	cancel context.CancelCauseFunc
	dialer *dialer

	mu    sync.Mutex
	began time.Time
	bound bool      // it has had its address
	up    bool      // the SDK says that it is connected
	slept bool      // the machine did, and the connection was broken for it
	lost  time.Time // since when it is not up, once bound
	last  *Failure  // the last reason
	asked string    // what somebody at ngrok wants of it, as package rpc calls it
}

func (t *tunnel) newSession() *session {
	s := &session{t: t, began: time.Now()}
	s.ctx, s.cancel = context.WithCancelCause(t.ctx)
	s.dialer = newDialer(t.options.Settings, s.notUp)
	return s
}

// event hears what the SDK has to say. The SDK may hold its locks meanwhile:
// nothing here asks it anything, and nothing blocks.
func (s *session) event(event ngrok.Event) {
	switch e := event.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		s.isUp()
	case *ngrok.EventAgentDisconnected:
		s.notUp(e.Error)
	case *ngrok.EventAgentHeartbeatReceived:
		s.t.board.change(func(st *Status) {
			if st.State == Connected {
				st.RoundTrip = e.Latency
			}
		})
	}
}

// isUp notes that the session is there, with its address if it had one before.
func (s *session) isUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up, s.lost, s.slept = true, time.Time{}, false
	if s.bound {
		s.t.board.change(func(st *Status) {
			st.State, st.Why, st.RoundTrip = Connected, nil, time.Duration(s.dialer.trip.Load())
		})
	}
}

// notUp judges why the session is not there, or an attempt to make it failed.
// The SDK says nil when it has given up, which what serves it notices.
func (s *session) notUp(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || s.ctx.Err() != nil || s.asked != "" {
		return
	}
	f := s.reason(err)
	s.up, s.last = false, f
	if !s.bound {
		if s.final(f) {
			s.cancel(f)
		}
		return
	}
	if s.lost.IsZero() {
		s.lost = time.Now()
	}
	if f.hopeless() && f.Kind != Untrusted && (!f.passing() || time.Since(s.lost) > passingLimit) {
		s.cancel(f)
		return
	}
	s.t.board.change(func(st *Status) {
		if st.State == Reconnecting && st.Why != nil && st.Why.Error() == f.Error() {
			return // nobody wants to hear the same every few seconds
		}
		st.State, st.Why, st.RoundTrip = Reconnecting, f, 0
	})
}

// final reports whether a failure ends the first attempt: at once where another
// cannot mend it, else after a while. A vapitap that was just ended may still be
// counted by the edge.
func (s *session) final(f *Failure) bool {
	return (f.hopeless() && !f.passing()) || time.Since(s.began) > startRetries
}

// reason says what err means, with what only the session knows. An untrusted
// certificate after a session was there is a login page of another network: that
// passes.
func (s *session) reason(err error) *Failure {
	edge := s.t.options.edge()
	switch {
	case s.up && s.slept:
		return &Failure{Kind: Lost, Says: "this machine slept, or vapitap was stopped", Err: err}
	case s.up && strings.Contains(err.Error(), "session closed"): // from this side, which only the heartbeat does
		return &Failure{Kind: Lost, Says: edge + " gives no sign of life", Err: err}
	}
	return explain(err, s.t.options.Settings)
}

// giveUp ends the first attempt, with the last reason there was.
func (s *session) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = wayFailure(context.DeadlineExceeded, s.t.options.edge())
	}
	s.cancel(s.last)
}

// cause returns why the session was ended from here, nil where it was not.
func (s *session) cause() *Failure {
	var f *Failure
	errors.As(context.Cause(s.ctx), &f)
	return f
}

// established notes that the endpoint has its address.
func (s *session) established(agent ngrok.Agent, endpoint ngrok.EndpointListener) {
	address := publicURL(endpoint)
	var details ngrok.AgentSessionDetails
	if current, err := agent.Session(); err == nil {
		details, _ = current.(ngrok.AgentSessionDetails)
	}
	s.dialer.patient.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bound = true
	s.t.board.change(func(st *Status) {
		st.URL = address
		if details != nil {
			st.Account, st.Plan, st.Region = details.AccountName(), details.PlanName(), details.Region()
		}
		if s.up {
			st.State, st.Why, st.RoundTrip = Connected, nil, time.Duration(s.dialer.trip.Load())
		} else {
			st.State, st.Why = Reconnecting, s.last // it was lost in between
		}
	})
}

// woke replaces the connection, which did not survive that the machine slept.
func (s *session) woke() {
	s.mu.Lock()
	s.slept = s.up
	s.mu.Unlock()
	s.dialer.renew()
}

// command hears what somebody does with the session at ngrok's dashboard. The
// SDK ends the session when it has returned nil.
func (s *session) command(_ context.Context, _ ngrok.AgentSession, request rpc.Request) ([]byte, error) {
	if request.Method() == rpc.UpdateAgentMethod {
		return nil, errors.New("vapitap is updated on the machine it runs on")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = request.Method()
	return nil, nil
}

// serve hands out connections until the session ends, and returns why it did,
// or nil where another may follow.
func (s *session) serve(endpoint ngrok.EndpointListener) *Failure {
	ended := make(chan error, 1)
	go func() {
		for {
			conn, err := endpoint.Accept()
			if err != nil {
				ended <- err
				return
			}
			go s.t.listener.deliver(conn)
		}
	}()
	select {
	case err := <-ended:
		return s.ending(err)
	case <-s.ctx.Done(): // the SDK may take its time
		return s.cause()
	}
}

// ending says what it means that the endpoint accepts no more.
func (s *session) ending(err error) *Failure {
	select {
	case <-s.t.listener.closed: // from here; what is in flight goes on
		<-s.t.ctx.Done()
		return nil
	default:
	}
	if s.ctx.Err() != nil {
		return s.cause()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	const do = "start vapitap again when it may be online; until then it goes on locally"
	switch s.asked {
	case rpc.RestartAgentMethod:
		s.t.board.change(func(st *Status) {
			st.State, st.RoundTrip = Reconnecting, 0
			st.Why = &Failure{Kind: Stopped, Says: "restarted from ngrok's dashboard"}
		})
		return nil
	case rpc.StopAgentMethod:
		return &Failure{Kind: Stopped, Says: "the session was stopped from ngrok's dashboard", Do: do, Err: err}
	}
	f := &Failure{Kind: Stopped, Code: codePattern.FindString(strings.ToUpper(err.Error())), Do: do, Err: err}
	f.Says = "ngrok took the address offline: " + ngrokWords(err.Error())
	return f
}
