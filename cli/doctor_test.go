package cli

import (
	"strings"
	"testing"
	"time"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
)

func TestClockFinding(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		there time.Duration
		level level
		says  string
	}{
		"the same":         {0, levelOK, "right"},
		"cut to seconds":   {-time.Second, levelOK, "right"},
		"a little ahead":   {-12 * time.Second, levelNote, "11.0 s ahead of"},
		"a little behind":  {12 * time.Second, levelNote, "11.8 s behind"},
		"an hour ahead":    {-time.Hour, levelError, "59 m 59 s ahead of"},
		"five years ahead": {-5 * 365 * 24 * time.Hour, levelError, "ahead of"},
		"an hour behind":   {time.Hour, levelError, "59 m 59 s behind"},
	} {
		f := clockFinding(noon, noon.Add(200*time.Millisecond), noon.Add(c.there))
		if f.Level != c.level || !strings.Contains(f.Finding, c.says) {
			t.Errorf("%s: %s: %s", name, f.Level, f.Finding)
		}
	}
}

func TestWhereServerURLsPoint(t *testing.T) {
	front := attach.Object{Kind: api.Assistant, ID: "a1", Name: "Front desk"}
	here := pointing{hosts: []string{"kind-fox.ngrok-free.dev"}, live: []string{"https://other.trycloudflare.com/hook"}}
	for _, c := range []struct {
		p       pointing
		address string
		level   level
		says    string
	}{
		{here, "https://KIND-fox.ngrok-free.dev/hook", levelOK, "leads here"},
		{here, "https://other.trycloudflare.com/hook", levelOK, "attached by vapitap"},
		{here, "https://old-owl.ngrok-free.dev/hook", levelError, "yesterday's?"},
		{pointing{}, "https://old-owl.ngrok-free.dev/hook", levelNote, "not known"},
		{here, "http://localhost:3000/hook", levelError, "not on the Internet"},
		{here, "localhost", levelError, "is no URL"},
		{here, "https://api.corner-table.com/vapi", levelNote, "does not lead here"},
		{here, "", levelNote, "no server URL of its own"},
		{here, "https://{{host}}/hook", levelNote, "template"},
	} {
		f := c.p.judge(front, c.address)
		if f.Level != c.level || !strings.Contains(f.Finding, c.says) || !strings.Contains(f.Finding, "Front desk") {
			t.Errorf("%q: %s: %s", c.address, f.Level, f.Finding)
		}
		if (f.Level == levelError) != strings.Contains(f.Do, "--assistant a1") {
			t.Errorf("%q: to do: %q", c.address, f.Do)
		}
	}
}
