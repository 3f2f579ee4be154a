package vapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"vapitap/internal/jsonpath"
)

// RecordedResult is the result of a tool call as Vapi recorded it: what a later
// message of the call repeats of the conversation, and what the model was told.
type RecordedResult struct {
	ToolCallID string
	Name       string  // of the tool; empty where the message does not tell
	Result     RawJSON // a string, but for whoever knows better
	Warnings   RawJSON // the list of what Vapi warns of, as it came; nil for none
}

// Vapi repeats the conversation in two formats. In its own a result has the role
// tool_call_result, in OpenAI's the role tool.
const (
	roleToolResult = "tool_call_result"
	roleTool       = "tool"
)

// RecordedResults returns what a message shows of the results of those tool
// calls whose ids are wanted, each once. It looks in messages and
// messagesOpenAIFormatted, of the message and of its artifact; Vapi's own format
// goes before OpenAI's, as it alone tells warnings. A result that is empty, or
// that Vapi calls pending, is not there yet.
//
// A message that shows no result at all costs the search for a word.
func RecordedResults(r Request, wanted func(toolCallID string) bool) []RecordedResult {
	if !ShowsResults(r) {
		return nil
	}
	m, ok := r.message()
	if !ok {
		return nil
	}
	v := m.pick("artifact", "messages", "messagesOpenAIFormatted", "conversation")
	artifact := v[0].pick("messages", "messagesOpenAIFormatted")
	found := recordedList{wanted: wanted, index: map[string]int{}}
	for _, list := range []value{artifact[0], v[1], artifact[1], v[2], v[3]} {
		found.read(list)
	}
	return found.results
}

// ShowsResults reports whether RecordedResults could find anything. It costs the
// search for a word.
func ShowsResults(r Request) bool {
	// Of tool_call_result and tool_call_id; text has few underscores, so the search
	// is several times faster than one for the t.
	return bytes.Contains(r.Body, []byte("_call_"))
}

// A recordedList collects results from several lists that repeat them.
type recordedList struct {
	wanted  func(string) bool
	results []RecordedResult
	index   map[string]int // of a result by the id of its call
}

// read reads one list. What an earlier list showed stays; within a list the last
// of several results of one call counts.
func (l *recordedList) read(list value) {
	if !list.isArray() {
		return
	}
	before := len(l.results)
	for c := list.open(); c.next(); {
		result, ok := readRecorded(c.value())
		if !ok || !l.wanted(result.ToolCallID) {
			continue
		}
		at, known := l.index[result.ToolCallID]
		switch {
		case !known:
			l.index[result.ToolCallID] = len(l.results)
			l.results = append(l.results, result)
		case at >= before:
			l.results[at] = result
		}
	}
}

// readRecorded reads one entry of a conversation, and is false for one that is
// no result, or shows none yet.
func readRecorded(entry value) (RecordedResult, bool) {
	var result RecordedResult
	switch string(entry.member("role").raw()) {
	case `"` + roleToolResult + `"`:
		var picked [4]value
		v := entry.pickInto(picked[:], "toolCallId", "name", "result", "warnings")
		result = RecordedResult{ToolCallID: v[0].str(), Name: v[1].str(), Result: shownResult(v[2])}
		if v[3].isArray() && !v[3].empty() {
			result.Warnings = checkedJSON(v[3])
		}
	case `"` + roleTool + `"`:
		var picked [3]value
		v := entry.pickInto(picked[:], "tool_call_id", "name", "content")
		result = RecordedResult{ToolCallID: v[0].str(), Name: v[1].str(), Result: shownResult(v[2])}
		if v[2].isArray() { // OpenAI allows parts in place of a string
			result.Result = jsonpath.Quote(textOfParts(v[2]))
		}
	}
	return result, result.ToolCallID != "" && result.Result != nil
}

// pendingResult begins what Vapi puts in place of a result that has not come
// yet: "Tool Result Still Pending But Proceed Further If Possible."
const pendingResult = "Tool Result Still Pending"

// shownResult returns the result that v is, nil where it is none yet.
func shownResult(v value) RawJSON {
	if v.empty() || strings.HasPrefix(v.prefix(len(pendingResult)), pendingResult) {
		return nil
	}
	return checkedJSON(v)
}

func textOfParts(parts value) string {
	var texts []string
	for c := parts.open(); c.next(); {
		if text := c.value().member("text").str(); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, " ")
}

// TookReply reports whether Vapi recorded what the server answered, and is false
// for a call that has no answer or whose result nobody has seen recorded.
// White space, line breaks, words around the answer and other ways to write the
// same JSON make no difference.
func (c ToolCall) TookReply() bool {
	if c.Recorded == nil {
		return false
	}
	return c.Result != nil && sameResult(c.Result, c.Recorded) || c.Error != nil && sameResult(c.Error, c.Recorded)
}

// WarningWords returns what Vapi warned of when it recorded the result, in
// words.
func (c ToolCall) WarningWords() []string {
	const shown = 8
	var words []string
	for w := root(c.Warnings).open(); w.next() && len(words) < shown; {
		var picked [3]value
		v := w.value().pickInto(picked[:], "type", "tokenCount", "threshold")
		text := v[0].words(detailLength)
		if text == "" {
			text = w.value().words(phraseLength)
		}
		tokens, counted := v[1].number()
		most, bounded := v[2].number()
		switch {
		case counted && bounded:
			text += fmt.Sprintf(": %.0f tokens, where Vapi warns from %.0f on", tokens, most)
		case counted:
			text += fmt.Sprintf(": %.0f tokens", tokens)
		}
		words = append(words, text)
	}
	return words
}

// shortestQuoted is from how many bytes on an answer counts as taken where it
// stands among other words: "no" stands in many.
const shortestQuoted = 4

// sameResult reports whether Vapi, which recorded one value, took another. Both
// are JSON.
func sameResult(said, recorded RawJSON) bool {
	a, b := resultText(said), resultText(recorded)
	tight, recordedTight := squeeze(a), squeeze(b)
	switch {
	case tight == recordedTight:
		return true
	case saysNothing(recordedTight):
		return tight == "" || tight == "null"
	case len(tight) >= shortestQuoted && strings.Contains(recordedTight, tight):
		return true // Vapi put words around it
	}
	return sameJSON(a, b)
}

// resultText returns the text that a recorded or answered value comes to: of a
// string what it holds, also where it was made a string twice, of anything else
// its JSON.
func resultText(v RawJSON) string {
	const deepest = 2
	text := string(v)
	for range deepest {
		inner, ok := jsonpath.Unquote([]byte(text))
		if !ok {
			break
		}
		text = inner
	}
	return text
}

// writtenOut undoes what stands for white space and quotes in text that was
// escaped once more.
var writtenOut = strings.NewReplacer(`\n`, "", `\r`, "", `\t`, "", `\"`, `"`)

// squeeze returns s without white space.
func squeeze(s string) string {
	return strings.Join(strings.Fields(writtenOut.Replace(s)), "")
}

// saysNothing reports whether squeezed text is what Vapi records where it found
// no result: "No result returned."
func saysNothing(squeezed string) bool {
	return strings.HasPrefix(strings.ToLower(squeezed), "noresultreturned")
}

// sameJSON reports whether two texts are the same JSON object or array, however
// it is written.
func sameJSON(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == "" || b == "" || a[0] != b[0] || a[0] != '{' && a[0] != '[' {
		return false
	}
	first, err := canonicalJSON(a)
	if err != nil {
		return false
	}
	second, err := canonicalJSON(b)
	return err == nil && bytes.Equal(first, second)
}

// canonicalJSON returns text with its keys in order and its numbers in one form.
func canonicalJSON(text string) ([]byte, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
