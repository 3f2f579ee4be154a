package vapi

import "slices"

// A toolAnswer is one entry of the results of a reply.
type toolAnswer struct {
	entry   value
	id      value // toolCallId
	name    value
	result  value // may be null, which is not the same as absent
	failure value // error
	message value
}

// toolAnswers are the answers that a reply gives to tool calls.
type toolAnswers struct {
	failure value // the top-level error, absent where it is no string
	results value // absent where there is no such array
	list    []toolAnswer
	room    [1]toolAnswer  // for list, since most replies have one answer
	byID    map[string]int // of list, the first answer to each id; nil while there are few
	bare    *toolAnswer    // to a function-call
}

// answers returns the answers of reply, which may be nil or hold anything, to asks,
// the tool calls of r.
func (r *Request) answers(reply *Reply, asks []toolAsk) *toolAnswers {
	m := r.memory
	if m == nil || reply == nil || m.reply != nil && m.reply != reply {
		return readAnswers(reply, asks)
	}
	if m.reply == nil {
		m.reply, m.answers = reply, readAnswers(reply, asks)
	}
	return m.answers
}

// readAnswers reads the answers of reply, which may be nil or hold anything, to
// asks.
func readAnswers(reply *Reply, asks []toolAsk) *toolAnswers {
	var answers toolAnswers
	if reply == nil {
		return &answers
	}
	body := root(reply.Body)
	if len(asks) == 1 && asks[0].bare {
		v := body.pick("result", "error")
		answers.bare = &toolAnswer{entry: body, result: v[0], failure: v[1]}
		return &answers
	}
	var picked [2]value
	v := body.pickInto(picked[:], "results", "error")
	if v[1].isString() {
		answers.failure = v[1]
	}
	if v[0].isArray() {
		answers.results = v[0]
		answers.read(v[0])
	}
	return &answers
}

// read reads the entries of results.
func (a *toolAnswers) read(results value) {
	a.list = a.room[:0]
	for c := results.open(); c.next(); {
		a.list = append(a.list, readAnswer(c.value()))
	}
	if len(a.list) <= few {
		return
	}
	a.byID = make(map[string]int, len(a.list))
	for at, answer := range slices.Backward(a.list) {
		if answer.id.isString() {
			a.byID[answer.id.str()] = at
		}
	}
}

// few is how many things have their ids compared one by one, which for so many
// is faster than to make a map.
const few = 8

// first returns where in a.list the first answer to an id stands.
func (a *toolAnswers) first(id string) (at int, ok bool) {
	if a.byID != nil {
		at, ok = a.byID[id]
		return at, ok
	}
	for i := range a.list {
		if a.list[i].id.is(id) {
			return i, true
		}
	}
	return 0, false
}

func readAnswer(entry value) toolAnswer {
	var picked [5]value
	v := entry.pickInto(picked[:], "toolCallId", "name", "result", "error", "message")
	return toolAnswer{entry: entry, id: v[0], name: v[1], result: v[2], failure: v[3], message: v[4]}
}

// to returns the answer to the call with an id, and false where there is none.
func (a *toolAnswers) to(id string) (*toolAnswer, bool) {
	if a.bare != nil {
		return a.bare, a.bare.says()
	}
	if at, ok := a.first(id); ok {
		return &a.list[at], true
	}
	if a.failure.found() {
		return &toolAnswer{failure: a.failure}, true
	}
	return nil, false
}

// says reports whether the answer has a result or an error at all, be it null.
func (a *toolAnswer) says() bool { return a.result.text != nil || a.failure.text != nil }
