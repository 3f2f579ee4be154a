package record_test

import (
	"testing"

	"vapitap/record"
)

// Each import is a call of its own: what it shows belongs to its own tool calls,
// and not to those of another import or of the call as it was recorded.
func TestWhatAnImportShowsBelongsToItsOwnToolCalls(t *testing.T) {
	s := open(t, newPath(t), record.Options{})
	w := s.Watch(false)
	in := func(session string, e *record.Exchange) *record.Exchange {
		e.Session = session
		return commit(t, s, e)
	}
	live := commit(t, s, served(record.FromTunnel, called("call", "t1"), answered("t1", `"12"`)))
	first := in("a", served(record.FromImport, called("call", "t1"), answered("t1", `"first"`)))
	second := in("b", served(record.FromImport, called("call", "t1"), answered("t1", `"second"`)))
	in("a", served(record.FromImport, shown("call", "t1", `"first"`), ""))
	if got := recorded(amended(t, s, w, first.ID, hasRecorded)); got != `t1 "first"` {
		t.Errorf("of the first import: %s", got)
	}
	in("b", served(record.FromImport, shown("call", "t1", `"other"`), ""))
	e := amended(t, s, w, second.ID, hasRecorded)
	if got := recorded(e); got != `t1 "other"` || check(e, "tool-result-not-taken") == nil {
		t.Errorf("of the second import: %s, %+v", got, e.Checks)
	}
	commit(t, s, served(record.FromTunnel, shown("call", "t1", `"12"`), ""))
	if got := recorded(amended(t, s, w, live.ID, hasRecorded)); got != `t1 "12"` {
		t.Errorf("of the call: %s", got)
	}
}
