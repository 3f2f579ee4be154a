package tunnel

import (
	"context"
	"time"
)

// clockTick is how often the clock is looked at.
const clockTick = time.Second

// watchClock calls woke each time that more than gap has passed between two
// ticks by the wall clock, whatever the timers of the process say: the machine
// slept, or the process was stopped. A connection from before is dead then, and
// the heartbeat, which slept too, would take its whole time to find out.
func watchClock(ctx context.Context, ticks <-chan time.Time, gap time.Duration, woke func()) {
	var last time.Time
	for {
		select {
		case now := <-ticks:
			now = now.Round(0) // the wall clock alone
			if !last.IsZero() && now.Sub(last) > gap {
				woke()
			}
			last = now
		case <-ctx.Done():
			return
		}
	}
}
