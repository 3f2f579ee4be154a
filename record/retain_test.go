package record

import (
	"os"
	"slices"
	"testing"
	"time"
)

const day = 24 * time.Hour

// commitAged commits an exchange that began so long ago, in a session that may
// be none.
func (i *idle) commitAged(session string, ages ...time.Duration) {
	i.t.Helper()
	var batch []*job
	for _, age := range ages {
		e := message("{}", "{}")
		e.Session, e.Time = session, time.Now().Add(-age)
		batch = append(batch, &job{exchange: e})
	}
	if !i.w.commitOrStop(i.t.Context(), batch) {
		i.t.Fatal(i.Stopped())
	}
}

// left has the store looked at until there is nothing to be deleted, and returns
// the ids that are left.
func (i *idle) left() (ids []int64) {
	i.t.Helper()
	for again := true; again; again = i.w.keep.over {
		i.must(i.w.keep.look(i.t.Context(), i.w.conn, quiet))
	}
	rows, err := i.w.conn.QueryContext(i.t.Context(), "SELECT id FROM exchange ORDER BY id")
	i.must(err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		i.must(rows.Scan(&id))
		ids = append(ids, id)
	}
	return ids
}

func quiet() bool { return true }

func (i *idle) wantLeft(what string, want ...int64) {
	i.t.Helper()
	if got := i.left(); !slices.Equal(got, want) {
		i.t.Errorf("%s: %v are left, want %v", what, got, want)
	}
}

// TestWhatIsKeptIsSetInTheStore opens a store that has one exchange of eight days
// and one of two hours after others have opened it.
func TestWhatIsKeptIsSetInTheStore(t *testing.T) {
	forever, hour := Options{Keep: &Keep{}}, Options{Keep: &Keep{Age: time.Hour}}
	asSet := Options{KeepAsSet: true}
	for _, c := range []struct {
		name   string
		before []Options
		opened Options
		want   []int64
	}{
		{"nothing is set, and nothing is to be deleted", nil, Options{}, []int64{1, 2}},
		{"nothing is set", nil, asSet, []int64{2}},
		{"forever is set", []Options{forever}, asSet, []int64{1, 2}},
		{"an hour is set", []Options{hour}, asSet, nil},
		{"an hour is set, and nothing is to be deleted", []Options{hour}, Options{}, []int64{1, 2}},
		{"the last that was set counts", []Options{hour, forever}, asSet, []int64{1, 2}},
		{"what only keeps what is set sets nothing", []Options{forever, asSet, {}, {ReadOnly: true}}, asSet, []int64{1, 2}},
		{"another is set now", []Options{forever}, hour, nil},
		{"forever is set now", []Options{hour}, forever, []int64{1, 2}},
	} {
		path := newStorePath(t)
		for _, options := range c.before {
			s, err := Open(path, options)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		s := openIdle(t, path, c.opened)
		s.commitAged("", 8*day, 2*time.Hour)
		s.wantLeft(c.name, c.want...)
		s.killed()
	}
}

// TestTheNewestKeepCounts has two processes share a store, of which the second
// sets another limit while the first goes on.
func TestTheNewestKeepCounts(t *testing.T) {
	path := newStorePath(t)
	first := openIdle(t, path, Options{Keep: &Keep{Age: time.Hour}})
	second := openIdle(t, path, Options{Keep: &Keep{}})
	first.commitAged("", 2*time.Hour)
	first.wantLeft("another keeps everything", 1)
	second.killed()
	first.killed()
}

// TestKeepIsNotSetAgain has the file opened anew, as it is after recording
// stopped.
func TestKeepIsNotSetAgain(t *testing.T) {
	path := newStorePath(t)
	s := openIdle(t, path, Options{Keep: &Keep{Age: time.Hour}})
	other := openIdle(t, path, Options{Keep: &Keep{}})
	other.killed()
	s.w.close()
	s.must(s.w.open(t.Context()))
	s.commitAged("", 2*time.Hour)
	s.wantLeft("another was set meanwhile", 1)

	s.w.close()
	s.must(os.Rename(path, path+".away"))
	s.must(s.w.open(t.Context()))
	s.commitAged("", 2*time.Hour, 0)
	s.wantLeft("it is another file", 3) // in which ids go on
	s.killed()
}

// TestKeepIsSetOnceItCanBe opens a store to which another program lets nobody
// write for a while.
func TestKeepIsSetOnceItCanBe(t *testing.T) {
	path := newStorePath(t)
	s := openIdle(t, path, Options{Keep: &Keep{Age: time.Hour}})
	s.commitAged("", 2*time.Hour)
	other := openIdle(t, path, Options{})
	_, err := other.w.conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	s.must(err)
	_, err = s.w.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 0")
	s.must(err)
	s.w.keep = retention{}.of(t.Context(), s.w)
	if err := s.w.keep.look(t.Context(), s.w.conn, quiet); err == nil {
		t.Error("it looks without knowing what may be deleted")
	}
	_, err = other.w.conn.ExecContext(t.Context(), "UPDATE counter SET n = 0 WHERE name LIKE 'keep %'; COMMIT")
	s.must(err)
	other.killed()
	s.wantLeft("it is set after all")
	s.killed()
}

// TestAgeLooksAtTheOldest has exchanges too old before and behind more than a
// step's that are not: those behind are found when they are the oldest, as the
// whole table is not looked through for them.
func TestAgeLooksAtTheOldest(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{Keep: &Keep{Age: time.Hour}})
	s.commitAged("", 2*time.Hour, 0, 2*time.Hour) // as where the clock was wrong for a while
	s.commitAged("", make([]time.Duration, stepRows)...)
	s.commitAged("", 2*time.Hour)
	var want []int64
	want = append(want, 2)
	for id := range int64(stepRows + 1) {
		want = append(want, 4+id)
	}
	s.wantLeft("some behind others", want...)
	_, err := s.w.conn.ExecContext(t.Context(), "DELETE FROM exchange WHERE id < 10")
	s.must(err)
	s.wantLeft("they are among the oldest", want[7:len(want)-1]...)
	s.killed()
}

// TestAClockThatWasAhead has more than a step's exchanges of a time to come before
// those that are too old.
func TestAClockThatWasAhead(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{Keep: &Keep{Age: time.Hour}})
	ahead := make([]time.Duration, stepRows)
	for i := range ahead {
		ahead[i] = -400 * day
	}
	s.commitAged("", ahead...)
	s.commitAged("", 2*time.Hour, 2*time.Hour, 0)
	var want []int64
	for id := range int64(stepRows) {
		want = append(want, 1+id)
	}
	s.wantLeft("those that are too old go", append(want, stepRows+3)...)
	s.killed()
}

// TestImportedIsAsOldAsItsImport imports a recording of last year beside what was
// recorded then.
func TestImportedIsAsOldAsItsImport(t *testing.T) {
	s := openIdle(t, newStorePath(t), Options{Keep: &Keep{Age: 7 * day}})
	for id, age := range map[string]time.Duration{"run": 401 * day, "old import": 8 * day, "import": day} {
		s.must(insertSession(t.Context(), s.w.conn, &Session{ID: id, Started: time.Now().Add(-age)}))
	}
	s.commitAged("run", 400*day, 6*day) // it ran long
	s.commitAged("old import", 400*day)
	s.commitAged("import", 400*day)
	s.wantLeft("an import of yesterday and others", 2, 4)
	s.killed()
}
