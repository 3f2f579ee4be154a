package tunnel

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.ngrok.com/ngrok/v2"
)

// Options say how Ngrok connects.
type Options struct {
	Settings
	// Address is the public address that is asked for, as Address returns it;
	// empty leaves it to ngrok, which gives an account's own domain.
	Address string
	// Version is that of the program, which ngrok's dashboard shows.
	Version string
	// Logger is for what the SDK has to say; nil is for nothing.
	Logger *slog.Logger
	// Heartbeat is how often the edge is asked for a sign of life, and Tolerance
	// how much later the session is given up. 0 is 10 s each. ngrok refuses what is
	// much shorter.
	Heartbeat, Tolerance time.Duration
}

// How long things may take.
const (
	startLimit   = 4 * time.Second         // until the first attempt has ended
	startRetries = 1400 * time.Millisecond // for how long it is repeated: the SDK pauses 0.5 s, 1 s, 2 s
	passingLimit = time.Minute             // what passing failures last at most
	drainLimit   = 30 * time.Second        // for requests in flight when ngrok stops an endpoint
	closeLimit   = 3 * time.Second
	tellLimit    = time.Second // for telling the edge that no more is wanted
)

// Ngrok returns a Tunnel through ngrok's edge. It starts to connect at once;
// whether that ends well Ready says within 5 s.
//
// A session that was lost is made again for as long as it takes, a session whose
// edge gives no sign of life within Heartbeat and Tolerance is replaced, and so
// is one from before the machine slept. What a new attempt cannot mend, such as
// a token that was revoked, ends in Failed.
func Ngrok(options Options) Tunnel {
	options.Heartbeat = cmp.Or(options.Heartbeat, 10*time.Second)
	options.Tolerance = cmp.Or(options.Tolerance, 10*time.Second)
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	t := &tunnel{
		options:  options,
		listener: newListener(),
		board:    newBoard(Status{State: Connecting}),
		done:     make(chan struct{}),
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.run()
	return t
}

// tunnel is a Tunnel through ngrok.
type tunnel struct {
	options  Options
	listener *listener
	board    *board
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	present  atomic.Pointer[session]
	done     chan struct{} // closed when run has ended
	closing  sync.Once
}

func (t *tunnel) Listener() net.Listener { return t.listener }
func (t *tunnel) Status() Status         { return t.board.status() }
func (t *tunnel) Watch() <-chan Status   { return t.board.watch() }

func (t *tunnel) Ready(ctx context.Context) error {
	select {
	case <-t.board.settled:
		return t.board.outcome()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tunnel) Close() error {
	t.closing.Do(func() {
		t.listener.Close()
		telling := t.listener.telling()
		select {
		case <-telling:
		case <-time.After(tellLimit):
		}
		t.cancel()
		limited, cancel := context.WithTimeout(context.Background(), closeLimit-tellLimit)
		defer cancel() // the SDK may wait for an edge that is gone
		for _, ended := range []<-chan struct{}{t.done, telling} {
			select {
			case <-ended:
			case <-limited.Done():
			}
		}
		t.board.close()
	})
	return nil
}

// run makes one agent after another, which is one for life unless somebody
// restarts it at ngrok's.
func (t *tunnel) run() {
	defer close(t.done)
	if t.options.Token == "" {
		t.fail(refusal("ERR_NGROK_4018", "", t.options.Settings, nil))
		return
	}
	for t.ctx.Err() == nil {
		failure := t.live()
		if failure == nil {
			continue
		}
		t.fail(failure)
		return
	}
}

func (t *tunnel) fail(f *Failure) {
	t.board.change(func(s *Status) { s.State, s.Why, s.RoundTrip = Failed, f, 0 })
}

// live runs one agent until it ends, and returns nil where another may follow.
func (t *tunnel) live() *Failure {
	s := t.newSession()
	t.present.Store(s)
	defer s.cancel(nil)
	agent, err := ngrok.NewAgent(s.agentOptions()...)
	if err != nil {
		return explain(err, t.options.Settings)
	}
	defer agent.Disconnect()
	endpoint, failure := s.listen(agent)
	if failure != nil {
		return failure
	}
	t.listener.whenClosed(func() { endpoint.Close() })
	s.established(agent, endpoint)

	ticker := time.NewTicker(clockTick)
	defer ticker.Stop()
	go watchClock(s.ctx, ticker.C, t.options.Heartbeat+t.options.Tolerance, s.woke)

	failure = s.serve(endpoint)
	if failure != nil && failure.Kind == Stopped {
		t.fail(failure)
		t.drain() // the session may live on, and the requests with it
	}
	return failure
}

// drain waits for requests in flight.
func (t *tunnel) drain() {
	limit := time.NewTimer(drainLimit)
	defer limit.Stop()
	select {
	case <-t.listener.drained():
	case <-limit.C:
	case <-t.ctx.Done():
	}
}

// agentOptions are what the SDK is told.
func (s *session) agentOptions() []ngrok.AgentOption {
	o := s.t.options
	options := []ngrok.AgentOption{
		ngrok.WithAuthtoken(o.Token),
		ngrok.WithAgentConnectURL(o.edge()),
		ngrok.WithDialer(s.dialer),
		ngrok.WithHeartbeatInterval(o.Heartbeat),
		ngrok.WithHeartbeatTolerance(o.Tolerance),
		ngrok.WithLogger(o.Logger),
		ngrok.WithClientInfo("vapitap", cmp.Or(o.Version, "0")),
		ngrok.WithEventHandler(s.event),
		ngrok.WithRPCHandler(s.command),
		ngrok.WithTLSConfig(serverName(o.edge())),
	}
	if o.CAs != nil {
		options = append(options, ngrok.WithAgentConnectCAs(o.CAs))
	}
	return options
}

// serverName sets the name that the edge's certificate is to have, which the SDK
// cuts at the first colon, also that of an IPv6 address.
func serverName(edge string) func(*tls.Config) {
	return func(c *tls.Config) {
		if host, _, err := net.SplitHostPort(edge); err == nil {
			c.ServerName = host
		}
	}
}

// listen connects and asks for the address, within the time that somebody
// waits.
func (s *session) listen(agent ngrok.Agent) (ngrok.EndpointListener, *Failure) {
	limit := time.AfterFunc(startLimit, s.giveUp)
	defer limit.Stop()
	options := []ngrok.EndpointOption{ngrok.WithDescription("vapitap")}
	if s.t.options.Address != "" {
		options = append(options, ngrok.WithURL(s.t.options.Address))
	}
	for {
		endpoint, err := agent.Listen(s.ctx, options...)
		if err == nil {
			return endpoint, nil
		}
		if failure := s.cause(); failure != nil {
			return nil, s.clearer(agent, failure)
		}
		failure := explain(err, s.t.options.Settings)
		if s.final(failure) || s.ctx.Err() != nil {
			return nil, failure
		}
		select { // the session broke while it was being made, or the address is not yet free
		case <-time.After(shortestPause):
		case <-s.ctx.Done():
		}
	}
}

// clearer asks the way to the edge, step by step, where all that is known is
// that the session did not come about. It returns the clearer failure.
func (s *session) clearer(agent ngrok.Agent, f *Failure) *Failure {
	if f.Kind != Lost || s.t.ctx.Err() != nil {
		return f
	}
	ctx, cancel := context.WithTimeout(s.t.ctx, 500*time.Millisecond)
	defer cancel()
	_, err := agent.(ngrok.Diagnoser).Diagnose(ctx, s.t.options.edge())
	if err != nil && ngrok.IsTLSDiagnoseFailure(err) && !errors.Is(err, context.DeadlineExceeded) {
		return wayFailure(err, s.t.options.edge())
	}
	return f
}

// publicURL is the address of an endpoint, without a slash at its end.
func publicURL(endpoint ngrok.EndpointListener) string {
	return strings.TrimSuffix(endpoint.URL().String(), "/")
}
