package vapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Which tools there are to call: the developer's own, those of the assistant
// that takes the call, or those of the scenario.

// maxOwnTools is how many tools a scenario calls that calls all there are.
const maxOwnTools = 30

// parseTools reads CallOptions.Tools and returns the function tools in it, each
// as Vapi lays it out. Tools that no server is asked for, such as endCall, are
// passed over.
func parseTools(text []byte) ([]*jsObject, error) {
	if text == nil {
		return nil, nil
	}
	if !json.Valid(text) {
		return nil, errors.New("tools: not JSON")
	}
	// A list is read as a member of an object, as that is what there is a reader for.
	wrapped, err := parseJSObject(slices.Concat([]byte(`{"tools":`), text, []byte("}")))
	if err != nil {
		return nil, errors.New("tools: nested too deep")
	}
	list, path := wrapped.get("tools"), "tools"
	if o, ok := list.(*jsObject); ok {
		if o.get("tools") == nil && o.get("function") != nil {
			list, path = []any{o}, "tools" // a single definition
		} else {
			list, path = o.get("tools"), "tools.tools"
		}
	}
	items, ok := list.([]any)
	if !ok {
		return nil, errors.New(`tools: neither a JSON array of tool definitions nor an object {"tools": [...]}`)
	}
	var tools []*jsObject
	for i, item := range items {
		tool, err := readTool(item)
		if err != nil {
			return nil, fmt.Errorf("%s[%d]: %w", path, i, err)
		}
		if tool != nil {
			tools = append(tools, tool)
		}
	}
	if len(tools) == 0 {
		return nil, errors.New(`tools: no function tool in it; one is {"type":"function","function":{"name":...,"parameters":{...}}}`)
	}
	return tools, nil
}

// readTool reads one tool definition, as Vapi and OpenAI's chat completions lay
// it out or with name and parameters at the top, as OpenAI's responses have it.
// It returns nil for a tool of another type than function.
func readTool(item any) (*jsObject, error) {
	tool, ok := item.(*jsObject)
	if !ok {
		return nil, errors.New("not an object")
	}
	if kind, given := tool.get("type").(string); given && kind != "function" {
		return nil, nil
	}
	if tool.object("function") == nil && tool.text("name") != "" {
		function := newObject()
		for _, key := range []string{"name", "description", "parameters", "strict"} {
			if v := tool.get(key); v != nil {
				function = function.with(key, v)
			}
		}
		tool = newObject(without(tool, "name", "description", "parameters", "strict")...).with("function", function)
	}
	function := tool.object("function")
	if function.text("name") == "" {
		return nil, errors.New("function.name is missing")
	}
	if v := function.get("parameters"); v != nil && function.object("parameters") == nil {
		return nil, fmt.Errorf("%s: function.parameters is not an object", function.text("name"))
	}
	if tool.get("type") == nil {
		tool = newObject(slices.Concat([]jsMember{{"type", "function"}}, tool.members)...)
	}
	return tool, nil
}

// without returns the members of an object but for those called so.
func without(o *jsObject, keys ...string) []jsMember {
	return slices.DeleteFunc(slices.Clone(o.members), func(m jsMember) bool { return slices.Contains(keys, m.key) })
}

// ownTools are the tools that the developer gave, or else those of the
// assistant whose definitions are known.
func (c *SimulatedCall) ownTools() []*jsObject {
	if c.given != nil {
		return c.given
	}
	return c.assistant.tools()
}

// usableTools are the tools that the assistant would call: its own, and without
// any those of the scenario.
func (c *SimulatedCall) usableTools() []*jsObject {
	tools := c.ownTools()
	if len(tools) == 0 {
		tools = c.plot.tools
	}
	return tools[:min(len(tools), maxOwnTools)]
}

// canCall reports whether the assistant would call a tool of this name.
func (c *SimulatedCall) canCall(name string) bool { return toolNamed(c.usableTools(), name) != nil }

// toolDefinition returns the definition by which a tool is called.
func (c *SimulatedCall) toolDefinition(name string) *jsObject {
	for _, list := range [][]*jsObject{c.ownTools(), c.plot.tools} {
		if t := toolNamed(list, name); t != nil {
			return t
		}
	}
	return functionTool(name, "")
}

func toolNamed(tools []*jsObject, name string) *jsObject {
	i := slices.IndexFunc(tools, func(t *jsObject) bool { return toolName(t) == name })
	if i < 0 {
		return nil
	}
	return tools[i]
}

func toolName(tool *jsObject) string { return tool.object("function").text("name") }

// otherTools are the usable tools but for those of these names, each once.
func (c *SimulatedCall) otherTools(names ...string) []*jsObject {
	seen := slices.Clone(names)
	var others []*jsObject
	for _, t := range c.usableTools() {
		if name := toolName(t); !slices.Contains(seen, name) {
			seen = append(seen, name)
			others = append(others, t)
		}
	}
	return others
}

// toolRound is what the call of any tool is about, as its name tells: the user
// asks, the tool is called, the assistant says what came back.
func toolRound(tool *jsObject) []beat {
	name := toolName(tool)
	return slices.Concat(
		userSays("Could you help me with this: "+spokenName(name)+"?"),
		toolAnswered(callTool(name)),
		assistantSays(func(c *SimulatedCall) string {
			call := c.lastToolCall(name)
			switch {
			case call.async():
				return "I've passed that on."
			case !call.succeeded:
				return "Sorry, that did not work just now."
			}
			return quoteResult("Here is what I found: ", call.result, "I have that for you.")
		}),
	)
}

// spokenName is the name of a tool as it is said: look_up_order is look up
// order, and lookUpOrder too.
func spokenName(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case r == '_' || r == '-' || r == '.':
			b.WriteByte(' ')
			lower = false
			continue
		case lower && 'A' <= r && r <= 'Z':
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		lower = 'a' <= r && r <= 'z'
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
