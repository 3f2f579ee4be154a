package record_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// through records an exchange that came through the tunnel at a time.
func through(t *testing.T, s *record.Store, at time.Time, typ string, bytes int64) *record.Exchange {
	t.Helper()
	e := &record.Exchange{
		Time: at, From: record.FromTunnel, Tunnelled: true, Method: "POST", Path: "/", Status: 200,
		Identity: vapi.Identity{Kind: vapi.KindServer, Type: typ},
		Request:  record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Bytes: bytes},
	}
	s.Begin(e)
	if err := s.Commit(e, 0, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheMonthIsCountedAndStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "calls.db")
	s, err := record.Open(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	november := time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC)
	var ids []int64
	for range 3 {
		ids = append(ids, through(t, s, november, "speech-update", 1000).ID)
	}
	for _, typ := range []string{"tool-calls", "made-up-1", "made-up-2", `transcript[transcriptType="final"]`, "transcript[x"} {
		through(t, s, november, typ, 10)
	}
	through(t, s, november.Add(time.Second), "speech-update", 1) // that is December
	local := &record.Exchange{Time: november, From: record.FromLocal, Status: 200}
	s.Begin(local)
	if err := s.Commit(local, 0, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete(ids); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, err = record.Open(path, record.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.TunnelMonth(t.Context(), november.In(time.FixedZone("", 3600))) // there it is December already
	if err != nil {
		t.Fatal(err)
	}
	if got.Requests != 8 || got.Bytes < 3050 || got.Bytes > 4500 {
		t.Errorf("%d requests of %d bytes", got.Requests, got.Bytes)
	}
	want := map[string]int64{"speech-update": 3, "transcript": 2, "": 2, "tool-calls": 1}
	for _, one := range got.Types {
		if want[one.Type] != one.Requests {
			t.Errorf("%d of type %q, want %d", one.Requests, one.Type, want[one.Type])
		}
		delete(want, one.Type)
	}
	if len(want) > 0 || got.Types[0].Type != "speech-update" {
		t.Errorf("it counts %+v", got.Types)
	}
	if none, err := s.TunnelMonth(t.Context(), november.AddDate(1, 0, 0)); err != nil || none.Requests != 0 {
		t.Errorf("a month without anything has %+v, %v", none, err)
	}
}
