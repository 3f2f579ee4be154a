package tui

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestNothingHappensWhileNothingHappens lets an hour pass after a call: the model
// must not be given a single message, so that nothing is drawn.
func TestNothingHappensWhileNothingHappens(t *testing.T) {
	server := newServer(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, server)
		defer s.close()
		s.resize(120, 36)
		s.playDemo()
		for _, key := range []string{"k", "2", "tab", "6", "7", "1"} {
			if err := press(s, "", []string{key}); err != nil {
				t.Fatal(err)
			}
		}
		s.pass(time.Minute) // what was said at the foot is gone then
		before := s.messages
		s.pass(time.Hour)
		if n := s.messages - before; n != 0 {
			t.Errorf("%d messages in an hour in which nothing happened", n)
		}
	})
}

// TestManyArriveInFewMessages begins and ends 10,000 exchanges within a second.
func TestManyArriveInFewMessages(t *testing.T) {
	server := newServer(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, server)
		defer s.close()
		s.resize(120, 36)
		before := s.messages
		for i := range 10_000 {
			e := exchange(i)
			e.Session = s.session
			s.store.Begin(&e)
			if err := s.store.Commit(&e, 0, nil); err != nil {
				t.Fatal(err)
			}
			if i%100 == 99 {
				s.pass(10 * time.Millisecond)
			}
		}
		s.pass(time.Second)
		if n := len(s.model.history.entries); n != 10_000 {
			t.Errorf("%d are listed", n)
		}
		const reads = 1000 / 30 // a second in pauses
		if n := s.messages - before; n > 5*reads+4*10_000/40 {
			t.Errorf("%d messages for 10,000 exchanges of %d calls", n, 10_000/40)
		}
	})
}
