package vapi

import (
	"encoding/json"
	"testing"
)

func TestParseReport(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"as Vapi writes it now", `{"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","cost":0.12,
			"startedAt":"2026-11-23T14:02:00.000Z","endedAt":"2026-11-23T14:03:42.500Z",
			"costs":[{"type":"transport","cost":0.01},{"type":"transcriber","cost":0.02},{"type":"model","cost":0.03},{"type":"voice","cost":0.04},{"type":"vapi","cost":0.05},{"type":"analysis","cost":0.5},{"type":"model","cost":0.25}],
			"analysis":{"summary":"asked for the weather"},
			"artifact":{"transcript":"AI: Hi","messages":[{"role":"bot"}],"recording":{"stereoUrl":"https://s","mono":{"combinedUrl":"https://m"}},
				"performanceMetrics":{"turnLatencies":[{"modelLatency":300,"voiceLatency":200,"transcriberLatency":100,"endpointingLatency":50.5,"turnLatency":650.5}]}},
			"call":{"id":"c1"}}}`,
			`{"callId":"c1","endedReason":"customer-ended-call","endedReasonText":"customer ended the call","durationSeconds":102.5,"cost":0.12,` +
				`"costBreakdown":{"llm":0.28,"other":0.5,"stt":0.02,"total":0.9,"transport":0.01,"tts":0.04,"vapi":0.05},` +
				`"summary":"asked for the weather","transcript":"AI: Hi","recordingUrl":"https://m","messages":[{"role":"bot"}],` +
				`"turns":[{"endpointingLatency":50.5,"transcriberLatency":100,"modelLatency":300,"voiceLatency":200,"turnLatency":650.5}]}`},
		{"as it was", `{"message":{"type":"end-of-call-report","endedReason":"voicemail","durationSeconds":8,"summary":"s","transcript":"t",
			"recordingUrl":"https://r","stereoRecordingUrl":"https://s","messages":[1],"costBreakdown":{"stt":0.1,"total":0.1},"cost":0.1,"call":{"id":"c1"}}}`,
			`{"callId":"c1","endedReason":"voicemail","endedReasonText":"voicemail answered","durationSeconds":8,"cost":0.1,"costBreakdown":{"stt":0.1,"total":0.1},` +
				`"summary":"s","transcript":"t","recordingUrl":"https://r","messages":[1]}`},
		{"all of it in the call", `{"message":{"type":"end-of-call-report","call":{"id":"c1","endedReason":"voicemail","startedAt":"2026-11-23T14:02:00Z","endedAt":"2026-11-23T14:02:05Z",
			"costBreakdown":{"total":0.1},"analysis":{"summary":"s"},"artifact":{"transcript":"t"},"stereoRecordingUrl":"https://s"}}}`,
			`{"callId":"c1","endedReason":"voicemail","endedReasonText":"voicemail answered","durationSeconds":5,"cost":0.1,"costBreakdown":{"total":0.1},` +
				`"summary":"s","transcript":"t","recordingUrl":"https://s"}`},
		{"what is empty does not count", `{"message":{"type":"end-of-call-report","artifact":{"transcript":"","messages":[],"recordingUrl":null},"analysis":{"summary":""},
			"summary":"s","transcript":"t","messages":[1],"recordingUrl":"https://r","durationMs":1500,"call":{"id":"c1","transcript":"no"}}}`,
			`{"callId":"c1","durationSeconds":1.5,"summary":"s","transcript":"t","recordingUrl":"https://r","messages":[1]}`},
		{"cut short", `{"message":{"type":"end-of-call-report","endedReason":"voicemail","call":{"id":"c1"},"artifact":{"transcript":"AI: Hi","messages":[{"role":"b`,
			`{"callId":"c1","endedReason":"voicemail","endedReasonText":"voicemail answered","transcript":"AI: Hi"}`},
		{"nonsense where numbers belong", `{"message":{"type":"end-of-call-report","cost":"a lot","durationSeconds":1e999,"startedAt":7,"endedAt":"soon","costs":[{"cost":1e308},{"cost":1e308}]}}`, `{}`},
		{"another type", `{"message":{"type":"status-update","endedReason":"voicemail"}}`, `null`},
		{"no message", `{}`, `null`},
		{"no JSON", `hello`, `null`},
		{"nothing", ``, `null`},
	} {
		got, err := json.Marshal(ParseReport([]byte(c.body)))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s (%v)\nwant %s", c.name, got, err, c.want)
		}
	}
}
