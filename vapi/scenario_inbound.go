package vapi

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// inboundScenario is a call to a phone number without an assistant of its own:
// the server is asked for one, which looks up the weather in Oslo, is
// interrupted while it says so, and tries to book a table. An assistant that has
// tools of its own calls those and no others; one whose model is the developer's
// is asked what to say.
var inboundScenario = scenario{
	name:     "inbound",
	callType: "inboundPhoneCall",
	tools:    []*jsObject{weatherTool, tableTool},
	summary:  inboundSummary,
	beats: []beat{
		{0, assistantRequest()},
		{900 * time.Millisecond, statusInProgress()},
		{100 * time.Millisecond, assistantStarted()},
		{700 * time.Millisecond, speechUpdate("assistant", "started")},
		{7600 * time.Millisecond, finalTranscript("assistant", greeting)},
		{200 * time.Millisecond, speechUpdate("assistant", "stopped")},
		{0, fork(inboundConversation)},
		{1100 * time.Millisecond, statusEnded("customer-ended-call")},
		{5200 * time.Millisecond, endOfCallReport()},
	},
}

// inboundConversation is what is talked about, as the assistant's model and tools
// allow.
func inboundConversation(c *SimulatedCall) []beat {
	if c.customModel() != nil {
		return slices.Concat(
			modelTurn("Hi, what's the weather like in Oslo today?"),
			modelTurn("That's all I wanted to know. Thank you, and goodbye!"),
		)
	}
	var talk []beat
	if c.canCall("get_weather") {
		talk = append(talk, weatherTalk...)
	}
	if c.canCall("book_table") {
		talk = append(talk, tableTalk...)
	}
	for _, tool := range c.otherTools("get_weather", "book_table") {
		talk = append(talk, toolRound(tool)...)
	}
	return append(talk,
		beat{8600 * time.Millisecond, finalTranscript("user", fixedLine("I see. One more thing: until when can we order?"))},
		beat{11000 * time.Millisecond, finalTranscript("assistant", fixedLine("The kitchen takes its last orders at ten, and the bar stays open until midnight."))},
		beat{8100 * time.Millisecond, finalTranscript("user", fixedLine("That's all I wanted to know. Thank you, and goodbye!"))},
	)
}

var weatherTalk = []beat{
	{2300 * time.Millisecond, speechUpdate("user", "started")},
	{900 * time.Millisecond, partialTranscript("user", fixedLine("Hi"))},
	{1800 * time.Millisecond, partialTranscript("user", fixedLine("Hi, what's the weather like in"))},
	{1500 * time.Millisecond, finalTranscript("user", fixedLine("Hi, what's the weather like in Oslo today?"))},
	{200 * time.Millisecond, speechUpdate("user", "stopped")},
	{1200 * time.Millisecond, callTool("get_weather", jsMember{"city", "Oslo"})},
	{1400 * time.Millisecond, conversationUpdate()},
	{900 * time.Millisecond, modelOutput(weatherAnswerInFull)},
	{700 * time.Millisecond, speechUpdate("assistant", "started")},
	{4600 * time.Millisecond, partialTranscript("assistant", weatherAnswer)},
	{2300 * time.Millisecond, userInterrupted()},
	{400 * time.Millisecond, finalTranscript("assistant", weatherAnswerCutShort)},
}

var tableTalk = []beat{
	{9400 * time.Millisecond, finalTranscript("user", fixedLine("Oh, yes please! A table for two, tonight at seven. It's our anniversary, so something quiet near the harbour would be lovely."))},
	{1500 * time.Millisecond, callTool("book_table", jsMember{"guests", 2}, jsMember{"time", "19:00"})},
	{1700 * time.Millisecond, conversationUpdate()},
	{12200 * time.Millisecond, finalTranscript("assistant", tableAnswer)},
}

var weatherTool = functionTool("get_weather", "Get the current weather in a city.",
	jsMember{"city", schemaOf("string", "The city's name")})

var tableTool = functionTool("book_table", "Book a table at the restaurant for tonight.",
	jsMember{"guests", schemaOf("integer", "How many people will come")},
	jsMember{"time", schemaOf("string", "When they will come, as HH:MM")})

// functionTool is the definition of a tool whose parameters are all required.
func functionTool(name, description string, parameters ...jsMember) *jsObject {
	var required []any
	for _, p := range parameters {
		required = append(required, p.key)
	}
	return newObject(
		jsMember{"type", "function"},
		jsMember{"async", false},
		jsMember{"function", newObject(
			jsMember{"name", name},
			jsMember{"description", description},
			jsMember{"parameters", newObject(
				jsMember{"type", "object"},
				jsMember{"properties", newObject(parameters...)},
				jsMember{"required", required},
			)},
		)},
	)
}

func schemaOf(kind, description string) *jsObject {
	return newObject(jsMember{"type", kind}, jsMember{"description", description})
}

// greeting is the assistant's first message, or what stands for it where only
// the assistant's id is known.
func greeting(c *SimulatedCall) string {
	if c.assistant != nil && c.assistant.firstMessage != "" {
		return c.assistant.firstMessage
	}
	return "Hello, how can I help you today?"
}

func weatherAnswer(c *SimulatedCall) string {
	call := c.lastToolCall("get_weather")
	switch {
	case call.async():
		return "I'll look that up for you."
	case !call.succeeded:
		return "Sorry, I can't see the weather right now."
	}
	return quoteResult("It's ", call.result, "I have the weather for Oslo.")
}

func weatherAnswerInFull(c *SimulatedCall) string {
	if !c.canCall("book_table") {
		return weatherAnswerCutShort(c) + " for you this evening?"
	}
	return weatherAnswerCutShort(c) + " somewhere warm tonight?"
}

// weatherAnswerCutShort is as much as the caller let the assistant say.
func weatherAnswerCutShort(c *SimulatedCall) string {
	if !c.canCall("book_table") {
		return weatherAnswer(c) + " Is there anything else I can do"
	}
	return weatherAnswer(c) + " Shall I book you a table"
}

func tableAnswer(c *SimulatedCall) string {
	call := c.lastToolCall("book_table")
	switch {
	case call.async():
		return "I've passed that on, and the restaurant will ring you. Is there anything else I can do for you?"
	case !call.succeeded:
		return "Sorry, I couldn't book the table just now. You may have more luck if you ring the restaurant. Is there anything else I can do for you?"
	}
	return quoteResult("Done: ", call.result, "Your table for two at seven is booked.") + " Is there anything else I can do for you?"
}

func inboundSummary(c *SimulatedCall) string {
	if !c.canCall("get_weather") || !c.canCall("book_table") || c.customModel() != nil {
		return c.plainSummary()
	}
	weather := "got no answer"
	if c.lastToolCall("get_weather").succeeded {
		weather = "got an answer"
	}
	table := "which the assistant could not book"
	if c.lastToolCall("book_table").succeeded {
		table = "which the assistant booked"
	}
	return "The caller asked for the weather in Oslo and " + weather +
		", then for a table for two at 19:00, " + table + "."
}

// quoteResult puts a tool's result into a sentence, unless nobody would say it
// aloud, as with JSON or a page of text.
func quoteResult(before, result, otherwise string) string {
	result = strings.TrimRight(strings.Join(strings.Fields(result), " "), ".")
	if result == "" || strings.ContainsAny(result[:1], "{[<") || utf8.RuneCountInString(result) > 160 {
		return otherwise
	}
	return before + result + "."
}
