package proxy

import "testing"

// TestCaptureAfterRelease sees that what a body brings after its exchange was
// recorded takes no room that nobody would give back.
func TestCaptureAfterRelease(t *testing.T) {
	var room budget
	room.free.Store(1 << 20)
	c := capture{most: 1 << 20, room: &room}
	c.add(make([]byte, 5000))
	c.release()
	c.add(make([]byte, 5000))
	if free := room.free.Load(); free != 1<<20 || c.total != 10_000 {
		t.Errorf("%d bytes are free of %d, %d were counted", free, 1<<20, c.total)
	}
}
