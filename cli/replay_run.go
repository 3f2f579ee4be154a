package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi/auth"
)

// replaying is one run of replay.
type replaying struct {
	*app
	o       replayOptions
	store   *record.Store
	ids     []int64 // what is sent, in order
	set     []jsonpath.Assignment
	edited  []byte // what --edit left of the body; nil without it
	demo    demoAgain
	senders map[string]*replay.Sender // by the command of the session that they record to
	replies map[int64]*record.Exchange
	sent    []int64 // the ids that were recorded
	said    string  // the last error that was said
	stale   bool    // it was said that a signature no longer fits
	failed  bool
}

// run sends everything as often as is asked for.
func (r *replaying) run(ctx context.Context) error {
	if r.o.call != "" {
		var err error
		if r.ids, err = callExchanges(ctx, r.store, r.o.call); err != nil {
			return err
		}
	}
	if err := r.checkSet(ctx); err != nil {
		return err
	}
	if r.o.edit {
		if err := r.openEditor(ctx); err != nil {
			return err
		}
	}
	if r.o.watch {
		return r.watch(ctx)
	}
	return r.rounds(ctx)
}

// checkSet sees that all values can be set before anything is sent: each in
// every exchange that was named, or in one of a call at least.
func (r *replaying) checkSet(ctx context.Context) error {
	if len(r.set) == 0 {
		return nil
	}
	found, failed := make([]bool, len(r.set)), make([]error, len(r.set))
	for _, id := range r.ids {
		e, err := r.store.Get(ctx, id)
		if err != nil || unsendable(e) != nil {
			continue // which is said when it is to be sent
		}
		_, errs := r.editSet(e)
		for i, err := range errs {
			found[i] = found[i] || err == nil
			if err != nil {
				failed[i] = replay.MoreTelling(failed[i], fmt.Errorf("exchange %d: --set %w", id, err))
			}
		}
	}
	for i, err := range failed {
		if err != nil && (r.o.call == "" || !found[i]) {
			return usageError{err}
		}
	}
	return nil
}

// editSet returns the body of e with what is to be set and can be, and for each
// value why it could not.
func (r *replaying) editSet(e *record.Exchange) (body []byte, errs []error) {
	body, errs = e.Request.Body, make([]error, len(r.set))
	coding := e.Request.Header.Get("Content-Encoding")
	for i, a := range r.set {
		if coding != "" {
			errs[i] = fmt.Errorf("%s: the body is compressed (%s) and can only be sent as it is", a.Path, plain.Text(coding))
			continue
		}
		edited, err := replay.Edit(body, []jsonpath.Assignment{a})
		var notJSON *jsonpath.NotJSONError
		switch {
		case err == nil:
			body = edited
		case errors.As(err, &notJSON):
			errs[i] = fmt.Errorf("%s: the body is %w", a.Path, err)
		default:
			errs[i] = err
		}
	}
	return body, errs
}

// rounds sends everything --times times, or until a reply changes.
func (r *replaying) rounds(ctx context.Context) error {
	for n := 1; n <= r.o.times; n++ {
		changed, err := r.round(ctx)
		switch {
		case err != nil || ctx.Err() != nil:
			return err
		case r.o.untilChange && changed:
			r.remark(fmt.Sprintf("the reply changed at try %d", n), "")
			return nil
		case r.o.untilChange && r.failed:
			return nil
		}
	}
	if r.o.untilChange {
		r.remark("the reply did not change; sent "+count(r.o.times, "time"), "")
	}
	return nil
}

// round sends everything once and reports whether a reply changed. What goes
// wrong with one exchange is said, and the others are sent.
func (r *replaying) round(ctx context.Context) (changed bool, err error) {
	var pace *replay.Pace
	for _, id := range r.ids {
		e, err := r.store.Get(ctx, id)
		switch {
		case ctx.Err() != nil:
			return changed, nil
		case errors.Is(err, record.ErrNoExchange):
			r.fail(noExchange(ctx, r.store, id))
			continue
		case err != nil:
			return changed, err
		}
		if pace == nil {
			pace = r.pace(e)
		}
		if pace.Wait(ctx, e.Time) != nil {
			return changed, nil
		}
		again, err := r.send(ctx, e)
		if again == nil {
			r.fail(fmt.Errorf("exchange %d: %w", id, err))
			continue
		}
		if err := r.result(e, again); err != nil {
			return changed, err // nobody reads any more
		}
		switch {
		case ctx.Err() != nil && again.Status == 0:
			r.fail(errors.New("interrupted before a reply came"))
		case err != nil:
			r.fail(err)
		}
		r.failed = r.failed || again.Status == 0
		changed = r.isOther(id, e, again) || changed
	}
	return changed, nil
}

// pace returns the pace of a round that begins with e.
func (r *replaying) pace(e *record.Exchange) *replay.Pace {
	if !r.o.paced {
		return replay.NewPace(e.Time, 0)
	}
	return replay.NewPace(e.Time, r.o.pace.rate())
}

// fail says what went wrong, unless it has just been said.
func (r *replaying) fail(err error) {
	r.failed = true
	if err.Error() != r.said {
		r.said = err.Error()
		r.sayError(err)
	}
}

// send sends one exchange again. It returns no exchange where it could not be
// sent at all.
func (r *replaying) send(ctx context.Context, e *record.Exchange) (*record.Exchange, error) {
	if err := unsendable(e); err != nil {
		return nil, err
	}
	body := r.edited
	if body == nil {
		body, _ = r.editSet(e) // what cannot be set was said by checkSet
	}
	target, command, err := r.target(ctx, e)
	if err != nil {
		return nil, err
	}
	sender, err := r.sender(command, target)
	if err != nil {
		return nil, err
	}
	message, signed := replay.Again(e, target, body, r.o.keys, time.Now())
	if signed == auth.Stale && !bytes.Equal(body, e.Request.Body) {
		r.sayStale(e)
	}
	again, err := sender.Send(ctx, message)
	if again.ID != 0 {
		r.sent = append(r.sent, again.ID)
	}
	if again.Status != 0 && err != nil {
		r.remark(err.Error(), "") // a reply came
		err = nil
	}
	return again, err
}

// sayStale says, once, that an edited request is sent with the signature of the
// recorded one.
func (r *replaying) sayStale(e *record.Exchange) {
	if r.stale {
		return
	}
	r.stale = true
	if r.o.keys == nil {
		r.remark(fmt.Sprintf("the signature of %d was made for the recorded body and no longer fits the edited one, so a server that verifies it refuses this", e.ID),
			"--secret-file FILE, --secret or $"+secretVariable+" signs it again")
		return
	}
	r.remark(fmt.Sprintf("the recorded signature of %d does not come of the secret that was given, so it is sent as it was and no longer fits", e.ID),
		fmt.Sprintf("vapitap verify %d finds out how it was made", e.ID))
}

// unsendable says why an exchange cannot be sent again, if it cannot.
func unsendable(e *record.Exchange) error {
	switch {
	case e.Status == http.StatusSwitchingProtocols:
		return errors.New("it became another connection than HTTP, such as a WebSocket, of which only the beginning is recorded")
	case e.Request.Truncated:
		return fmt.Errorf("its body was not recorded whole (%s of %s), so it cannot be sent again\nhint: vapitap --max-body records more of those to come",
			plain.Size(int64(len(e.Request.Body))), plain.Size(e.Request.Bytes))
	}
	return nil
}

// target returns where e is sent, and the command whose session what comes of it
// belongs to.
func (r *replaying) target(ctx context.Context, e *record.Exchange) (target *url.URL, command string, err error) {
	server := r.o.server()
	target, err = replay.Target(e, server)
	if err != nil || server != nil {
		return target, replaySession, err
	}
	isDemo, err := r.demo.recorded(ctx, r.store, e)
	if err != nil || !isDemo {
		return target, replaySession, err
	}
	host, err := r.demo.start(ctx)
	if err != nil {
		return nil, "", err
	}
	if !r.demo.said {
		r.demo.said = true
		r.remark(fmt.Sprintf("%d was answered by the demo's own server, which runs again for this on %s", e.ID, host), "--to URL sends it to yours")
	}
	again := *target
	again.Scheme, again.Host = "http", host
	// As of the demo, so that what its server answers now can be sent again too.
	return &again, demoCommandName, nil
}

// replaySession is the command of the sessions that replays are recorded to,
// but those of the demo.
const replaySession = "replay"

// sender returns what sends for the session of a command, which it begins with
// the first.
func (r *replaying) sender(command string, target *url.URL) (*replay.Sender, error) {
	if s := r.senders[command]; s != nil {
		return s, nil
	}
	session, err := r.store.StartSession(command, target.Scheme+"://"+target.Host)
	if err != nil {
		return nil, err
	}
	s := &replay.Sender{Store: r.store, From: record.FromReplay, Session: session.ID, SkipVerify: r.o.skipVerify, Keys: r.o.keys}
	if r.senders == nil {
		r.senders = map[string]*replay.Sender{}
	}
	r.senders[command] = s
	return s, nil
}

// isOther reports whether the reply is another one than that of the round
// before. Before the first that is the recorded one, where the same was sent.
func (r *replaying) isOther(id int64, e, again *record.Exchange) bool {
	if !r.o.untilChange || again.Status == 0 {
		return false
	}
	before := r.replies[id]
	if before == nil && len(r.set) == 0 && r.edited == nil && e.Status != 0 && !e.Unreachable {
		before = e
	}
	if r.replies == nil {
		r.replies = map[int64]*record.Exchange{}
	}
	r.replies[id] = again
	return before != nil && !replay.Compare(before, again).Same()
}

// watch sends everything, and again each time the server comes back, until ctx
// ends.
func (r *replaying) watch(ctx context.Context) error {
	server, err := r.watched(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	turns := replay.Watch(ctx, server)
	if err := r.rounds(ctx); err != nil {
		return err
	}
	if ctx.Err() == nil {
		r.remark(fmt.Sprintf("sending again each time %s comes back; Ctrl-C ends", server.Host), "")
	}
	for up := range turns {
		if !up {
			r.remark(server.Host+" is gone; waiting for it", "")
			continue
		}
		r.said = ""
		if err := r.rounds(ctx); err != nil {
			return err
		}
	}
	r.failed = false
	return nil
}

// watched returns the one server that everything is sent to.
func (r *replaying) watched(ctx context.Context) (*url.URL, error) {
	var server *url.URL
	for _, id := range r.ids {
		e, err := r.store.Get(ctx, id)
		if errors.Is(err, record.ErrNoExchange) {
			return nil, noExchange(ctx, r.store, id)
		}
		if err != nil {
			return nil, err
		}
		target, err := replay.Target(e, r.o.server())
		if err != nil {
			return nil, fmt.Errorf("exchange %d: %w", id, err)
		}
		isDemo, err := r.demo.recorded(ctx, r.store, e)
		switch {
		case err != nil:
			return nil, err
		case isDemo && r.o.server() == nil:
			return nil, usagef("--watch: %d was answered by the demo's own server, which never goes away\nhint: --to URL names yours", id)
		case server != nil && server.Host != target.Host:
			return nil, usagef("--watch watches one server, and these went to %s and %s\nhint: --to URL names one for all", server.Host, target.Host)
		}
		server = target
	}
	return server, nil
}

// close ends what was started.
func (r *replaying) close() { r.demo.stop() }
