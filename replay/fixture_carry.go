package replay

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/record/fixture"
)

// carried is what the earlier replies of a call gave otherwise than they did when
// they were recorded, as far as later messages repeat it:
//
//   - ids: what stands in a reply under id, or a key that ends in Id, _id or ID,
//     in a result that is a string of JSON too. A later message that has the old one
//     as a whole value gets the new one: a number, and a string of less than four
//     characters, only under the same key.
//   - results of tool calls, as the conversation of later messages shows them: the
//     result or content beside the toolCallId or tool_call_id.
//
// Nothing else changes, and nothing at all where the replies are as they were.
type carried struct {
	ids     map[string][]byte // by the old value, as JSON.stringify writes it
	byKey   map[keyed][]byte
	results map[string]outcome // by the id of the tool call
}

type keyed struct{ key, old string }

// outcome is a result of a tool call as it was recorded, and as it is now.
type outcome struct{ old, now string }

// Bounds of what is carried.
const (
	mostCarried   = 10_000
	tellingLength = 4 // of an id that stands for itself wherever it is
	entersJSON    = 4 // strings of JSON in one another
)

func newCarried() *carried {
	return &carried{ids: map[string][]byte{}, byKey: map[keyed][]byte{}, results: map[string]outcome{}}
}

// learn takes note of how a reply differs from the one that was recorded.
func (c *carried) learn(recorded *fixture.Response, e *record.Exchange) {
	old, now := decoded(recorded), e.Response.Decoded()
	if e.Response.Truncated {
		return
	}
	changes, err := jsondiff.Diff(old, now)
	if err != nil {
		return
	}
	for _, change := range changes {
		c.note(change, 0)
		c.noteResult(old, change)
	}
}

// note takes note of a changed id, or of those in a string that holds JSON.
func (c *carried) note(change jsondiff.Change, entered int) {
	if change.Kind != jsondiff.Changed || len(change.Path) == 0 {
		return
	}
	key := change.Path[len(change.Path)-1].Key
	old, isText := jsonpath.Unquote(change.Old)
	now, alsoText := jsonpath.Unquote(change.New)
	switch {
	case isText && alsoText && holdsJSON(old) && holdsJSON(now) && entered < entersJSON:
		inside, err := jsondiff.Diff([]byte(old), []byte(now))
		for i := 0; err == nil && i < len(inside); i++ {
			c.note(inside[i], entered+1)
		}
	case !isID(key) || len(c.ids)+len(c.byKey) >= mostCarried:
	case isText && alsoText && len(old) >= tellingLength:
		c.ids[old] = jsonpath.Quote(now)
	case isText && alsoText || isNumber(change.Old) && isNumber(change.New):
		c.byKey[keyed{key, string(change.Old)}] = change.New
	}
}

// isID reports whether a key is that of an id. The id of a tool call is given by
// the request, not by the reply.
func isID(key string) bool {
	if key == "toolCallId" || key == "tool_call_id" {
		return false
	}
	return key == "id" || key == "ID" || strings.HasSuffix(key, "Id") || strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "ID")
}

// noteResult takes note of another result of a tool call.
func (c *carried) noteResult(reply []byte, change jsondiff.Change) {
	p := change.Path
	if change.Kind != jsondiff.Changed || len(p) != 3 || p[0].Key != "results" || !p[1].IsIndex || (p[2].Key != "result" && p[2].Key != "error") {
		return
	}
	old, isText := jsonpath.Unquote(change.Old)
	now, alsoText := jsonpath.Unquote(change.New)
	if !isText || !alsoText || len(c.results) >= mostCarried {
		return
	}
	for i, result := range jsonpath.Elements(jsonpath.Member(reply, "results")) {
		if i == p[1].Index {
			if id, ok := jsonpath.Unquote(jsonpath.Member(result, "toolCallId")); ok {
				c.results[id] = outcome{old, now}
			}
			return
		}
	}
}

// into returns a body with what is carried in it, and itself where there is
// nothing of that or where it is no JSON.
func (c *carried) into(body []byte) []byte {
	if len(c.ids)+len(c.byKey)+len(c.results) == 0 || !json.Valid(body) {
		return body
	}
	edited := c.inText(body, 0)
	return AsWritten(body, edited)
}

// place is one value that is replaced.
type place struct {
	start, end int
	text       []byte
}

// opened is an object or array that is being read.
type opened struct {
	object bool
	key    string
	call   string // the id of the tool call that the object is about
	result place  // the string that may be its result, with its old text
}

// inText returns JSON text, which is valid, with what is carried in it. It reads
// it from the beginning to the end once, whatever its depth.
func (c *carried) inText(text []byte, entered int) []byte {
	var edits []place
	var open []opened
	isKey := false
	for i := 0; i < len(text); {
		switch b := text[i]; b {
		case '{', '[':
			open = append(open, opened{object: b == '{'})
			isKey = b == '{'
			i++
		case '}', ']':
			top := open[len(open)-1]
			if r, ok := c.results[top.call]; ok && top.call != "" && top.result.end > 0 && string(top.result.text) == r.old {
				edits = append(edits, place{top.result.start, top.result.end, jsonpath.Quote(r.now)})
			}
			open = open[:len(open)-1]
			i++
		case ',':
			isKey = len(open) > 0 && open[len(open)-1].object
			i++
		case ':', ' ', '\t', '\r', '\n':
			i++
		default:
			end, _ := jsonpath.Skip(text, i)
			literal := text[i:end]
			if isKey {
				open[len(open)-1].key, _ = jsonpath.Unquote(literal)
				isKey = false
			} else if now := c.value(literal, i, open, entered); now != nil {
				edits = append(edits, place{i, end, now})
			}
			i = end
		}
	}
	return withPlaces(text, edits)
}

// value returns what stands in place of a scalar, nil where that is itself.
func (c *carried) value(literal []byte, at int, open []opened, entered int) []byte {
	key := ""
	if len(open) > 0 {
		key = open[len(open)-1].key
	}
	if now, ok := c.byKey[keyed{key, string(literal)}]; ok {
		return now
	}
	s, isText := jsonpath.Unquote(literal)
	if !isText {
		return nil
	}
	if now, ok := c.ids[s]; ok {
		return now
	}
	if len(open) > 0 && open[len(open)-1].object {
		top := &open[len(open)-1]
		switch key {
		case "toolCallId", "tool_call_id":
			top.call = s
			return nil
		case "result", "content", "error":
			top.result = place{at, at + len(literal), []byte(s)}
			if c.awaits(s) {
				return nil // told by its tool call, when the object ends
			}
		}
	}
	if entered < entersJSON && holdsJSON(s) {
		if now := c.inText([]byte(s), entered+1); string(now) != s {
			return jsonpath.Quote(string(now))
		}
	}
	return nil
}

// awaits reports whether s is a result of which there is another now.
func (c *carried) awaits(s string) bool {
	for _, r := range c.results {
		if r.old == s {
			return true
		}
	}
	return false
}

func holdsJSON(s string) bool {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	return trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(s))
}

// withPlaces returns text with its places replaced. Those of results come when
// their objects end, so they may be out of order.
func withPlaces(text []byte, places []place) []byte {
	if len(places) == 0 {
		return text
	}
	slices.SortFunc(places, func(a, b place) int { return a.start - b.start })
	var out bytes.Buffer
	last := 0
	for _, p := range places {
		if p.start < last {
			continue
		}
		out.Write(text[last:p.start])
		out.Write(p.text)
		last = p.end
	}
	out.Write(text[last:])
	return out.Bytes()
}
