package vapi

// A toolAnswer is one entry of the results of a reply.
type toolAnswer struct {
	at      int // its index in results
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
	byID    map[string]int // the first answer to each id
	bare    *toolAnswer    // to a function-call
}

// readAnswers reads the answers of reply, which may be nil or hold anything, to
// asks.
func readAnswers(reply *Reply, asks []toolAsk) toolAnswers {
	if reply == nil {
		return toolAnswers{}
	}
	body := root(reply.Body)
	if len(asks) == 1 && asks[0].bare {
		v := body.pick("result", "error")
		return toolAnswers{bare: &toolAnswer{entry: body, result: v[0], failure: v[1]}}
	}
	var picked [2]value
	v := body.pickInto(picked[:], "results", "error")
	answers := toolAnswers{byID: map[string]int{}}
	if v[1].isString() {
		answers.failure = v[1]
	}
	if v[0].isArray() {
		answers.results = v[0]
		answers.read(v[0])
	}
	return answers
}

// read reads the entries of results.
func (a *toolAnswers) read(results value) {
	for c := results.open(); c.next(); {
		answer := readAnswer(c.value())
		answer.at = len(a.list)
		if id := answer.id.str(); answer.id.isString() {
			if _, twice := a.byID[id]; !twice {
				a.byID[id] = answer.at
			}
		}
		a.list = append(a.list, answer)
	}
}

func readAnswer(entry value) toolAnswer {
	var picked [5]value
	v := entry.pickInto(picked[:], "toolCallId", "name", "result", "error", "message")
	return toolAnswer{entry: entry, id: v[0], name: v[1], result: v[2], failure: v[3], message: v[4]}
}

// to returns the answer to a call, and false where there is none.
func (a *toolAnswers) to(ask toolAsk) (toolAnswer, bool) {
	if a.bare != nil {
		return *a.bare, a.bare.says()
	}
	if at, ok := a.byID[ask.id]; ok {
		return a.list[at], true
	}
	if a.failure.found() {
		return toolAnswer{failure: a.failure}, true
	}
	return toolAnswer{}, false
}

// says reports whether the answer has a result or an error at all, be it null.
func (a toolAnswer) says() bool { return a.result.text != nil || a.failure.text != nil }
