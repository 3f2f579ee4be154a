package timeline

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// callJSON is the documented form of a call. Absent means empty, false or
// unknown; the lists are there even when they are empty.
type callJSON struct {
	CallID          string            `json:"callId"`
	Type            string            `json:"type,omitempty"`
	Customer        string            `json:"customer,omitempty"`
	Number          string            `json:"number,omitempty"`
	Assistant       string            `json:"assistant,omitempty"`
	Status          string            `json:"status,omitempty"`
	StartedAt       string            `json:"startedAt,omitempty"`
	EndedAt         string            `json:"endedAt,omitempty"`
	DurationSeconds float64           `json:"durationSeconds,omitempty"`
	EndedReason     string            `json:"endedReason,omitempty"`
	EndedReasonText string            `json:"endedReasonText,omitempty"`
	Cause           *causeJSON        `json:"cause,omitempty"`
	Cost            float64           `json:"cost,omitempty"`
	CostBreakdown   vapi.RawJSON      `json:"costBreakdown,omitempty"`
	Summary         string            `json:"summary,omitempty"`
	RecordingURL    string            `json:"recordingUrl,omitempty"`
	BeganEarlier    bool              `json:"beganEarlier,omitempty"`
	LeftOut         int               `json:"leftOut,omitempty"`
	Exchanges       []record.Exchange `json:"exchanges"`
	Conversation    []lineJSON        `json:"conversation"`
	ToolCalls       []toolCallJSON    `json:"toolCalls"`
	Turns           []turnJSON        `json:"turns"`
	Failed          []int64           `json:"failed"`
}

type causeJSON struct {
	Text     string       `json:"text"`
	Advice   string       `json:"advice,omitempty"`
	Exchange int64        `json:"exchange,omitempty"`
	Likely   bool         `json:"likely,omitempty"`
	Checks   []vapi.Check `json:"checks,omitempty"`
}

type lineJSON struct {
	Role     string   `json:"role"`
	Text     string   `json:"text"`
	OffsetMs *float64 `json:"offsetMs,omitempty"` // 0 is a time
	Exchange int64    `json:"exchange"`
}

type toolCallJSON struct {
	vapi.ToolCall
	Exchange     int64   `json:"exchange"`
	DurationMs   float64 `json:"durationMs,omitempty"`
	RedeliveryOf int64   `json:"redeliveryOf,omitempty"`
}

type turnJSON struct {
	N             int      `json:"n"`
	OffsetMs      *float64 `json:"offsetMs,omitempty"`
	EndpointingMs float64  `json:"endpointingMs,omitempty"`
	TranscriberMs float64  `json:"transcriberMs,omitempty"`
	ModelMs       float64  `json:"modelMs,omitempty"`
	ServerMs      float64  `json:"serverMs,omitempty"`
	VoiceMs       float64  `json:"voiceMs,omitempty"`
	TotalMs       float64  `json:"totalMs,omitempty"`
	Estimated     bool     `json:"estimated,omitempty"`
}

// MarshalJSON returns the documented form of the account.
func (c *Call) MarshalJSON() ([]byte, error) {
	j := callJSON{
		CallID: c.ID, Type: c.Type, Customer: c.Customer, Number: c.Number, Assistant: c.Assistant, Status: c.Status,
		StartedAt: moment(c.StartedAt), EndedAt: moment(c.EndedAt), DurationSeconds: c.DurationSeconds,
		EndedReason: c.EndedReason, EndedReasonText: c.EndedReasonText, Cause: c.Cause.json(),
		Cost: c.Cost, CostBreakdown: c.CostBreakdown, Summary: c.Summary, RecordingURL: c.RecordingURL,
		BeganEarlier: c.BeganEarlier(), LeftOut: c.LeftOut, Exchanges: c.Exchanges,
		Conversation: make([]lineJSON, len(c.Conversation)), ToolCalls: make([]toolCallJSON, len(c.ToolCalls)),
		Turns: make([]turnJSON, len(c.Turns)), Failed: []int64{},
	}
	if j.Exchanges == nil {
		j.Exchanges = []record.Exchange{}
	}
	for i, l := range c.Conversation {
		j.Conversation[i] = lineJSON{l.Role, l.Text, known(l.Timed, l.Offset), l.Exchange}
	}
	for i, t := range c.ToolCalls {
		j.ToolCalls[i] = toolCallJSON{t.ToolCall, t.Exchange, ms(t.Duration), t.RedeliveryOf}
	}
	for i, t := range c.Turns {
		j.Turns[i] = turnJSON{t.N, known(t.Timed, t.Offset), ms(t.Endpointing), ms(t.Transcriber), ms(t.Model), ms(t.Server), ms(t.Voice), ms(t.Total), t.Estimated}
	}
	for _, e := range c.Failed() {
		j.Failed = append(j.Failed, e.ID)
	}
	return marshal(j)
}

func (c *Cause) json() *causeJSON {
	if c == nil {
		return nil
	}
	return &causeJSON{c.Text, c.Advice, c.Exchange, c.Likely, c.Checks}
}

// marshal is json.Marshal without the escaping that HTML would need.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// ms returns d in milliseconds with three decimals.
func ms(d time.Duration) float64 { return math.Round(float64(d)/float64(time.Microsecond)) / 1000 }

func known(is bool, d time.Duration) *float64 {
	if !is {
		return nil
	}
	f := ms(d)
	return &f
}
