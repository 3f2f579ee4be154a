package tui

import (
	"errors"
	"testing"

	"vapitap/record"
)

func TestEveryLetterOfAMenuMeansOneThing(t *testing.T) {
	for _, at := range []place{inList, inText, inPayload} {
		taken := map[string]string{}
		for i := range actions {
			a := &actions[i]
			if a.menu == "" || a.in&at == 0 {
				continue
			}
			if other, ok := taken[a.menu]; ok {
				t.Errorf("in %s %s is both %q and %q", at, a.menu, other, a.title)
			}
			taken[a.menu] = a.title
		}
	}
}

// verifyingSender says of every exchange what it is told to.
type verifyingSender struct {
	stageSender
	lines []string
	err   error
}

func (s *verifyingSender) Verify(*record.Exchange) ([]string, error) { return s.lines, s.err }

func TestVerifyShowsWhatProvesTheSender(t *testing.T) {
	onStage(t, func(s *stage) {
		verifier := &verifyingSender{stageSender: stageSender{s.store, s.server}, lines: []string{
			"✓ the signature in X-Vapi-Signature comes of this secret", "  made as     HMAC-SHA256 of {body}, in hex", "  in a long line that is wrapped, since it does not fit into the width of what is shown here",
		}}
		s.options.Sender = verifier
		s.deliver(request{name: "hang", path: "/hook", body: `{"message":{"type":"hang"}}`})
		s.must("size 60 15", "press space v",
			"screen 'How #1 was authenticated'", "screen '✓ the signature in X-Vapi-Signature'", "screen '│   made as     HMAC-SHA256'", "golden verify",
			"press j k esc", "noscreen 'authenticated'")
		verifier.err = errors.New("no secret to compare it with")
		s.must("press space v", "screen 'no secret to compare it with'")
	})
}

func TestNothingIsSentWhereThereIsNoSender(t *testing.T) {
	onStage(t, func(s *stage) {
		s.options.Sender = nil
		s.deliver(request{name: "hang", path: "/hook", body: `{"message":{"type":"hang"}}`})
		s.must("size 80 24")
		for _, key := range []string{"r", "e", "space W", "space R", "space u", "space C", "space v"} {
			s.must("press esc "+key, "screen 'not now'")
		}
	})
}
