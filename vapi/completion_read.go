package vapi

// Completion is what a custom model answered to a chat completion, put together
// from the chunks of its stream or read from one JSON object. Only the first
// choice counts: it is the one that is spoken.
type Completion struct {
	Text     string // about the first 16,000 characters of what is said
	Calls    []ModelCall
	Finish   string // the finish_reason; empty where the answer does not tell
	Failure  string // the error that came in place of choices
	Streamed bool   // it came as server-sent events
	Chunks   int    // how many, where it was streamed
	Done     bool   // the stream ended as it should, with [DONE]

	PromptTokens, CompletionTokens int // 0 where the answer does not tell
}

// ModelCall is one tool call that a model makes.
type ModelCall struct {
	ID, Name  string
	Arguments RawJSON // as a string of JSON where what came is none
}

// ReadCompletion reads the reply to a chat completion. Everything is empty where
// it is none.
func ReadCompletion(reply Reply) Completion {
	const longestText = 16_000
	c := completion{textLimit: longestText}
	var read Completion
	add := func(chunk value) {
		c.addChunk(chunk)
		usage := chunk.member("usage").pick("prompt_tokens", "completion_tokens")
		for i, tokens := range []*int{&read.PromptTokens, &read.CompletionTokens} {
			if n, ok := usage[i].number(); ok && n > 0 && n < 1e9 {
				*tokens = int(n)
			}
		}
	}
	if isEventStream(&reply) {
		read.Streamed = true
		for chunk := range events(reply.Body) {
			if string(chunk) == streamEnd {
				read.Done = true
				continue
			}
			read.Chunks++
			add(root(chunk))
		}
	} else {
		add(root(reply.Body))
	}
	read.Text, read.Finish, read.Failure = c.text.String(), c.finish, c.failureWords()
	for _, call := range c.calls {
		read.Calls = append(read.Calls, ModelCall{ID: call.id, Name: call.name, Arguments: checkedJSON(parsedArguments(root([]byte(call.arguments.String()))))})
	}
	return read
}

// RPCCall is one message to an MCP server and what came back.
type RPCCall struct {
	Method string
	Params RawJSON
	Result RawJSON // nil where none came
	Error  RawJSON // likewise
	More   int     // how many more messages the batch has
	Wants  bool    // it has an id, so that an answer is wanted
}

// ReadRPC reads a request to an MCP server, the first message of a batch, with
// its answer, which may have come as server-sent events. reply may be nil.
func ReadRPC(r Request, reply *Reply) RPCCall {
	first, more := firstOf(r.root())
	v := first.pick("method", "params", "id")
	call := RPCCall{Method: v[0].words(phraseLength), Params: checkedJSON(v[1]), More: more, Wants: v[2].found()}
	if reply == nil {
		return call
	}
	answer := rpcResponse(reply, v[2]).pick("result", "error")
	call.Result, call.Error = checkedJSON(answer[0]), checkedJSON(answer[1])
	return call
}
