package replay

import (
	"bytes"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
	"vapitap/record/fixture"
)

// Updatable reports whether the reply that came can be what the fixture wants
// from now on: a whole one that differs, or the first one.
func (r *Result) Updatable() bool {
	switch {
	case r.Verdict == nil || r.Exchange.Status == 0 || brokeOff(r.Exchange) || r.Exchange.Response.Truncated:
		return false
	case r.Found.Fixture.Match.Mode == fixture.ModeSchema:
		return false // no file makes a reply one that Vapi takes
	}
	return !r.Verdict.OK || r.Wanted == nil
}

// Update writes the reply that came to the fixture's file. What does not matter
// stays as it was: ignored values, what was replaced, and what the mode subset
// leaves open.
func (r *Result) Update() error {
	_, err := fixture.Rewrite(r.Found.File, r.Exchange.Status, r.Exchange.Response.Header, r.body())
	return err
}

// body returns what the fixture wants from now on.
func (r *Result) body() []byte {
	got := r.Exchange.Response.Decoded()
	f := r.Found.Fixture
	if f.Response == nil {
		return got
	}
	wanted := decoded(f.Response)
	replaced := replacedIn(f)
	if _, whole := replaced[""]; whole && fixture.Stands(string(wanted), string(got)) {
		return wanted
	}
	changes, err := jsondiff.Diff(wanted, got)
	if err != nil {
		return got
	}
	if f.Match.Mode == fixture.ModeSubset {
		return project(wanted, got, 0)
	}
	if len(changes) == 0 && f.Match.Mode != fixture.ModeExact {
		return wanted // the status alone differs
	}
	body := got
	for _, c := range changes {
		place := c.Path.Pointer()
		if c.Kind != jsondiff.Changed || !ignored(f.Match.Ignore, place) && !stands(replaced, place, c) {
			continue
		}
		if kept, err := jsonpath.Set(body, c.Path, c.Old); err == nil {
			body = kept
		}
	}
	return AsWritten(got, body)
}

// project returns of the value got what the value wanted has of it: of objects
// their members, of arrays of the same length their elements. Deeper than 64
// levels it returns all.
func project(wanted, got []byte, depth int) []byte {
	const deepest = 64
	wanted, got = bytes.TrimSpace(wanted), bytes.TrimSpace(got)
	if depth > deepest || len(wanted) == 0 || len(got) == 0 || wanted[0] != got[0] {
		return got
	}
	var parts [][]byte
	switch wanted[0] {
	case '{':
		there := map[string][]byte{}
		for key, value := range jsonpath.Members(got) {
			name, _ := jsonpath.Unquote(key)
			there[name] = value
		}
		for key, value := range jsonpath.Members(wanted) {
			name, _ := jsonpath.Unquote(key)
			if now := there[name]; now != nil {
				parts = append(parts, bytes.Join([][]byte{key, project(value, now, depth+1)}, []byte(":")))
			}
		}
		return bytes.Join([][]byte{[]byte("{"), bytes.Join(parts, []byte(",")), []byte("}")}, nil)
	case '[':
		var before, after [][]byte
		for _, value := range jsonpath.Elements(wanted) {
			before = append(before, value)
		}
		for _, value := range jsonpath.Elements(got) {
			after = append(after, value)
		}
		if len(before) != len(after) {
			return got
		}
		for i := range before {
			parts = append(parts, project(before[i], after[i], depth+1))
		}
		return bytes.Join([][]byte{[]byte("["), bytes.Join(parts, []byte(",")), []byte("]")}, nil)
	}
	return got
}
