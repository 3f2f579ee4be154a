package vapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The codes of the checks that Judge makes.
const (
	codeUnreachable        = "target-unreachable"
	codeNot200             = "reply-not-200"
	codeEmpty              = "reply-empty"
	codeNotJSON            = "reply-not-json"
	codeContentType        = "reply-content-type"
	codeResultsMissing     = "results-missing"
	codeResultMissing      = "tool-result-missing"
	codeIDUnknown          = "tool-call-id-unknown"
	codeDuplicate          = "tool-result-duplicate"
	codeNotString          = "tool-result-not-string"
	codeMultiline          = "tool-result-multiline"
	codeOutOfOrder         = "tool-results-out-of-order"
	codeMessageInvalid     = "tool-message-invalid"
	codeNameMissing        = "tool-result-name-missing"
	codeAssistantEmpty     = "assistant-reply-empty"
	codeDestinationMissing = "destination-missing"
	codeDestinationInvalid = "destination-invalid"
	codeDocumentsMissing   = "documents-missing"
	codeTimeoutMissing     = "timeout-missing"
	codeEligibleMissing    = "eligible-missing"
	codeNotAudio           = "voice-reply-not-audio"
	codeTooSlow            = "too-slow"
	codeSlow               = "slow"
	codeStreamBroken       = "llm-stream-broken"
	codeNotStreamed        = "llm-not-streamed"
	codeToolCallBroken     = "llm-tool-call-broken"
	codePathDoubled        = "llm-path-doubled"
)

// Judge says what Vapi will make of a reply: errors first, then warnings, then
// infos, and nothing where the reply is as it should be or none came yet. One
// mistake is told once: a reply that is no JSON is not also blamed for what it
// lacks. Messages that want no reply are judged only on having been taken. What
// a truncated body does not show is not judged.
func Judge(id Identity, r Request, reply *Reply) []Check {
	if reply == nil {
		return nil
	}
	j := judgement{id: id, request: r, reply: reply}
	switch {
	case reply.Status == 0:
		j.unreachable()
	case id.Kind == KindLLM:
		j.completion()
	case id.Kind == KindServer && j.wantsReply():
		j.pace()
		if j.statusUsable() {
			j.answer()
		}
	default:
		j.delivery()
	}
	return j.result()
}

// A judgement collects what there is to say of one reply.
type judgement struct {
	id      Identity
	request Request
	reply   *Reply

	askedFor  []toolAsk
	asksKnown bool
	checks    []Check
	alike     map[string]int // how many checks a code has
}

// mostAlike is how many checks of one code are told; thousands of tool results
// can all have the same mistake.
const mostAlike = 10

func (j *judgement) add(c Check) {
	if j.alike == nil {
		j.alike = map[string]int{}
	}
	if j.alike[c.Code]++; j.alike[c.Code] <= mostAlike {
		c.Message = oneLine(c.Message, 2*summaryLength)
		c.Hint = strings.ToValidUTF8(c.Hint, "\uFFFD")
		j.checks = append(j.checks, c)
	}
}

func (j *judgement) fail(code, path, hint, format string, args ...any) {
	j.add(Check{Error, code, fmt.Sprintf(format, args...), path, hint})
}

func (j *judgement) warn(code, path, hint, format string, args ...any) {
	j.add(Check{Warning, code, fmt.Sprintf(format, args...), path, hint})
}

// result returns the checks, the gravest first.
func (j *judgement) result() []Check {
	for i := range slices.Backward(j.checks) {
		c := &j.checks[i]
		if more := j.alike[c.Code] - mostAlike; more > 0 {
			c.Message += " (and " + strconv.Itoa(more) + " more like it)"
			j.alike[c.Code] = 0
		}
	}
	slices.SortStableFunc(j.checks, func(a, b Check) int { return gravity[a.Level] - gravity[b.Level] })
	return j.checks
}

var gravity = map[Level]int{Error: 0, Warning: 1, Info: 2}

// asks returns the tool calls of the request.
func (j *judgement) asks() []toolAsk {
	if !j.asksKnown {
		j.askedFor, j.asksKnown = toolAsks(j.request), true
	}
	return j.askedFor
}

// wantsReply reports whether Vapi waits for this very reply: not where every
// tool called is async.
func (j *judgement) wantsReply() bool {
	if !WantsReply(j.id.Type) {
		return false
	}
	return j.id.Type != typeToolCalls || len(j.asks()) == 0 || !allAsync(j.asks())
}

// unreachable tells that nothing came back.
func (j *judgement) unreachable() {
	if j.id.Kind == KindLLM {
		j.doubledPath()
	}
	why, hint := "no answer from the server", "start the server, or point vapitap at where it listens"
	failure := strings.ToLower(j.reply.Failure)
	if j.reply.Failure != "" {
		why += ": " + j.reply.Failure
	}
	switch {
	case strings.Contains(failure, "refused"):
		hint = "nothing listens there: " + hint
	case strings.Contains(failure, "no such host"):
		hint = "the name of the target does not exist: check how it is spelt"
	case strings.Contains(failure, "timeout"), strings.Contains(failure, "deadline"):
		hint = "the server took the request and did not answer: look where its handler waits"
	case strings.Contains(failure, "reset"), strings.Contains(failure, "eof"), strings.Contains(failure, "closed"):
		hint = "the server closed the connection without an answer: look for a crash in its log"
	case strings.Contains(failure, "certificate"), strings.Contains(failure, "tls"):
		hint = "the target's certificate was not accepted: use http, or --skip-verify"
	}
	j.fail(codeUnreachable, "", hint, "%s; Vapi gets nothing from you", why)
}

// pace tells a reply that took too long, or nearly.
func (j *judgement) pace() {
	const least = time.Second // the shortest timeout that can be configured
	took := j.reply.Duration
	if took < least*8/10 {
		return
	}
	budget := Budget(j.id, j.request)
	switch {
	case budget == 0:
	case took > budget:
		j.fail(codeTooSlow, "", j.paceHint(), "the reply took %s; Vapi waits %s and goes on without it", spell(took), spell(budget))
	case took >= budget*8/10:
		j.warn(codeSlow, "", j.paceHint(), "the reply took %s of the %s that Vapi waits; a slower network and it is lost", spell(took), spell(budget))
	}
}

func (j *judgement) paceHint() string {
	switch j.id.Type {
	case typeAssistantRequest:
		return "answer with an assistantId at once and look things up later: the 7.5 s cannot be changed"
	case typeToolCalls:
		return "answer sooner, raise server.timeoutSeconds of the tool, or make the tool async"
	}
	return "answer sooner, or raise timeoutSeconds of the server"
}

// statusUsable tells a status other than 200 to a message that wants a reply,
// and reports whether Vapi may read the body all the same.
func (j *judgement) statusUsable() bool {
	status := j.reply.Status
	switch {
	case status == 200:
		return true
	case 200 <= status && status < 300:
		j.warn(codeNot200, "", "answer with status 200",
			"the server answered %d; Vapi documents that only 200 counts, though its own examples answer 201", status)
		return true
	}
	j.fail(codeNot200, "", j.statusHint(), "the server answered %d; Vapi takes a reply with status 200 and ignores this one", status)
	return false
}

// statusHint says what a status other than 2xx usually comes from.
func (j *judgement) statusHint() string {
	switch status := j.reply.Status; {
	case status == 404:
		return "the server has no " + oneLine(plainPath(j.request.Path), phraseLength) + ": check the path of the server URL, or of the target"
	case status == 405:
		return "the server's route does not take " + oneLine(j.request.Method, detailLength) + ": Vapi sends POST"
	case status == 401, status == 403:
		return "the server refused the request: compare the secret that it expects with the one that Vapi sends"
	case status == 413:
		return "the server refuses bodies of this size: raise its limit; Vapi's messages grow to many MB"
	case 300 <= status && status < 400:
		return "answer at this address, with status 200, in place of a redirect"
	case status >= 500:
		return "the server failed: look at its log; when the work itself fails, answer 200 with " + j.template()
	}
	return "answer with status 200 and " + j.template()
}

// delivery judges the reply to what wants none: only whether it was taken.
func (j *judgement) delivery() {
	status := j.reply.Status
	if 200 <= status && status < 300 || status == 101 && j.id.Kind == KindHTTP {
		return
	}
	why := "whoever sent it takes it as a failure"
	if j.id.Kind == KindServer {
		why = "nobody reads this reply, but with a backoffPlan Vapi sends the message again"
	}
	j.warn(codeNot200, "", "answer with status 200; the body may be empty", "the server answered %d; %s", status, why)
}
