package replay

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// Simulated returns the script of a simulated call. Messages of the server's own
// URL go to server, those that name a path go to that path there.
func Simulated(call *vapi.SimulatedCall, server *url.URL) Script {
	return &simulated{call, server}
}

type simulated struct {
	call   *vapi.SimulatedCall
	server *url.URL
}

func (s *simulated) Next(context.Context) (vapi.Step, Message, error) {
	step, more := s.call.Next()
	if !more {
		return vapi.Step{}, Message{}, io.EOF
	}
	to, err := pathAt(s.server, step.Path)
	if err != nil {
		return vapi.Step{}, Message{}, fmt.Errorf("%s cannot be sent to the path %q: %w", step.Name, step.Path, err)
	}
	return step, Message{Method: http.MethodPost, URL: to, Header: step.Header, Body: step.Body}, nil
}

func (s *simulated) Reply(r vapi.Reply) { s.call.Reply(r) }

// pathAt returns the URL of a path, with its query, on the server; that of the
// server itself for the empty path.
func pathAt(server *url.URL, path string) (*url.URL, error) {
	to := *server
	if path == "" {
		return &to, nil
	}
	at, err := url.ParseRequestURI(path)
	if err != nil {
		return nil, err
	}
	to.Path, to.RawPath, to.RawQuery, to.ForceQuery = at.Path, at.RawPath, at.RawQuery, at.ForceQuery
	return &to, nil
}

// Recorded returns the script of a call that was recorded: its exchanges ids of
// the store, in this order, with the pauses that were between them, and with
// everything in them as it was, ids too, but for the User-Agent, which is that of
// every simulated call: a proxy on the way tells by it who sent them. They go where Target says. What is
// answered does not change what comes next.
//
// An exchange whose body was not recorded whole ends the script with an error.
func Recorded(store *record.Store, ids []int64, server *url.URL) Script {
	return &recorded{store: store, ids: ids, server: server}
}

type recorded struct {
	store  *record.Store
	ids    []int64
	server *url.URL
	before time.Time // when the exchange before was recorded
}

func (r *recorded) Next(ctx context.Context) (vapi.Step, Message, error) {
	if len(r.ids) == 0 {
		return vapi.Step{}, Message{}, io.EOF
	}
	id := r.ids[0]
	r.ids = r.ids[1:]
	e, err := r.store.Get(ctx, id)
	if err != nil {
		return vapi.Step{}, Message{}, fmt.Errorf("exchange %d: %w", id, err)
	}
	if e.Request.Truncated {
		return vapi.Step{}, Message{}, fmt.Errorf("exchange %d cannot be sent: its body was not recorded whole (%d of %d bytes)\nhint: vapitap --max-body records more of those to come",
			id, len(e.Request.Body), e.Request.Bytes)
	}
	to, err := Target(e, r.server)
	if err != nil {
		return vapi.Step{}, Message{}, fmt.Errorf("exchange %d: %w", id, err)
	}
	step := r.step(e)
	return step, Message{
		Method: e.Method, URL: to, Header: step.Header, Trailer: e.Request.Trailer, Body: e.Request.Body, ReplayOf: e.ID,
	}, nil
}

// step returns what the exchange is as a step.
func (r *recorded) step(e *record.Exchange) vapi.Step {
	step := vapi.Step{
		Name: e.Type, Kind: e.Kind, Type: e.Type, Path: e.Path,
		Header: Renew(e.Request.Header), Body: e.Request.Body,
		WantsReply: vapi.WantsReply(e.Type) || e.Kind != vapi.KindServer,
		Budget:     recordedBudget,
	}
	if step.Name == "" {
		step.Name = e.Method + " " + e.Path
	}
	step.Header.Set("User-Agent", vapi.SimulatorAgent)
	for _, tool := range e.ToolNames {
		step.Name += " " + tool
	}
	if !r.before.IsZero() {
		step.Pause = max(0, e.Time.Sub(r.before))
	}
	r.before = e.Time
	return step
}

// recordedBudget is Vapi's default for what is configured nowhere.
const recordedBudget = 20 * time.Second

func (r *recorded) Reply(vapi.Reply) {}
