package record

import (
	"net/http"
	"slices"
	"strings"

	"vapitap/vapi"
)

// criterion is what the name of a term stands for.
type criterion struct {
	name    string // empty for bare words
	payload bool   // it looks into headers or bodies
	compile func(alternative) (test, *FilterError)
	names   func() []string // values it is known to have, where it may have others
	ofLast  texts           // what the one is called that the value last stands for; nil where it is a value like others
}

// criteria are all the terms there are, in the order in which they are told.
var criteria = []criterion{
	{name: "type", compile: text(wholeText, typeOf), names: knownTypes},
	{name: "kind", compile: oneOf("kind", []string{string(vapi.KindServer), string(vapi.KindLLM), string(vapi.KindMCP), string(vapi.KindHTTP)},
		func(e *Exchange) string { return string(e.Kind) })},
	{name: "method", compile: text(wholeText, one(func(e *Exchange) string { return e.Method }))},
	{name: "path", compile: text(anyPart, pathOf)},
	{name: "status", compile: statusQuantity.compile},
	{name: "call", compile: text(textBeginning, callOf), ofLast: callOf},
	{name: "tool", compile: text(wholeText, toolsOf)},
	{name: "id", compile: idQuantity.compile},
	{name: "session", compile: text(wholeText, sessionOf), ofLast: sessionOf},
	{name: "slow", compile: slowQuantity.compile},
	{name: "size", compile: sizeQuantity.compile},
	{name: "check", compile: text(wholeText, checksOf), names: knownChecks},
	{name: "from", compile: oneOf("from", []string{string(FromTunnel), string(FromLocal), string(FromReplay), string(FromSimulate), string(FromTest), string(FromImport)},
		func(e *Exchange) string { return string(e.From) })},
	{name: "is", compile: compileState},
	{name: "header", payload: true, compile: text(anyPart, headersOf(true, true))},
	{name: "body", payload: true, compile: inBody(true, true)},
	{name: "req.header", payload: true, compile: text(anyPart, headersOf(true, false))},
	{name: "req.body", payload: true, compile: inBody(true, false)},
	{name: "reply.header", payload: true, compile: text(anyPart, headersOf(false, true))},
	{name: "reply.body", payload: true, compile: inBody(false, true)},
	{compile: bareWord},
}

// criterionNamed returns the criterion of a name, nil where there is none.
func criterionNamed(name string) *criterion {
	i := slices.IndexFunc(criteria, func(c criterion) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &criteria[i]
}

// states are the values of is:.
var states = []struct {
	name  string
	holds test
}{
	{"failed", (*Exchange).Failed},
	{"warned", (*Exchange).Warned},
	{"replay", func(e *Exchange) bool { return e.ReplayOf != 0 || e.From == FromReplay }},
	{"redelivery", func(e *Exchange) bool { return e.RedeliveryOf != 0 }},
	{"pending", (*Exchange).Pending},
	{"saved", func(e *Exchange) bool { return e.Saved }},
	{"marked", func(e *Exchange) bool { return e.Marked }},
	{"mocked", func(e *Exchange) bool { return e.Mocked }},
	{"reply", func(e *Exchange) bool { return vapi.WantsReply(e.Type) }},
}

// compileState is the compile of is:. With a wildcard one of the states that
// fit must hold.
func compileState(a alternative) (test, *FilterError) {
	p := newPattern(a, wholeText)
	var known []string
	var wanted []test
	for _, s := range states {
		known = append(known, s.name)
		if p.match(s.name) {
			wanted = append(wanted, s.holds)
		}
	}
	if wanted == nil {
		return nil, unknownValue("is", a.text, known)
	}
	return func(e *Exchange) bool {
		return slices.ContainsFunc(wanted, func(holds test) bool { return holds(e) })
	}, nil
}

// texts reports whether match is true of one of some texts of an exchange. Where
// there is none it asks about the empty text, so that "" finds what has none.
type texts func(e *Exchange, match func(string) bool) bool

// one makes texts of a single text.
func one(text func(*Exchange) string) texts {
	return func(e *Exchange, match func(string) bool) bool { return match(text(e)) }
}

// typeOf also gives the plain type of one such as
// transcript[transcriptType="final"].
func typeOf(e *Exchange, match func(string) bool) bool {
	plain, _, narrowed := strings.Cut(e.Type, "[")
	return match(e.Type) || narrowed && match(plain)
}

// pathOf gives the path with its query and without.
func pathOf(e *Exchange, match func(string) bool) bool {
	plain, _, hasQuery := strings.Cut(e.Path, "?")
	return match(e.Path) || hasQuery && match(plain)
}

func sessionOf(e *Exchange, match func(string) bool) bool { return match(e.Session) }

func callOf(e *Exchange, match func(string) bool) bool { return match(e.CallID) }

func toolsOf(e *Exchange, match func(string) bool) bool {
	return slices.ContainsFunc(e.ToolNames, match) || len(e.ToolNames) == 0 && match("")
}

func checksOf(e *Exchange, match func(string) bool) bool {
	return slices.ContainsFunc(e.Checks, func(c vapi.Check) bool { return match(c.Code) }) || len(e.Checks) == 0 && match("")
}

func wordsOf(e *Exchange, match func(string) bool) bool {
	return match(e.Summary) || match(e.Type) || match(e.Path) || match(e.CallID)
}

// headersOf gives the headers of one direction or both as "Name: value".
func headersOf(request, reply bool) texts {
	return func(e *Exchange, match func(string) bool) bool {
		return request && inHeader(e.Request.Header, match) || reply && inHeader(e.Response.Header, match)
	}
}

func inHeader(h http.Header, match func(string) bool) bool {
	if len(h) == 0 {
		return match("")
	}
	for name, values := range h {
		for _, v := range values {
			if match(name + ": " + v) {
				return true
			}
		}
	}
	return false
}

// text is the compile of a term that looks for texts.
func text(held extent, of texts) func(alternative) (test, *FilterError) {
	return func(a alternative) (test, *FilterError) { return textTest(a, held, of), nil }
}

func textTest(a alternative, held extent, of texts) test {
	p := newPattern(a, held)
	match := p.match
	return func(e *Exchange) bool { return of(e, match) }
}

// oneOf is the compile of a term whose values are known.
func oneOf(name string, known []string, of func(*Exchange) string) func(alternative) (test, *FilterError) {
	return func(a alternative) (test, *FilterError) {
		p := newPattern(a, wholeText)
		if !slices.ContainsFunc(known, p.match) {
			return nil, unknownValue(name, a.text, known)
		}
		return textTest(a, wholeText, one(of)), nil
	}
}

// inBody is the compile of a term that looks into bodies, their content
// encoding undone.
func inBody(request, reply bool) func(alternative) (test, *FilterError) {
	return func(a alternative) (test, *FilterError) {
		p := newPattern(a, anyPart)
		return func(e *Exchange) bool {
			return request && matches(&p, e.Request.Decoded()) || reply && matches(&p, e.Response.Decoded())
		}, nil
	}
}

// bareWord is the compile of a term without a name.
func bareWord(a alternative) (test, *FilterError) {
	if a.text == "" && !a.open && !a.openEnd {
		return nil, wrongf("there is nothing to look for")
	}
	return textTest(a, anyPart, wordsOf), nil
}

// unknownTerm is the error for a name that no term has.
func unknownTerm(name string) *FilterError {
	var names []string
	for _, c := range criteria {
		if c.name != "" {
			names = append(names, c.name)
		}
	}
	wrong := unknownWord("unknown term", name, names) // compared without their colons, which would bring all nearer
	if wrong.Nearest != "" {
		wrong.Nearest += ":"
	}
	for i := range wrong.Known {
		wrong.Known[i] += ":"
	}
	return wrong
}

// unknownValue is the error for a value that a term does not have.
func unknownValue(name, value string, known []string) *FilterError {
	return unknownWord("unknown "+name+": value", value, known)
}
