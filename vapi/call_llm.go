package vapi

import (
	"slices"
	"strconv"
	"time"
)

// A custom LLM is asked as any model is, by a chat completion that is streamed.

// modelOutcome is what a model answered.
type modelOutcome struct {
	said    string
	calls   []*completionCall
	failure string // the ended reason where the answer cannot be used
}

// customModel is the assistant's own model, nil where it has none.
func (c *SimulatedCall) customModel() *jsObject {
	model := c.assistant.part("model")
	if model.text("provider") != "custom-llm" || model.text("url") == "" {
		return nil
	}
	return model
}

// askModel asks the model what comes next.
func askModel() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		model := c.customModel()
		out := outgoing{
			kind:    typeOfLLM,
			message: c.completionRequest(model),
			server:  orEmpty(model),
			budget:  timeoutOf(model),
			taken: func(c *SimulatedCall, r Reply) {
				c.model = readCompletion(r)
			},
		}
		if url := model.text("url"); url != "" {
			// Vapi appends the path, also to a URL that has it already.
			out.server = model.with("url", appendedPath(url, completionsPath))
		} else {
			out.path = c.place.completionsPathAt()
		}
		return out
	}
}

// appendedPath is a URL with more at the end of its path.
func appendedPath(address, more string) string {
	u, ok := webURL(address)
	if !ok {
		return address
	}
	for len(u.Path) > 0 && u.Path[len(u.Path)-1] == '/' {
		u.Path = u.Path[:len(u.Path)-1]
	}
	u.Path += more
	u.RawPath = ""
	return u.String()
}

// completionRequest is the body of a chat completion: what OpenAI's has, and
// what Vapi adds unless metadataSendMode is off. The model may be nil.
func (c *SimulatedCall) completionRequest(model *jsObject) *jsObject {
	name := model.text("model")
	if name == "" {
		name = "custom"
	}
	members := []jsMember{
		{"model", name},
		{"messages", c.log.openAI()},
		{"temperature", orNumber(model.get("temperature"), 0.7)},
		{"max_tokens", orNumber(model.get("maxTokens"), 250)},
		{"stream", true},
	}
	if tools := c.completionTools(); len(tools) > 0 {
		members = append(members, jsMember{"tools", tools})
	}
	if model.text("metadataSendMode") == "off" {
		return newObject(members...)
	}
	t := c.tail()
	members = append(members, jsMember{"timestamp", c.now.UnixMilli()})
	members = append(members, jsMember{"call", t.Call}, jsMember{"phoneNumber", t.PhoneNumber}, jsMember{"customer", t.Customer})
	if metadata := c.assistant.part("metadata"); metadata != nil {
		members = append(members, jsMember{"metadata", metadata})
	}
	return newObject(members...)
}

func orNumber(v any, otherwise float64) any {
	if f, ok := v.(float64); ok {
		return f
	}
	return otherwise
}

// completionTools are the usable tools as OpenAI lays them out.
func (c *SimulatedCall) completionTools() []any {
	var tools []any
	for _, t := range c.usableTools() {
		tools = append(tools, newObject(jsMember{"type", "function"}, jsMember{"function", t.object("function")}))
	}
	return tools
}

// Ended reasons of a call whose model failed.
const (
	reasonModelFailed     = "call.in-progress.error-providerfault-custom-llm-llm-failed"
	reasonModelError      = "call.in-progress.error-providerfault-custom-llm-500-server-error"
	reasonModelOverloaded = "call.in-progress.error-providerfault-custom-llm-503-server-overloaded-error"
	reasonModelBadRequest = "call.in-progress.error-vapifault-custom-llm-400-bad-request-validation-failed"
	reasonModelNotAllowed = "call.in-progress.error-vapifault-custom-llm-401-unauthorized"
	reasonModelDenied     = "call.in-progress.error-vapifault-custom-llm-403-model-access-denied"
	reasonModelQuota      = "call.in-progress.error-vapifault-custom-llm-429-exceeded-quota"
)

var modelStatusReasons = map[int]string{
	400: reasonModelBadRequest, 401: reasonModelNotAllowed, 403: reasonModelDenied, 429: reasonModelQuota, 503: reasonModelOverloaded,
}

// readCompletion reads what a model answered, streamed or whole.
func readCompletion(r Reply) modelOutcome {
	switch {
	case modelStatusReasons[r.Status] != "":
		return modelOutcome{failure: modelStatusReasons[r.Status]}
	case r.Status >= 500:
		return modelOutcome{failure: reasonModelError}
	case r.Status < 200 || r.Status > 299:
		return modelOutcome{failure: reasonModelFailed}
	}
	const longest = 10_000 // characters of what is said
	answer := completion{textLimit: longest}
	if isEventStream(&r) {
		for chunk := range events(r.Body) {
			answer.addChunk(root(chunk))
		}
	} else {
		answer.addChunk(root(r.Body))
	}
	said := oneLine(answer.text.String(), longest)
	if said == "" && len(answer.calls) == 0 {
		return modelOutcome{failure: reasonModelFailed}
	}
	return modelOutcome{said: said, calls: answer.calls[:min(len(answer.calls), maxOwnTools)]}
}

// maxModelHops is how often in one turn a model may call tools before it has to
// say something.
const maxModelHops = 3

// modelTurn is a turn of the user and what a custom LLM makes of it. Where the
// model fails the call ends.
func modelTurn(words string) []beat {
	return slices.Concat(userSays(words), []beat{
		{700 * time.Millisecond, askModel()},
		{0, fork(func(c *SimulatedCall) []beat { return c.afterModel(maxModelHops) })},
	})
}

// afterModel is what comes of the model's answer: its tool calls and the question
// what it makes of their results, or what it says.
func (c *SimulatedCall) afterModel(hops int) []beat {
	answer := c.model
	switch {
	case answer.failure != "":
		c.end(answer.failure)
		return nil
	case len(answer.calls) > 0 && hops > 0:
		return append(toolAnswered(func(c *SimulatedCall) outgoing { return c.toolTurn(c.modelCalls(answer.calls)) }),
			beat{500 * time.Millisecond, askModel()},
			beat{0, fork(func(c *SimulatedCall) []beat { return c.afterModel(hops - 1) })},
		)
	case answer.said == "":
		return []beat{{0, told(typeHang)}}
	}
	said := fixedLine(answer.said)
	return append([]beat{{100 * time.Millisecond, modelOutput(said)}}, assistantSays(said)...)
}

// modelCalls are the tool calls that a model made, for sending.
func (c *SimulatedCall) modelCalls(calls []*completionCall) []*toolInvocation {
	var turn []*toolInvocation
	for _, call := range calls {
		arguments, err := parseJSObject([]byte(call.arguments.String()))
		if err != nil {
			arguments = newObject()
		}
		t := &toolInvocation{id: call.id, name: call.name, arguments: arguments, definition: c.toolDefinition(call.name)}
		isTaken := func(other *toolInvocation) bool { return other.id == t.id }
		for t.id == "" || slices.ContainsFunc(c.tools, isTaken) || slices.ContainsFunc(turn, isTaken) {
			t.id = c.ids.toolCall()
		}
		turn = append(turn, t)
	}
	return turn
}

// bareModelTurn is a turn of which nothing is sent but the chat completions, for
// a server that is a model and nothing else. Its tool calls are answered here.
func bareModelTurn(words string) []beat {
	return []beat{
		heardOnly("user", words),
		{700 * time.Millisecond, askModel()},
		{0, fork(func(c *SimulatedCall) []beat { return c.afterBareModel(maxModelHops) })},
	}
}

func (c *SimulatedCall) afterBareModel(hops int) []beat {
	answer := c.model
	if answer.failure != "" {
		return nil // the next turn is asked all the same
	}
	if len(answer.calls) > 0 && hops > 0 {
		turn := c.modelCalls(answer.calls)
		c.tools = append(c.tools, turn...)
		c.log.toolCalls(c.now, turn)
		for _, t := range turn {
			t.result, t.succeeded = standInResult(t), true
			c.log.toolResult(c.now, *t)
		}
		return []beat{
			{600 * time.Millisecond, askModel()},
			{0, fork(func(c *SimulatedCall) []beat { return c.afterBareModel(hops - 1) })},
		}
	}
	if answer.said == "" {
		return nil
	}
	return []beat{heardOnly("assistant", answer.said)}
}

// heardOnly is somebody saying something of which nobody is told.
func heardOnly(role, words string) beat {
	return beat{speakingTime(words), fork(func(c *SimulatedCall) []beat {
		c.speaks(role)
		c.log.speech(c.now, role, words)
		return nil
	})}
}

// standInResult is what a tool gives that nobody runs.
func standInResult(t *toolInvocation) string {
	if city := t.arguments.text("city"); t.name == toolName(weatherTool) && city != "" {
		return "12 degrees and cloudy in " + city
	}
	return t.name + " is done, reference " + strconv.Itoa(1000+len(t.id))
}
