package vapi

import "math"

// Indexed returns r with a memory of what was read of it, so that Identify,
// ToolNames, Summarize, ToolCalls and Judge, asked one after the other, read the
// body once in all, and the answers that the first Reply they are given has to
// tool calls. The result, and copies of it, belong to one goroutine; neither its
// Body nor that Reply may change.
func (r Request) Indexed() Request {
	if len(r.Body) > math.MaxInt32 { // beyond what is worth remembering
		return r
	}
	m := &memory{}
	m.body.cursor, m.body.members = root(r.Body).open(), m.room[:0:1]
	r.memory = m
	return r
}

// A memory is what was read of a request, and of its reply.
type memory struct {
	body    index                                  // of the members of the body
	message index                                  // of those of the message in it
	room    [1 + usualMessageMembers]indexedMember // for the members of both

	messageStart int // where the message stands in the body, once somebody asked; 0 where there is none
	messageKnown bool

	asksKnown bool
	asks      []toolAsk // the tool calls of the request, once somebody asked

	reply   *Reply       // the one whose answers are known; nil while none are
	answers *toolAnswers // of reply
}

// usualMessageMembers is how many members a message has at most, but for some
// reports.
const usualMessageMembers = 12

// root returns the value that the body holds.
func (r *Request) root() value {
	v := root(r.Body)
	if r.memory != nil {
		v.index = &r.memory.body
	}
	return v
}

// message returns the message in Vapi's envelope, and false where there is none.
func (r *Request) message() (value, bool) {
	m := r.memory
	if m == nil {
		return messageOf(r.root())
	}
	if !m.messageKnown {
		m.messageKnown = true
		if v, ok := messageOf(r.root()); ok {
			m.messageStart = v.start
			m.message.cursor, m.message.members = v.open(), m.room[1:1]
		}
	}
	if m.messageStart == 0 {
		return value{}, false
	}
	return value{text: r.Body, start: m.messageStart, index: &m.message}, true
}

// An index remembers the members of an object that a cursor has gone past, and
// goes on from there when more is asked for.
type index struct {
	cursor  cursor // at the last of members, or at the end
	members []indexedMember
}

// An indexedMember is where a member stands in the text.
type indexedMember struct {
	key, keyEnd int32
	start, end  int32 // of its value; end is 0 while it is not known
}

// member returns member n, and false where the object ends before it.
func (x *index) member(n int) (*indexedMember, bool) {
	if n == len(x.members) {
		if n > 0 {
			x.cursor.end = int(x.members[n-1].end) // somebody may have found it since
		}
		x.cursor.passed = 0
		more := x.cursor.next()
		if n > 0 && x.cursor.passed > 0 {
			x.members[n-1].end = int32(x.cursor.passed)
		}
		if !more {
			return nil, false
		}
		x.members = append(x.members, indexedMember{key: int32(x.cursor.keyStart), keyEnd: int32(x.cursor.keyEnd), start: int32(x.cursor.start)})
	}
	return &x.members[n], true
}
