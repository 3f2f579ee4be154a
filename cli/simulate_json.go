package cli

import (
	"bytes"
	"encoding/json"
	"time"

	"vapitap/replay"
	"vapitap/vapi"
)

// stepJSON is one step for programs.
type stepJSON struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Call        int          `json:"call,omitempty"` // from 1 on, where there are several
	ID          int64        `json:"id,omitempty"`   // of the exchange that was recorded
	Status      int          `json:"status,omitempty"`
	DurationMs  float64      `json:"durationMs"`
	FirstByteMs float64      `json:"firstByteMs,omitempty"`
	Deliveries  int          `json:"deliveries,omitempty"` // where there was more than one
	Summary     string       `json:"summary,omitempty"`
	Checks      []vapi.Check `json:"checks"`
	OK          bool         `json:"ok"`
}

// summaryJSON is the last line.
type summaryJSON struct {
	Scenario   string         `json:"scenario"`
	Calls      int            `json:"calls"`
	Steps      int            `json:"steps"`
	Failed     int            `json:"failed"`
	Warned     int            `json:"warned"`
	DurationMs float64        `json:"durationMs"`
	OK         bool           `json:"ok"`
	Types      []typeJSON     `json:"types"`
	Codes      map[string]int `json:"codes"` // how many steps had each code of an error or a warning
}

type typeJSON struct {
	Type   string  `json:"type"`
	Steps  int     `json:"steps"`
	Failed int     `json:"failed"`
	Warned int     `json:"warned"`
	P50    float64 `json:"p50Ms"`
	P90    float64 `json:"p90Ms"`
	P99    float64 `json:"p99Ms"`
	Max    float64 `json:"maxMs"`
}

// writeStepJSON writes a step of a call, from 0 on.
func (s *simulating) writeStepJSON(call int, d replay.Delivery) {
	e := d.Exchange
	step := stepJSON{
		Name: d.Step.Name, Type: d.Step.Type, ID: e.ID, Status: e.Status,
		DurationMs: inMs(e.Duration), FirstByteMs: inMs(e.FirstByte),
		Summary: e.Summary, Checks: e.Checks, OK: s.tally.good(d),
	}
	if s.o.calls > 1 {
		step.Call = call + 1
	}
	if d.Number > 1 {
		step.Deliveries = d.Number
	}
	if step.Checks == nil {
		step.Checks = []vapi.Check{}
	}
	s.writeJSON(step)
	s.flush()
}

func (s *simulating) writeSummaryJSON(took time.Duration, ok bool) {
	sum := summaryJSON{
		Scenario: s.plan.name, Calls: s.o.calls, Steps: s.tally.steps, Failed: s.tally.failed, Warned: s.tally.warned,
		DurationMs: inMs(took), OK: ok, Types: []typeJSON{}, Codes: map[string]int{},
	}
	for _, of := range s.tally.types {
		sum.Types = append(sum.Types, typeJSON{
			Type: of.name, Steps: of.steps, Failed: of.failed, Warned: of.warned,
			P50: inMs(of.percentile(50)), P90: inMs(of.percentile(90)), P99: inMs(of.percentile(99)), Max: inMs(of.percentile(100)),
		})
	}
	for _, m := range s.tally.mistakes {
		sum.Codes[m.Code] += m.steps
	}
	s.writeJSON(map[string]summaryJSON{"summary": sum})
}

// writeJSON writes one line.
func (s *simulating) writeJSON(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		s.written = err
		return
	}
	s.out.Write(b.Bytes())
}

// inMs returns a duration in milliseconds, to the microsecond.
func inMs(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
