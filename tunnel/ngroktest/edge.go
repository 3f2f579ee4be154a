// Package ngroktest is a stand-in for ngrok's edge, for tests: on 127.0.0.1 it
// speaks the protocol of ngrok's agents, so that the real SDK connects to it
// with no network and no account, and it serves the public addresses that it
// gives out. It can refuse, drop, freeze, go away and come back.
//
// It is written from what the SDK sends and expects. What the real edge does
// beyond that, such as its limits, is not in it, but for the refusals that a
// developer meets.
package ngroktest

import (
	"cmp"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Token is the authtoken that an Edge takes unless its Options say others.
const Token = "2abcDEFghiJKLmnoPQRstuVWXyz_test0123456789abcdef"

// Options say what an Edge is like.
type Options struct {
	// Tokens are the authtokens that are taken; none stands for Token alone.
	Tokens []string
	// Domain is the address that an account is given where it asks for none.
	// Empty is kind-fox.ngrok-free.dev.
	Domain string
	// Plain makes the addresses that are given out http://127.0.0.1:PORT, which
	// any program can reach without a proxy and without trusting anybody. All of
	// them are the same one.
	Plain bool
	// Account, Plan and Region are what agents are told.
	Account, Plan, Region string
	// MaxSessions is how many sessions an account may have at once; 0 is any.
	MaxSessions int
}

// Edge is a stand-in for ngrok's edge. Its methods may be called by several
// goroutines.
type Edge struct {
	options   Options
	authority *authority
	public    *public

	mu        sync.Mutex
	address   string // of the listener for agents
	listener  net.Listener
	sessions  map[*session]bool
	endpoints map[string]*endpoint // by domain
	serial    int
	auths     int
	streams   int

	refuseAuth, refuseBind *refusal
	inspector              *authority // who signs instead of us
	mute                   bool       // new connections get no answer
	running                sync.WaitGroup
}

// refusal is what the edge says instead of yes.
type refusal struct{ code, message string }

func (r refusal) text() string { return r.message + "\r\n\r\n" + r.code }

// New starts an Edge. Its Close must be called.
func New(options Options) (*Edge, error) {
	if len(options.Tokens) == 0 {
		options.Tokens = []string{Token}
	}
	options.Domain = cmp.Or(options.Domain, "kind-fox.ngrok-free.dev")
	options.Account = cmp.Or(options.Account, "Ada Example")
	options.Plan = cmp.Or(options.Plan, "Free")
	options.Region = cmp.Or(options.Region, "eu")
	e := &Edge{options: options, sessions: map[*session]bool{}, endpoints: map[string]*endpoint{}}
	var err error
	if e.authority, err = newAuthority("ngrok stand-in CA"); err != nil {
		return nil, err
	}
	if e.public, err = e.startPublic(); err != nil {
		return nil, err
	}
	if err := e.Return(); err != nil {
		e.public.close()
		return nil, err
	}
	return e, nil
}

// Start starts an Edge that is closed at the end of the test.
func Start(t testing.TB, options Options) *Edge {
	t.Helper()
	e, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// Close ends all sessions, and both sides of the edge.
func (e *Edge) Close() {
	e.Leave()
	e.public.close()
	e.running.Wait()
}

// Address is the host and port for agents: their connect_url.
func (e *Edge) Address() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.address
}

// CAs are the authorities to be trusted for both sides.
func (e *Edge) CAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(e.authority.certificate)
	return pool
}

// URL is the public address of a domain, or of the account's own where it is
// empty.
func (e *Edge) URL(domain string) string {
	if e.options.Plain {
		return "http://" + e.public.httpAddress()
	}
	return "https://" + cmp.Or(domain, e.options.Domain)
}

// RefuseAuth lets agents log in no more, for a reason such as ERR_NGROK_108 and
// its message; with an empty code they may again.
func (e *Edge) RefuseAuth(code, message string) { e.refuse(&e.refuseAuth, code, message) }

// RefuseBind gives out no more addresses, for a reason such as ERR_NGROK_320 and
// its message; with an empty code it does again.
func (e *Edge) RefuseBind(code, message string) { e.refuse(&e.refuseBind, code, message) }

func (e *Edge) refuse(which **refusal, code, message string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	*which = nil
	if code != "" {
		*which = &refusal{code, message}
	}
}

// Inspect lets a proxy stand in between that shows certificates of its own, made
// by who is named, as companies have it. An empty name takes it away.
func (e *Edge) Inspect(by string) error {
	var inspector *authority
	if by != "" {
		var err error
		if inspector, err = newAuthority(by); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inspector = inspector
	return nil
}

// Mute lets new connections of agents come about without ever answering them.
func (e *Edge) Mute(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mute = on
}

// Drop ends the connections of all agents, without a word.
func (e *Edge) Drop() {
	for _, s := range e.current() {
		s.conn.Close()
	}
}

// Freeze leaves the connections of all agents open, but nothing comes from them
// any more and nothing is heard: as when a machine on the way forgot them.
func (e *Edge) Freeze() {
	for _, s := range e.current() {
		s.conn.freeze()
	}
}

// Leave goes away: connections end, and new ones are refused.
func (e *Edge) Leave() {
	e.mu.Lock()
	listener := e.listener
	e.listener = nil
	e.mu.Unlock()
	if listener != nil {
		listener.Close()
	}
	e.Drop()
}

// Return comes back, at the same address.
func (e *Edge) Return() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listener != nil {
		return errors.New("the edge is there")
	}
	listener, err := net.Listen("tcp", cmp.Or(e.address, "127.0.0.1:0"))
	if err != nil {
		return err
	}
	e.listener, e.address = listener, listener.Addr().String()
	e.running.Go(func() { e.acceptAgents(listener) })
	return nil
}

// StopAgents asks all agents to stop, as ngrok's dashboard does, and returns
// what they refuse with.
func (e *Edge) StopAgents() error { return e.command(stopAgent) }

// RestartAgents asks all agents to connect anew.
func (e *Edge) RestartAgents() error { return e.command(restartAgent) }

// UpdateAgents asks all agents to update themselves.
func (e *Edge) UpdateAgents() error { return e.command(updateAgent) }

func (e *Edge) command(kind int) error {
	var all []error
	for _, s := range e.current() {
		all = append(all, s.command(kind))
	}
	return errors.Join(all...)
}

// StopEndpoints takes all addresses offline, telling the agents a code and a
// message, both of which may be empty.
func (e *Edge) StopEndpoints(code, message string) error {
	e.mu.Lock()
	stopped := make([]*endpoint, 0, len(e.endpoints))
	for domain, p := range e.endpoints {
		stopped = append(stopped, p)
		delete(e.endpoints, domain)
	}
	e.mu.Unlock()
	var all []error
	for _, p := range stopped {
		all = append(all, p.session.stopEndpoint(p.id, code, message))
	}
	return errors.Join(all...)
}

// Endpoints are the domains that are online, sorted.
func (e *Edge) Endpoints() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var domains []string
	for domain := range e.endpoints {
		domains = append(domains, domain)
	}
	slices.Sort(domains)
	return domains
}

// Logins is how many times an agent has logged in, a session that came again
// included.
func (e *Edge) Logins() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.auths
}

// Streams is how many connections were passed on to agents.
func (e *Edge) Streams() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.streams
}

// Warn shows ngrok's warning page to requests that show picks; nil shows it to
// nobody. Browsers picks those who say to be one.
func (e *Edge) Warn(show func(*http.Request) bool) {
	e.public.mu.Lock()
	defer e.public.mu.Unlock()
	e.public.warn = show
}

// Browsers picks the requests that get ngrok's warning page on the free plan.
func Browsers(r *http.Request) bool {
	return strings.HasPrefix(r.UserAgent(), "Mozilla/") && r.Header.Get("Ngrok-Skip-Browser-Warning") == ""
}

func (e *Edge) current() []*session {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]*session, 0, len(e.sessions))
	for s := range e.sessions {
		all = append(all, s)
	}
	return all
}

// endpoint is an address that is online.
type endpoint struct {
	domain  string
	id      string // that the agent knows it by
	session *session
}

// find returns the endpoint of a host as a request names it, with or without a
// port.
func (e *Edge) find(host string) *endpoint {
	if name, _, err := net.SplitHostPort(host); err == nil && !e.options.Plain {
		host = name
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.endpoints[strings.ToLower(host)]
}
