package record_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// status returns a status-update that tells n.
func status(from record.From, n int) *record.Exchange {
	return served(from, fmt.Sprintf(`{"message":{"type":"status-update","call":{"id":"c"},"timestamp":%d}}`, n), "")
}

func TestTheSameBytesAreARedelivery(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	now := time.Now()
	at := func(e *record.Exchange, after time.Duration) *record.Exchange {
		e.Time = now.Add(after)
		return commit(t, s, e)
	}
	failed := status(record.FromTunnel, 1)
	failed.Status = 500
	first := at(failed, 0)
	if first.RedeliveryOf != 0 || check(first, "redelivery") != nil {
		t.Errorf("the first: %+v", first)
	}
	again := at(status(record.FromTunnel, 1), 12*time.Second)
	told := check(again, "redelivery")
	if again.RedeliveryOf != first.ID || told == nil || told.Level != vapi.Info || told.Hint == "" ||
		!strings.Contains(told.Message, fmt.Sprintf("exchange %d, 12.0 s before", first.ID)) || !strings.Contains(told.Message, "500") || !strings.Contains(told.Message, "backoffPlan") {
		t.Errorf("the second: %d, %+v", again.RedeliveryOf, again.Checks)
	}
	if third := at(status(record.FromLocal, 1), 9*time.Minute); third.RedeliveryOf != first.ID {
		t.Errorf("the third is one of %d", third.RedeliveryOf)
	}
	// Ten minutes after the first, the third is not that old.
	if late := at(status(record.FromTunnel, 1), 11*time.Minute); late.RedeliveryOf == 0 || late.RedeliveryOf == first.ID {
		t.Errorf("the late one is one of %d", late.RedeliveryOf)
	}
	if later := at(status(record.FromTunnel, 1), 30*time.Minute); later.RedeliveryOf != 0 {
		t.Errorf("half an hour later: %d", later.RedeliveryOf)
	}
	taken := at(status(record.FromTunnel, 2), 0)
	told = check(at(status(record.FromTunnel, 2), time.Second), "redelivery")
	if told == nil || !strings.Contains(told.Message, fmt.Sprintf("exchange %d, 1.0 s before, which was answered 200", taken.ID)) {
		t.Errorf("after 200: %+v", told)
	}
	list := list(t, s, record.Query{Filter: filter(t, "is:redelivery check:redelivery")})
	if len(list) != 4 {
		t.Errorf("the filter finds %d", len(list))
	}
}

func filter(t testing.TB, text string) *record.Filter {
	t.Helper()
	f, err := record.ParseFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWhatIsNoRedelivery(t *testing.T) {
	other := status(record.FromTunnel, 1)
	other.Request.Body = append(other.Request.Body, ' ')
	truncated := status(record.FromTunnel, 1)
	truncated.Request.Truncated = true
	get := served(record.FromTunnel, "", "ok")
	for _, c := range []struct {
		name        string
		first, then *record.Exchange
	}{
		{"a simulated call", status(record.FromSimulate, 1), status(record.FromSimulate, 1)},
		{"a simulated message after a real one", status(record.FromTunnel, 1), status(record.FromSimulate, 1)},
		{"a replay", status(record.FromTunnel, 1), status(record.FromReplay, 1)},
		{"a test", status(record.FromTunnel, 1), status(record.FromTest, 1)},
		{"another message", status(record.FromTunnel, 1), status(record.FromTunnel, 2)},
		{"one more byte", status(record.FromTunnel, 1), other},
		{"a body that is cut off", status(record.FromTunnel, 1), truncated},
		{"no body", served(record.FromTunnel, "", "ok"), get},
		{"no message of Vapi's", served(record.FromTunnel, `{"a":1}`, "ok"), served(record.FromTunnel, `{"a":1}`, "ok")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, newPath(t), record.Options{})
			commit(t, s, c.first)
			if e := commit(t, s, c.then); e.RedeliveryOf != 0 || check(e, "redelivery") != nil {
				t.Errorf("%d, %+v", e.RedeliveryOf, e.Checks)
			}
		})
	}
}

func TestARedeliveryAfterARestart(t *testing.T) {
	path := newPath(t)
	before := open(t, path, record.Options{})
	old := status(record.FromTunnel, 1)
	old.Time = time.Now().Add(-time.Hour)
	commit(t, before, old)
	first := commit(t, before, status(record.FromTunnel, 2))
	commit(t, before, status(record.FromTunnel, 2))
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, record.Options{})
	again := status(record.FromTunnel, 2) // the very first message
	s.Begin(again)
	if err := s.Commit(again, patience, nil); err != nil { // which waits as long for what the store had
		t.Fatal(err)
	}
	if again.RedeliveryOf != first.ID || check(again, "redelivery") == nil {
		t.Errorf("%d, %+v; want %d", again.RedeliveryOf, again.Checks, first.ID)
	}
	if e := commit(t, s, status(record.FromTunnel, 1)); e.RedeliveryOf != 0 {
		t.Errorf("what came an hour before: %d", e.RedeliveryOf)
	}
}

func TestTheSameBytesAtTheSameTime(t *testing.T) {
	const n = 8
	s := open(t, newPath(t), record.Options{})
	var all []*record.Exchange
	now := time.Now()
	for i := range n {
		e := status(record.FromTunnel, 1)
		e.Time = now.Add(time.Duration(i) * time.Millisecond)
		s.Begin(e)
		all = append(all, e)
	}
	var wg sync.WaitGroup
	for _, e := range all {
		wg.Go(func() {
			if err := s.Commit(e, patience, nil); err != nil { // which waits as long for the id of another
				t.Error(err)
			}
		})
	}
	wg.Wait()
	repeats := 0
	for _, e := range list(t, s, record.Query{}) {
		if (e.RedeliveryOf != 0) != (check(&e, "redelivery") != nil) || e.RedeliveryOf == e.ID {
			t.Errorf("exchange %d is one of %d, %+v", e.ID, e.RedeliveryOf, e.Checks)
		}
		if e.RedeliveryOf != 0 {
			repeats++
		}
	}
	if repeats != n-1 {
		t.Errorf("%d of %d are redeliveries", repeats, n-1)
	}
}

// What is said of an exchange is said with its commit: of two that are in flight
// together the one that is answered later is the redelivery.
func TestTheFirstDeliveryIsAnsweredLast(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	slow := status(record.FromTunnel, 1)
	s.Begin(slow)
	again := status(record.FromTunnel, 1)
	again.Time = slow.Time.Add(20 * time.Second)
	commit(t, s, again)
	if again.RedeliveryOf != 0 {
		t.Errorf("before the first has an id: %d", again.RedeliveryOf)
	}
	slow.Status = 504
	if err := s.Commit(slow, 0, nil); err != nil {
		t.Fatal(err)
	}
	if told := check(slow, "redelivery"); slow.RedeliveryOf != again.ID || told == nil || !strings.Contains(told.Message, "20.0 s later, while this one waited") {
		t.Errorf("the first: %d, %+v", slow.RedeliveryOf, slow.Checks)
	}
	if e, err := s.Get(t.Context(), again.ID); err != nil || e.RedeliveryOf != 0 {
		t.Errorf("the second became one of %d, %v", e.RedeliveryOf, err)
	}
}

func TestCommitsThatNobodyWaitsFor(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	for i := range 200 {
		e := status(record.FromTunnel, i%20)
		s.Begin(e)
		if err := s.Commit(e, time.Minute, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(list(t, s, record.Query{Filter: filter(t, "is:redelivery")})); n != 180 {
		t.Errorf("%d of 180 are redeliveries", n)
	}
}

// BenchmarkRedelivery is what it costs a commit to know what it repeats. It
// commits to a store that is closed, which does nothing else.
func BenchmarkRedelivery(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := record.Open(newPath(b), record.Options{})
			if err != nil {
				b.Fatal(err)
			}
			e := exchange(0)
			e.Request.Body = bytes.Repeat([]byte("x"), size)
			s.Begin(e)
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(size))
			n := 0
			for b.Loop() {
				n++
				copy(e.Request.Body, fmt.Appendf(nil, "%d", n))
				e.RedeliveryOf = 0
				s.Commit(e, time.Second, nil)
			}
		})
	}
}
