package timeline

import (
	"strings"
	"time"

	"vapitap/vapi"
)

// conversation returns what was said: what the report or the last
// conversation-update repeats, and what came after it.
func (r *reader) conversation() []Line {
	var lines []Line
	for _, said := range r.said {
		if said.Text == "" {
			continue // it only calls tools
		}
		line := Line{Role: said.Role, Text: said.Text, Exchange: r.call.Exchanges[r.saidIn].ID}
		line.Offset, line.Timed = r.offset(said)
		lines = append(lines, line)
	}
	lastOf := map[string]string{} // what each role said last: a conversation-update may overtake the transcript of it
	for _, line := range lines {
		lastOf[line.Role] = line.Text
	}
	for _, s := range r.final {
		if s.Text != "" && !strings.Contains(lastOf[s.Role], s.Text) {
			lines = append(lines, Line{s.Role, s.Text, s.at.Sub(r.call.Begin), true, s.exchange})
		}
	}
	return lines
}

// offset returns when something was said, from the beginning that offsets count
// from; false where it is not told.
func (r *reader) offset(said vapi.Said) (time.Duration, bool) {
	switch begin := r.beginAtVapi(); {
	case !said.From.IsZero():
		return max(0, said.From.Sub(begin)), true
	case said.Offset >= 0 && !r.call.StartedAt.IsZero():
		return max(0, r.call.StartedAt.Add(said.Offset).Sub(begin)), true
	case said.Offset >= 0:
		return said.Offset, true
	}
	return 0, false
}

// beginAtVapi returns the time that offsets count from by Vapi's clock, from
// which the clock of this machine may differ.
func (r *reader) beginAtVapi() time.Time {
	if r.call.BeganEarlier() || r.sent[0].IsZero() {
		return r.call.Begin
	}
	return r.sent[0]
}
