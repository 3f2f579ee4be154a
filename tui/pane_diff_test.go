package tui

import (
	"strings"
	"testing"
)

func TestDiffTab(t *testing.T) {
	tool, again := failing()[1], mended()
	again.of = 1
	same := tool
	same.of = 1
	html := tool
	html.of, html.reply, html.replies = 1, "one\ntwo", "text/plain"
	down := tool
	down.of, down.refused = 1, true
	marked := again
	marked.of, marked.isMarked = 0, true
	for name, c := range map[string]struct {
		events []past
		id     int64
		want   []string
	}{
		"a replay and what it replays": {[]past{tool, again}, 2, []string{"− #1 ✗ 200  84 ms  as it came", "+ #2 ✓ 200  61 ms  sent again; only your server saw it",
			"Response", "results[0].result", `− {"temp": 12}`, `+ "8 degrees"`, "Request", "arguments.city", `− "Oslo"`, `+ "Bergen"`}},
		"nothing differs":      {[]past{tool, same}, 2, []string{"Response  = the same", "Request  = the same"}},
		"what is no JSON":      {[]past{tool, html}, 2, []string{"content-type", "− application/json  + text/plain", "− {", "+ one", "+ two"}},
		"no reply":             {[]past{tool, down}, 2, []string{"status", "− 200  + none"}},
		"the marked one":       {[]past{marked, tool}, 2, []string{"− #1 ✓ 200  61 ms  marked", "+ #2", "this one", `− "8 degrees"`, `+ {"temp": 12}`}},
		"nothing to compare":   {[]past{tool}, 1, []string{"Nothing to compare this with yet.", "r   sends it again", "m   marks an exchange"}},
		"the other is no more": {[]past{tool, {typ: "status-update", of: 99}}, 2, []string{"✗ #99, with which it would be compared, is not there"}},
	} {
		t.Run(name, func(t *testing.T) {
			lookAt(t, 120, 40, c.id, c.events, func(s *stage) {
				s.press("d")
				wantInOrder(s.t, s.pageText(), c.want)
			})
		})
	}
}

func TestCallTab(t *testing.T) {
	events := append(failing(), past{at: 1, typ: "speech-update", message: `"role":"user","status":"started"`}, past{at: 2, typ: "speech-update", message: `"role":"user","status":"stopped"`},
		past{at: 80e9, typ: "end-of-call-report", message: `"endedReason":"customer-ended-call","artifact":{"performanceMetrics":{"turnLatencies":[{"endpointingLatency":300,"modelLatency":700,"voiceLatency":200,"turnLatency":1200}]},"messages":[` + saidSoFar + `]}`}, mended())
	for _, width := range []int{120, 102} {
		lookAt(t, width, 40, 2, events, func(s *stage) {
			s.press("7")
			s.settle()
			wantInOrder(s.t, s.pageText(), []string{
				"call 4f2a0000 · +1 415 555 0100", "8 exchanges · ✗ 1 failed", "customer ended the call", "1 more were sent again", "0:00",
				"0:00.0", "2× speaking", "▌  0:04.2 tool-calls", "✗", "84 ms", "end-of-call", "How long the user waited", "1.2 s  ░", "▓ model", "as Vapi measured it",
				"#2 get_weather",
			})
		})
	}
}

func TestCallTabLeadsToExchanges(t *testing.T) {
	lookAt(t, 120, 40, 2, failing(), func(s *stage) {
		s.press("7", "j", "j", "enter")
		if id := s.model.detail.key.id; id != 4 || s.model.detail.tab != tabOverview {
			s.t.Errorf("it shows %s of #%d, not the overview of #4", s.model.detail.tab, id)
		}
		s.press("7", "k", "k", "k", "k", "k", "k", "k")
		if p := s.model.detail.pane(s.model).(*callPane); !strings.Contains(s.pageText(), "#1 +1 415") || p.top != 0 {
			s.t.Errorf("the cursor is not at the first exchange:\n%s", s.pageText())
		}
	})
}

func TestCallTabFollowsTheCall(t *testing.T) {
	events := failing()
	lookAt(t, 120, 40, 1, events[:2], func(s *stage) {
		s.press("7")
		for _, p := range events[2:] {
			s.add(p)
		}
		s.pass(5e9)
		wantInOrder(s.t, s.pageText(), []string{"5 exchanges", "0:07.0 conversation-up"})
		before := s.messages
		s.pass(60e9)
		if s.messages != before {
			s.t.Errorf("%d messages while nothing happened", s.messages-before)
		}
	})
}
