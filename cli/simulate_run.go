package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"vapitap/internal/junit"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/vapi"
)

// simulateSession is the command of the sessions that simulated calls are
// recorded to.
const simulateSession = "simulate"

// simulating is one run of simulate.
type simulating struct {
	*app
	o      simulateOptions
	plan   *simulation
	player replay.Player
	ids    []int64 // of the recorded call that is played

	mu       sync.Mutex // guards what follows
	out      *bufio.Writer
	written  error // why standard output is not written to any more
	tally    *tally
	cases    [][]junit.Case // by the call, where they are wanted
	recorded []int64
	progress *progressLine
}

// run plays the calls and says what came of them.
func (s *simulating) run(ctx context.Context) error {
	store, err := s.openForSimulation(ctx)
	if err != nil {
		return err
	}
	if store != nil {
		defer store.Close()
	}
	s.out = bufio.NewWriterSize(s.app.out, 64<<10)
	s.tally = newTally(s.o.strict)
	s.cases = make([][]junit.Case, s.o.calls)
	s.progress = s.newProgress()
	if err := s.setUpPlayer(ctx, store); err != nil {
		return err
	}

	started := time.Now()
	stopped := s.playAll(ctx, store)
	s.progress.end()
	if s.written != nil {
		return s.written // nobody reads any more
	}
	return s.conclude(ctx, started, stopped)
}

// openForSimulation opens the store to record to, and finds the recorded call
// that is to be played. A store that cannot be had is no reason not to play,
// unless the call is in it.
func (s *simulating) openForSimulation(ctx context.Context) (*record.Store, error) {
	if s.o.call != "" {
		store, err := s.storeToReplay()
		if err != nil {
			return nil, err
		}
		if s.ids, err = callExchanges(ctx, store, s.o.call); err != nil {
			store.Close()
			return nil, err
		}
		return store, nil
	}
	notify := func(sentence string) { s.remark(sentence, "") }
	store, err := s.openStore(record.Options{KeepAsSet: true, Notify: notify})
	if err != nil {
		s.remark(fmt.Sprintf("nothing is recorded: %v", err), "--db FILE names another store")
		return nil, nil
	}
	return store, nil
}

// setUpPlayer makes the player. It records to a session of its own what no
// vapitap on the way records.
func (s *simulating) setUpPlayer(ctx context.Context, store *record.Store) error {
	sender := &replay.Sender{From: record.FromSimulate, SkipVerify: s.o.skipVerify, Keys: s.plan.keys}
	if store != nil {
		var err error
		if sender.Once, err = replay.NewOnce(ctx, store, simulateSession, s.o.to.String()); err != nil {
			return err
		}
	}
	s.player = replay.Player{Sender: sender, Budgets: true, Retry: s.o.retries}
	if s.o.paced {
		s.player.Speed = s.o.pace.rate()
	}
	if s.plan.keys != nil {
		s.player.Sign = s.sign
	}
	return nil
}

// change returns the body that is sent in place of a step's: what --set makes of
// it, and then the editor of --edit, where Vapi reads the reply.
func (s *simulating) change(ctx context.Context, step vapi.Step) ([]byte, error) {
	body := step.Body
	if s.plan.changes != nil {
		var err error
		if body, err = s.plan.changes.Apply(step); err != nil {
			return nil, err
		}
	}
	if !s.o.edit || !step.WantsReply || step.Header.Get("Content-Encoding") != "" {
		return body, nil
	}
	text, err := bodyEditor{s.app, step.Name, "the call ends here"}.edit(ctx, body)
	if errors.Is(err, errUnchanged) {
		return body, nil
	}
	return replay.AsWritten(body, text), err
}

// sign authenticates a request as Vapi does. A custom LLM is given the
// credential of its provider, which is no server's secret.
func (s *simulating) sign(step vapi.Step, m *replay.Message) {
	if step.Kind != vapi.KindLLM {
		s.plan.keys.Sign(m.Header, m.Method, m.URL, m.Body, time.Now())
	}
}

// playAll plays the calls at once and returns why the first of those stopped
// that did not come to their end.
func (s *simulating) playAll(ctx context.Context, store *record.Store) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var calls sync.WaitGroup
	for n := range s.o.calls {
		calls.Go(func() {
			if err := s.playOne(ctx, store, n); err != nil {
				stop(err) // the others would find the same
			}
			s.progress.callEnded()
		})
	}
	calls.Wait()
	return context.Cause(ctx)
}

// playOne plays call n, from 0 on.
func (s *simulating) playOne(ctx context.Context, store *record.Store, n int) error {
	player := s.player
	if s.plan.changes != nil || s.o.edit {
		player.Change = func(step vapi.Step) ([]byte, error) { return s.change(ctx, step) }
	}
	steps := 0
	player.Played = func(d replay.Delivery) {
		if d.Number == 1 {
			steps++
		}
		s.played(n, steps, d)
	}
	if s.ids != nil {
		return player.Play(ctx, replay.Recorded(store, s.ids, &s.o.to))
	}
	o := s.plan.call
	o.Start = time.Now()
	o.Seed = fmt.Sprintf("%s/%d", o.Start.Format(time.RFC3339Nano), n)
	call, err := vapi.NewCall(o)
	if err != nil {
		return err
	}
	return player.Play(ctx, replay.Simulated(call, &s.o.to))
}

// played notes and writes what came of one delivery of step n of a call.
func (s *simulating) played(call, n int, d replay.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.Exchange.ID != 0 {
		s.recorded = append(s.recorded, d.Exchange.ID)
	}
	if d.Again {
		if !s.o.json && s.o.calls == 1 {
			s.writeAgain(d)
		}
		return
	}
	s.tally.add(d)
	if s.o.junit != "" {
		s.cases[call] = append(s.cases[call], s.junitCase(n, d))
	}
	switch {
	case s.o.json:
		s.writeStepJSON(call, d)
	case s.o.calls == 1:
		s.writeStep(d)
	}
	s.progress.stepPlayed(s.tally.failed)
}

// flush lets go what was written of a step.
func (s *simulating) flush() {
	if s.written == nil {
		s.written = s.out.Flush()
	}
}

// conclude writes the summary and returns what the run comes to. Stopped is why
// a call did not come to its end.
func (s *simulating) conclude(ctx context.Context, started time.Time, stopped error) error {
	slices.Sort(s.recorded)
	var unmade []error
	if s.plan.changes != nil && stopped == nil {
		unmade = s.plan.changes.Unmade()
	}
	took := time.Since(started)
	ok := s.tally.ok() && stopped == nil && unmade == nil
	if s.o.json {
		s.writeSummaryJSON(took, ok)
	} else {
		s.writeSummary(took, s.shortcoming(stopped, unmade))
	}
	if s.flush(); s.written != nil {
		return s.written
	}
	if err := s.writeJUnit(started, stopped); err != nil {
		return err
	}
	s.saySimulated()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted after %s", count(s.tally.steps, "step"))
	case stopped != nil:
		return stopped
	case !s.tally.ok():
		for _, err := range unmade {
			s.remark("--set "+err.Error()+", so it changed nothing", "")
		}
		return errSilent
	case unmade != nil:
		return usagef("--set %w", errors.Join(unmade...))
	}
	return nil
}

// shortcoming says what is wrong with a run whose replies are not, empty for
// nothing.
func (s *simulating) shortcoming(stopped error, unmade []error) string {
	switch {
	case stopped != nil:
		return "it did not come to its end"
	case len(unmade) == 0:
		return ""
	case len(unmade) < len(s.o.set):
		return fmt.Sprintf("%d of %d --set changed nothing", len(unmade), len(s.o.set))
	}
	return "--set changed nothing"
}

// saySimulated says under which ids what was sent is recorded.
func (s *simulating) saySimulated() {
	if len(s.recorded) == 0 {
		return
	}
	shown := s.recorded[len(s.recorded)-1]
	if id := s.tally.worst(); id != 0 {
		shown = id
	}
	fmt.Fprintln(s.err, s.errStyle.muted(fmt.Sprintf("recorded as %s; vapitap show %d", idRanges(s.recorded), shown)))
}

// writeJUnit writes the file of --junit.
func (s *simulating) writeJUnit(started time.Time, stopped error) error {
	if s.o.junit == "" {
		return nil
	}
	if stopped != nil && !s.tally.failedAny() {
		why := junit.Failure{Type: "stopped", Message: stopped.Error(), Text: stopped.Error()}
		s.cases[0] = append(s.cases[0], junit.Case{Name: "the call", Class: s.plan.name, Failure: &why})
	}
	var suites []junit.Suite
	for n, cases := range s.cases {
		name := s.plan.name
		if s.o.calls > 1 {
			name = fmt.Sprintf("%s, call %d", name, n+1)
		}
		suites = append(suites, junit.Suite{Name: name, Started: started, Cases: cases})
	}
	if err := junit.WriteFile(s.o.junit, "vapitap simulate", suites); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("--junit: %w; its folder must be there", err)
		}
		return fmt.Errorf("--junit: %w", err)
	}
	return nil
}
