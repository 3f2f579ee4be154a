package schema

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fragment is where the schemas stand in the document.
const fragment = "#/components/schemas/"

// A node is a compiled schema without its references and wrappers, made ready
// to walk a value along. Nodes refer to one another in cycles, as the schemas
// do, and never change once they are made.
type node struct {
	name   string             // of the schema; "" for one within another
	plain  *jsonschema.Schema // what judges a string, number or boolean
	kinds  kinds              // which it may be; none for any
	words  []string           // the strings of its enum; nil where it has none
	isJSON bool               // it is a JSON Schema, or within one, that the model is given

	properties map[string]*node // nil where any are allowed
	names      []string         // of properties, in order
	required   []string
	others     *node // what properties that have no name are; nil for anything
	items      *node // nil for anything

	branches []*node // of a union: one of them is what the value is
	selector *selector
}

// kinds is a set of JSON types.
type kinds uint8

const (
	kindString kinds = 1 << iota
	kindNumber
	kindBoolean
	kindArray
	kindObject
)

var kindNames = []struct {
	kind kinds
	name string // as the document writes it
	word string // as a sentence does
}{
	{kindString, "string", "a string"},
	{kindNumber, "number", "a number"},
	{kindNumber, "integer", "a whole number"},
	{kindBoolean, "boolean", "true or false"},
	{kindArray, "array", "an array"},
	{kindObject, "object", "an object"},
}

// kindOf returns which JSON type v has, 0 for null.
func kindOf(v any) kinds {
	switch v.(type) {
	case string:
		return kindString
	case float64:
		return kindNumber
	case bool:
		return kindBoolean
	case []any:
		return kindArray
	case map[string]any:
		return kindObject
	}
	return 0
}

// graph is the nodes of all the schemas that were compiled so far.
type graph struct {
	nodes map[*jsonschema.Schema]*node
	fresh []*node // made, and not finished
}

// root returns the node of s, and finishes what it made on the way.
func (g *graph) root(s *jsonschema.Schema) *node {
	root := g.node(s)
	for _, n := range g.fresh { // only now all properties of all branches are there
		for _, b := range n.branches {
			n.kinds |= b.kinds
		}
		n.selector = newSelector(n.branches)
	}
	g.fresh = nil
	return root
}

// node returns the node of s, and makes it and those it refers to where there is
// none.
func (g *graph) node(s *jsonschema.Schema) *node {
	s = unwrapped(s)
	if n, ok := g.nodes[s]; ok {
		return n
	}
	n := &node{plain: s, name: nameOf(s), kinds: kindsOf(s), words: wordsOf(s), required: slices.Sorted(slices.Values(s.Required))}
	n.isJSON = n.name == "JsonSchema" || n.name == "OpenAIFunctionParameters"
	g.nodes[s] = n
	g.fresh = append(g.fresh, n)

	for name, property := range s.Properties {
		if n.properties == nil {
			n.properties = map[string]*node{}
		}
		n.properties[name] = g.node(property)
		n.names = append(n.names, name)
	}
	slices.Sort(n.names)
	if others, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		n.others = g.node(others)
	}
	if s.Items2020 != nil {
		n.items = g.node(s.Items2020)
	}
	for _, branch := range s.AnyOf {
		n.branches = append(n.branches, g.node(branch))
	}
	return n
}

// kindsOf returns the JSON types that s allows by its type.
func kindsOf(s *jsonschema.Schema) kinds {
	var all kinds
	if s.Types == nil {
		return all
	}
	for _, k := range kindNames {
		if slices.Contains(s.Types.ToStrings(), k.name) {
			all |= k.kind
		}
	}
	return all
}

// wordsOf returns the strings that s lists.
func wordsOf(s *jsonschema.Schema) []string {
	if s.Enum == nil {
		return nil
	}
	var words []string
	for _, v := range s.Enum.Values {
		if word, ok := v.(string); ok {
			words = append(words, word)
		}
	}
	return words
}

// unwrapped follows references, and an allOf of one schema, which is how the
// document writes a reference that has a description.
func unwrapped(s *jsonschema.Schema) *jsonschema.Schema {
	for {
		switch {
		case s.Ref != nil:
			s = s.Ref
		case len(s.AllOf) == 1:
			s = s.AllOf[0]
		default:
			return s
		}
	}
}

// nameOf returns the name that the document gives s, "" where s stands within
// another schema.
func nameOf(s *jsonschema.Schema) string {
	_, name, _ := strings.Cut(s.Location, fragment)
	if strings.Contains(name, "/") {
		return ""
	}
	return name
}
