package record

import (
	"errors"
	"testing"
)

// TestAnotherFileTakesThePlaceOfWhatIsRead has the store removed, and made anew,
// while it is read: what the new one has under the same ids is not taken for the
// rest.
func TestAnotherFileTakesThePlaceOfWhatIsRead(t *testing.T) {
	const before = 2 * firstPage
	s := openIdle(t, newStorePath(t), Options{})
	for i := range before {
		s.record(asking(i))
	}
	told := 0
	err := s.each(t.Context(), Query{}, func(e *Exchange) error {
		if told++; told == 1 {
			s.replaced()
			s.w.beginSpooling(t.Context())
			s.record(showing(1))
		}
		if e.Type != typeToolCalls {
			t.Errorf("exchange %d is of the new file", e.ID)
		}
		return nil
	})
	if !errors.Is(err, errRemoved) || told != firstPage {
		t.Errorf("after %d exchanges: %v", told, err)
	}
	s.killed()
}
