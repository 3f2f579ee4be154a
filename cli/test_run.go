package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"vapitap/internal/dial"
	"vapitap/internal/junit"
	"vapitap/record"
	"vapitap/record/fixture"
	"vapitap/replay"
	"vapitap/vapi/auth"
)

// testSession is the command of the sessions that tests are recorded to.
const testSession = "test"

// testRun is one run of test.
type testRun struct {
	*app
	o          testOptions
	pick       *regexp.Regexp
	keys       *auth.Keyring // nil for none
	bearer     string
	collection *fixture.Collection
	tester     replay.Tester
	total      int // of the fixtures that are sent; 0 where no progress is shown

	mu       sync.Mutex // guards what follows
	out      *bufio.Writer
	written  error // why standard output is not written to any more
	tally    testTally
	cases    [][]junit.Case // by the group
	recorded []int64
	nobody   error // why nothing answers
	unsigned bool  // a request whose secret was replaced was refused
	unkept   error // why what was sent was not recorded
}

// testTally counts what came of the fixtures.
type testTally struct {
	total, failed, updated, warned int
	worst                          int64 // the exchange to look at first
}

// something sees that there is anything to send, and says what was passed over.
func (t *testRun) something() error {
	for _, p := range t.collection.Passed {
		t.remark(p.File+": "+p.Why+"; it is passed over", "")
	}
	found, picked := 0, 0
	for _, g := range t.collection.Groups {
		for _, f := range g.Files {
			found++
			if t.picks(f) {
				picked++
			}
		}
	}
	switch {
	case found == 0:
		return errors.New("there is no fixture\nhint: vapitap save type:tool-calls writes some, to the folder " + fixtureFolder)
	case picked == 0:
		return fmt.Errorf("--run %s: no name of the %s matches", short(t.o.run), count(found, "fixture"))
	}
	if onTerminal(t.err) && !(t.o.json && onTerminal(t.app.out)) {
		t.total = picked
	}
	return nil
}

func (t *testRun) picks(f fixture.Found) bool { return t.pick.MatchString(f.Name) }

// run sends everything and says what came of it.
func (t *testRun) run(ctx context.Context) error {
	store, err := t.openForTest()
	if err != nil {
		return err
	}
	if store != nil {
		defer store.Close()
	}
	t.out = bufio.NewWriterSize(t.app.out, 64<<10)
	t.cases = make([][]junit.Case, len(t.collection.Groups))
	started := time.Now()
	t.progress()
	t.sendAll(ctx)
	if ctx.Err() != nil {
		t.erase()
	}
	if t.written != nil {
		return t.written // nobody reads any more
	}
	return t.conclude(ctx, started)
}

// openForTest opens the store to record to. One that cannot be had is no reason
// not to test.
func (t *testRun) openForTest() (*record.Store, error) {
	sender := &replay.Sender{From: record.FromTest, SkipVerify: t.o.skipVerify, Keys: t.keys}
	t.tester = replay.Tester{Sender: sender, To: &t.o.to, Keys: t.keys, Bearer: t.bearer}
	store, err := t.openStore(record.Options{KeepAsSet: true, Notify: func(sentence string) { t.remark(sentence, "") }})
	if err != nil {
		t.remark(fmt.Sprintf("nothing is recorded: %v", err), "--db FILE names another store")
		return nil, nil
	}
	session, err := store.StartSession(testSession, t.o.to.String())
	if err != nil {
		store.Close()
		return nil, err
	}
	sender.Store, sender.Session = store, session.ID
	return store, nil
}

// sendAll sends the groups, --parallel of them at once.
func (t *testRun) sendAll(ctx context.Context) {
	groups := make(chan int)
	var workers sync.WaitGroup
	for range min(t.o.parallel, len(t.collection.Groups)) {
		workers.Go(func() {
			for n := range groups {
				t.tester.Run(ctx, t.collection.Groups[n], t.picks, func(r *replay.Result) { t.came(n, r) })
			}
		})
	}
	for n := range t.collection.Groups {
		if ctx.Err() != nil {
			break
		}
		groups <- n
	}
	close(groups)
	workers.Wait()
}

// came takes what came of a fixture of group n.
func (t *testRun) came(n int, r *replay.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	defer t.progress()
	updated := false
	if t.o.update && r.Updatable() {
		err := r.Update()
		if updated = err == nil; !updated {
			r.Err = fmt.Errorf("it could not be updated: %w", err)
		}
	}
	t.count(r, updated)
	if t.o.junit != "" {
		t.cases[n] = append(t.cases[n], t.junitCase(n, r, updated))
	}
	if t.o.json {
		t.writeResultJSON(r, updated)
	} else {
		t.writeResult(r, updated)
	}
	if t.written == nil {
		t.written = t.out.Flush()
	}
}

func (t *testRun) count(r *replay.Result, updated bool) {
	t.tally.total++
	e := r.Exchange
	if e != nil && e.ID != 0 {
		t.recorded = append(t.recorded, e.ID)
	}
	var none *replay.NoReplyError
	if errors.As(r.Err, &none) && dial.Refused(none.Err) {
		t.nobody = r.Err
	}
	if r.Unrecorded != nil {
		t.unkept = r.Unrecorded
	}
	switch {
	case updated:
		t.tally.updated++
	case !r.OK():
		t.tally.failed++
		if e != nil && t.tally.worst == 0 {
			t.tally.worst = e.ID
		}
		if e != nil && (e.Status == 401 || e.Status == 403) && t.keys == nil && len(r.Found.Fixture.Replaced) > 0 {
			t.unsigned = true
		}
	case e.Failed() || e.Warned():
		t.tally.warned++
	}
}

// conclude writes the summary and returns what the run comes to.
func (t *testRun) conclude(ctx context.Context, started time.Time) error {
	took := time.Since(started)
	ok := t.tally.failed == 0 && ctx.Err() == nil
	if t.o.json {
		t.writeTestSummaryJSON(took, ok)
	} else {
		t.writeTestSummary(took, ok)
	}
	if t.written == nil {
		t.written = t.out.Flush()
	}
	if t.written != nil {
		return t.written
	}
	if err := t.writeTestJUnit(started); err != nil {
		return err
	}
	t.sayTested()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted after %s", count(t.tally.total, "fixture"))
	case t.nobody != nil:
		return t.nobody
	case !ok:
		return errSilent
	}
	return nil
}

// sayTested says what else there is to know: where it is recorded, and what was
// wrong with all of them.
func (t *testRun) sayTested() {
	if t.unkept != nil {
		t.remark(t.unkept.Error(), "")
	}
	if t.unsigned {
		t.remark("the secret of the requests was replaced when they were saved, and the server refuses them without it",
			"--secret-file FILE, --secret or $"+secretVariable+" signs them again")
	}
	if len(t.recorded) == 0 {
		return
	}
	slices.Sort(t.recorded)
	shown := t.recorded[len(t.recorded)-1]
	if t.tally.worst != 0 {
		shown = t.tally.worst
	}
	fmt.Fprintln(t.err, t.errStyle.muted(fmt.Sprintf("recorded as %s; vapitap show %d", idRanges(t.recorded), shown)))
}

// writeTestJUnit writes the file of --junit, with a suite for each call and one
// for the other fixtures.
func (t *testRun) writeTestJUnit(started time.Time) error {
	if t.o.junit == "" {
		return nil
	}
	single := junit.Suite{Name: "fixtures", Started: started}
	var suites []junit.Suite
	for n, g := range t.collection.Groups {
		switch {
		case len(t.cases[n]) == 0:
		case g.Folder == "":
			single.Cases = append(single.Cases, t.cases[n]...)
		default:
			suites = append(suites, junit.Suite{Name: g.Folder, Started: started, Cases: t.cases[n]})
		}
	}
	if len(single.Cases) > 0 {
		suites = append([]junit.Suite{single}, suites...)
	}
	err := junit.WriteFile(t.o.junit, "vapitap test", suites)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("--junit: %w; its folder must be there", err)
	}
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	return nil
}
