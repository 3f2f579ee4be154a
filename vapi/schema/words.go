package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// call returns what a message calls the value at a place by its last names, such
// as assistant.model.provider or model.tools[0].type.
func (w *walk) call(p *place) string {
	const most = 3
	name := ""
	for n := 0; n < most; p = p.up {
		step := w.called
		switch {
		case p == nil:
			n = most
		case p.array:
			step = "[" + strconv.Itoa(p.index) + "]"
		default:
			step = clip(p.key, longestName)
			n++
		}
		if name != "" && name[0] != '[' {
			step += "."
		}
		if name = step + name; p == nil {
			break
		}
	}
	return name
}

// wrongKind tells a value of another JSON type than n has.
func (w *walk) wrongKind(n *node, v any, at *place) {
	w.add(Invalid, at, member(at, converted(n, v)), fmt.Sprintf("%s is %s where Vapi takes %s", w.call(at), describe(v), n.kinds))
}

// String returns the kinds as a sentence lists them.
func (k kinds) String() string {
	var words []string
	for _, known := range kindNames {
		if k&known.kind != 0 && known.name != "integer" {
			words = append(words, known.word)
		}
	}
	return orList(words)
}

// describe returns what kind of value v is, with the value where it is short.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return "the string " + quoted(clip(v, longestValue))
	case float64:
		return "the number " + jsonText(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return "null"
}

const longestValue = 40 // characters of a value that a message repeats

// clip returns the first n characters of s.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := 0
	for at := range s {
		if i++; i > n {
			return s[:at] + "…"
		}
	}
	return s
}

// single judges a string, number or boolean.
func (w *walk) single(n *node, v any, at *place) {
	err, _ := n.plain.Validate(v).(*jsonschema.ValidationError)
	if err == nil {
		return
	}
	fault := gravest(err)
	switch k := fault.(type) {
	case *kind.Enum:
		w.unlisted(n, v, at)
	case *kind.MaxLength:
		w.add(Invalid, at, "", fmt.Sprintf("%s has %d characters; Vapi takes %d at most", w.call(at), k.Got, k.Want))
	case *kind.MinLength:
		w.add(Invalid, at, "", fmt.Sprintf("%s has %d characters; Vapi takes %d at least", w.call(at), k.Got, k.Want))
	case *kind.Maximum:
		w.add(Invalid, at, "", fmt.Sprintf("%s is %s; Vapi takes %s at most", w.call(at), jsonText(v), number(k.Want)))
	case *kind.Minimum:
		w.add(Invalid, at, "", fmt.Sprintf("%s is %s; Vapi takes %s at least", w.call(at), jsonText(v), number(k.Want)))
	case *kind.Pattern:
		w.add(Invalid, at, patternHint(n, v, at), fmt.Sprintf("%s is %s, which does not match the pattern that Vapi asks for: %s", w.call(at), describe(v), k.Want))
	case *kind.Type:
		w.add(Invalid, at, "", fmt.Sprintf("%s is %s where Vapi takes a whole number", w.call(at), describe(v)))
	default:
		w.add(Invalid, at, "", fmt.Sprintf("%s is %s, which Vapi's documentation does not allow", w.call(at), describe(v)))
	}
}

// gravest returns the fault of a single value that explains the others: what is
// too long also fails a pattern that says how long it may be.
func gravest(err *jsonschema.ValidationError) jsonschema.ErrorKind {
	for len(err.Causes) > 0 {
		first := err.Causes[0]
		for _, cause := range err.Causes[1:] {
			if _, pattern := first.ErrorKind.(*kind.Pattern); pattern {
				first = cause
			}
		}
		err = first
	}
	return err.ErrorKind
}

// unlisted tells a value that is none of those that the document lists.
func (w *walk) unlisted(n *node, v any, at *place) {
	message := fmt.Sprintf("%s is %s, which is not among the values that Vapi's documentation lists", w.call(at), describe(v))
	hint := ""
	s, _ := v.(string)
	switch near := nearestKey(s, n.words); {
	case near != "":
		message += "; the nearest is " + quoted(near)
		hint = member(at, quoted(near))
	default:
		hint = choice(at, n.words)
	}
	w.add(Unlisted, at, hint, message)
}

// lacks tells the properties that n requires and an object does not have.
func (w *walk) lacks(n *node, names []string, at *place) {
	var members []string
	for _, name := range names {
		members = append(members, quoted(name)+":"+sample(n.properties[name], 0))
	}
	w.add(Invalid, at, strings.Join(members, ","), fmt.Sprintf("%s has no %s, which Vapi requires", w.call(at), orList(names)))
}

// misspelt tells a property that is required and that object has under another
// name.
func (w *walk) misspelt(name, key string, object map[string]any, at *place) {
	w.add(Invalid, at, quoted(name)+":"+shortText(object[key]), fmt.Sprintf("%s has no %s, which Vapi requires; it has %s", w.call(at), name, quoted(clip(key, longestValue))))
}

// noBranchNamed tells an object that does not say which of a union it is.
func (w *walk) noBranchNamed(s *selector, object map[string]any, at *place) {
	hint := choice(at.member(nil, s.property), s.words)
	message := fmt.Sprintf("%s has no %s, by which Vapi tells what it is", w.call(at), s.property)
	if len(object) <= fewKeys {
		var keys []string
		for key := range object {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		if misspelt := s.misspelt(keys); misspelt != "" {
			message += "; it has " + quoted(misspelt)
			hint = quoted(s.property) + ":" + shortText(object[misspelt])
		}
	}
	w.add(Invalid, at, hint, message)
}

// misspelt returns the key that was meant to be the selector's property, "" for
// none: it is near and no property of any branch.
func (s *selector) misspelt(keys []string) string {
	var unknown []string
	for _, key := range keys {
		if !slices.ContainsFunc(s.all(), func(b *node) bool { return b.properties[key] != nil }) {
			unknown = append(unknown, key)
		}
	}
	return nearestKey(s.property, unknown)
}

// unknownBranch tells an object that says that it is what Vapi does not know.
func (w *walk) unknownBranch(s *selector, named any, at *place) {
	at = at.member(nil, s.property)
	word, isString := named.(string)
	if !isString {
		w.add(Invalid, at, choice(at, s.words), fmt.Sprintf("%s is %s where Vapi takes a string", w.call(at), describe(named)))
		return
	}
	hint := choice(at, s.words)
	if near := nearestKey(word, s.words); near != "" {
		hint = member(at, quoted(near))
	} else if alias, ok := otherNames[strings.ToLower(word)]; ok && slices.Contains(s.words, alias) {
		hint = member(at, quoted(alias))
	}
	w.add(Invalid, at, hint, fmt.Sprintf("%s is %s; Vapi knows no such %s", w.call(at), quoted(clip(word, longestValue)), s.property))
}

// otherNames are what providers and types are called elsewhere.
var otherNames = map[string]string{
	"elevenlabs": "11labs", "eleven-labs": "11labs", "eleven_labs": "11labs", "assemblyai": "assembly-ai",
	"custom": "custom-llm", "gemini": "google", "vertex": "google", "claude": "anthropic", "gpt": "openai", "azure": "azure-openai", "bedrock": "anthropic-bedrock",
	"grok": "xai", "transfer": "transferCall", "hangup": "endCall", "end_call": "endCall", "keypad": "dtmf", "http": "apiRequest", "api": "apiRequest", "phone": "number", "tel": "number",
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
