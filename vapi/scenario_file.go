package vapi

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vapitap/internal/jsonpath"
	"vapitap/internal/nearest"
)

// Script is a scenario that somebody wrote for a server of their own.
type Script struct {
	Name string // as the file gives it; empty where it gives none
	plot scenario
}

// ParseScenario reads a scenario: a JSON object with
//
//	name       what the scenario is called; may be left out
//	callType   inboundPhoneCall (also when it is left out), outboundPhoneCall,
//	           webCall or vapi.websocketCall
//	assistant  the assistant that takes the call, as Vapi's API has it. Left out,
//	           the server is asked, where there is a step assistant-request
//	tools      tool definitions, as in CallOptions.Tools, for the tools that the
//	           assistant does not define itself
//	steps      what is sent, in this order
//
// A step is an object with
//
//	type       a message type of Vapi's, or llm for a chat completion
//	pause      how long before it, as "1.2s" or a number of seconds; 0.3s if left out
//	path       where it goes on the server, beginning with a slash; left out, where
//	           the assistant says
//	message    what the message has besides, or has different: merged into it as
//	           RFC 7396 says, so null removes a field. Of an llm step it is
//	           merged into the body
//
// and what its type needs to be told:
//
//	transcript                    role (user or assistant; user if left out), transcript, transcriptType (final or partial)
//	status-update                 status, endedReason
//	speech-update                 role, status (started or stopped)
//	assistant.speechStarted       text
//	model-output                  output
//	voice-input                   input
//	voice-request                 text
//	language-change-detected      language; language-changed likewise
//	tool-calls                    calls: a list of {"name", "arguments"}; without arguments they are made up to fit,
//	                              without calls every tool is called
//	function-call                 name, arguments
//	handoff-destination-request   parameters
//	phone-call-control            request (forward or hang-up)
//	end-of-call-report            endedReason, if no status-update told it
//	llm                           user: what the user says before
//
// All else that a message has, such as the call and the conversation so far, is
// filled in. A call whose assistant-request is not answered with an assistant
// ends there, as Vapi's does. A type that is not Vapi's has to have a message.
//
// An error names the place in the file and what was probably meant.
func ParseScenario(text []byte) (*Script, error) {
	if err := jsonpath.Validate(text); err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	file, err := parseJSObject(text)
	if err != nil {
		return nil, errors.New(`scenario: a JSON object with "steps" is expected`)
	}
	f := &scriptFields{object: file}
	f.knowOnly([]string{"name", "callType", "assistant", "tools", "steps"}, "")
	s := &Script{Name: f.text("name", "")}
	s.plot = scenario{
		name:      s.Name,
		callType:  f.oneOf("callType", "inboundPhoneCall", "outboundPhoneCall", "webCall", "vapi.websocketCall"),
		assistant: f.objectOrNil("assistant"),
	}
	if tools := file.get("tools"); tools != nil && f.err == nil {
		s.plot.tools, f.err = parseTools(jsStringify(newObject(jsMember{"tools", tools})))
	}
	steps := f.list("steps")
	if len(steps) == 0 {
		f.fail("steps", "at least one step is expected")
	}
	if f.err != nil {
		return nil, fmt.Errorf("scenario: %w", f.err)
	}
	for i, item := range steps {
		b, err := parseStep(item, fmt.Sprintf("steps[%d]", i))
		if err != nil {
			return nil, fmt.Errorf("scenario: %w", err)
		}
		s.plot.beats = append(s.plot.beats, b)
	}
	return s, nil
}

// stepFields are what every step may have.
var stepFields = []string{"type", "pause", "path", "message"}

func parseStep(item any, at string) (beat, error) {
	o, ok := item.(*jsObject)
	if !ok {
		return beat{}, fmt.Errorf("%s: an object is expected", at)
	}
	f := &scriptFields{object: o, at: at + "."}
	kind := f.text("type", "")
	if kind == "" {
		f.fail("type", `a message type is expected, such as "transcript"`)
	}
	changes := f.objectOrNil("message")
	if changes.get("type") != nil {
		f.fail("message.type", "the type stands beside the message")
	}
	scripted, known := scriptedTypes[kind]
	if !known && changes == nil {
		f.fail("type", "Vapi has no type %q%s; one that is newer needs a message", kind, meantWord(kind, slices.Sorted(maps.Keys(scriptedTypes))))
	}
	f.knowOnly(slices.Concat(stepFields, scripted.fields), kind)
	b := beat{pause: f.pause("pause", 300*time.Millisecond), play: told(kind)}
	if known {
		b.play = scripted.play(f)
	}
	path := f.text("path", "")
	if path != "" && path[0] != '/' {
		f.fail("path", `a path is expected that begins with "/"`)
	}
	b.play = withScripted(b.play, changes, path)
	return b, f.err
}

// withScripted is a beat whose messages have these changes and go to this path.
func withScripted(play func(*SimulatedCall) outgoing, changes *jsObject, path string) func(*SimulatedCall) outgoing {
	if changes == nil && path == "" {
		return play
	}
	return func(c *SimulatedCall) outgoing {
		out := play(c)
		out.changes, out.path = changes, path
		for i, b := range out.beats {
			out.beats[i].play = withScripted(b.play, changes, path)
		}
		return out
	}
}

// withChanges merges changes into the message of a body, or where it has none
// into the body.
func withChanges(body []byte, changes *jsObject) []byte {
	whole, err := parseJSObject(body)
	if err != nil {
		return body
	}
	if message := whole.object("message"); message != nil {
		return jsStringify(whole.with("message", patched(message, changes)))
	}
	return jsStringify(patched(whole, changes))
}

// patched is what RFC 7396 makes of target and patch. What is no object counts
// as an empty one.
func patched(target any, patch *jsObject) *jsObject {
	was, _ := target.(*jsObject)
	var set []jsMember
	removed := map[string]bool{}
	for _, m := range patch.members {
		switch v := m.value.(type) {
		case nil:
			removed[m.key] = true
		case *jsObject:
			set = append(set, jsMember{m.key, patched(was.get(m.key), v)})
		default:
			set = append(set, m)
		}
	}
	out := overlaid(was, newObject(set...))
	out.members = slices.DeleteFunc(out.members, func(m jsMember) bool { return removed[m.key] })
	return out
}

// meantWord is what was probably meant, as the end of a sentence; empty where
// nothing is near.
func meantWord(given string, known []string) string {
	if near := nearest.Word(given, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// scriptFields reads the fields of an object of a scenario file, and keeps the
// first error.
type scriptFields struct {
	object *jsObject
	at     string // before the name of a field, empty or ending in a dot
	err    error
}

func (f *scriptFields) fail(key, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("%s%s: %s", f.at, key, fmt.Sprintf(format, args...))
	}
}

// knowOnly fails for a field that is not one of these. of is the type of a step,
// empty for the file itself.
func (f *scriptFields) knowOnly(fields []string, of string) {
	for _, m := range f.object.members {
		if slices.Contains(fields, m.key) {
			continue
		}
		if of == "" {
			f.fail(m.key, "no such field%s; there is: %s", meantWord(m.key, fields), strings.Join(fields, ", "))
		} else {
			f.fail(m.key, "no such field of a step %s%s; other fields of the message go into \"message\"", of, meantWord(m.key, fields))
		}
	}
}

// text is a string, or what it is where it is left out.
func (f *scriptFields) text(key, otherwise string) string {
	switch v := f.object.get(key).(type) {
	case nil:
		return otherwise
	case string:
		return v
	}
	f.fail(key, "a string is expected")
	return otherwise
}

// line is a text that is said, which has to be there.
func (f *scriptFields) line(key string) scriptLine {
	if f.object.get(key) == nil {
		f.fail(key, "is missing")
	}
	return fixedLine(f.text(key, ""))
}

// oneOf is one of these words, the first where it is left out.
func (f *scriptFields) oneOf(key string, words ...string) string {
	v := f.text(key, words[0])
	if !slices.Contains(words, v) {
		f.fail(key, "%q is none of %s%s", v, strings.Join(words, ", "), meantWord(v, words))
	}
	return v
}

func (f *scriptFields) objectOrNil(key string) *jsObject {
	v := f.object.get(key)
	o, ok := v.(*jsObject)
	if v != nil && !ok {
		f.fail(key, "an object is expected")
	}
	return o
}

func (f *scriptFields) list(key string) []any {
	v := f.object.get(key)
	list, ok := v.([]any)
	if v != nil && !ok {
		f.fail(key, "an array is expected")
	}
	return list
}

// pause is a duration as Go writes it, or a number of seconds.
func (f *scriptFields) pause(key string, otherwise time.Duration) time.Duration {
	const longest = time.Hour
	var d time.Duration
	switch v := f.object.get(key).(type) {
	case nil:
		return otherwise
	case float64:
		if v < 0 || v > longest.Seconds() {
			f.fail(key, "0 to 3600 seconds are expected")
			return 0
		}
		d = time.Duration(v * float64(time.Second))
	case string:
		var err error
		if d, err = time.ParseDuration(v); err != nil {
			f.fail(key, `%q is not a duration such as "1.2s"`, v)
		}
	default:
		f.fail(key, `a duration such as "1.2s" is expected`)
	}
	if d < 0 || d > longest {
		f.fail(key, "0 to 1h is expected")
	}
	return d
}
