// Package jsondiff tells two texts apart the way a person would: JSON by its
// values, whatever the order of keys and the white space; anything else line by
// line.
//
// It finds differences and puts them into lines of plain text. Colours, and what
// a difference means, are the caller's.
package jsondiff

import (
	"bytes"
	"fmt"
	"slices"

	"vapitap/internal/jsonpath"
)

// Kind is what became of a value or a line.
type Kind string

// The kinds. Same and Omitted are for lines only.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	Same    Kind = "same"    // a line beside a difference
	Omitted Kind = "omitted" // stands for lines that are the same and are left out
)

// Change is one difference. Path leads to it in both texts: what stands in an
// array before it is in both. Old is nil for what was added, New for what was
// removed; else they are the texts of the values, and alias those compared.
type Change struct {
	Path jsonpath.Path
	Kind Kind
	Old  []byte
	New  []byte
}

// MaxChanges is the most changes that Diff looks for. Where it returns as many
// there may be more.
const MaxChanges = 10_000

// Bounds for texts that were made to be slow. Beyond them values are compared
// as they are written.
const (
	maxDepth = 1_000
	// maxPasses is how often the bytes of both texts may be gone over: for each
	// of the levels that they stand at, and up to three times where arrays have
	// to be aligned. What is equal byte for byte costs nothing.
	maxPasses = 32
	freeBytes = 64 << 20 // may be gone over however short the texts are
)

// Diff returns what has to happen to the JSON text a to make it the JSON text
// b, in the order of a with what is new in an object after the rest of it. It
// returns nil where they are equal.
//
// The order of keys and white space do not count, nor how a number or a string
// is written: 1.0 is 1e0, and "\u00e9" is "é". Of equal keys in one object the
// last counts. Arrays of different lengths are aligned by what is equal at both
// ends, and else compared index by index. Deeper than 1,000 levels, and where
// so much stands so deep that it would take long, a difference in how something
// is written counts as well.
//
// The error says which text is not JSON, and wraps a *jsonpath.NotJSONError.
func Diff(a, b []byte) ([]Change, error) {
	if err := jsonpath.Validate(a); err != nil {
		return nil, fmt.Errorf("the old text is %w", err)
	}
	if err := jsonpath.Validate(b); err != nil {
		return nil, fmt.Errorf("the new text is %w", err)
	}
	d := differ{budget: maxPasses*(len(a)+len(b)) + freeBytes}
	d.compare(nil, value(a), value(b))
	return d.changes, nil
}

// value returns the text of the value in text without white space around it.
func value(text []byte) []byte {
	start := jsonpath.SkipSpace(text, 0)
	end, _ := jsonpath.Skip(text, start)
	return text[start:end:end]
}

// differ collects changes.
type differ struct {
	changes []Change
	probing bool // whether there is a change is all that counts
	budget  int  // how many more bytes may be gone over
}

// full reports whether there is nothing more to look for.
func (d *differ) full() bool {
	return len(d.changes) >= MaxChanges || d.probing && len(d.changes) > 0
}

func (d *differ) add(p jsonpath.Path, kind Kind, before, after []byte) {
	if !d.full() {
		d.changes = append(d.changes, Change{slices.Clone(p), kind, before, after})
	}
}

// compare adds the changes between the values a and b, which stand at p.
func (d *differ) compare(p jsonpath.Path, a, b []byte) {
	if d.full() || bytes.Equal(a, b) {
		return
	}
	container := a[0] == b[0] && (a[0] == '{' || a[0] == '[')
	if container {
		d.budget -= len(a) + len(b)
	}
	switch {
	case !container:
		if !sameScalar(a, b) {
			d.add(p, Changed, a, b)
		}
	case len(p) >= maxDepth || d.budget < 0:
		d.add(p, Changed, a, b)
	case a[0] == '{':
		d.objects(p, a, b)
	default:
		d.arrays(p, a, b)
	}
}

// objects is compare for two objects.
func (d *differ) objects(p jsonpath.Path, a, b []byte) {
	before, after := membersOf(a), membersOf(b)
	for _, key := range before.keys {
		if d.full() {
			return
		}
		at := append(p, jsonpath.Key(key))
		if now, ok := after.values[key]; ok {
			d.compare(at, before.values[key], now)
		} else {
			d.add(at, Removed, before.values[key], nil)
		}
	}
	for _, key := range after.keys {
		if _, ok := before.values[key]; !ok {
			d.add(append(p, jsonpath.Key(key)), Added, nil, after.values[key])
		}
	}
}

// object is what an object holds. keys has each key once, in order.
type object struct {
	keys   []string
	values map[string][]byte
}

func membersOf(text []byte) object {
	o := object{values: map[string][]byte{}}
	for key, v := range jsonpath.Members(text) {
		name, _ := jsonpath.Unquote(key)
		if _, twice := o.values[name]; !twice {
			o.keys = append(o.keys, name)
		}
		o.values[name] = v
	}
	return o
}

// arrays is compare for two arrays.
func (d *differ) arrays(p jsonpath.Path, a, b []byte) {
	before, after := elementsOf(a), elementsOf(b)
	if d.probing && len(before) != len(after) {
		d.add(p, Changed, a, b) // aligning them within a probe would multiply with every level
		return
	}
	start, endBefore, endAfter := 0, len(before), len(after)
	if len(before) != len(after) {
		for start < min(endBefore, endAfter) && d.equal(p, before[start], after[start]) {
			start++
		}
		for min(endBefore, endAfter) > start && d.equal(p, before[endBefore-1], after[endAfter-1]) {
			endBefore--
			endAfter--
		}
	}
	for i := start; i < max(endBefore, endAfter) && !d.full(); i++ {
		at := append(p, jsonpath.Index(i))
		switch {
		case i >= endAfter:
			d.add(at, Removed, before[i], nil)
		case i >= endBefore:
			d.add(at, Added, nil, after[i])
		default:
			d.compare(at, before[i], after[i])
		}
	}
}

func elementsOf(text []byte) (values [][]byte) {
	for _, v := range jsonpath.Elements(text) {
		values = append(values, v)
	}
	return values
}

// equal reports whether elements of the array at p have the same value.
func (d *differ) equal(p jsonpath.Path, a, b []byte) bool {
	probe := differ{probing: true, budget: d.budget}
	probe.compare(append(p, jsonpath.Index(0)), a, b)
	d.budget = probe.budget
	return len(probe.changes) == 0
}
