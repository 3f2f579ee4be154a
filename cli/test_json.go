package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"time"

	"vapitap/replay"
	"vapitap/vapi"
)

// resultJSON is one fixture for programs.
type resultJSON struct {
	Name        string           `json:"name"`
	Type        string           `json:"type"`
	File        string           `json:"file"`
	ID          int64            `json:"id,omitempty"` // of the exchange that was recorded
	Status      int              `json:"status,omitempty"`
	DurationMs  float64          `json:"durationMs"`
	Mode        string           `json:"mode,omitempty"`
	Checks      []vapi.Check     `json:"checks"`
	Differences []testDifference `json:"differences,omitempty"`
	Error       string           `json:"error,omitempty"` // why there is nothing to compare, or what is wrong besides
	Updated     bool             `json:"updated,omitempty"`
	OK          bool             `json:"ok"`
}

// testDifference is one value that is not as it is wanted; what is not there is
// left out. Of bodies that are not JSON both are the texts of the lines.
type testDifference struct {
	Path   string          `json:"path"` // status, or a JSON pointer into the body
	Wanted json.RawMessage `json:"wanted,omitempty"`
	Got    json.RawMessage `json:"got,omitempty"`
}

// testSummaryJSON is the last line.
type testSummaryJSON struct {
	Fixtures   int     `json:"fixtures"`
	Passed     int     `json:"passed"`
	Failed     int     `json:"failed"`
	Updated    int     `json:"updated"`
	DurationMs float64 `json:"durationMs"`
	OK         bool    `json:"ok"`
}

func (t *testRun) writeResultJSON(r *replay.Result, updated bool) {
	line := resultJSON{
		Name: r.Found.Name, File: filepath.ToSlash(r.Found.File), Checks: []vapi.Check{}, Updated: updated, OK: r.OK() || updated && r.Err == nil,
	}
	if f := r.Found.Fixture; f != nil {
		line.Type, line.Mode = f.Type, f.Match.Mode
	}
	if e := r.Exchange; e != nil {
		line.ID, line.Status, line.DurationMs = e.ID, e.Status, inMs(e.Duration)
		if e.Checks != nil {
			line.Checks = e.Checks
		}
	}
	if v := r.Verdict; v != nil {
		line.Error = v.Because
		for _, d := range v.Differences {
			line.Differences = append(line.Differences, testDifference{d.Place, d.Old, d.New})
		}
		if v.Lines != nil && line.Error == "" {
			line.Error = "the body differs"
		}
	}
	if r.Err != nil {
		line.Error = r.Err.Error()
	}
	t.writeTestJSON(line)
}

func (t *testRun) writeTestSummaryJSON(took time.Duration, ok bool) {
	sum := testSummaryJSON{
		Fixtures: t.tally.total, Passed: t.tally.total - t.tally.failed - t.tally.updated, Failed: t.tally.failed, Updated: t.tally.updated,
		DurationMs: inMs(took), OK: ok,
	}
	t.writeTestJSON(map[string]testSummaryJSON{"summary": sum})
}

// writeTestJSON writes one line.
func (t *testRun) writeTestJSON(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.written = err
		return
	}
	t.out.Write(b.Bytes())
}
