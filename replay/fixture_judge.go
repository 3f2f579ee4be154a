package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
	"vapitap/record"
	"vapitap/record/fixture"
	"vapitap/vapi"
)

// Verdict is how a reply compares with the one that a fixture wants.
type Verdict struct {
	OK          bool
	Differences []Difference // in the status, and in bodies that are JSON
	Lines       []jsondiff.Line
	// Because says what is wrong where that is neither a difference nor lines of
	// text that differ; empty otherwise.
	Because string
}

// Difference is one value that is not as it is wanted.
type Difference struct {
	Place string // "status", or a JSON pointer into the body
	jsondiff.Change
}

// Judge compares the reply of e with the one that is wanted, by the mode of the
// fixture; nil wants any. The Content-Encoding of bodies is undone. At the places
// that the fixture has replaced something it does not matter what stands there.
func Judge(f *fixture.Fixture, wanted *fixture.Response, e *record.Exchange) *Verdict {
	mode := f.Match.Mode
	if mode == "" {
		mode = fixture.ModeJSON
	}
	if mode == fixture.ModeSchema {
		return judgeBySchema(e)
	}
	v := &Verdict{}
	switch {
	case brokeOff(e):
		v.Because = e.Error
	case wanted == nil:
		v.OK = true
		return v
	default:
		if e.Status != wanted.Status {
			v.Differences = append(v.Differences, Difference{"status", jsondiff.Change{
				Path: jsonpath.Path{jsonpath.Key("status")}, Kind: jsondiff.Changed,
				Old: strconv.AppendInt(nil, int64(wanted.Status), 10), New: strconv.AppendInt(nil, int64(e.Status), 10),
			}})
		}
		v.compare(f, mode, decoded(wanted), e)
	}
	v.OK = len(v.Differences) == 0 && v.Lines == nil && v.Because == ""
	return v
}

// brokeOff reports whether less than the whole reply came.
func brokeOff(e *record.Exchange) bool { return e.Error != "" }

func decoded(r *fixture.Response) []byte {
	m := record.Message{Header: r.Header, Body: r.Body}
	return m.Decoded()
}

// judgeBySchema judges a reply as Vapi would.
func judgeBySchema(e *record.Exchange) *Verdict {
	v := &Verdict{OK: !e.Failed()}
	for _, c := range e.Checks {
		if c.Level == vapi.Error {
			v.Because = c.Message
			break
		}
	}
	return v
}

// compare adds what differs in the body.
func (v *Verdict) compare(f *fixture.Fixture, mode string, wanted []byte, e *record.Exchange) {
	if e.Response.Truncated {
		v.Because = fmt.Sprintf("the reply has %d bytes, more than the %d MiB that are compared", e.Response.Bytes, MaxReply>>20)
		return
	}
	got := e.Response.Decoded()
	if bytes.Equal(wanted, got) {
		return
	}
	replaced := replacedIn(f)
	if _, whole := replaced[""]; whole && fixture.Stands(string(wanted), string(got)) {
		return
	}
	changes, err := jsondiff.Diff(wanted, got)
	if err != nil {
		v.lines(wanted, got)
		return
	}
	found := len(v.Differences)
	for _, c := range changes {
		place := c.Path.Pointer()
		if !ignored(f.Match.Ignore, place) && !(mode == fixture.ModeSubset && isMore(c)) && !stands(replaced, place, c) {
			v.Differences = append(v.Differences, Difference{place, c})
		}
	}
	switch {
	case len(v.Differences) > found:
	case len(changes) >= jsondiff.MaxChanges:
		v.Because = fmt.Sprintf("%d or more values differ, too many to see whether all of them may", jsondiff.MaxChanges)
	case mode == fixture.ModeExact && len(replaced) == 0:
		v.lines(wanted, got) // equal values, written otherwise
	}
}

// lines adds the lines of texts that differ.
func (v *Verdict) lines(wanted, got []byte) {
	if len(got) == 0 {
		v.Because = fmt.Sprintf("the reply is empty; wanted are %d bytes", len(wanted))
		return
	}
	if v.Lines = jsondiff.Text(wanted, got); v.Lines == nil {
		v.Because = "the bodies differ"
	}
}

// ignored reports whether a place is one that does not matter.
func ignored(ignore []string, place string) bool {
	for _, text := range ignore {
		if pattern, err := fixture.ParsePattern(text); err == nil && pattern.Covers(place) {
			return true
		}
	}
	return false
}

// isMore reports whether a change is a member that an object has beyond those
// that are wanted.
func isMore(c jsondiff.Change) bool {
	return c.Kind == jsondiff.Added && len(c.Path) > 0 && !c.Path[len(c.Path)-1].IsIndex
}

// replacedIn returns the places in the response's body where something was
// replaced, as pointers into the body.
func replacedIn(f *fixture.Fixture) map[string]bool {
	places := map[string]bool{}
	for _, place := range f.Replaced {
		for _, form := range []string{"/response/bodyText", "/response/bodyBase64", "/response/body"} {
			if rest, ok := strings.CutPrefix(place, form); ok && (rest == "" || rest[0] == '/') {
				places[rest] = true
			}
		}
	}
	return places
}

// stands reports whether a value differs because it was replaced, itself or in
// the string of JSON that it is.
func stands(replaced map[string]bool, place string, c jsondiff.Change) bool {
	if c.Kind != jsondiff.Changed {
		return false
	}
	within := replaced[place]
	for p := range replaced {
		within = within || strings.HasPrefix(p, place+"/")
	}
	if !within {
		return false
	}
	wanted, isText := jsonpath.Unquote(c.Old)
	got, alsoText := jsonpath.Unquote(c.New)
	if isText && alsoText {
		return fixture.Stands(wanted, got)
	}
	return isNumber(c.Old) && isNumber(c.New)
}

func isNumber(text []byte) bool {
	var n json.Number
	return len(text) > 0 && text[0] != '"' && json.Unmarshal(text, &n) == nil && n != ""
}
