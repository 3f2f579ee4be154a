package timeline

import (
	"strings"

	"vapitap/record"
	"vapitap/vapi"
)

// Cause is what ended a call.
type Cause struct {
	Text     string // the ended reason in words; that it ended, where no reason is told
	Advice   string // what to do about it; empty where it ended as calls do
	Exchange int64  // the exchange that the reason is about; 0 for none
	Likely   bool   // the reason does not name the exchange: that it is about it is likely, not certain
	Checks   []vapi.Check
}

// causeOf says what ended a call, and which exchange that was about; nil where
// its end was not recorded.
func causeOf(c *Call) *Cause {
	if !c.Over() {
		return nil
	}
	cause := Cause{Text: c.EndedReasonText}
	_, cause.Advice = vapi.EndedReasonText(c.EndedReason)
	if cause.Text == "" {
		cause.Text = "the call ended"
	}
	e, likely := blamed(c)
	if e != nil {
		cause.Exchange, cause.Likely, cause.Checks = e.ID, likely, e.Checks
	}
	return &cause
}

// blamed returns the exchange that the ended reason is about, and whether that
// is only likely; nil where it is about none.
func blamed(c *Call) (e *record.Exchange, likely bool) {
	reason := c.EndedReason
	switch {
	case strings.HasPrefix(reason, "assistant-request-"):
		return c.lastOf(isType(typeAssistant)), false
	case strings.HasPrefix(reason, "assistant-not-"), reason == "call.start.error-get-assistant":
		return c.lastOf(isType(typeAssistant)), true
	case strings.Contains(reason, "custom-llm"), strings.Contains(reason, "ws-model-connection"):
		return c.failedOrLast(func(e *record.Exchange) bool { return e.Kind == vapi.KindLLM })
	case strings.Contains(reason, "custom-voice"):
		return c.failedOrLast(isType(typeVoice))
	case strings.Contains(reason, "transfer-failed"):
		return c.failedOrLast(isType(typeTransfer))
	case reason == "silence-timed-out":
		// The assistant had nothing to say after an answer that Vapi did not use,
		// or did not come to say it.
		last := c.lastOf(func(e *record.Exchange) bool { return wantsReply(e) || isType(typeHang)(e) })
		if last != nil && (last.Failed() || last.Type == typeHang) {
			return last, true
		}
	}
	return nil, false
}

// lastOf returns the last exchange that is one of these, nil where none is.
func (c *Call) lastOf(these func(*record.Exchange) bool) *record.Exchange {
	for i := len(c.Exchanges) - 1; i >= 0; i-- {
		if e := &c.Exchanges[i]; these(e) {
			return e
		}
	}
	return nil
}

// failedOrLast returns the last of these exchanges that failed, or the last of
// them, which is a guess, as is a failure that was not the last.
func (c *Call) failedOrLast(these func(*record.Exchange) bool) (e *record.Exchange, likely bool) {
	last := c.lastOf(these)
	failed := c.lastOf(func(e *record.Exchange) bool { return these(e) && e.Failed() })
	if failed == nil {
		return last, true
	}
	return failed, failed != last
}

func isType(name string) func(*record.Exchange) bool {
	return func(e *record.Exchange) bool { return e.Kind == vapi.KindServer && e.Type == name }
}

// wantsReply reports whether somebody waited for the reply.
func wantsReply(e *record.Exchange) bool {
	return e.Kind == vapi.KindLLM || isServed(e) || e.Type == typeVoice
}
