package cli

import (
	"context"
	"fmt"

	"vapitap/tui"
	"vapitap/tunnel"
)

// show has the interface show how the tunnel is.
func (p *public) show(s tunnel.Status) {
	place := p.placeOf(s)
	select {
	case <-p.places: // an older one that nobody has read
	default:
	}
	select {
	case p.places <- place:
	default:
	}
}

// placeOf is what is shown of a status.
func (p *public) placeOf(s tunnel.Status) tui.Place {
	place := p.place
	place.Public, place.TunnelSays, place.TunnelDelay = s.URL, s.Brief(), s.RoundTrip
	switch s.State {
	case tunnel.Off:
		place.Tunnel, place.TunnelSays = tui.Off, ""
	case tunnel.Connected:
		place.Tunnel = tui.Good
	case tunnel.Connecting:
		place.Tunnel = tui.Waiting
	case tunnel.Reconnecting:
		place.Tunnel = tui.Bad
	case tunnel.Failed:
		place.Tunnel, place.Public = tui.Bad, ""
		if s.Why != nil {
			place.TunnelSays = s.Why.Sentence()
		}
	}
	return place
}

// follow tells what becomes of the tunnel since a status, until ctx ends.
func (p *public) follow(ctx context.Context, before tunnel.Status) {
	states := p.tunnel.Watch()
	p.busy.Go(func() {
		for {
			select {
			case s, ok := <-states:
				if !ok || ctx.Err() != nil {
					return
				}
				p.changed(ctx, before, s)
				before = s
			case <-ctx.Done():
				return
			}
		}
	})
}

// changed says what is worth saying of a new status, and has everything follow a
// new address.
func (p *public) changed(ctx context.Context, before, now tunnel.Status) {
	p.show(now)
	if now.URL != before.URL && now.URL != "" {
		p.say(fmt.Sprintf("the public address is %s now", now.URL))
		p.moved(now.URL)
		p.writeEnv(now.URL)
		p.attachFollows(ctx, now.URL)
	}
	if now.State == before.State {
		return
	}
	switch now.State {
	case tunnel.Reconnecting:
		p.say(now.String())
	case tunnel.Connected:
		p.say("the tunnel is there again: " + now.String())
	case tunnel.Failed:
		p.say("no public address any more: " + now.String())
		if now.Why != nil {
			p.sayHint(now.Why.Do)
		}
	}
}

func (p *public) attachFollows(ctx context.Context, address string) {
	if p.attach == nil {
		return
	}
	if err := p.attach.Follow(ctx, address); err != nil && ctx.Err() == nil {
		p.say(oneLine(err.Error()))
	}
	p.tellAttached()
}

// watchQuota counts the month, where the account may be one of the free plan.
func (p *public) watchQuota(ctx context.Context, s tunnel.Status) {
	if p.flags.noQuota || s.State != tunnel.Connected || paidPlan(s.Plan) {
		return
	}
	q := quota{store: p.store, say: p.say}
	p.busy.Go(func() { q.watch(ctx) })
}
