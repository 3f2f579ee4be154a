package vapi

import (
	"errors"
	"fmt"
	"slices"

	"vapitap/internal/jsonpath"
)

// Set returns body with value, which is JSON text, at p, as jsonpath.Set does,
// and knows two things about the tool calls of a message besides:
//
//   - A message has each call up to three times, in toolCallList, toolCalls and
//     toolWithToolCallList, flat or with a function, its arguments as an object or
//     as a string that holds one, here called arguments and there parameters. What
//     is set in one of them is set in all that have the same id: id, name and
//     arguments. Each keeps its shape, and gets no field that it does not have.
//   - Arguments that are a string of JSON stay one where an object or array takes
//     their place.
//
// The errors are those of jsonpath.Set. Where p leads nowhere because the call
// has another shape, the error says which path is meant.
func Set(body []byte, p jsonpath.Path, value []byte) ([]byte, error) {
	at, ok := toolCallPathOf(p)
	if !ok {
		return jsonpath.Set(body, p, value)
	}
	call := callAt(body, at.call)
	if at.field == fieldArguments && len(at.inside) == 0 {
		value = stayString(call.at(at.keys), value)
	}
	changed, err := jsonpath.Set(body, p, value)
	if err != nil {
		return nil, call.suggest(at, err)
	}
	for _, c := range copiesOf(changed, call.id, at) {
		if changed, err = c.set(changed, at.inside, value); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// callField is what the shapes of a tool call have in common.
type callField int

const (
	fieldOther callField = iota
	fieldID
	fieldName
	fieldArguments
	fieldAll // the call as a whole
)

// fieldPlaces are where the fields of a call can stand, first where they count.
var fieldPlaces = map[callField][][]string{
	fieldID:        {{"id"}},
	fieldName:      {{"name"}, {"function", "name"}},
	fieldArguments: {{"function", "arguments"}, {"arguments"}, {"function", "parameters"}, {"parameters"}},
}

// toolCallPath is a path that leads into a tool call of a message.
type toolCallPath struct {
	call   jsonpath.Path // to the call
	field  callField
	keys   []string      // from the call to the field
	inside jsonpath.Path // from the field on
}

// toolCallPathOf returns what p is as a path into a tool call, and false where
// it is none.
func toolCallPathOf(p jsonpath.Path) (toolCallPath, bool) {
	if len(p) < 3 || p[0] != jsonpath.Key("message") || p[1].IsIndex || !p[2].IsIndex {
		return toolCallPath{}, false
	}
	n := 3
	switch p[1].Key {
	case callList, callsList:
	case callWithToolList:
		if len(p) == 3 {
			return toolCallPath{call: append(slices.Clone(p), jsonpath.Key("toolCall")), field: fieldAll}, true
		}
		if p[3] != jsonpath.Key("toolCall") {
			return toolCallPath{}, false // it leads into the definition of the tool
		}
		n = 4
	default:
		return toolCallPath{}, false
	}
	at := toolCallPath{call: p[:n:n]}
	rest := p[n:]
	if len(rest) == 0 || len(rest) == 1 && rest[0] == jsonpath.Key("function") {
		at.field = fieldAll
		return at, true
	}
	for field, places := range fieldPlaces {
		for _, keys := range places {
			if len(rest) >= len(keys) && slices.Equal(rest[:len(keys)], keyPath(keys)) {
				at.field, at.keys, at.inside = field, keys, rest[len(keys):]
			}
		}
	}
	return at, true
}

func keyPath(keys []string) jsonpath.Path {
	p := make(jsonpath.Path, len(keys))
	for i, key := range keys {
		p[i] = jsonpath.Key(key)
	}
	return p
}

// placedCall is a tool call where it stands in a message.
type placedCall struct {
	path jsonpath.Path
	item value
	id   string
}

// callAt returns the call at p; one that has nothing where there is none.
func callAt(body []byte, p jsonpath.Path) placedCall {
	text, err := jsonpath.Get(body, p)
	if err != nil {
		return placedCall{path: p}
	}
	item := root(text)
	return placedCall{p, item, item.member("id").str()}
}

// at returns what stands in the call where keys lead.
func (c placedCall) at(keys []string) value { return c.item.at(keys...) }

// field returns the text of a field, nil where the call has none.
func (c placedCall) field(field callField) []byte {
	for _, keys := range fieldPlaces[field] {
		if v := c.at(keys); v.text != nil {
			return v.raw()
		}
	}
	return nil
}

// suggest adds to an error of setting what is at this path where the field
// stands in this call, if it stands elsewhere.
func (c placedCall) suggest(at toolCallPath, err error) error {
	var missing *jsonpath.NotFoundError
	if !errors.As(err, &missing) || len(missing.Path) > len(c.path)+len(at.keys) {
		return err
	}
	for _, keys := range fieldPlaces[at.field] {
		if c.at(keys).text != nil && !slices.Equal(keys, at.keys) {
			return fmt.Errorf("%w (in this call it is %s)", err, slices.Concat(c.path, keyPath(keys), at.inside))
		}
	}
	return err
}

// fieldCopy is another place at which a message has a field of a call.
type fieldCopy struct {
	path jsonpath.Path
	old  value
	now  []byte // what the field is, in the call that was changed
}

// copiesOf returns the other places of what was changed at this path in the call
// that had this id. Of calls with the same id the first of each list counts.
func copiesOf(body []byte, id string, at toolCallPath) []fieldCopy {
	source := callAt(body, at.call)
	calls := otherShapes(body, id, at.call[1].Key)
	fields := []callField{at.field}
	if at.field == fieldAll {
		fields = []callField{fieldID, fieldName, fieldArguments}
	} else {
		calls = append(calls, source)
	}
	var copies []fieldCopy
	for _, field := range fields {
		now := source.field(field)
		if at.keys != nil {
			now = source.at(at.keys).raw()
		}
		for _, call := range calls {
			copies = call.addCopies(copies, field, now)
		}
	}
	return slices.DeleteFunc(copies, func(c fieldCopy) bool {
		return c.now == nil || slices.Equal(c.path, slices.Concat(at.call, keyPath(at.keys)))
	})
}

// addCopies adds the places at which the call has the field.
func (c placedCall) addCopies(copies []fieldCopy, field callField, now []byte) []fieldCopy {
	for _, keys := range fieldPlaces[field] {
		if old := c.at(keys); old.text != nil {
			copies = append(copies, fieldCopy{slices.Concat(c.path, keyPath(keys)), old, now})
		}
	}
	return copies
}

// otherShapes returns the call with this id as the lists other than the named
// one have it.
func otherShapes(body []byte, id, list string) []placedCall {
	if id == "" {
		return nil
	}
	names := []string{callList, callsList, callWithToolList}
	lists := root(body).member("message").pick(names...)
	var calls []placedCall
	for i, name := range names {
		if name == list || !lists[i].isArray() {
			continue
		}
		if call, ok := callInList(lists[i], id, jsonpath.Path{jsonpath.Key("message"), jsonpath.Key(name)}); ok {
			calls = append(calls, call)
		}
	}
	return calls
}

// callInList returns the first call of a list that has this id.
func callInList(list value, id string, p jsonpath.Path) (placedCall, bool) {
	index := 0
	for c := list.open(); c.next(); index++ {
		path, item := append(p, jsonpath.Index(index)), c.value()
		if p[1].Key == callWithToolList {
			path, item = append(path, jsonpath.Key("toolCall")), item.member("toolCall")
		}
		if item.isObject() && item.member("id").str() == id {
			return placedCall{slices.Clone(path), item, id}, true
		}
	}
	return placedCall{}, false
}

// set makes the same change at the copy: the same value at the same place inside
// of it. Where the copy was so different that it has no such place it becomes
// what the field is.
func (c fieldCopy) set(body []byte, inside jsonpath.Path, value []byte) ([]byte, error) {
	if len(inside) > 0 {
		if changed, err := jsonpath.Set(body, slices.Concat(c.path, inside), value); err == nil {
			return changed, nil
		}
	}
	return jsonpath.Set(body, c.path, inForm(c.old, c.now))
}

// inForm returns the field now in the form of old: as a string that holds JSON
// where that is a string, as the JSON itself where that is an object or array.
func inForm(old value, now []byte) []byte {
	if held, ok := jsonpath.Unquote(now); ok && (old.isObject() || old.isArray()) && holdsJSON(held) {
		return []byte(held)
	}
	return stayString(old, now)
}

// holdsJSON reports whether text is a JSON object or array.
func holdsJSON(text string) bool {
	v := root([]byte(text))
	return (v.isObject() || v.isArray()) && jsonpath.Validate(v.text) == nil
}

// stayString returns now as a string that holds it where it is an object or
// array and old is a string.
func stayString(old value, now []byte) []byte {
	if v := root(now); old.isString() && (v.isObject() || v.isArray()) && jsonpath.Validate(now) == nil {
		return jsonpath.Quote(string(now[v.start:]))
	}
	return now
}
