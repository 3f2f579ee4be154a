package schema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// patternHint returns the value with what a name may not have replaced, "" where
// that does not help.
func patternHint(n *node, v any, at *place) string {
	s, _ := v.(string)
	mended := strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, clip(s, longestValue))
	if len(s) > longestValue || n.plain.Validate(mended) != nil {
		return ""
	}
	return member(at, quoted(mended))
}

// choice returns what may stand at a place: the member itself where it is the
// only one, otherwise the list of them, the first of very many.
func choice(at *place, words []string) string {
	const most = 30
	switch {
	case len(words) == 0:
		return ""
	case len(words) == 1:
		return member(at, quoted(words[0]))
	case len(words) > most:
		return "one of " + strings.Join(words[:most], ", ") + " and " + strconv.Itoa(len(words)-most) + " more"
	}
	return "one of " + strings.Join(words, ", ")
}

// member returns text as the member or element at a place; "" for no text.
func member(at *place, text string) string {
	if text == "" || at == nil || at.array {
		return text
	}
	return quoted(at.key) + ":" + text
}

// converted returns v as the kind of value that n is, where it plainly means
// one, or a sample of that; "" where there is nothing to show.
func converted(n *node, v any) string {
	wants := func(k kinds) bool { return n.kinds&k != 0 }
	s, isString := v.(string)
	switch {
	case isString && wants(kindNumber) && isNumber(s):
		return s
	case isString && wants(kindBoolean) && (s == "true" || s == "false"):
		return s
	case wants(kindArray) && n.items != nil && n.items.takes(v):
		return "[" + shortText(v) + "]"
	case wants(kindString) && (kindOf(v) == kindNumber || kindOf(v) == kindBoolean):
		return quoted(jsonText(v))
	case isString:
		if text := named(n, s); text != "" {
			return text
		}
	}
	return sample(n, 0)
}

// named returns a sample of the branch of n in which a required property may be
// word: the model of a provider, where somebody wrote the model alone. It is ""
// where there is none.
func named(n *node, word string) string {
	for _, b := range n.branches {
		for _, name := range b.required {
			if b.properties[name].lists(word) {
				return sampleOf(b, 0, map[string]string{name: quoted(word)})
			}
		}
	}
	return ""
}

// lists reports whether word is among the values of n, or of what it can be.
func (n *node) lists(word string) bool {
	return n != nil && (slices.Contains(n.words, word) || slices.ContainsFunc(n.branches, func(b *node) bool { return slices.Contains(b.words, word) }))
}

// takes reports whether v is of a kind that n may be.
func (n *node) takes(v any) bool { return n.kinds == 0 || n.kinds&kindOf(v) != 0 }

func isNumber(s string) bool {
	var f float64
	return len(s) <= longestValue && json.Unmarshal([]byte(s), &f) == nil && s != "null"
}

// shortText returns v as JSON, … where it is long.
func shortText(v any) string {
	switch v.(type) {
	case map[string]any:
		return "{…}"
	case []any:
		return "[…]"
	}
	if text := jsonText(v); len(text) <= 4*longestValue {
		return text
	}
	return `"…"`
}

func jsonText(v any) string {
	if s, ok := v.(string); ok {
		return quoted(s)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "" // not from JSON; it does not get here
	}
	return string(text)
}

func number(r *big.Rat) string {
	f, _ := r.Float64()
	return jsonText(f)
}

// sample returns a value as n describes it, with what it requires.
func sample(n *node, depth int) string {
	const deepest = 3
	switch {
	case n == nil:
		return `"…"`
	case len(n.words) > 0:
		return quoted(n.words[0])
	case len(n.branches) > 0:
		return sample(n.usual(), depth)
	case n.kinds&kindObject != 0 && depth < deepest:
		return sampleOf(n, depth, nil)
	case n.kinds&kindArray != 0:
		return "[]"
	case n.kinds&kindNumber != 0:
		if n.plain.Minimum != nil {
			return number(n.plain.Minimum)
		}
		return "1"
	case n.kinds&kindBoolean != 0:
		return "true"
	}
	return `"…"`
}

// sampleOf is sample for an object, some of whose members are given.
func sampleOf(n *node, depth int, given map[string]string) string {
	var members []string
	for _, name := range n.required {
		text := given[name]
		if text == "" {
			text = sample(n.properties[name], depth+1)
		}
		members = append(members, quoted(name)+":"+text)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// usual returns the branch of a union that a sample shows.
func (n *node) usual() *node {
	if n.selector != nil && n.selector.branches["openai"] != nil {
		return n.selector.branches["openai"][0]
	}
	return n.branches[0]
}
