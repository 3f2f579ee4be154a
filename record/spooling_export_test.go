package record

import (
	"testing"
	"time"
)

// What a store gives up after a while, so that nobody waits for ever.
const (
	SettlePatience = settlePatience
	PairingDrain   = pairingDrain
)

// Spooling reports whether what comes is spooled.
func (s *Store) Spooling() bool { return s.spooling.on.Load() }

// InTime tries something that a store gives up after a limit, until nothing is
// wrong with what came of it. What is wrong counts where it was tried in less time
// than that; on a machine that is busy with others it may take longer, and is tried
// again.
func InTime(t testing.TB, limit time.Duration, try func() (wrong string)) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		began := time.Now()
		wrong := try()
		took := time.Since(began)
		if wrong == "" {
			return
		}
		if took < limit || time.Now().After(deadline) {
			t.Fatal(wrong)
		}
	}
}
