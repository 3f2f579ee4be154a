package replay

import (
	"context"
	"time"
)

// Pace is the pace at which something recorded is sent again: its pauses
// between the beginnings of two requests, divided by the speed.
type Pace struct {
	speed    float64
	recorded time.Time // when the first was recorded
	started  time.Time // when it is sent
}

// NewPace returns the pace of a recording that began at recorded and is sent
// again from now on. A speed of 2 halves the pauses; 0 leaves them out.
func NewPace(recorded time.Time, speed float64) *Pace {
	return &Pace{speed: speed, recorded: recorded, started: time.Now()}
}

// Wait waits until it is the turn of what was recorded at this time, and not at
// all where that has passed. It returns ctx's error when that ends first.
func (p *Pace) Wait(ctx context.Context, recorded time.Time) error {
	pause := p.pause(recorded, time.Now())
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Delay puts all that is still to come off by d, which somebody took over what
// is no part of the recording.
func (p *Pace) Delay(d time.Duration) { p.started = p.started.Add(d) }

// longestPause keeps what a clock that was set wrong makes of a pause in what a
// Duration can hold.
const longestPause = 365 * 24 * time.Hour

func (p *Pace) pause(recorded, now time.Time) time.Duration {
	if p.speed <= 0 {
		return 0
	}
	after := min(float64(recorded.Sub(p.recorded))/p.speed, float64(longestPause))
	return p.started.Add(time.Duration(after)).Sub(now)
}
