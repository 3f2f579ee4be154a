package vapi

import (
	"strconv"
	"strings"
)

const codeNotTaken = "tool-result-not-taken"

// NotTaken says which of the results that Vapi recorded are something else than
// what reply said to those calls of r. It is silent about calls without an
// answer or async ones, about a reply that did not get through, and where one
// of checks, those that were made of the reply, is an error that explains the
// difference.
func NotTaken(r Request, reply *Reply, checks []Check, recorded []RecordedResult) []Check {
	if reply == nil || reply.Status == 0 || reply.Failure != "" {
		return nil
	}
	j := judgement{request: r, reply: reply}
	asks := j.asks()
	index := make(map[string]int, len(asks))
	for i, ask := range asks {
		index[ask.id] = i
	}
	answers := r.answers(reply, asks)
	for _, rec := range recorded {
		i, ok := index[rec.ToolCallID]
		if !ok || asks[i].async {
			continue
		}
		answer, ok := answers.to(asks[i].id)
		if !ok {
			continue
		}
		entry := -1 // a top-level error
		if at, named := answers.first(asks[i].id); named {
			entry = at
		}
		if !explained(checks, entry) {
			j.notTaken(asks[i], answer, entry, rec)
		}
	}
	return j.result()
}

// notTaken tells a result that Vapi recorded as something else.
func (j *judgement) notTaken(ask toolAsk, answer *toolAnswer, entry int, rec RecordedResult) {
	call := ToolCall{Result: checkedJSON(answer.result), Error: checkedJSON(answer.failure), Recorded: rec.Result}
	if call.Result == nil && call.Error == nil || call.TookReply() {
		return // it was cut off, or is as it should be
	}
	said, name := call.Result, "result"
	if said == nil {
		said, name = call.Error, "error"
	}
	path := "/error"
	if entry >= 0 {
		path = "/results/" + strconv.Itoa(entry) + "/" + name
	}
	tool := oneLine(ask.name, detailLength)
	if tool == "" {
		tool = oneLine(ask.id, detailLength)
	}
	j.fail(codeNotTaken, path, notTakenHint(said, rec.Result), "for %s Vapi recorded %s where the server answered %s; the assistant knows only what was recorded",
		tool, quotedResult(rec.Result), quotedResult(said))
}

// explained reports whether an error among checks says why an entry of results
// was not taken: one of the entry, or of the reply as a whole.
func explained(checks []Check, entry int) bool {
	for _, c := range checks {
		if c.Level != Error || c.Code == codeNotTaken || strings.HasPrefix(c.Code, "auth-") {
			continue
		}
		rest, ofEntry := strings.CutPrefix(c.Path, "/results/")
		number, _, _ := strings.Cut(rest, "/")
		if !ofEntry || number == strconv.Itoa(entry) {
			return true
		}
	}
	return false
}

// quotedResult is a result as a check tells it.
func quotedResult(result RawJSON) string { return root(result).phrase(phraseLength) }

// notTakenHint says what a difference usually comes from.
func notTakenHint(said, recorded RawJSON) string {
	text, got := resultText(said), resultText(recorded)
	beginning := squeeze(strings.TrimRight(got, ".… "))
	switch {
	case strings.ContainsAny(text, "\r\n"):
		return "answer with one line of text: put spaces where the line breaks are"
	case saysNothing(squeeze(got)):
		return "Vapi found no result in the reply: see that toolCallId is the id of the call exactly, that the result is a string of one line, and that the reply came in time"
	case len(beginning) > 0 && strings.HasPrefix(squeeze(text), beginning):
		return "Vapi kept only the beginning: answer with less"
	}
	return "see whether another server, or an earlier reply, answered this call"
}
