package vapi

import (
	"math"
	"slices"
	"strings"
	"time"
)

// argumentsOf returns the arguments of a tool call: those of the scenario where
// they fit the tool's parameters, made-up ones where not.
func (c *SimulatedCall) argumentsOf(definition *jsObject, scripted []jsMember) *jsObject {
	schema := definition.object("function").object("parameters")
	if schema == nil || scripted != nil && suits(schema, scripted) {
		return newObject(scripted...)
	}
	m := argumentMaker{ids: c.ids, now: c.now, root: schema, left: maxMadeUp}
	if made, ok := m.value("", schema, 0).(*jsObject); ok {
		return made
	}
	return newObject()
}

// suits reports whether arguments have all that a schema of parameters requires,
// nothing else, and values of the types that it names.
func suits(schema *jsObject, arguments []jsMember) bool {
	properties := schema.object("properties")
	for _, a := range arguments {
		property := properties.object(a.key)
		if property == nil || !slices.Contains(typesOf(a.value), property.text("type")) {
			return false
		}
		if choices, ok := property.get("enum").([]any); ok && !slices.Contains(choices, a.value) {
			return false
		}
	}
	for _, key := range requiredOf(schema) {
		if !slices.ContainsFunc(arguments, func(a jsMember) bool { return a.key == key }) {
			return false
		}
	}
	return true
}

// typesOf are the types that a schema may give for a scripted argument, of which
// there are strings and whole numbers; none for anything else.
func typesOf(v any) []string {
	switch v.(type) {
	case string:
		return []string{"string"}
	case int:
		return []string{"integer", "number"}
	}
	return nil
}

func requiredOf(schema *jsObject) (keys []string) {
	list, _ := schema.get("required").([]any)
	for _, v := range list {
		if key, ok := v.(string); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// Limits of made-up arguments, which hold whatever a schema asks for.
const (
	maxMadeUp      = 400  // values in one call
	maxMadeUpDepth = 8    // objects and arrays inside of one another
	maxMadeUpText  = 2000 // characters of a string
)

// argumentMaker makes up values that fit a JSON Schema.
type argumentMaker struct {
	ids  *callIDs
	now  time.Time
	root *jsObject // where references lead
	left int       // values that may still be made
}

// value makes a value for what is called name. What a schema says of itself
// counts first: const, example, default, enum.
func (m *argumentMaker) value(name string, schema *jsObject, depth int) any {
	m.left--
	schema = m.resolved(schema)
	if given, ok := statedValue(schema); ok {
		return given
	}
	if choices, ok := schema.get("enum").([]any); ok && len(choices) > 0 {
		return choices[m.ids.between(0, len(choices)-1)]
	}
	switch typeOfSchema(schema) {
	case "object":
		return m.object(schema, depth)
	case "array":
		return m.array(name, schema, depth)
	case "integer":
		return m.number(name, schema, true)
	case "number":
		return m.number(name, schema, false)
	case "boolean":
		return true
	case "null":
		return nil
	}
	return m.text(name, schema)
}

// statedValue is a value that a schema states.
func statedValue(schema *jsObject) (any, bool) {
	for _, key := range []string{"const", "example", "default"} {
		if v := schema.get(key); v != nil {
			return v, true
		}
	}
	if examples, ok := schema.get("examples").([]any); ok && len(examples) > 0 {
		return examples[0], true
	}
	return nil, false
}

// resolved follows the references of a schema and takes its first alternative
// that is not null, with what stands beside them.
func (m *argumentMaker) resolved(schema *jsObject) *jsObject {
	for range maxMadeUpDepth {
		beside := newObject(without(orEmpty(schema), "$ref", "anyOf", "oneOf", "allOf")...)
		switch {
		case schema.text("$ref") != "":
			schema = merged(m.referred(schema.text("$ref")), beside)
		case len(schema.objects("anyOf")) > 0:
			schema = merged(firstNotNull(schema.objects("anyOf")), beside)
		case len(schema.objects("oneOf")) > 0:
			schema = merged(firstNotNull(schema.objects("oneOf")), beside)
		case len(schema.objects("allOf")) > 0:
			for _, part := range schema.objects("allOf") {
				beside = merged(beside, part)
			}
			schema = beside
		default:
			return schema
		}
	}
	return newObject(without(orEmpty(schema), "$ref", "anyOf", "oneOf", "allOf")...)
}

func orEmpty(o *jsObject) *jsObject {
	if o == nil {
		return newObject()
	}
	return o
}

// referred is the schema that a reference inside of the document leads to, nil
// for none.
func (m *argumentMaker) referred(ref string) *jsObject {
	path, ok := strings.CutPrefix(ref, "#")
	at := m.root
	for _, key := range strings.Split(path, "/")[1:] {
		at = at.object(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
	}
	if !ok {
		return nil
	}
	return at
}

// merged is a with the members of b, whose properties and required are added to
// those of a.
func merged(a, b *jsObject) *jsObject {
	both := overlaid(a, b)
	for i, m := range both.members {
		first, second := orEmpty(a).get(m.key), orEmpty(b).get(m.key)
		if first == nil || second == nil {
			continue
		}
		switch m.key {
		case "properties":
			properties, _ := first.(*jsObject)
			more, _ := second.(*jsObject)
			both.members[i].value = overlaid(properties, more)
		case "required":
			list, _ := first.([]any)
			more, _ := second.([]any)
			both.members[i].value = slices.Concat(list, more)
		}
	}
	return both
}

// overlaid is a with the members of b, which count where both have a key.
func overlaid(a, b *jsObject) *jsObject {
	out := newObject()
	at := map[string]int{}
	for _, m := range slices.Concat(orEmpty(a).members, orEmpty(b).members) {
		if i, again := at[m.key]; again {
			out.members[i].value = m.value
			continue
		}
		at[m.key] = len(out.members)
		out.members = append(out.members, m)
	}
	return out
}

func firstNotNull(schemas []*jsObject) *jsObject {
	for _, s := range schemas {
		if s.text("type") != "null" {
			return s
		}
	}
	return schemas[0]
}

// typeOfSchema is the type that a schema names, the first that is not null where
// it names several, or else what its other keywords are for; a string where
// nothing tells.
func typeOfSchema(schema *jsObject) string {
	if list, ok := schema.get("type").([]any); ok {
		for _, v := range list {
			if name, ok := v.(string); ok && name != "null" {
				return name
			}
		}
	}
	switch {
	case schema.text("type") != "":
		return schema.text("type")
	case schema.object("properties") != nil:
		return "object"
	case schema.object("items") != nil:
		return "array"
	case schema.get("minimum") != nil || schema.get("maximum") != nil || schema.get("multipleOf") != nil:
		return "number"
	}
	return "string"
}

// object has all that is required, and most of what is not.
func (m *argumentMaker) object(schema *jsObject, depth int) any {
	made := newObject()
	required := requiredOf(schema)
	for _, p := range orEmpty(schema.object("properties")).members {
		if m.left <= 0 || depth >= maxMadeUpDepth {
			break
		}
		needed := slices.Contains(required, p.key)
		if !needed && (depth >= 3 || m.ids.between(1, 4) == 1) {
			continue
		}
		property, _ := p.value.(*jsObject)
		made = made.with(p.key, m.value(p.key, property, depth+1))
	}
	return made
}

func (m *argumentMaker) array(name string, schema *jsObject, depth int) any {
	least, most := limit(schema, "minItems", 0), limit(schema, "maxItems", math.MaxInt32)
	n := max(least, min(2, most))
	list := []any{}
	for range min(n, maxMadeUp) {
		if m.left <= 0 || depth >= maxMadeUpDepth {
			break
		}
		list = append(list, m.value(strings.TrimSuffix(name, "s"), schema.object("items"), depth+1))
	}
	return list
}

// limit is a keyword that is a count, or else is what it is without it.
func limit(schema *jsObject, key string, without int) int {
	f, ok := schema.get(key).(float64)
	if !ok || f < 0 || f > math.MaxInt32 {
		return without
	}
	return int(f)
}

func (m *argumentMaker) number(name string, schema *jsObject, whole bool) any {
	low, hasLow := bound(schema, "minimum", "exclusiveMinimum", 1)
	high, hasHigh := bound(schema, "maximum", "exclusiveMaximum", -1)
	switch {
	case !hasLow && !hasHigh:
		low, high = usualRange(strings.ToLower(name))
	case !hasLow:
		low = high - 10
		if high >= 1 {
			low = max(low, 1)
		}
	case !hasHigh:
		high = low + 10
	}
	low, high = math.Ceil(low), math.Max(math.Ceil(low), math.Floor(high))
	n := low + float64(m.ids.between(0, int(min(high-low, 1000))))
	if step, ok := schema.get("multipleOf").(float64); ok && step > 0 {
		n = math.Ceil(n/step) * step
		if hasHigh && n > high {
			n = math.Floor(high/step) * step
		}
	}
	if exact, only := schema.get("minimum").(float64); !whole && only && schema.get("maximum") == exact {
		return exact
	}
	if f, isFraction := schema.get("maximum").(float64); !whole && isFraction && f < low { // a range without a whole number
		return f
	}
	return n
}

// usualRange is what a number of this name is about.
func usualRange(name string) (low, high float64) {
	switch {
	case strings.Contains(name, "year"):
		return 1970, 2026
	case strings.Contains(name, "guest"), strings.Contains(name, "people"), strings.Contains(name, "party"):
		return 2, 2 // for whom a table is booked where the scenario does so
	}
	return 1, 9
}

// bound is an inclusive limit, or an exclusive one moved inwards.
func bound(schema *jsObject, inclusive, exclusive string, inwards float64) (float64, bool) {
	if f, ok := schema.get(inclusive).(float64); ok {
		if schema.get(exclusive) == true { // as in drafts of JSON Schema before 6
			f += inwards
		}
		return f, true
	}
	if f, ok := schema.get(exclusive).(float64); ok {
		return f + inwards, true
	}
	return 0, false
}
