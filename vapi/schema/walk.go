package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/internal/nearest"
)

// A walk judges one value, and what is in it, from the outside in.
type walk struct {
	called   string // the name of the value
	findings []Finding
	tooDeep  bool // which was told
}

// A place is where in the value the walk is. It is spelt out only for findings.
type place struct {
	up    *place // nil for the value itself, as a nil place is
	key   string
	index int   // of an element, where key is not of a member
	array bool  // it is an element
	depth int   // levels below the value
	holds *node // what the object or array that it is in was judged by
	quiet bool  // within a JSON Schema for the model: nothing there is worse than Unlisted
}

func (p *place) level() int {
	if p == nil {
		return 0
	}
	return p.depth
}

func (p *place) member(n *node, key string) *place {
	return &place{up: p, key: key, depth: p.level() + 1, holds: n, quiet: p.isQuiet()}
}

func (p *place) element(n *node, i int) *place {
	return &place{up: p, index: i, array: true, depth: p.level() + 1, holds: n, quiet: p.isQuiet()}
}

func (p *place) isQuiet() bool { return p != nil && p.quiet }

// pointer returns the JSON pointer to the place.
func (p *place) pointer() string {
	var steps []string
	for ; p != nil; p = p.up {
		if p.array {
			steps = append(steps, strconv.Itoa(p.index))
			continue
		}
		steps = append(steps, pointerEscapes.Replace(p.key))
	}
	var b strings.Builder
	for _, step := range slices.Backward(steps) {
		b.WriteByte('/')
		b.WriteString(step)
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// full reports whether enough was found.
func (w *walk) full() bool { return len(w.findings) >= maxFindings }

// add notes a finding about the value at a place.
func (w *walk) add(grade Grade, at *place, hint, message string) {
	if w.full() {
		return
	}
	if at.isQuiet() && grade == Invalid {
		grade = Unlisted
	}
	w.findings = append(w.findings, Finding{Grade: grade, Path: at.pointer(), Message: message, Hint: hint})
}

// value judges v by n. A null is an absent value, so nothing is wrong with it.
func (w *walk) value(n *node, v any, at *place) {
	if v == nil || w.full() {
		return
	}
	if at.level() > maxDepth {
		w.deep(at)
		return
	}
	if len(n.branches) > 0 {
		if n = w.branch(n, v, at); n == nil {
			return
		}
	}
	if n.kinds != 0 && n.kinds&kindOf(v) == 0 {
		w.wrongKind(n, v, at)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		w.object(n, v, at)
	case []any:
		if n.items != nil {
			for i, element := range v {
				w.value(n.items, element, at.element(n, i))
			}
		}
	default:
		w.single(n, v, at)
	}
}

// deep tells once that what lies deeper was not judged.
func (w *walk) deep(at *place) {
	if !w.tooDeep {
		w.tooDeep = true
		w.add(Unchecked, at, "", w.call(at)+" is nested more than "+strconv.Itoa(maxDepth)+" levels deep and was not compared with Vapi's documentation below that")
	}
}

// object judges the keys of an object and its members.
func (w *walk) object(n *node, object map[string]any, at *place) {
	unknown := n.unknownKeys(object)
	unknown = w.missing(n, object, unknown, at)
	if n.properties == nil && n.others == nil {
		return
	}
	for _, key := range unknown {
		if w.full() {
			return
		}
		w.unknownProperty(n, object, key, at)
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		inner := n.properties[key]
		if inner == nil {
			inner = n.others
		}
		if inner == nil || w.full() {
			continue
		}
		place := at.member(n, key)
		place.quiet = place.quiet || n.isJSON && n.others == nil && (key == "properties" || key == "items")
		w.value(inner, object[key], place)
	}
}

// unknownKeys returns the keys of object that n does not have, in order; none
// where it allows any.
func (n *node) unknownKeys(object map[string]any) []string {
	if n.properties == nil || n.others != nil {
		return nil
	}
	var unknown []string
	for key, v := range object {
		if v != nil && n.properties[key] == nil && !(n.isJSON && slices.Contains(jsonSchemaWords, key)) {
			unknown = append(unknown, key)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// missing tells what n requires and object lacks, and returns the keys of
// unknown that are not a required one, misspelt.
func (w *walk) missing(n *node, object map[string]any, unknown []string, at *place) []string {
	var absent []string
	for _, name := range n.required {
		if object[name] != nil {
			continue
		}
		misspelt := ""
		if len(unknown) <= fewKeys {
			misspelt = nearestKey(name, unknown)
		}
		if misspelt == "" {
			absent = append(absent, name)
			continue
		}
		unknown = slices.DeleteFunc(slices.Clone(unknown), func(key string) bool { return key == misspelt })
		w.misspelt(name, misspelt, object, at)
	}
	if len(absent) > 0 {
		w.lacks(n, absent, at)
	}
	return unknown
}

// fewKeys is how many unknown keys are still looked through for the one that was
// meant.
const fewKeys = 50

// nearestKey returns the one of keys that was meant by name, "" for none.
func nearestKey(name string, keys []string) string {
	for _, key := range keys {
		if sameLetters(key, name) {
			return key
		}
	}
	return nearest.Word(name, keys)
}

// sameLetters reports whether two names differ in case, hyphens and underscores
// alone, as first_message and firstMessage do.
func sameLetters(a, b string) bool {
	return len(a) <= longestName && len(b) <= longestName && strings.EqualFold(joiners.Replace(a), joiners.Replace(b))
}

const longestName = 64 // beyond it nobody misspelt a name

var joiners = strings.NewReplacer("_", "", "-", "")

// jsonSchemaWords are what JSON Schema has beside what Vapi's document lists for
// the parameters of a function. Whoever generates a schema from code sends them.
var jsonSchemaWords = []string{
	"$schema", "$id", "$ref", "$defs", "$comment", "definitions", "additionalProperties", "patternProperties", "propertyNames",
	"minProperties", "maxProperties", "unevaluatedProperties", "dependentRequired", "default", "const", "examples", "example",
	"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
	"uniqueItems", "contains", "prefixItems", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "nullable", "deprecated",
	"readOnly", "writeOnly", "title", "description", "enum", "format", "contentEncoding", "contentMediaType", "strict",
}

// quoted returns s as a JSON string.
func quoted(s string) string { return string(jsonpath.Quote(s)) }
