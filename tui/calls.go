package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// call is what entries of one call share.
type call struct {
	id      string
	started time.Time      // of its first entry here
	entries int            // how many there are of it
	facts   vapi.CallFacts // who called whom, as far as it is known
	read    int            // how many of its exchanges were read to find that out
	said    int            // messages that its last conversation-update had
}

// parties says who called whom.
func (c *call) parties() string {
	f := c.facts
	from, to := phone(f.Customer), f.Assistant
	if f.Type == "webCall" || f.Type == "vapi.websocketCall" {
		from = "web call"
	}
	if f.Type == "outboundPhoneCall" {
		from, to = to, from
	}
	switch {
	case from == "":
		return to
	case to == "":
		return from
	}
	return from + " → " + to
}

// whatIsNew turns the summary of a conversation-update, which begins with how
// many messages there are, into one that says how many were added. before is what
// its entry said, if it was there.
func (c *call) whatIsNew(summary, before string) string {
	if strings.HasPrefix(before, "+") {
		return before // it was counted
	}
	number, rest, _ := strings.Cut(summary, " ")
	n, err := strconv.Atoi(number)
	if err != nil || !strings.HasPrefix(rest, "message") {
		return summary
	}
	added := n - c.said
	c.said = n
	if added <= 0 || added == n {
		return summary
	}
	return fmt.Sprintf("+%d %s", added, rest)
}

// phone writes a telephone number of North America as people do there, and
// leaves any other as it is.
func phone(number string) string {
	if len(number) == 12 && strings.HasPrefix(number, "+1") {
		return "+1 " + number[2:5] + " " + number[5:8] + " " + number[8:]
	}
	return number
}

// short is the call's id as people say it: its first four characters.
func (c *call) short() string { return clip(c.id, 4) }

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

func (h *history) callOf(e *record.Exchange) *call {
	if e.CallID == "" {
		return nil
	}
	c, ok := h.calls[e.CallID]
	if !ok {
		c = &call{id: e.CallID, started: e.Time}
		h.calls[e.CallID] = c
	}
	if e.Time.Before(c.started) {
		c.started = e.Time
	}
	return c
}

func (c *call) join() {
	if c != nil {
		c.entries++
	}
}

// leave takes an entry from the call, which is forgotten with its last.
func (c *call) leave(h *history) {
	if c == nil {
		return
	}
	if c.entries--; c.entries == 0 {
		delete(h.calls, c.id)
	}
}
