package vapi

import (
	"testing"
	"time"
)

// The time that a reply has is the one that the message tells: the tool's, the
// assistant's, else the default; a warning comes from four fifths of it on.
func TestPaceFollowsTheConfiguredTimeout(t *testing.T) {
	tool := func(server string) string {
		return oneCall + `,"toolWithToolCallList":[{"server":` + server + `,"toolCall":{"id":"a"}}]`
	}
	for _, c := range []struct {
		name    string
		members string
		budget  time.Duration
	}{
		{"a tool without more", oneCall, 20 * time.Second},
		{"the tool's server", tool(`{"timeoutSeconds":60}`), 60 * time.Second},
		{"the tool's server, impatient", tool(`{"timeoutSeconds":5}`), 5 * time.Second},
		{"the tool's server before the assistant's", tool(`{"timeoutSeconds":60}`) + `,"assistant":{"server":{"timeoutSeconds":30}}`, 60 * time.Second},
		{"the assistant's server", oneCall + `,"assistant":{"server":{"timeoutSeconds":45}}`, 45 * time.Second},
		{"the server of the call's assistant", oneCall + `,"call":{"assistant":{"server":{"timeoutSeconds":45}}}`, 45 * time.Second},
		{"an assistant-request, whatever is set", `"type":"assistant-request","assistant":{"server":{"timeoutSeconds":60}}`, 7500 * time.Millisecond},
		{"a transfer", `"type":"transfer-destination-request","assistant":{"server":{"timeoutSeconds":10}}`, 10 * time.Second},
		{"a voice", `"type":"voice-request","assistant":{"server":{"timeoutSeconds":60},"voice":{"server":{"timeoutSeconds":4}}}`, 4 * time.Second},
		{"an endpointing", `"type":"call.endpointing.request","assistant":{"startSpeakingPlan":{"smartEndpointingPlan":{"server":{"timeoutSeconds":2}}}}`, 2 * time.Second},
	} {
		r := message(c.members)
		right := rightReplies()[r.kindOf()]
		for _, at := range []struct {
			took time.Duration
			want string
		}{
			{c.budget*8/10 - time.Millisecond, ""}, {c.budget * 8 / 10, "slow"}, {c.budget, "slow"}, {c.budget + time.Millisecond, "too-slow"},
		} {
			got := ""
			for _, check := range Judge(Identify(r), r, after(at.took, right)) {
				got += check.Code
			}
			if got != at.want {
				t.Errorf("%s, %v of %v: %q, not %q", c.name, at.took, c.budget, got, at.want)
			}
		}
	}
}

// Nobody is told how to reply to what Vapi only tells.
func TestWhatWantsNoReplyIsNotNagged(t *testing.T) {
	for _, known := range Types() {
		if known.Reply != ReplyNone {
			continue
		}
		r := message(`"type":` + quoted(known.Name))
		for name, reply := range map[string]*Reply{
			"nothing": answered(``), "no content": status(204, answered(``)), "accepted": status(202, answered(`OK`)), "text": as("text/plain", answered(`OK`)),
			"HTML": as("text/html", answered(`<p>`)), "a minute": after(time.Minute, answered(`{}`)), "the answer to something else": answered(`{"results":"none"}`),
		} {
			if got := judged(r, reply); len(got) > 0 {
				t.Errorf("%s, %s: %q", known.Name, name, got)
			}
		}
	}
}

func TestWhatIsFineIsNotBlamed(t *testing.T) {
	async := message(oneCall + oneAsync)
	handoff, transfer := message(`"type":"handoff-destination-request"`), message(`"type":"transfer-destination-request"`)
	llm := Request{Method: "POST", Path: "/chat/completions", Body: []byte(`{"model":"m","messages":[],"stream":true}`)}
	hello := `{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}`
	end := `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	usage := `{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}`
	part := func(members string) string { return `{"choices":[{"delta":{"tool_calls":[{` + members + `}]}}]}` }
	gone := func(r *Reply) { r.Failure = "client went away after 512 bytes" }
	testJudge(t, []judgeCase{
		{"async, nothing", async, answered(``), nil},
		{"async, text", async, as("text/plain", answered(`OK`)), nil},
		{"async, accepted", async, status(202, answered(``)), nil},
		{"async, a minute", async, after(time.Minute, answered(`{}`)), nil},
		{"an error for all the calls", message(twoCalls), answered(`{"error":"the calendar is down"}`), nil},
		{"a handoff refused", handoff, answered(`{"destination":{}}`), nil},
		{"a handoff refused with a reason", handoff, answered(`{"error":"closed"}`), nil},
		{"a transfer refused", transfer, answered(`{"error":"nobody is in"}`), nil},

		{"a usage chunk", llm, streamed(hello, end, usage, `[DONE]`), nil},
		{"chunks of content filters", llm, streamed(`{"choices":[],"prompt_filter_results":[]}`, hello, end, `[DONE]`), nil},
		{"an error that is null", llm, streamed(`{"error":null,"choices":[{"delta":{"content":"Hi"}}]}`, `[DONE]`), nil},
		{"keep-alive comments", llm, answered(": ping\n\ndata: " + hello + "\n\n: ping\n\ndata: [DONE]\n\n"), nil},
		{"the whole stream under another name", llm, as("text/plain", streamed(hello, `[DONE]`)), nil},
		{"silence", llm, streamed(end, `[DONE]`), nil},
		{"text and a call", llm, streamed(hello, part(`"index":0,"id":"a","function":{"name":"f","arguments":"{}"}`), `{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}`, `[DONE]`), nil},
		{"a call in pieces without an index", llm, streamed(part(`"id":"a","function":{"name":"f","arguments":"{\"x\":"}`), part(`"function":{"arguments":"1}"}`), `[DONE]`), nil},
		{"id and name again in each piece", llm, streamed(part(`"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}`), part(`"index":0,"id":"a","function":{"name":"f","arguments":"1}"}`), `[DONE]`), nil},
		{"the caller interrupts", llm, with(streamed(hello), gone), nil},
		{"the caller interrupts within a chunk", llm, with(streamed(hello, `{"choi`), gone), nil},
		{"the caller interrupts at once", llm, with(as("text/event-stream", answered(``)), gone), nil},
		{"Vapi hangs up after the whole of it", message(oneCall), with(answered(`{"results":[{"toolCallId":"a","name":"f","result":"1"}]}`), gone), nil},
		{"Vapi hangs up in the middle of a tool result", message(oneCall), with(answered(`{"results":[{"toolC`), gone), []string{"error reply-not-json"}},
	})
}
