package replay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"vapitap/internal/dial"
	"vapitap/record"
	"vapitap/vapi"
)

// Script is a call to play: it gives the requests one at a time, and what was
// answered to one may change what comes next.
type Script interface {
	// Next returns the next step and the request that it is, io.EOF when the call
	// is over, and any other error where there is more that cannot be had.
	Next(ctx context.Context) (vapi.Step, Message, error)
	// Reply tells what was answered to the last step.
	Reply(vapi.Reply)
}

// Player plays calls to a server. Its methods may be called by any goroutine;
// its fields may not be changed meanwhile.
type Player struct {
	// Sender sends and records. Required.
	Sender *Sender
	// Speed is what the pauses of a call are divided by; 0 leaves them out, those
	// before another delivery too.
	Speed float64
	// Budgets gives a request up when the time has passed that Vapi waits for it.
	Budgets bool
	// Retry delivers again what was not answered with 2xx, as Vapi does where a
	// server has a backoffPlan: the plan of the server that the message names, or
	// DefaultBackoff.
	Retry bool
	// Change returns the body that is sent in place of the step's. It is called
	// once a step, whatever the deliveries; the time it takes is no part of the
	// call's. Nil changes nothing.
	Change func(vapi.Step) ([]byte, error)
	// Sign adds to a step's request what authenticates it, before each delivery.
	// Nil adds nothing.
	Sign func(vapi.Step, *Message)
	// Played is called after each delivery, before the call is told the reply to
	// the last of a step. Nil is allowed.
	Played func(Delivery)
}

// Delivery is one sending of a step.
type Delivery struct {
	Step     vapi.Step
	Exchange *record.Exchange
	Number   int           // 1 for the first
	Again    bool          // the step is delivered once more, after Pause
	Pause    time.Duration // as Vapi makes it, whatever the Speed
}

// Play plays a call to its end: the requests one after the other, each with the
// pause before it. A request without a reply does not end the call: Vapi goes on
// too, or hangs up, and the script knows which. But where nothing listens any
// more there is nothing to learn from the rest: then the error is a
// *NoReplyError. Else it is ctx's where that ends first, or why a step could not
// be had or changed. What cannot be recorded is played all the same.
func (p *Player) Play(ctx context.Context, script Script) error {
	started := time.Now()
	clock := started // of the call
	pace := NewPace(started, p.Speed)
	for {
		step, m, err := script.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		clock = clock.Add(step.Pause)
		if err := pace.Wait(ctx, clock); err != nil {
			return err
		}
		if p.Change != nil {
			began := time.Now()
			if m.Body, err = p.Change(step); err != nil {
				return err
			}
			pace.Delay(time.Since(began))
		}
		e, err := p.step(ctx, step, m)
		if err != nil {
			return err
		}
		script.Reply(vapi.Reply{
			Status: e.Status, Header: e.Response.Header, Body: e.Response.Decoded(), Truncated: e.Response.Truncated,
			FirstByte: e.FirstByte, Duration: e.Duration, Failure: e.Error,
		})
	}
}

// step delivers one step, as often as it takes, and returns the last delivery's
// exchange.
func (p *Player) step(ctx context.Context, step vapi.Step, m Message) (*record.Exchange, error) {
	sender := *p.Sender
	if p.Budgets {
		sender.Timeout = budgetOf(step, m)
	}
	var waited time.Duration // as Vapi would have, for deliveries before this one
	for n := 1; ; n++ {
		e, none, err := p.deliver(ctx, &sender, step, m)
		if err != nil {
			return nil, err
		}
		d := Delivery{Step: step, Exchange: e, Number: n}
		if p.Retry {
			pause, more := again(step, m.Body, e, n)
			waited += e.Duration + pause
			// An assistant-request has its time end to end, deliveries and pauses included.
			if more && (step.Type != assistantRequest || waited < step.Budget) {
				d.Again, d.Pause = true, pause
			}
		}
		if p.Played != nil {
			p.Played(d)
		}
		switch {
		case d.Again:
		case none != nil && dial.Refused(none.Err):
			return nil, none
		default:
			return e, nil
		}
		if err := NewPace(time.Now(), p.Speed).Wait(ctx, time.Now().Add(d.Pause)); err != nil {
			return nil, err
		}
	}
}

// deliver sends a step once. Where no reply came it tells that apart from other
// errors.
func (p *Player) deliver(ctx context.Context, sender *Sender, step vapi.Step, m Message) (e *record.Exchange, none *NoReplyError, err error) {
	if p.Sign != nil {
		if m.Header = m.Header.Clone(); m.Header == nil {
			m.Header = http.Header{}
		}
		p.Sign(step, &m)
	}
	e, err = sender.Send(ctx, m)
	switch {
	case err == nil, errors.As(err, &none):
		return e, none, nil
	case ctx.Err() == nil && e.Status != 0:
		return e, nil, nil // it could not be recorded, which the store tells
	}
	return nil, nil, err
}

// assistantRequest is the type whose time no configuration changes.
const assistantRequest = "assistant-request"

// budgetOf returns how long Vapi waits for the reply to a request: what the
// message shows, after all that was changed in it, or else what the step says.
func budgetOf(step vapi.Step, m Message) time.Duration {
	r := vapi.Request{Method: m.Method, Path: m.URL.RequestURI(), Header: m.Header, Body: m.Body}
	if budget := vapi.Budget(vapi.Identify(r), r); budget > 0 {
		return budget
	}
	return step.Budget
}

// Play plays a simulated call with nothing but its pauses, as Player.Play does,
// and calls played after each request, where that is not nil.
func (s *Sender) Play(ctx context.Context, call *vapi.SimulatedCall, server *url.URL, speed float64, played func(vapi.Step, *record.Exchange)) error {
	p := Player{Sender: s, Speed: speed}
	if played != nil {
		p.Played = func(d Delivery) { played(d.Step, d.Exchange) }
	}
	return p.Play(ctx, Simulated(call, server))
}
