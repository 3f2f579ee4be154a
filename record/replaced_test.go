package record

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// replaced removes the files of a store and has it made anew.
func (i *idle) replaced() {
	i.t.Helper()
	i.removed()
	i.madeAnew()
}

func (i *idle) removed() {
	i.t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		i.must(os.Remove(i.path + suffix))
	}
}

// madeAnew has the goroutine that writes notice that the file is gone, and make
// another.
func (i *idle) madeAnew() {
	i.t.Helper()
	before := i.w.file
	i.w.lookAfter(i.t.Context())
	i.must(i.Stopped())
	if os.SameFile(before, i.w.file) {
		i.t.Fatal("that the file is gone was not noticed")
	}
}

// record has exchanges spooled and filed.
func (i *idle) record(exchanges ...*Exchange) {
	i.t.Helper()
	i.spool(exchanges...)
	i.file(len(exchanges))
}

// commitQueue commits all that is in the queue.
func (i *idle) commitQueue() {
	i.t.Helper()
	for batch := i.w.store.take(); len(batch) > 0; batch = i.w.store.take() {
		if !i.w.commitOrStop(i.t.Context(), batch) {
			i.t.Fatal(i.Stopped())
		}
	}
}

// bodies returns what a watcher has not read yet, by the request bodies' sizes.
func bodies(t *testing.T, w *Watcher) (sizes []int64) {
	t.Helper()
	for {
		changed, err := w.Read()
		if err != nil {
			t.Fatal(err)
		}
		if len(changed) == 0 {
			return sizes
		}
		for _, e := range changed {
			sizes = append(sizes, e.Request.Bytes)
		}
	}
}

// TestTheLogOfARemovedStoreIsNotWorkedOff sees that what works off the log, and
// opens the file for it, does not make one.
func TestTheLogOfARemovedStoreIsNotWorkedOff(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.must(os.Remove(s.path))
	if err := s.workOffLog(t.Context(), false); err == nil {
		t.Error("there is no log to work off")
	}
	if st, err := os.Stat(s.path); err == nil {
		t.Errorf("there is a file with mode %v", st.Mode())
	}
	s.killed()
}

// TestAnEmptyFileIsMadePrivate begins a store in a file that was there, empty.
func TestAnEmptyFileIsMadePrivate(t *testing.T) {
	path := newStorePath(t)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	openIdle(t, path, Options{}).killed()
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v (%v)", st.Mode(), err)
	}
}

// TestAWatcherThatReadsLateSeesBothStores has a store made anew before a watcher
// has read all of the first one.
func TestAWatcherThatReadsLateSeesBothStores(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	w := s.Watch(false)
	s.record(message("12", ""), message("123", ""))
	s.replaced()
	s.record(message("1234", ""))
	if got := fmt.Sprint(bodies(t, w)); got != "[2 3 4]" {
		t.Errorf("told of bodies of %s bytes", got)
	}
	s.record(message("12345", ""))
	if got := fmt.Sprint(bodies(t, w)); got != "[5]" {
		t.Errorf("later told of bodies of %s bytes", got)
	}
	s.killed()
}

// TestAFollowerGoesOverToTheNewStore follows a store from another process while
// that is made anew.
func TestAFollowerGoesOverToTheNewStore(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.record(message("1", ""))
	f := follower{store: &Store{path: s.path, feed: newFeed()}}
	f.tail.feed = f.store.feed
	s.must(f.open(t.Context()))
	w := f.store.Watch(false)

	s.record(message("12", ""))
	s.must(f.look(t.Context()))
	s.removed()
	s.must(f.look(t.Context())) // there is none yet
	s.madeAnew()
	s.record(message("123", ""))
	s.must(f.look(t.Context()))
	s.record(message("1234", ""))
	s.must(f.look(t.Context()))
	if got := fmt.Sprint(bodies(t, w)); got != "[2 3 4]" {
		t.Errorf("told of bodies of %s bytes", got)
	}
	if list, err := f.store.changedSince(0, 0, 10); err != nil || len(list) != 2 {
		t.Errorf("%d are read (%v)", len(list), err)
	}
	f.close()
	s.must(f.store.readers.Load().Close())
	s.killed()
}

// TestIDsGoOnInTheNewStore has a store made anew while a call goes on: what shows
// the results of a tool call of the old store is not put into an exchange of the
// new one, and neither is an amendment that comes late.
func TestIDsGoOnInTheNewStore(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	asked := asking(1)
	s.record(asked, message(`{"message":{"type":"hang","call":{"id":"call-1"}}}`, ""))
	s.replaced()
	s.record(asking(2), showing(1))
	s.Amend(asked, func(e *Exchange) { e.Error = "client went away" })
	s.pairing.end()
	s.commitQueue()
	list := reopenedReadOnly(t, s.path)
	if len(list) != 2 || list[0].ID != 3 || list[1].ID != 4 {
		t.Fatalf("the new store holds %+v", list)
	}
	for _, e := range list {
		if e.Error != "" || len(e.recorded) > 0 {
			t.Errorf("exchange %d is amended by what is not its own: %q %v", e.ID, e.Error, e.recorded)
		}
	}
	s.killed()
}

// TestALargerStoreIsPutInItsPlace has another store moved to where one is that is
// written to. What stands in it did not come just now.
func TestALargerStoreIsPutInItsPlace(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{})
	s.record(message("1", ""))
	larger := openIdle(t, newStorePath(t), Options{})
	larger.record(message("12", ""), message("123", ""), message("1234", ""))
	larger.killed()
	w := s.Watch(false)
	for _, suffix := range []string{"-wal", "-shm"} {
		s.must(os.Remove(s.path + suffix))
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(larger.path+suffix, s.path+suffix); err != nil && suffix == "" {
			t.Fatal(err)
		}
	}
	s.madeAnew()
	s.record(message("12345", ""))
	if got := fmt.Sprint(bodies(t, w)); got != "[5]" {
		t.Errorf("told of bodies of %s bytes", got)
	}
	s.killed()
}

// TestAllAmendmentsAreTold has more exchanges amended than are read at once, and
// one that another process has not been told of at all.
func TestAllAmendmentsAreTold(t *testing.T) {
	const most = 1024 // of what catchUp reads at once
	s := openIdle(t, newStorePath(t), Options{})
	var ids []int64
	add := func(n int) {
		var added []*Exchange
		for range n {
			added = append(added, message("{}", ""))
		}
		s.spool(added...)
		for range n {
			s.file(fileMost)
		}
		ids = ids[:0]
		for _, e := range reopenedReadOnly(t, s.path) {
			ids = append(ids, e.ID)
		}
	}
	add(most + 500)
	f := follower{store: &Store{path: s.path, feed: newFeed()}}
	f.tail.feed = f.store.feed
	s.must(f.open(t.Context()))
	w := f.store.Watch(false)
	add(1)
	var amendments []*job
	for _, id := range ids {
		amendments = append(amendments, &job{amend: &Exchange{ID: id}, change: func(e *Exchange) { e.Error = "late" }})
	}
	if !s.w.commitOrStop(t.Context(), amendments) {
		t.Fatal(s.Stopped())
	}
	s.must(f.look(t.Context()))
	told := map[int64]bool{}
	for {
		changed, err := w.Read()
		s.must(err)
		if len(changed) == 0 {
			break
		}
		for _, e := range changed {
			if e.Error == "late" {
				told[e.ID] = true
			}
		}
	}
	if len(told) != len(ids) {
		t.Errorf("%d of %d amendments were told", len(told), len(ids))
	}
	f.close()
	s.must(f.store.readers.Load().Close())
	s.killed()
}

// reopenedReadOnly lists what a store holds that another process has open.
func reopenedReadOnly(t *testing.T, path string) []Exchange {
	t.Helper()
	db, err := openFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	changed, err := readChanged(context.Background(), db, 0, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}
