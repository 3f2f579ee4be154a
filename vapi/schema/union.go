package schema

import (
	"slices"
)

// A selector is the property of a union of objects that names the branch:
// provider, type, role and the like.
type selector struct {
	property string
	required bool               // every branch requires it
	branches map[string][]*node // by the value of property
	words    []string           // the values, in the document's order
	open     []*node            // the branches that list no value
}

// selectors are the properties that tell branches apart, the likeliest first.
// Where a branch has two of them that both do (a provider and a type), the first
// is the one that Vapi's documentation speaks of.
var selectors = []string{"provider", "type", "on", "role", "method"}

// oneProvider are the smart endpointing plans, for which the document lists the
// providers of all three in each.
var oneProvider = map[string]string{
	"VapiSmartEndpointingPlan":                   "vapi",
	"LivekitSmartEndpointingPlan":                "livekit",
	"CustomEndpointingModelSmartEndpointingPlan": "custom-endpointing-model",
}

// newSelector returns what tells the objects among branches apart, nil where
// nothing does.
func newSelector(branches []*node) *selector {
	var objects []*node
	for _, b := range branches {
		if b.kinds&kindObject != 0 && b.properties != nil {
			objects = append(objects, b)
		}
	}
	best, most := "", 0
	for _, property := range selectors {
		n := 0
		for _, b := range objects {
			if p := b.properties[property]; p != nil && len(p.words) > 0 {
				n++
			}
		}
		if n > most {
			best, most = property, n
		}
	}
	if most == 0 || 2*most <= len(objects) {
		return nil
	}
	return selectorBy(best, objects)
}

func selectorBy(property string, objects []*node) *selector {
	s := &selector{property: property, required: true, branches: map[string][]*node{}}
	for _, b := range objects {
		s.required = s.required && slices.Contains(b.required, property)
		p := b.properties[property]
		if p == nil || len(p.words) == 0 {
			s.open = append(s.open, b)
			continue
		}
		words := p.words
		if word, ok := oneProvider[b.name]; ok {
			words = []string{word}
		}
		for _, word := range words {
			if s.branches[word] == nil {
				s.words = append(s.words, word)
			}
			s.branches[word] = append(s.branches[word], b)
		}
	}
	return s
}

// branch returns the branch of the union n by which v is judged, nil where that
// cannot be told, of which it tells.
func (w *walk) branch(n *node, v any, at *place) *node {
	kind := kindOf(v)
	var fitting []*node
	for _, b := range n.branches {
		if b.kinds == 0 || b.kinds&kind != 0 {
			fitting = append(fitting, b)
		}
	}
	object, isObject := v.(map[string]any)
	switch {
	case len(fitting) == 0:
		w.wrongKind(n, v, at)
		return nil
	case isObject && n.selector != nil:
		return w.selected(n.selector, object, at)
	case isObject:
		return likest(fitting, object)
	}
	for _, b := range fitting {
		if b.plain.Validate(v) == nil {
			return b
		}
	}
	return fitting[0]
}

// selected returns the branch that object names, nil where it names none, of
// which it tells.
func (w *walk) selected(s *selector, object map[string]any, at *place) *node {
	named := object[s.property]
	word, isString := named.(string)
	switch {
	case named == nil && len(s.open) == 0 && s.required:
		w.noBranchNamed(s, object, at)
		return nil
	case named == nil:
		return likest(s.all(), object)
	case isString && s.branches[word] != nil:
		return likest(s.branches[word], object)
	case len(s.open) > 0:
		return likest(s.open, object)
	}
	w.unknownBranch(s, named, at)
	return nil
}

// all returns the branches of the selector.
func (s *selector) all() []*node {
	all := slices.Clone(s.open)
	for _, word := range s.words {
		all = append(all, s.branches[word]...)
	}
	return all
}

// likest returns the branch that object fits best as far as its own keys show,
// the first of those that are equal.
func likest(branches []*node, object map[string]any) *node {
	best, least := branches[0], 0
	for i, b := range branches {
		if faults := b.unlike(object); i == 0 || faults < least {
			best, least = b, faults
		}
	}
	return best
}

// unlike counts what an object has that n does not allow, and lacks that it
// requires, without looking into the members.
func (n *node) unlike(object map[string]any) int {
	faults := 0
	for _, name := range n.required {
		if object[name] == nil {
			faults++
		}
	}
	if n.properties == nil {
		return faults
	}
	for key, v := range object {
		if v == nil {
			continue
		}
		p := n.properties[key]
		switch {
		case p == nil || p.kinds != 0 && p.kinds&kindOf(v) == 0:
			faults++
		case len(p.words) > 0:
			if word, ok := v.(string); ok && !slices.Contains(p.words, word) {
				faults++
			}
		}
	}
	return faults
}
