package vapi

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// conversation64KB returns about 64 KB of the messages of a conversation.
func conversation64KB() []any {
	random := rand.New(rand.NewPCG(1, 2))
	var messages []any
	for size := 0; size < 64<<10; {
		words := make([]string, 6+random.IntN(20))
		for i := range words {
			words[i] = fmt.Sprintf("word%d", random.IntN(900))
		}
		m := map[string]any{"role": "user", "message": strings.Join(words, " "), "time": 1.7e12, "secondsFromStart": random.Float64() * 100}
		text, _ := json.Marshal(m)
		size += len(text)
		messages = append(messages, m)
	}
	return messages
}

// typeFirst is a message as JavaScript writes it, typeLast as a program that
// sorts its keys does.
func typeFirst(kind, members string) Request {
	messages, _ := json.Marshal(conversation64KB())
	return message(`"timestamp":1700000000000,"type":"` + kind + `",` + members + `,"call":{"id":"c1"},"artifact":{"messages":` + string(messages) + `}`)
}

func typeLast(kind, members string) Request {
	messages, _ := json.Marshal(conversation64KB())
	return message(`"artifact":{"messages":` + string(messages) + `},"call":{"id":"c1"},"timestamp":1700000000000,` + members + `,"type":"` + kind + `"`)
}

func BenchmarkIdentifyAndSummarize(b *testing.B) {
	calls := `"toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}]`
	messages, _ := json.Marshal(conversation64KB())
	reply := answered(`{"results":[{"toolCallId":"call_1","result":"12 degrees"}]}`)
	for _, c := range []struct {
		name  string
		r     Request
		reply *Reply
	}{
		{"tool-calls/type-first", typeFirst("tool-calls", calls), reply},
		{"tool-calls/type-last", typeLast("tool-calls", calls), reply},
		{"status-update/type-last", typeLast("status-update", `"status":"ringing"`), nil},
		{"unknown/type-last", typeLast("brand.new", `"status":"ringing"`), nil},
		{"end-of-call-report/type-first", typeFirst("end-of-call-report", `"endedReason":"customer-ended-call"`), nil},
		{"end-of-call-report/type-last", typeLast("end-of-call-report", `"endedReason":"customer-ended-call"`), nil},
		{"conversation-update/type-first", message(`"type":"conversation-update","messages":` + string(messages) + `,"call":{"id":"c1"}`), nil},
		{"conversation-update/type-last", message(`"call":{"id":"c1"},"messages":` + string(messages) + `,"type":"conversation-update"`), nil},
		{"llm", posted(`{"model":"gpt-4o","messages":` + string(messages) + `,"stream":true}`), nil},
		{"not-vapi", posted(`{"orders":` + string(messages) + `}`), nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.r.Body)))
			b.ReportAllocs()
			for b.Loop() {
				Summarize(Identify(c.r), c.r, c.reply)
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	calls := `"toolCallList":[{"id":"call_1","name":"lookup","arguments":{"city":"Oslo"}}]`
	r := typeLast("tool-calls", calls)
	var asked, given []string
	for i := range 5000 {
		asked = append(asked, fmt.Sprintf(`{"id":"call_%d","name":"lookup"}`, i))
		given = append(given, fmt.Sprintf(`{"toolCallId":"call_%d","result":{"n":%d}}`, i, i))
	}
	many := message(`"type":"tool-calls","toolCallList":[` + strings.Join(asked, ",") + `]`)
	for _, c := range []struct {
		name  string
		r     Request
		reply *Reply
	}{
		{"right", r, answered(`{"results":[{"toolCallId":"call_1","name":"lookup","result":"12 degrees"}]}`)},
		{"wrong", r, answered(`{"results":[{"toolCallId":"call_1","result":{"temp":12}}]}`)},
		{"5000-wrong", many, answered(`{"results":[` + strings.Join(given, ",") + `]}`)},
	} {
		b.Run(c.name, func(b *testing.B) {
			id := Identify(c.r)
			b.ReportAllocs()
			for b.Loop() {
				Judge(id, c.r, c.reply)
			}
		})
	}
}
