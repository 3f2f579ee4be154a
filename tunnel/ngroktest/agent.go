package ngroktest

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"

	"golang.ngrok.com/muxado/v2"
)

// The types of streams, of ngrok's protocol. Each but proxyStream is one call: a
// JSON object there, a JSON object back.
const (
	authStream    = 0
	bindStream    = 1
	unbindStream  = 2
	proxyStream   = 3
	restartAgent  = 4
	stopAgent     = 5
	updateAgent   = 6
	srvInfoStream = 8
	stopTunnel    = 9
)

// session is the connection of one agent.
type session struct {
	edge     *Edge
	conn     *valve
	mux      muxado.TypedStreamSession
	clientID string // empty until it has logged in; written by serve alone, under the edge's lock
}

// acceptAgents serves agents until the listener is closed.
func (e *Edge) acceptAgents(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		e.mu.Lock()
		signer, mute := e.authority, e.mute
		if e.inspector != nil {
			signer = e.inspector
		}
		v := &valve{Conn: conn}
		if mute {
			v.freeze()
		}
		s := &session{edge: e, conn: v}
		e.sessions[s] = true
		gone := e.listener != listener
		e.mu.Unlock()
		if gone {
			v.Close() // it came while the edge left
		}
		e.running.Go(func() { s.serve(tls.Server(v, signer.config())) })
	}
}

// serve answers the calls of an agent until its connection ends.
func (s *session) serve(conn net.Conn) {
	mux := muxado.NewHeartbeat(muxado.NewTypedStreamSession(muxado.Server(conn, nil)), nil, nil)
	s.edge.mu.Lock()
	s.mux = mux
	s.edge.mu.Unlock()
	defer s.end()
	defer mux.Close()
	for {
		stream, err := mux.AcceptTypedStream()
		if err != nil {
			return
		}
		s.edge.running.Go(func() {
			defer stream.Close()
			s.answer(stream)
		})
	}
}

// end forgets the session and what was online through it.
func (s *session) end() {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.sessions, s)
	for domain, p := range e.endpoints {
		if p.session == s {
			delete(e.endpoints, domain)
		}
	}
}

// answer answers one call.
func (s *session) answer(stream muxado.TypedStream) {
	var question struct {
		ClientId string // of the agent, or in bind and unbind of the endpoint
		Id       string
		Proto    string
		Opts     struct{ URL, Domain, Hostname string }
		Extra    struct{ Authtoken, Cookie string }
	}
	if err := json.NewDecoder(stream).Decode(&question); err != nil {
		return
	}
	var reply any
	switch stream.StreamType() {
	case authStream:
		reply = s.login(question.Extra.Authtoken, question.ClientId)
	case bindStream:
		reply = s.bind(question.Id, question.Proto, question.Opts.URL)
	case unbindStream:
		s.unbind(question.Id)
		reply = struct{ Error string }{}
	case srvInfoStream:
		reply = struct{ Region string }{s.edge.options.Region}
	default:
		reply = struct{ Error string }{"unknown"}
	}
	json.NewEncoder(stream).Encode(reply)
}

type loginReply struct {
	Version  string
	ClientId string
	Error    string `json:",omitempty"`
	Extra    loginExtra
}

type loginExtra struct {
	Version, Region, Cookie, AccountName, PlanName, AgentSessionID string
}

// login checks a token. clientID is that of a session which comes again.
func (s *session) login(token, clientID string) loginReply {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.refuseAuth != nil:
		return loginReply{Error: e.refuseAuth.text()}
	case token == "":
		return loginReply{Error: refusal{"ERR_NGROK_4018", "Usage of ngrok requires a verified account and authtoken."}.text()}
	case len(token) < 20:
		return loginReply{Error: refusal{"ERR_NGROK_105", "The authtoken you specified does not look like a proper ngrok authtoken.\r\nYour authtoken: " + token}.text()}
	case !slices.Contains(e.options.Tokens, token):
		return loginReply{Error: refusal{"ERR_NGROK_107", "The authtoken you specified is properly formed, but it is invalid.\r\nYour authtoken: " + token}.text()}
	}
	others := 0
	for other := range e.sessions {
		if other != s && other.clientID != "" && other.clientID != clientID {
			others++
		}
	}
	if most := e.options.MaxSessions; most > 0 && others >= most {
		return loginReply{Error: refusal{"ERR_NGROK_108", fmt.Sprintf("Your account is limited to %d simultaneous ngrok agent sessions.", most)}.text()}
	}
	e.auths++
	if clientID == "" {
		e.serial++
		clientID = "client-" + strconv.Itoa(e.serial)
	}
	s.clientID = clientID
	return loginReply{Version: "3", ClientId: clientID, Extra: loginExtra{
		Version: "prod", Region: e.options.Region, Cookie: "cookie-" + clientID, AccountName: e.options.Account,
		PlanName: e.options.Plan, AgentSessionID: "ts_" + clientID,
	}}
}

type bindReply struct {
	Id, URL, Proto string
	Error          string `json:",omitempty"`
	Opts           struct{}
	Extra          struct{ Token, TunnelID string }
}

// bind gives out an address. id is that of an endpoint which comes again.
func (s *session) bind(id, proto, wanted string) bindReply {
	e := s.edge
	domain := e.options.Domain
	if u, err := url.Parse(wanted); err == nil && u.Host != "" {
		domain = u.Host
	}
	if e.options.Plain {
		domain = e.public.httpAddress()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuseBind != nil {
		return bindReply{Error: e.refuseBind.text()}
	}
	if p := e.endpoints[domain]; p != nil && p.session.clientID != s.clientID {
		return bindReply{Error: refusal{"ERR_NGROK_334", "The endpoint 'https://" + domain + "' is already online. Either\r\n1. stop your existing endpoint first, or\r\n2. start both endpoints with `--pooling-enabled` to load balance between them."}.text()}
	}
	if id == "" {
		e.serial++
		id = "endpoint-" + strconv.Itoa(e.serial)
	}
	e.endpoints[domain] = &endpoint{domain: domain, id: id, session: s}
	reply := bindReply{Id: id, URL: "https://" + domain, Proto: proto}
	if e.options.Plain {
		reply.URL = "http://" + domain
	}
	reply.Extra.Token, reply.Extra.TunnelID = "token-"+id, "tn_"+id
	return reply
}

func (s *session) unbind(id string) {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	for domain, p := range e.endpoints {
		if p.session == s && p.id == id {
			delete(e.endpoints, domain)
		}
	}
}

// open returns a stream of a kind to the agent.
func (s *session) open(kind int) (muxado.Stream, error) {
	s.edge.mu.Lock()
	mux := s.mux
	s.edge.mu.Unlock()
	if mux == nil {
		return nil, errors.New("no session yet")
	}
	return mux.OpenTypedStream(muxado.StreamType(kind))
}

// proxy opens a connection to the agent for one of the endpoint's callers.
func (p *endpoint) proxy(clientAddress string) (net.Conn, error) {
	stream, err := p.session.open(proxyStream)
	if err != nil {
		return nil, err
	}
	header, err := json.Marshal(struct{ Id, ClientAddr, Proto string }{p.id, clientAddress, "https"})
	if err != nil {
		return nil, err
	}
	message := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	if _, err := stream.Write(append(message, header...)); err != nil {
		stream.Close()
		return nil, err
	}
	e := p.session.edge
	e.mu.Lock()
	e.streams++
	e.mu.Unlock()
	return stream, nil
}

// command asks the agent for something and returns what it refuses with.
func (s *session) command(kind int) error {
	stream, err := s.open(kind)
	if err != nil {
		return err
	}
	defer stream.Close()
	if _, err := stream.Write([]byte("{}\n")); err != nil {
		return err
	}
	var reply struct{ Error string }
	if err := json.NewDecoder(stream).Decode(&reply); err != nil {
		return err
	}
	if reply.Error != "" {
		return errors.New(reply.Error)
	}
	return nil
}

// stopEndpoint tells the agent that an endpoint is offline. It does not answer.
func (s *session) stopEndpoint(id, code, message string) error {
	stream, err := s.open(stopTunnel)
	if err != nil {
		return err
	}
	defer stream.Close()
	return json.NewEncoder(stream).Encode(struct{ Id, Message, ErrorCode string }{id, message, code})
}

// valve is a connection that can be frozen.
type valve struct {
	net.Conn
	frozen atomic.Bool
}

func (v *valve) freeze() { v.frozen.Store(true) }

func (v *valve) Read(p []byte) (int, error) {
	for {
		n, err := v.Conn.Read(p)
		if err != nil || !v.frozen.Load() {
			return n, err
		} // else it is lost
	}
}

func (v *valve) Write(p []byte) (int, error) {
	if v.frozen.Load() {
		return len(p), nil
	}
	return v.Conn.Write(p)
}
