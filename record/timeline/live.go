package timeline

import (
	"slices"
	"time"

	"vapitap/record"
)

// live returns those of a call's exchanges that are the call itself, in the
// order in which they came in. What was sent again or as a test is another
// call with the same id; so is a simulation of a call that was recorded for
// real. A call that was only ever simulated is what its last session has of it,
// for each session that simulates it plays all of it. list is reused.
func live(list []record.Exchange) []record.Exchange {
	real := slices.ContainsFunc(list, func(e record.Exchange) bool { return isReal(&e) })
	last := lastSimulation(list)
	list = slices.DeleteFunc(list, func(e record.Exchange) bool {
		switch {
		case e.ReplayOf != 0, e.From == record.FromReplay, e.From == record.FromTest:
			return true
		case e.From == record.FromSimulate:
			return real || e.Session != last
		}
		return false
	})
	slices.SortStableFunc(list, func(a, b record.Exchange) int { return a.Time.Compare(b.Time) })
	return list
}

// isReal reports whether an exchange came from Vapi, as far as can be told.
func isReal(e *record.Exchange) bool {
	switch e.From {
	case record.FromTunnel, record.FromLocal, record.FromImport:
		return e.ReplayOf == 0
	}
	return false
}

// lastSimulation returns the session of the simulation that began last.
func lastSimulation(list []record.Exchange) (session string) {
	var latest time.Time
	for i := range list {
		if e := &list[i]; e.From == record.FromSimulate && !e.Time.Before(latest) {
			latest, session = e.Time, e.Session
		}
	}
	return session
}

// A call is taken to have begun before its first exchange within these bounds:
// clocks differ, and messages take their time; and no call lasts as long as the
// other, so that is an old message which was sent by hand.
const (
	clockSkew = 2 * time.Second
	longest   = 12 * time.Hour
)

// begin returns the time that offsets count from.
func begin(first *record.Exchange, startedAt time.Time) time.Time {
	early := first.Time.Sub(startedAt)
	if isReal(first) && !startedAt.IsZero() && clockSkew < early && early < longest {
		return startedAt
	}
	return first.Time
}
