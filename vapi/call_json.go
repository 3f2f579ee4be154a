package vapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
)

// jsObject is a JSON object as JavaScript holds it: a key once, integer-like
// keys first and ascending, the others in the order in which they came.
type jsObject struct{ members []jsMember }

// jsMember is a key of a jsObject with its value: nil, a bool, an int, a
// float64, a string, a []any or a *jsObject.
type jsMember struct {
	key   string
	value any
}

var errNotObject = errors.New("not a JSON object")

func newObject(members ...jsMember) *jsObject { return &jsObject{members} }

// parseJSObject reads text that is one JSON object and nothing else.
func parseJSObject(text []byte) (*jsObject, error) {
	// Valid also refuses what is nested deeper than 10,000 levels, which bounds
	// the recursion of readJSValue and appendJSValue.
	if !json.Valid(text) {
		return nil, errNotObject
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := readJSValue(d)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*jsObject)
	if !ok {
		return nil, errNotObject
	}
	return o, nil
}

func readJSValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		// Out of range is an infinity, which JSON.stringify writes as null.
		f, _ := strconv.ParseFloat(t.String(), 64)
		if math.IsInf(f, 0) {
			return nil, nil
		}
		return f + 0, nil
	case json.Delim:
		if t == '[' {
			return readJSArray(d)
		}
		return readJSObject(d)
	default:
		return t, nil
	}
}

func readJSArray(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		v, err := readJSValue(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func readJSObject(d *json.Decoder) (any, error) {
	o := &jsObject{}
	seen := map[string]int{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		v, err := readJSValue(d)
		if err != nil {
			return nil, err
		}
		if i, again := seen[key]; again {
			o.members[i].value = v
			continue
		}
		seen[key] = len(o.members)
		o.members = append(o.members, jsMember{key, v})
	}
	slices.SortStableFunc(o.members, func(a, b jsMember) int {
		return cmp.Compare(arrayIndex(a.key), arrayIndex(b.key))
	})
	_, err := d.Token()
	return o, err
}

// arrayIndex returns the number that JavaScript takes a key for, and one above
// all of them for any other key.
func arrayIndex(key string) uint64 {
	n, err := strconv.ParseUint(key, 10, 32)
	if err != nil || n == math.MaxUint32 || strconv.FormatUint(n, 10) != key {
		return math.MaxUint32
	}
	return n
}

// get returns the value of a key, nil where it is absent. It may be called on
// a nil object.
func (o *jsObject) get(key string) any {
	if o == nil {
		return nil
	}
	for _, m := range o.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// object returns the object of a key, nil where it is something else.
func (o *jsObject) object(key string) *jsObject {
	v, _ := o.get(key).(*jsObject)
	return v
}

// text returns the string of a key, empty where it is something else.
func (o *jsObject) text(key string) string {
	v, _ := o.get(key).(string)
	return v
}

// objects returns the objects in the array of a key, without what else is in it.
func (o *jsObject) objects(key string) []*jsObject {
	list, _ := o.get(key).([]any)
	var found []*jsObject
	for _, v := range list {
		if item, ok := v.(*jsObject); ok {
			found = append(found, item)
		}
	}
	return found
}

// with returns a copy of the object in which key has the value.
func (o *jsObject) with(key string, value any) *jsObject {
	members := slices.Clone(o.members)
	i := slices.IndexFunc(members, func(m jsMember) bool { return m.key == key })
	if i < 0 {
		return &jsObject{append(members, jsMember{key, value})}
	}
	members[i].value = value
	return &jsObject{members}
}

// MarshalJSON returns the object as JSON.stringify writes it, but for the line
// separators that jsStringify puts right.
func (o *jsObject) MarshalJSON() ([]byte, error) { return appendJSValue(nil, o), nil }

func appendJSValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case *jsObject:
		if v == nil {
			return append(dst, "null"...)
		}
		dst = append(dst, '{')
		for i, m := range v.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSScalar(dst, m.key), ':')
			dst = appendJSValue(dst, m.value)
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSValue(dst, item)
		}
		return append(dst, ']')
	default:
		return appendJSScalar(dst, v)
	}
}

// appendJSScalar writes a string, number, bool or nil. The numbers of
// encoding/json have been JavaScript's since Go 1.8.
func appendJSScalar(dst []byte, v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return append(dst, "null"...)
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// jsStringify returns v as JSON.stringify writes it.
func jsStringify(v any) []byte {
	return rawLineSeparators(appendJSValue(nil, v))
}

// rawLineSeparators undoes the one escape that encoding/json always writes and
// JSON.stringify never does: of U+2028 and U+2029.
func rawLineSeparators(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\u202`)) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		switch rest := text[i:]; {
		case bytes.HasPrefix(rest, []byte(`\u2028`)):
			out, i = append(out, "\u2028"...), i+6
		case bytes.HasPrefix(rest, []byte(`\u2029`)):
			out, i = append(out, "\u2029"...), i+6
		case rest[0] == '\\' && len(rest) > 1:
			out, i = append(out, rest[:2]...), i+2
		default:
			out, i = append(out, rest[0]), i+1
		}
	}
	return out
}
