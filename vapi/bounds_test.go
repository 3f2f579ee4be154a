package vapi

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// What follows would not end within a test's time, or would not fit, if time or
// room grew faster than the bodies do.

// everything asks all that there is to ask about an exchange.
func everything(r Request, reply *Reply) {
	id := Identify(r)
	Summarize(id, r, nil)
	Summarize(id, r, reply)
	ToolCalls(r, reply)
	ToolNames(r)
	Judge(id, r, reply)
	ParseReport(r.Body)
	Stringify(reply.Body)
	IsStringified(r.Body)
}

// Nesting costs neither the stack nor time that grows faster than the text.
func TestDeepNesting(t *testing.T) {
	const depth = 100_000
	for _, open := range []string{`[`, `{"message":`} {
		for _, text := range []string{
			strings.Repeat(open, depth),
			`{"message":{"type":"tool-calls","toolCallList":[{"id":"a","arguments":` + strings.Repeat(open, depth),
			`{"message":{"type":"end-of-call-report","artifact":` + strings.Repeat(open, depth),
			`{"results":[{"toolCallId":"a","result":` + strings.Repeat(open, depth),
			`{"messageResponse":` + strings.Repeat(`{"messageResponse":`, depth),
		} {
			r := posted(text)
			reply := answered(text)
			for _, r := range []Request{r, message(oneCall)} {
				everything(r, reply)
			}
		}
	}
}

// allocated returns how many bytes f allocates in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A reply may be as long as it likes: 50 MB take no more than a few times that.
func TestHugeReplies(t *testing.T) {
	const huge, large, most = 50 << 20, 6 << 20, 8
	fill := func(size int, piece string) string { return strings.Repeat(piece, size/len(piece)) }
	for _, c := range []struct {
		name string
		r    Request
		body string
	}{
		{"one result", message(oneCall), `{"results":[{"toolCallId":"call_1","result":"` + fill(huge, "x") + `"}]}`},
		{"no JSON", message(oneCall), fill(huge, "<p>oops</p>\n")},
		{"an object as result", message(oneCall), `{"results":[{"toolCallId":"call_1","result":{"list":[` + fill(large, `{"a":"b","n":1.5},`) + `0]}}]}`},
		{"an unknown property", message(`"type":"assistant-request"`), `{"assistant":{"name":"x","knowledge":"` + fill(large, `\u0041`) + `"}}`},
		{"a stream", posted(`{"model":"m","messages":[],"stream":true}`), fill(large, "data: {\"choices\":[{\"delta\":{\"content\":\"word \"}}]}\n\n") + "data: [DONE]\n\n"},
	} {
		reply := answered(c.body)
		if used := allocated(func() { everything(c.r, reply) }); used > most*uint64(len(c.body)) {
			t.Errorf("%s: %d MB were allocated for a reply of %d MB", c.name, used>>20, len(c.body)>>20)
		}
	}
}

// Every way to be wrong about thousands of calls.
func TestMistakesInThousandsOfResults(t *testing.T) {
	const n = 5000
	var asked strings.Builder
	for i := range n {
		fmt.Fprintf(&asked, `{"id":"call_%d","name":"f%d","arguments":"{\"n\":%d}"},`, i, i, i)
	}
	list := strings.TrimSuffix(asked.String(), ",")
	r := message(`"type":"tool-calls","toolCallList":[` + list + `],"toolCalls":[` + list + `],"toolWithToolCallList":[` +
		strings.ReplaceAll(strings.ReplaceAll(list, `{"id"`, `{"parameters":[{"key":"n"}],"server":{"encryptedPaths":["n"]},"toolCall":{"id"`), `}"}`, `}"}}`) + `]`)
	for name, entry := range map[string]func(i int) string{
		"none":       nil,
		"no id":      func(int) string { return `{"result":"x"}` },
		"another id": func(i int) string { return fmt.Sprintf(`{"toolCallId":"other_%d","result":"x"}`, i) },
		"one id":     func(int) string { return `{"toolCallId":"call_7","result":"x"}` },
		"backwards":  func(i int) string { return fmt.Sprintf(`{"toolCallId":"call_%d","result":"x"}`, n-1-i) },
		"lines":      func(i int) string { return fmt.Sprintf(`{"toolCallId":"call_%d","result":"a\nb"}`, i) },
		"objects": func(i int) string {
			return fmt.Sprintf(`{"toolCallId":"call_%d","result":{"n":%d},"message":"m"}`, i, i)
		},
		"empty":       func(i int) string { return fmt.Sprintf(`{"toolCallId":"call_%d"}`, i) },
		"other names": func(i int) string { return fmt.Sprintf(`{"tool_call_id":"call_%d","output":1}`, i) },
	} {
		var given []string
		for i := 0; entry != nil && i < n; i++ {
			given = append(given, entry(i))
		}
		reply := answered(`{"results":[` + strings.Join(given, ",") + `]}`)
		if calls := ToolCalls(r, reply); len(calls) != n || len(calls[n-1].Static) != 1 {
			t.Fatalf("%s: %d calls, the last of them %+v", name, len(calls), calls[n-1])
		}
		if checks := Judge(Identify(r), r, reply); len(checks) == 0 && name != "one id" || len(checks) > 3*mostAlike {
			t.Errorf("%s: %d checks", name, len(checks))
		}
		everything(r.Indexed(), reply)
	}
}

// A stream of very many pieces of very many tool calls.
func TestHugeStreams(t *testing.T) {
	var stream strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&stream, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":\"1\"}}]}}]}\n\n", i%15_000)
	}
	r := posted(`{"model":"m","messages":[],"stream":true}`)
	for _, body := range []string{
		stream.String(),
		strings.ReplaceAll(stream.String(), `"index"`, `"id"`),
		strings.Repeat("data: x\n", 200_000),
		strings.Repeat("\n\r", 200_000),
		strings.Repeat("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"[\"}}]}}]}\n\n", 30_000),
	} {
		everything(r, answered(body))
	}
}
