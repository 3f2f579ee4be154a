package timeline

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestGreetingIsMeasuredToo(t *testing.T) {
	first := asks()
	first.took = 2 * time.Second
	tool := calls(7*time.Second, "t1", "get_weather", good("t1"))
	c := read(t, first, tool, reports(80*time.Second, `,"performanceMetrics":{"turnLatencies":[{"modelLatency":1},{"modelLatency":2}]}`))
	if c.Turns[0].Server != 2*time.Second || c.Turns[1].Server != 80*time.Millisecond || c.Turns[1].Total != 2*time.Millisecond {
		t.Errorf("got %+v", c.Turns)
	}
	// Turns that cannot be told apart have no server of their own.
	c = read(t, first, tool, reports(80*time.Second, `,"performanceMetrics":{"turnLatencies":[{"modelLatency":1},{"modelLatency":2},{"modelLatency":3}]}`))
	if len(c.Turns) != 3 || c.Turns[0].Server != 0 || c.Turns[0].Timed {
		t.Errorf("got %+v", c.Turns)
	}
}

func TestCustomModel(t *testing.T) {
	model := event{at: 4500 * time.Millisecond, took: 600 * time.Millisecond, path: "/chat/completions",
		body: fmt.Sprintf(`{"model":"m","messages":[],"call":{"id":%q}}`, callID), reply: `{"choices":[{"message":{"content":"x"}}]}`}
	c := read(t, speech(time.Second, "user", "started"), speech(4*time.Second, "user", "stopped"), model, speech(5400*time.Millisecond, "assistant", "started"))
	want := []Turn{{N: 1, Offset: 4400 * time.Millisecond, Timed: true, Endpointing: 500 * time.Millisecond, Model: 600 * time.Millisecond,
		Voice: 300 * time.Millisecond, Total: 1400 * time.Millisecond, Estimated: true}}
	if !reflect.DeepEqual(c.Turns, want) {
		t.Errorf("turns\n got %+v\nwant %+v", c.Turns, want)
	}
}

func TestTotalCountsOverlapsOnce(t *testing.T) {
	at := func(from, to int) span {
		return span{began.Add(time.Duration(from) * time.Second), began.Add(time.Duration(to) * time.Second)}
	}
	for _, c := range []struct {
		spans []span
		want  int
	}{
		{nil, 0},
		{[]span{at(5, 7), at(0, 2)}, 4},
		{[]span{at(0, 4), at(1, 2), at(3, 6)}, 6},
		{[]span{at(3, 1)}, 0},
	} {
		if got := total(c.spans); got != time.Duration(c.want)*time.Second {
			t.Errorf("%v: %s, want %d s", c.spans, got, c.want)
		}
	}
}
