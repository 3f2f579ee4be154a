package record_test

import (
	"net/http"
	"strings"
	"testing"

	"vapitap/record"
)

// BenchmarkDescribe finds out what an exchange was, and whether Vapi will take
// the reply: what every request pays before its reply ends.
func BenchmarkDescribe(b *testing.B) {
	const (
		call   = `"call":{"id":"0a1b2c3d-2222-3333-4444-555566667777","type":"inboundPhoneCall","status":"in-progress","customer":{"number":"+14155550100"}}`
		answer = `{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`
	)
	toolCalls := `"timestamp":1700000000000,"type":"tool-calls","toolCallList":[{"id":"call_1","name":"get_weather","arguments":{"city":"Oslo"}}],` + call
	for _, c := range []struct{ name, body, reply, kind string }{
		{"tool-calls/4KB", `{"message":{` + toolCalls + `,"artifact":{"messages":` + turns(4<<10) + `}}}`, answer, "tool-calls"},
		{"tool-calls/64KB", `{"message":{` + toolCalls + `,"artifact":{"messages":` + turns(64<<10) + `}}}`, answer, "tool-calls"},
		{"conversation-update/4KB", `{"message":{"timestamp":1700000000000,"type":"conversation-update","messages":` + turns(4<<10) + `,` + call + `}}`, ``, "conversation-update"},
		{"end-of-call-report/4KB", `{"message":{"timestamp":1700000000000,"type":"end-of-call-report","endedReason":"customer-ended-call","durationSeconds":102,"cost":0.1234,` +
			`"analysis":{"summary":"The caller asked for the weather in Oslo."},"artifact":{"messages":` + turns(4<<10) + `},` + call + `}}`, `{}`, "end-of-call-report"},
	} {
		b.Run(c.name, func(b *testing.B) {
			seen := record.Exchange{Method: "POST", Path: "/vapi/webhook", Status: 200}
			seen.Request = record.Message{Header: http.Header{
				"Accept": {"*/*"}, "Accept-Encoding": {"gzip"}, "Content-Length": {"4096"}, "Content-Type": {"application/json"}, "User-Agent": {"axios/1.7"},
				"X-Forwarded-For": {"203.0.113.5"}, "X-Forwarded-Host": {"x.ngrok.app"}, "X-Forwarded-Proto": {"https"}, "X-Vapi-Secret": {"12345678"},
			}, Body: []byte(c.body), Bytes: int64(len(c.body))}
			seen.Response = record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.reply), Bytes: int64(len(c.reply))}
			var e record.Exchange
			b.SetBytes(int64(len(c.body)))
			b.ReportAllocs()
			for b.Loop() {
				e = seen
				e.Describe()
			}
			if e.Type != c.kind || e.Summary == "" || e.Failed() {
				b.Fatalf("%s: %s, %+v", e.Type, e.Summary, e.Checks)
			}
		})
	}
}

// turns returns so many bytes of the messages of a conversation.
func turns(size int) string {
	const turn = `{"role":"user","message":"what is the weather in Oslo, and will it rain tomorrow?","time":1700000000000,"endTime":1700000002500,"secondsFromStart":12.25,"duration":2500}`
	return `[` + strings.Repeat(turn+`,`, size/(len(turn)+1)-1) + turn + `]`
}
