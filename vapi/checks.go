package vapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
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
	codeAssistantInvalid   = "assistant-invalid"
	codeUnknownProperty    = "assistant-unknown-property"
	codeURLElsewhere       = "server-url-elsewhere"
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
		j.noReply()
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
	more      map[string]int // of the codes with more than mostAlike checks, how many are not told
	again     bool           // it judges what another judgement would rather see
}

// mostAlike is how many checks of one code are told; thousands of tool results
// can all have the same mistake.
const mostAlike = 10

func (j *judgement) add(c Check) {
	if j.told(c.Code) == mostAlike {
		if j.more == nil {
			j.more = map[string]int{}
		}
		j.more[c.Code]++
		return
	}
	c.Message = oneLine(c.Message, 2*summaryLength)
	if !utf8.ValidString(c.Hint) {
		c.Hint = strings.ToValidUTF8(c.Hint, "\uFFFD")
	}
	j.checks = append(j.checks, c)
}

// told returns how many checks of a code are told.
func (j *judgement) told(code string) int {
	n := 0
	for i := range j.checks {
		if j.checks[i].Code == code {
			n++
		}
	}
	return n
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
		if more := j.more[c.Code]; more > 0 {
			c.Message += " (and " + strconv.Itoa(more) + " more like it)"
			j.more[c.Code] = 0
		}
	}
	slices.SortStableFunc(j.checks, func(a, b Check) int { return gravity[a.Level] - gravity[b.Level] })
	return j.checks
}

var gravity = map[Level]int{Error: 0, Warning: 1, Info: 2}

// asks returns the tool calls of the request.
func (j *judgement) asks() []toolAsk {
	if !j.asksKnown {
		j.askedFor, j.asksKnown = j.request.toolAsks(), true
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
		j.fail(codeTooSlow, "", j.paceHint(), "the reply took %s; Vapi waits %s, then %s", spellExactly(took, budget), spell(budget), j.tooLate())
	case took >= budget*8/10:
		j.warn(codeSlow, "", j.paceHint(), "the reply took %s of the %s that Vapi waits; a slower network and it is lost", spell(took), spell(budget))
	}
}

// tooLate says what becomes of the call when a reply is too late.
func (j *judgement) tooLate() string {
	if j.id.Type == typeAssistantRequest {
		return "the call ends"
	}
	return "it goes on without the reply"
}

// spellExactly is spell for a time that is over the limit, with the milliseconds
// where nothing else tells the two apart.
func spellExactly(took, limit time.Duration) string {
	if spell(took) != spell(limit) {
		return spell(took)
	}
	return strconv.FormatFloat(max(took, limit+time.Millisecond).Seconds(), 'f', 3, 64) + " s"
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
