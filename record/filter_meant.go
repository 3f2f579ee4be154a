package record

import (
	"slices"
	"strings"

	"vapitap/internal/nearest"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// Meant returns those terms of the filter that name a type or a check of which
// none is known, as a filter with the known name that is nearest in its place:
// type:tool-calls for type:tool-call. The filter that it returns has no terms
// where every name is known or near to none; its Terms are as they were written.
//
// Other names may come, so that such a filter is a right one; this is for where
// it finds nothing. Terms that are negated ask for nothing, and values with a
// wildcard name nothing: they are not looked at.
func (f *Filter) Meant() *Filter {
	meant := &Filter{}
	if f == nil {
		return meant
	}
	for _, c := range f.clauses {
		if c.Negated || c.criterion.names == nil {
			continue
		}
		if mended, ok := c.mended(); ok {
			meant.clauses = append(meant.clauses, mended)
		}
	}
	return meant
}

// mended returns the term with known names in place of those that are near to
// one, and false where there are none of those.
func (c clause) mended() (mended clause, ok bool) {
	known := c.criterion.names()
	c.alternatives, c.tests = slices.Clone(c.alternatives), slices.Clone(c.tests)
	for i, a := range c.alternatives {
		if a.open || a.openEnd || slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, a.text) }) {
			continue
		}
		near := nearest.Word(a.text, known)
		if near == "" {
			continue
		}
		a.text = near
		if t, wrong := c.criterion.compile(a); wrong == nil {
			c.alternatives[i], c.tests[i], ok = a, t, true
		}
	}
	return c, ok
}

// knownTypes are the types that an exchange is known to have: those of Vapi's
// messages, that of a chat completion, and the methods by which an MCP client
// uses tools.
func knownTypes() []string {
	var names []string
	for _, t := range vapi.Types() {
		names = append(names, t.Name)
	}
	return append(names, string(vapi.KindLLM), "initialize", "tools/list", "tools/call")
}

// knownChecks are the codes of all checks there are.
func knownChecks() []string {
	return slices.Concat(vapi.CheckCodes(), auth.CheckCodes(), []string{codeRedelivery})
}
