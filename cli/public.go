package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"vapitap/internal/envfile"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui"
	"vapitap/tunnel"
)

// public is the side of a run that the world sees: the tunnel, the proof that it
// leads here, the env file that has its address, what is attached to it at
// Vapi, and the month's count.
type public struct {
	app     *app
	flags   *tunnelFlags
	connect func() tunnel.Tunnel
	why     string // which tunnel, said before anything is public
	notices *notices
	store   *record.Store
	attach  *attachment // nil where nothing is to be attached
	place   tui.Place   // without what the tunnel says
	places  chan tui.Place

	tunnel  tunnel.Tunnel // nil before open
	checker tunnel.Checker
	hosts   atomic.Pointer[[]string]
	written bool           // the env file was
	busy    sync.WaitGroup // what goes on until the context of arrive ends
	serving sync.WaitGroup // the server on the tunnel, until it is shut down
}

// newPublic finds out what is wanted. Nothing is connected yet.
func (a *app) newPublic(o *runOptions, notices *notices, place tui.Place) (*public, error) {
	p := &public{app: a, flags: &o.tunnelFlags, notices: notices, place: place, places: make(chan tui.Place, 1)}
	var err error
	if p.connect, p.why, err = o.connector(); err != nil || !o.attachFlags.any() {
		return p, err
	}
	secrets, _, err := o.auth.read()
	if err != nil {
		return p, err
	}
	secret, err := o.attachFlags.secret(secrets)
	if err != nil {
		return p, err
	}
	p.attach, err = a.besideResults().newAttachment(o.attachFlags, secret, p.say)
	return p, err
}

// besideResults is the app for what is shown beside the results of a command:
// all of it goes to standard error.
func (a *app) besideResults() *app {
	aside := *a
	aside.out, aside.style = a.err, a.errStyle
	return &aside
}

func (p *public) say(sentence string) { p.notices.say(sentence) }

// here returns the hosts at which the world reaches this machine.
func (p *public) here() []string {
	if hosts := p.hosts.Load(); hosts != nil {
		return *hosts
	}
	return nil
}

// open makes the tunnel, has its listener served, and waits until it is there, or
// is known not to be. Its error is why a run cannot go on without one.
func (p *public) open(ctx context.Context, serve func(net.Listener) error) error {
	if p.why != "" {
		p.say(p.why)
	}
	p.tunnel = p.connect()
	p.serving.Go(func() { serve(p.tunnel.Listener()) })
	p.show(p.tunnel.Status())
	err := p.tunnel.Ready(ctx)
	var failure *tunnel.Failure
	switch {
	case ctx.Err() != nil:
		return nil // somebody ended it meanwhile
	case errors.As(err, &failure) && p.flags.tunnel == tunnelNgrok:
		return failure
	case errors.As(err, &failure):
		p.say("no public address: " + failure.Sentence())
		p.sayHint(failure.Do)
	}
	p.show(p.tunnel.Status())
	return nil
}

// sayHint says what to do, where there is something.
func (p *public) sayHint(do string) {
	if do != "" {
		p.say("hint: " + do)
	}
}

// arrive does what is to be done once there is a public address: the env file,
// the proof, and what is attached. Then it follows the tunnel until ctx ends.
// Its error is why nothing could be attached.
func (p *public) arrive(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil // somebody ended it meanwhile
	}
	status := p.tunnel.Status()
	if status.URL == "" || status.State == tunnel.Failed {
		if p.flags.env != nil {
			p.say(p.flags.env.File + " is left as it is: there is no public address")
		}
		if p.attach != nil {
			p.say("nothing is attached: there is no public address")
		}
		p.follow(ctx, status)
		return nil
	}
	p.moved(status.URL)
	p.sayAddress(status)
	p.writeEnv(status.URL)
	err := p.proveAndAttach(ctx, status.URL)
	p.show(p.tunnel.Status())
	p.follow(ctx, status)
	p.watchQuota(ctx, status)
	return err
}

// proveAndAttach sends a request through the public address, and then points at
// it what is to be attached: nobody's callers before it is known to work.
func (p *public) proveAndAttach(ctx context.Context, address string) error {
	if p.attach == nil {
		p.say("give Vapi that address as server URL, or have it done with --assistant, --phone-number or --tool")
		p.busy.Go(func() { p.check(ctx, address) })
		return nil
	}
	p.check(ctx, address)
	return p.attachTo(ctx, address)
}

// sayAddress says the public address, and where the tunnel has it from.
func (p *public) sayAddress(s tunnel.Status) {
	target := p.place.Target
	if s.State == tunnel.Connected {
		how := "ngrok"
		if s.RoundTrip > 0 {
			how += fmt.Sprintf(", %s to the edge and back", plain.Duration(s.RoundTrip))
		}
		p.say(fmt.Sprintf("%s → %s (%s)", s.URL, target, how))
		return
	}
	p.say(fmt.Sprintf("%s → %s (your own tunnel)", s.URL, target))
}

// check proves that the public address leads here, unless that is not wanted.
func (p *public) check(ctx context.Context, address string) {
	if p.flags.noCheck {
		return
	}
	took, err := p.checker.Check(ctx, address, nil)
	var failure *tunnel.CheckFailure
	switch {
	case err == nil:
		p.say("a request through the public address came back in " + plain.Duration(took))
	case ctx.Err() != nil:
	case errors.As(err, &failure):
		what, _, _ := strings.Cut(failure.Error(), "\nhint: ")
		p.say("warning: " + what)
		p.sayHint(failure.Do)
	default:
		p.say("warning: " + err.Error())
	}
}

// attachTo points at the address what is to be attached.
func (p *public) attachTo(ctx context.Context, address string) error {
	p.notices.flush() // what was said stands above the question
	p.app.owe("ended at once: what was being attached may still point here")
	_, err := p.attach.Attach(ctx, address)
	p.tellAttached()
	if err == nil && p.attach.flags.dryRun {
		p.say("nothing was changed at Vapi: --dry-run")
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // somebody ended it meanwhile, and nothing is attached
	}
	return err
}

// tellAttached notes what is attached, for those who show it and for who ends
// the program at once.
func (p *public) tellAttached() {
	names := p.attached()
	p.place.Attached = names
	if names == "" {
		p.app.owe("")
		return
	}
	p.app.owe("ended at once: " + names + " may still point here")
}

// attached names what would have to be put back, in a few words.
func (p *public) attached() string {
	if p.attach == nil {
		return ""
	}
	var names []string
	for _, o := range p.attach.Attached() {
		names = append(names, plain.Text(o.String()))
	}
	return strings.Join(names, ", ")
}

// moved notes the hosts that lead here from now on.
func (p *public) moved(address string) {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		p.hosts.Store(&[]string{u.Host})
	}
}

func (p *public) writeEnv(address string) {
	line := p.flags.env
	if line == nil {
		return
	}
	switch err := line.Set(address); {
	case err != nil:
		p.say("the public address is not written: " + err.Error())
	case !p.written:
		p.written = true
		p.say(fmt.Sprintf("%s: %s is the public address for as long as this runs", line.File, line.Name))
	}
}

// restore puts back what was attached and what was written, once the context of
// arrive has ended. It begins at once, whatever is still in flight, and reports
// what could not be put back.
func (p *public) restore(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() {
		p.busy.Wait() // so that nothing follows the tunnel meanwhile
		var failed error
		if p.attach != nil {
			failed = p.attach.Restore(ctx)
			p.tellAttached()
		}
		if line := p.flags.env; line != nil {
			if err := line.PutBack(); errors.Is(err, envfile.ErrChanged) {
				p.say(err.Error())
			} else {
				failed = errors.Join(failed, err)
			}
		}
		done <- failed
	}()
	return done
}

// close ends the tunnel. The server on it has been shut down before.
func (p *public) close() {
	p.busy.Wait()
	p.serving.Wait()
	if p.tunnel != nil {
		p.tunnel.Close()
	}
}

// oneLine is the text of an error on one line, with what to do behind it.
func oneLine(text string) string {
	what, do, ok := strings.Cut(text, "\nhint: ")
	what = strings.ReplaceAll(what, "\n", "; ")
	if ok {
		return what + "; " + strings.Join(strings.Fields(do), " ")
	}
	return what
}
