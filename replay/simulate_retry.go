package replay

import (
	"encoding/json"
	"slices"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// Backoff says when Vapi delivers a message again that was not answered with
// 2xx: a server's backoffPlan.
type Backoff struct {
	Exponential bool          // each pause is twice as long as the one before; else all are the same
	Retries     int           // at most so many deliveries after the first, 0 to 10
	Base        time.Duration // the first pause, 0 to 10 s
	Excluded    []int         // statuses after which nothing is delivered again
}

// DefaultBackoff is what Player.Retry plays for a server without a backoffPlan.
// Vapi itself does not deliver again then.
var DefaultBackoff = Backoff{Exponential: true, Retries: 3, Base: time.Second}

// What Vapi's OpenAPI document allows a plan to have.
const (
	mostRetries = 10
	longestBase = 10 * time.Second
)

// Pause returns how long Vapi waits after delivery n, from 1 on, before the
// next, and false where there is none.
func (b Backoff) Pause(n int) (time.Duration, bool) {
	if n < 1 || n > min(b.Retries, mostRetries) {
		return 0, false
	}
	pause := min(max(b.Base, 0), longestBase)
	if b.Exponential {
		pause <<= n - 1
	}
	return pause, true
}

// again says whether a message is delivered once more after delivery n, and
// after what pause.
func again(step vapi.Step, body []byte, e *record.Exchange, n int) (time.Duration, bool) {
	if 200 <= e.Status && e.Status < 300 || step.Kind == vapi.KindLLM {
		return 0, false
	}
	plan := BackoffOf(body)
	if slices.Contains(plan.Excluded, e.Status) {
		return 0, false
	}
	return plan.Pause(n)
}

// BackoffOf returns the plan of the server that a message goes to, as the
// message shows it: that of the tool that it calls, else that of the assistant,
// else DefaultBackoff.
func BackoffOf(body []byte) Backoff {
	type server struct {
		Server struct {
			BackoffPlan *backoffPlan `json:"backoffPlan"`
		} `json:"server"`
	}
	var m struct {
		Message struct {
			Tools     []server `json:"toolWithToolCallList"`
			Assistant server   `json:"assistant"`
			Call      struct {
				Assistant server `json:"assistant"`
			} `json:"call"`
		} `json:"message"`
	}
	if json.Unmarshal(body, &m) != nil {
		return DefaultBackoff
	}
	for _, s := range append(m.Message.Tools, m.Message.Assistant, m.Message.Call.Assistant) {
		if plan := s.Server.BackoffPlan; plan != nil {
			return plan.backoff()
		}
	}
	return DefaultBackoff
}

// backoffPlan is a plan as Vapi writes it.
type backoffPlan struct {
	Type             string    `json:"type"`
	MaxRetries       float64   `json:"maxRetries"`
	BaseDelaySeconds *float64  `json:"baseDelaySeconds"`
	Excluded         []float64 `json:"excludedStatusCodes"`
}

func (p *backoffPlan) backoff() Backoff {
	b := Backoff{
		Exponential: p.Type == "exponential",
		Retries:     int(min(max(p.MaxRetries, 0), mostRetries)),
		Base:        DefaultBackoff.Base,
	}
	if s := p.BaseDelaySeconds; s != nil {
		b.Base = time.Duration(min(max(*s, 0), longestBase.Seconds()) * float64(time.Second))
	}
	for _, status := range p.Excluded {
		b.Excluded = append(b.Excluded, int(status))
	}
	return b
}
