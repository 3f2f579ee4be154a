package cli

import (
	"vapitap/internal/plain"
	"vapitap/vapi"
)

// recorded writes what Vapi recorded as the result of a tool call, where a later
// message of the call showed it, and whether that is what the server said.
func (s *sheet) recorded(call vapi.ToolCall) {
	if call.Recorded == nil {
		return
	}
	took := call.TookReply()
	if took && len(call.Recorded) > shortValue {
		s.value("Vapi took", nil, "what the server answered")
	} else {
		s.value("Vapi took", call.Recorded)
	}
	if !took && call.Answered && !call.Async {
		s.value("", nil, s.failed("which is not what the server answered"))
	}
	for _, warning := range call.WarningWords() {
		s.value("Vapi warns", nil, s.warned(plain.Text(warning)))
	}
}
