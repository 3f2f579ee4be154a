package jsonpath

import "slices"

// What EndingIn looks at. Each level costs two scans of the document.
const (
	endingDeepest = 24     // steps before the tail
	endingNodes   = 20_000 // objects, arrays and strings that may hold one
	endingsFound  = 64
)

// EndingIn returns paths in doc that end as tail does: what a path may have been
// meant to be whose beginning was left out. Set finds a value at the first of them;
// at those that follow, an object in which the last key of tail would be new. The
// shortest of each come first, of equally long ones the first in the document.
// Strings that hold JSON are entered as Get does.
//
// It looks 24 levels deep, at no more than 20,000 objects and arrays, and returns
// no more than 64 paths of each: none where doc is not JSON, and none for a tail
// that is empty or begins with an index, which would be the end of too many.
func EndingIn(doc []byte, tail Path) []Path {
	if len(tail) == 0 || tail[0].IsIndex {
		return nil
	}
	c, err := newCursor(doc)
	if err != nil {
		return nil
	}
	s := endings{tail: tail, nodes: []endingNode{{cursor: *c}}}
	for n := 0; n < len(s.nodes) && len(s.found) < endingsFound; n++ {
		s.look(n)
	}
	return append(s.found, s.almost...)
}

// endings looks for paths that end in tail, level by level.
type endings struct {
	tail          Path
	nodes         []endingNode // those that were looked at, and those to come
	found, almost []Path       // with a value, and with a last key that would be new
}

// endingNode is a value that the tail may begin in, and how it was come to.
type endingNode struct {
	cursor
	from  int // the node that it stands in
	step  Step
	depth int
}

// look tries the tail in a node and notes what stands in it.
func (s *endings) look(n int) {
	node := s.nodes[n]
	node.enter()
	switch node.text[node.start] {
	case '{':
		s.try(n, node.cursor)
		s.noteMembers(n, &node)
	case '[':
		elements(node.value(), func(i, start, end int) bool {
			s.note(n, &node, Index(i), start, end)
			return len(s.nodes) < endingNodes
		})
	}
}

// try follows the tail from the object that a node is.
func (s *endings) try(n int, at cursor) {
	last := len(s.tail) - 1
	for i, step := range s.tail {
		if i > 0 {
			at.enter()
		}
		if at.take(step) {
			continue
		}
		isNew := i == last && i > 0 && !step.IsIndex && at.text[at.start] == '{'
		if isNew && len(s.almost) < endingsFound {
			s.almost = append(s.almost, s.path(n))
		}
		return
	}
	s.found = append(s.found, s.path(n))
}

// noteMembers notes the members of the object that a node is. Of those with the
// same key the last is what a path leads to.
func (s *endings) noteMembers(n int, node *endingNode) {
	noted := map[string]int{}
	object := node.value()
	members(object, func(m member) bool {
		key, ok := Unquote(object[m.key:m.keyEnd])
		if !ok {
			return true
		}
		if at, again := noted[key]; again {
			s.nodes[at].start, s.nodes[at].end = node.start+m.start, node.start+m.end
		} else if s.note(n, node, Key(key), m.start, m.end) {
			noted[key] = len(s.nodes) - 1
		}
		return len(s.nodes) < endingNodes
	})
}

// note adds what stands in a node from start to end to what is looked at, and
// reports whether it did: not where it holds nothing.
func (s *endings) note(n int, node *endingNode, step Step, start, end int) bool {
	start, end = node.start+start, node.start+end
	if node.depth == endingDeepest || !mayHold(node.text[start:end]) {
		return false
	}
	within := cursor{text: node.text, start: start, end: end, entered: slices.Clip(node.entered)}
	s.nodes = append(s.nodes, endingNode{within, n, step, node.depth + 1})
	return true
}

// mayHold reports whether a value is an object or array or, as far as its first
// character tells, a string that holds one.
func mayHold(value []byte) bool {
	switch value[0] {
	case '{', '[':
		return true
	case '"':
		switch value[SkipSpace(value, 1)] {
		case '{', '[', '\\':
			return true
		}
	}
	return false
}

// path returns how the tail is come to from the whole by way of a node.
func (s *endings) path(n int) Path {
	p := make(Path, s.nodes[n].depth, s.nodes[n].depth+len(s.tail))
	for i := range slices.Backward(p) {
		p[i], n = s.nodes[n].step, s.nodes[n].from
	}
	return append(p, s.tail...)
}
