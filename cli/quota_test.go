package cli

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

func TestAllowance(t *testing.T) {
	many := record.Traffic{Requests: 14_000, Bytes: 90e6, Types: []record.TypeTraffic{
		{Type: "speech-update", Requests: 6000, Bytes: 40e6}, {Type: "tool-calls", Requests: 4000, Bytes: 20e6},
		{Type: "transcript", Requests: 3500, Bytes: 20e6}, {Type: "", Requests: 400}, {Type: "hang", Requests: 100},
	}}
	large := record.Traffic{Requests: 1000, Bytes: 950_000_000, Types: []record.TypeTraffic{
		{Type: "speech-update", Requests: 900, Bytes: 1e6}, {Type: "conversation-update", Requests: 100, Bytes: 949e6},
	}}
	answers := record.Traffic{Requests: 20_000, Types: []record.TypeTraffic{{Type: "assistant-request", Requests: 20_000}}}
	for name, c := range map[string]struct {
		traffic record.Traffic
		step    int
		says    string
		advises []string
		not     []string
	}{
		"little":  {record.Traffic{Requests: 13_999}, 0, "13,999 of the 20,000 requests", nil, nil},
		"many":    {many, 70, "this month 14,000 of the 20,000 requests that ngrok's free plan has went through the tunnel (70 %)", []string{"speech-update (43 %), transcript (25 %);", `transcript[transcriptType="final"]`}, []string{"tool-calls", "hang"}},
		"large":   {large, 90, "950.0 MB of the 1.0 GB that ngrok's free plan has went through the tunnel (95 %)", []string{"conversation-update (100 %)"}, []string{"speech-update"}},
		"answers": {answers, 100, "20,000 of the 20,000", nil, nil},
	} {
		a := allowanceOf(c.traffic)
		if a.step() != c.step || !strings.Contains(a.String(), c.says) {
			t.Errorf("%s: step %d: %s", name, a.step(), a)
		}
		advice := a.advice()
		if len(c.advises) == 0 && advice != "" {
			t.Errorf("%s: it advises %s", name, advice)
		}
		for _, want := range c.advises {
			if !strings.Contains(advice, want) {
				t.Errorf("%s: %q is not in: %s", name, want, advice)
			}
		}
		for _, not := range c.not {
			if strings.Contains(advice, not) {
				t.Errorf("%s: %q is in: %s", name, not, advice)
			}
		}
	}
}

func TestEachStepIsToldOnce(t *testing.T) {
	store, err := record.Open(filepath.Join(t.TempDir(), "calls.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var said []string
	q := quota{store: store, say: func(s string) { said = append(said, s) }}
	november := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		bytes int64
		at    time.Time
		want  string // what is said, "" for nothing
	}{
		{500e6, november, ""},
		{210e6, november, "(71 %)"},
		{1, november, ""},
		{200e6, november, "(91 %)"},
		{200e6, november, "(111 %)"},
		{1, november.AddDate(0, 1, 0), ""},
		{720e6, november.AddDate(0, 1, 0), "(72 %)"},
	} {
		e := &record.Exchange{
			Time: step.at, Tunnelled: true, Identity: vapi.Identity{Kind: vapi.KindHTTP},
			Request: record.Message{Header: http.Header{}, Bytes: step.bytes},
		}
		store.Begin(e)
		if err := store.Commit(e, 0, nil); err != nil {
			t.Fatal(err)
		}
		said = nil
		q.look(t.Context(), step.at)
		if got := strings.Join(said, "\n"); (step.want == "") != (got == "") || !strings.Contains(got, step.want) {
			t.Errorf("after %d bytes more: %q, want %q", step.bytes, got, step.want)
		}
	}
}

func TestPlansThatArePaidFor(t *testing.T) {
	for plan, want := range map[string]bool{"": false, "Free": false, "free-2024": false, "Personal": true, "Pro": true, "Pay-as-you-go": true} {
		if paidPlan(plan) != want {
			t.Errorf("%q is paid for: %v", plan, !want)
		}
	}
}
