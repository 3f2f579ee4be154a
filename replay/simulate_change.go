package replay

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"vapitap/internal/jsonpath"
	"vapitap/internal/nearest"
	"vapitap/vapi"
)

// Change is a value for a place in the messages of a call, or in those of one
// type.
type Change struct {
	Type string // the message's type, or llm; empty for all
	jsonpath.Assignment
	Text string // as it was written
}

// ParseChange reads a change as people type it: an assignment, as
// jsonpath.ParseAssignment reads it, with a type and a colon before it or not.
//
//	message.call.type=webCall
//	tool-calls:message.toolCallList[0].function.arguments.city=Bergen
//	call.endpointing.request:message.turn:=3
//
// The types are known, but any may be named; a path that begins with message
// has none before it.
func ParseChange(text string, readFile func(name string) ([]byte, error)) (Change, error) {
	c := Change{Text: text}
	rest := text
	if name, after, ok := splitType(text); ok {
		c.Type, rest = name, after
	}
	var err error
	c.Assignment, err = jsonpath.ParseAssignment(rest, readFile)
	return c, err
}

// splitType cuts a type off the beginning of a change.
func splitType(text string) (name, rest string, ok bool) {
	for _, t := range vapi.Types() { // one has brackets and an equals sign
		if rest, ok := strings.CutPrefix(text, t.Name+":"); ok && !strings.HasPrefix(rest, "=") {
			return t.Name, rest, true
		}
	}
	end := strings.IndexAny(text, `:=["'`)
	if end <= 0 || text[end] != ':' || strings.HasPrefix(text[end+1:], "=") {
		return "", text, false
	}
	name = text[:end]
	if name == "message" || strings.HasPrefix(name, "message.") {
		return "", text, false
	}
	return name, text[end+1:], true
}

// Changes makes changes in the steps of calls and notes which were made. Its
// methods may be called by any goroutine.
type Changes struct {
	list []Change

	mu    sync.Mutex
	made  []bool
	why   []error  // why each could not be made in the steps that it is for: what tells most of it
	types []string // of the steps, each once
}

// NewChanges returns the changes.
func NewChanges(list []Change) *Changes {
	return &Changes{list: list, made: make([]bool, len(list)), why: make([]error, len(list))}
}

// Apply returns the body of a step with those changes made that are for its type
// and can be made: a path may lead somewhere in one message of a type and nowhere
// in the next. What was changed is written as JavaScript's JSON.stringify writes
// it, as Vapi would have.
func (c *Changes) Apply(step vapi.Step) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.types, step.Type) {
		c.types = append(c.types, step.Type)
	}
	body, changed := step.Body, false
	for i, change := range c.list {
		if change.Type != "" && change.Type != step.Type {
			continue
		}
		edited, err := vapi.Set(body, change.Path, change.Value)
		switch {
		case err == nil:
			body, changed, c.made[i] = edited, true, true
		case !c.made[i]:
			c.why[i] = MoreTelling(c.why[i], vapi.WithMeantPath(err, body, change.Path))
		}
	}
	if !changed {
		return body, nil
	}
	return vapi.Stringify(body)
}

// Unmade returns an error for each change that no step was changed by: the type
// that did not come, with the nearest that did, or where the path led nowhere.
func (c *Changes) Unmade() []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []error
	for i, change := range c.list {
		if !c.made[i] {
			list = append(list, c.unmade(change, c.why[i]))
		}
	}
	return list
}

func (c *Changes) unmade(change Change, why error) error {
	var notJSON *jsonpath.NotJSONError
	var missing *jsonpath.NotFoundError
	switch {
	case errors.As(why, &notJSON):
		return fmt.Errorf("%s: %s: the body is %w", change.Text, change.Path, why)
	case errors.As(why, &missing) && missing.Meant != nil: // on one line, since there may be several such errors
		return fmt.Errorf("%s: %s: %s; did you mean %s?", change.Text, missing.Path, missing.Reason, missing.Meant)
	case why != nil:
		return fmt.Errorf("%s: %w", change.Text, why)
	}
	text := fmt.Sprintf("%s: no %s was sent", change.Text, change.Type)
	if near := nearest.Word(change.Type, c.types); near != "" {
		return fmt.Errorf("%s; did you mean %s?", text, near)
	}
	return fmt.Errorf("%s; sent were: %s", text, strings.Join(c.types, ", "))
}
