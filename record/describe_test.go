package record_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"vapitap/record"
)

// BenchmarkDescribe finds out what a usual exchange was, and whether Vapi will
// take the reply.
func BenchmarkDescribe(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			const turn = `{"role":"user","message":"what is the weather in Oslo, and will it rain tomorrow?","time":1700000000000,"secondsFromStart":12.25},`
			body := `{"message":{"artifact":{"messages":[` + strings.Repeat(turn, size/len(turn)) + `{}]},"call":{"id":"0a1b2c3d-2222-3333-4444-555566667777"},` +
				`"toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}],"type":"tool-calls"}}`
			reply := `{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				e := record.Exchange{Method: "POST", Path: "/vapi/webhook", Status: 200}
				e.Request = record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body), Bytes: int64(len(body))}
				e.Response = record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(reply), Bytes: int64(len(reply))}
				e.Describe()
				if e.Type != "tool-calls" {
					b.Fatal(e.Type)
				}
			}
		})
	}
}
