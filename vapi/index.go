package vapi

// Indexed returns r with a memory of where the members of its body stand, so
// that Identify, ToolNames, Summarize, ToolCalls and Judge, asked one after the
// other, read the body once in all. The result, and copies of it, belong to one
// goroutine, and its Body may not change.
func (r Request) Indexed() Request {
	r.index = &index{cursor: root(r.Body).open()}
	return r
}

// root returns the value that the body holds.
func (r Request) root() value {
	v := root(r.Body)
	v.index = r.index
	return v
}

// An index remembers the members of an object that a cursor has gone past, and
// goes on from there when more is asked for.
type index struct {
	cursor  cursor // at the last of members, or at the end
	members []indexedMember
	message *index // of the member that is Vapi's message, once somebody asked

	asks      []toolAsk // the tool calls of the request, once somebody asked
	asksKnown bool
}

type indexedMember struct {
	key        []byte
	start, end int // end is 0 while it is not known
}

// of returns the index of the envelope's message.
func (x *index) of(message value) *index {
	if x.message == nil {
		x.message = &index{cursor: message.open()}
	}
	return x.message
}

// member returns member n, and false where the object ends before it.
func (x *index) member(n int) (*indexedMember, bool) {
	if n == len(x.members) {
		if n > 0 {
			x.cursor.end = x.members[n-1].end // somebody may have found it since
		}
		x.cursor.passed = 0
		more := x.cursor.next()
		if n > 0 && x.cursor.passed > 0 {
			x.members[n-1].end = x.cursor.passed
		}
		if !more {
			return nil, false
		}
		x.members = append(x.members, indexedMember{key: x.cursor.key, start: x.cursor.start})
	}
	return &x.members[n], true
}
