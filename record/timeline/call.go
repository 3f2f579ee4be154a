package timeline

import (
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// Call is the account of one call, which may still be going on, and of which
// the beginning or the end may not have been recorded. Empty means that nothing
// recorded tells.
type Call struct {
	ID        string
	Type      string // inboundPhoneCall, outboundPhoneCall, webCall, vapi.websocketCall
	Customer  string // number, SIP address or name
	Number    string // the number on Vapi's side
	Assistant string // its name
	Status    string // what was last said of it, such as in-progress

	StartedAt       time.Time // when it was answered, as Vapi tells
	EndedAt         time.Time
	DurationSeconds float64
	EndedReason     string
	EndedReasonText string // EndedReason in words
	Cause           *Cause // what ended it; nil while it goes on, or where its end was not recorded

	Cost          float64      // US dollars
	CostBreakdown vapi.RawJSON // as the report has it
	Summary       string
	RecordingURL  string

	Begin     time.Time         // what offsets count from: the first exchange, or StartedAt where the recording began later
	Exchanges []record.Exchange // of the call itself in the order in which they came in, without headers and bodies
	LeftOut   int               // how many more have its id: replays, tests, and simulations of a real call

	Conversation []Line
	ToolCalls    []ToolCall
	Turns        []Turn

	byID   map[int64]int   // index of an exchange
	played []time.Duration // when each exchange of a simulated call is in the call it plays; nil for a real one
}

// Line is one thing that was said.
type Line struct {
	Role     string
	Text     string
	Offset   time.Duration // from Begin; meaningless where Timed is false
	Timed    bool
	Exchange int64 // where it was read
}

// ToolCall is one call of a tool and what came back.
type ToolCall struct {
	vapi.ToolCall
	Exchange     int64
	Duration     time.Duration // of the whole exchange, which may hold several calls
	RedeliveryOf int64         // the exchange that this one repeats; 0 for none
}

// Failed returns the exchanges that have an error.
func (c *Call) Failed() []*record.Exchange {
	return c.pick((*record.Exchange).Failed)
}

// Warned returns the exchanges that have a warning and no error.
func (c *Call) Warned() []*record.Exchange {
	return c.pick(func(e *record.Exchange) bool { return e.Warned() && !e.Failed() })
}

func (c *Call) pick(wanted func(*record.Exchange) bool) []*record.Exchange {
	var picked []*record.Exchange
	for i := range c.Exchanges {
		if e := &c.Exchanges[i]; wanted(e) {
			picked = append(picked, e)
		}
	}
	return picked
}

// Exchange returns the exchange of the call with this id, nil where there is
// none.
func (c *Call) Exchange(id int64) *record.Exchange {
	if i, ok := c.byID[id]; ok {
		return &c.Exchanges[i]
	}
	return nil
}

// Offset returns when an exchange of the call came in, from Begin. Of a call
// that was simulated, which is played at any speed, it is when it would have.
func (c *Call) Offset(e *record.Exchange) time.Duration {
	if i, ok := c.byID[e.ID]; ok && c.played != nil {
		return c.played[i]
	}
	return e.Time.Sub(c.Begin)
}

// BeganEarlier reports whether the call had begun before the first exchange
// that was recorded.
func (c *Call) BeganEarlier() bool {
	return len(c.Exchanges) > 0 && c.Begin.Before(c.Exchanges[0].Time)
}

// Over reports whether the end of the call was recorded.
func (c *Call) Over() bool {
	return c.EndedReason != "" || !c.EndedAt.IsZero() || c.Status == "ended"
}
