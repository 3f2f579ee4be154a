package vapi

import (
	"slices"
	"time"
)

// outboundScenario is a call that an assistant makes. The server is not asked
// for one; it hears how the call gets on and answers the tools.
var outboundScenario = scenario{
	name:      "outbound",
	callType:  "outboundPhoneCall",
	tools:     []*jsObject{weatherTool},
	assistant: standInAssistant("Reminders", "Hello, this is the Corner Table. You have a table with us tonight at seven. Will you be coming?"),
	beats:     outboundCall(),
}

// outboundCall is a call from the moment in which it waits to be made.
func outboundCall() []beat {
	return slices.Concat(
		[]beat{
			{0, callStatus("queued")},
			{600 * time.Millisecond, callStatus("ringing")},
			{6 * time.Second, statusInProgress()},
			{100 * time.Millisecond, assistantStarted()},
		},
		assistantSays(greeting),
		userSays("Yes, we will. Will we need an umbrella on the way?"),
		[]beat{{0, fork(everyTool)}},
		assistantSays(fixedLine("Then we look forward to seeing you tonight. Goodbye!")),
		userSays("Thank you, goodbye."),
		endOfCall("assistant-ended-call"),
	)
}

// standInAssistant is an assistant of whom the server was not asked, as messages
// show it. It has no tools and no server: what there is to call is the
// scenario's or the developer's own.
func standInAssistant(name, firstMessage string) *jsObject {
	return newObject(
		jsMember{"id", "5a3e1f0c-2b7d-4c8e-9f60-7d1b2a4c6e80"},
		jsMember{"name", name},
		jsMember{"firstMessage", firstMessage},
		jsMember{"model", newObject(
			jsMember{"provider", "openai"},
			jsMember{"model", "gpt-4o"},
			jsMember{"messages", []any{newObject(
				jsMember{"role", "system"}, jsMember{"content", "You work for the restaurant Corner Table. Be brief."},
			)}},
		)},
		jsMember{"voice", newObject(jsMember{"provider", "vapi"}, jsMember{"voiceId", "Elliot"})},
		jsMember{"transcriber", newObject(jsMember{"provider", "deepgram"}, jsMember{"model", "nova-3"})},
	)
}

// everyTool is a round for each tool that there is.
func everyTool(c *SimulatedCall) []beat {
	var beats []beat
	for _, tool := range c.otherTools() {
		if toolName(tool) == toolName(weatherTool) {
			beats = append(beats, weatherRound()...)
			continue
		}
		beats = append(beats, toolRound(tool)...)
	}
	return beats
}

func weatherRound() []beat {
	return slices.Concat(toolAnswered(callTool("get_weather", jsMember{"city", "Oslo"})), assistantSays(weatherAnswer))
}

// toolAnswered is a call of tools, and the conversation that has the results.
func toolAnswered(call func(*SimulatedCall) outgoing) []beat {
	return []beat{
		{1200 * time.Millisecond, call},
		{1400 * time.Millisecond, conversationUpdate()},
	}
}

// toolsScenario calls all tools in one turn, then some of them again with other
// arguments. Tools with servers of their own are called there.
var toolsScenario = scenario{
	name:     "tools",
	callType: "inboundPhoneCall",
	tools:    []*jsObject{weatherTool, tableTool, messageTool},
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		userSays("What's the weather like in Oslo and in Bergen? And book us a table for two at seven, please."),
		toolAnswered(callEveryTool),
		assistantSays(resultsAnswer),
		userSays("And in Bergen tomorrow?"),
		[]beat{{1200 * time.Millisecond, callFirstToolTwice}, {1400 * time.Millisecond, conversationUpdate()}},
		assistantSays(resultsAnswer),
		userSays("That's all, thank you."),
		endOfCall("customer-ended-call"),
	),
}

// messageTool is a tool that nobody waits for.
var messageTool = functionTool("send_message", "Send the caller a text message.",
	jsMember{"text", schemaOf("string", "What it says")}).with("async", true)

// callEveryTool calls all that there is to call, at once.
func callEveryTool(c *SimulatedCall) outgoing {
	var picks []toolPick
	for _, tool := range c.otherTools() {
		switch name := toolName(tool); name {
		case "get_weather":
			picks = append(picks, weatherIn("Oslo"), weatherIn("Bergen"))
		case "book_table":
			picks = append(picks, toolPick{name: name, arguments: []jsMember{{"guests", 2}, {"time", "19:00"}}})
		default:
			picks = append(picks, toolPick{name: name})
		}
	}
	return callTools(picks...)(c)
}

// callFirstToolTwice calls one tool twice in a message, as a model does that was
// asked for two things.
func callFirstToolTwice(c *SimulatedCall) outgoing {
	first, second := weatherIn("Bergen"), weatherIn("Stavanger")
	first.name = toolName(c.usableTools()[0])
	second.name = first.name
	return callTools(first, second)(c)
}

// callFirstTool calls one tool once.
func callFirstTool(c *SimulatedCall) outgoing {
	pick := weatherIn("Stavanger")
	pick.name = toolName(c.usableTools()[0])
	return callTools(pick)(c)
}

func weatherIn(city string) toolPick {
	return toolPick{name: "get_weather", arguments: []jsMember{{"city", city}}}
}

// resultsAnswer says whether the tools of the last turn did what they were for.
func resultsAnswer(c *SimulatedCall) string {
	for _, t := range slices.Backward(c.tools) {
		if !t.async() && !t.succeeded {
			return "Sorry, not all of that worked just now."
		}
	}
	return "That is all done. Is there anything else?"
}

// hangScenario is a call whose assistant is too slow to answer.
var hangScenario = scenario{
	name:     "hang",
	callType: "inboundPhoneCall",
	tools:    []*jsObject{weatherTool},
	beats: slices.Concat(
		callTakenByTheServersChoice(),
		userSays("What's the weather like in Oslo?"),
		[]beat{{7 * time.Second, told(typeHang)}},
		[]beat{{0, fork(everyTool)}},
		userSays("Hello? Are you still there?"),
		[]beat{{7 * time.Second, told(typeHang)}},
		endOfCall("silence-timed-out"),
	),
}

// campaignScenario asks whether a contact may be called, and calls if so.
var campaignScenario = scenario{
	name:      "campaign",
	callType:  "outboundPhoneCall",
	tools:     outboundScenario.tools,
	assistant: outboundScenario.assistant,
	beats:     slices.Concat([]beat{{0, campaignPredial()}, pauseFor(2 * time.Second)}, outboundCall()),
}

// chatScenario is a session with two chats. There is no call, and no report.
var chatScenario = scenario{
	name:      "chat",
	isChat:    true,
	tools:     []*jsObject{weatherTool},
	assistant: standInAssistant("Website", "Hello, what can I do for you?"),
	beats: slices.Concat(
		[]beat{{0, sessionEvent(typeSessionCreated)}},
		chatTurn("What's the weather like in Oslo and in Bergen?", callEveryTool, resultsAnswer),
		chatTurn("And in Stavanger?", callFirstTool, resultsAnswer),
		[]beat{
			{2 * time.Second, chatEvent(typeChatDeleted)},
			{200 * time.Millisecond, sessionEvent(typeSessionDeleted)},
		},
	),
}

// llmScenario asks a model three things, one of which takes a tool, and nothing
// else: the server is model.url.
var llmScenario = scenario{
	name:      "llm",
	callType:  "inboundPhoneCall",
	tools:     []*jsObject{weatherTool},
	assistant: standInAssistant("Corner Table", "Corner Table, how can I help?"),
	beats: slices.Concat(
		[]beat{
			{500 * time.Millisecond, fork(func(c *SimulatedCall) []beat {
				c.startedAt = c.now
				c.call.Status = "in-progress"
				c.log.begin(c.now, c.assistant.prompt())
				return nil
			})},
			heardOnly("assistant", "Corner Table, how can I help?"),
		},
		bareModelTurn("Hi, are you open tonight?"),
		bareModelTurn("What's the weather like in Oslo today?"),
		bareModelTurn("Thank you, goodbye."),
	),
}
