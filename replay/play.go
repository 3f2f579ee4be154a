package replay

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// Play sends the messages of a simulated call one after the other, tells the
// call what was answered to each, and calls played after each. Pauses are the
// call's own divided by speed; a speed of 0 leaves them out. Messages of the
// server's own URL go to server, those that name a path go to that path there. A
// message without a reply does not end the call: Vapi goes on too, or hangs up,
// and the call knows which. Play returns ctx's error when that ends first.
func (s *Sender) Play(ctx context.Context, call *vapi.SimulatedCall, server *url.URL, speed float64, played func(vapi.Step, *record.Exchange)) error {
	started := time.Now()
	clock := started // of the call
	pace := NewPace(started, speed)
	for {
		step, more := call.Next()
		if !more {
			return nil
		}
		clock = clock.Add(step.Pause)
		if err := pace.Wait(ctx, clock); err != nil {
			return err
		}
		e, err := s.Send(ctx, message(step, server))
		var none *NoReplyError
		if err != nil && !errors.As(err, &none) {
			return err
		}
		call.Reply(vapi.Reply{
			Status: e.Status, Header: e.Response.Header, Body: e.Response.Decoded(),
			FirstByte: e.FirstByte, Duration: e.Duration, Failure: e.Error,
		})
		if played != nil {
			played(step, e)
		}
	}
}

// message returns the request of one step.
func message(step vapi.Step, server *url.URL) Message {
	to := *server
	if step.Path != "" {
		to.Path, to.RawPath, to.RawQuery = step.Path, "", ""
	}
	return Message{Method: http.MethodPost, URL: &to, Header: step.Header, Body: step.Body}
}
