package vapi

import "time"

// What a minute, a character or a token costs in a simulated call, in US
// dollars: about what Vapi's pricing page says, to the order of magnitude.
const (
	transcriberPerMinute = 0.01
	vapiPerMinute        = 0.05
	voicePerCharacter    = 0.00003
	promptPerToken       = 0.0000025
	completionPerToken   = 0.00001
)

type costBreakdown struct {
	Transport           float64      `json:"transport"`
	STT                 float64      `json:"stt"`
	LLM                 float64      `json:"llm"`
	TTS                 float64      `json:"tts"`
	Vapi                float64      `json:"vapi"`
	Chat                float64      `json:"chat"`
	Total               float64      `json:"total"`
	LLMPromptTokens     int          `json:"llmPromptTokens"`
	LLMCompletionTokens int          `json:"llmCompletionTokens"`
	TTSCharacters       int          `json:"ttsCharacters"`
	Analysis            analysisCost `json:"analysisCostBreakdown"`
}

type analysisCost struct {
	Summary                 float64 `json:"summary"`
	SummaryPromptTokens     int     `json:"summaryPromptTokens"`
	SummaryCompletionTokens int     `json:"summaryCompletionTokens"`
}

// costOfPart is one item of costs: which fields it has depends on its type.
type costOfPart struct {
	Type             string    `json:"type"`
	SubType          string    `json:"subType,omitempty"`
	AnalysisType     string    `json:"analysisType,omitempty"`
	Provider         string    `json:"provider,omitempty"`
	Transcriber      *jsObject `json:"transcriber,omitempty"`
	Model            *jsObject `json:"model,omitempty"`
	Voice            *jsObject `json:"voice,omitempty"`
	Minutes          *float64  `json:"minutes,omitempty"`
	PromptTokens     *int      `json:"promptTokens,omitempty"`
	CompletionTokens *int      `json:"completionTokens,omitempty"`
	Characters       *int      `json:"characters,omitempty"`
	Cost             float64   `json:"cost"`
}

// costs returns what the call cost, in parts and in all.
func (c *SimulatedCall) costs(length time.Duration) ([]costOfPart, costBreakdown) {
	const charactersPerToken = 4
	minutes := fourDecimals(length.Minutes())
	heard, spoken := c.log.characters("user"), c.log.characters("bot")
	turns := len(c.latencies) + 1

	b := costBreakdown{TTSCharacters: spoken}
	// Each turn sends the prompt and on average half of the conversation.
	b.LLMPromptTokens = turns * (len(c.assistant.prompt()) + (heard+spoken)/2) / charactersPerToken
	b.LLMCompletionTokens = spoken / charactersPerToken
	b.Analysis.SummaryPromptTokens = (heard + spoken) / charactersPerToken
	b.Analysis.SummaryCompletionTokens = len(c.summary()) / charactersPerToken

	b.STT = fourDecimals(minutes * transcriberPerMinute)
	b.LLM = modelCost(b.LLMPromptTokens, b.LLMCompletionTokens)
	b.TTS = fourDecimals(float64(spoken) * voicePerCharacter)
	b.Vapi = fourDecimals(minutes * vapiPerMinute)
	b.Analysis.Summary = modelCost(b.Analysis.SummaryPromptTokens, b.Analysis.SummaryCompletionTokens)
	b.Total = fourDecimals(b.Transport + b.STT + b.LLM + b.TTS + b.Vapi + b.Analysis.Summary)

	model := c.provider("model", "model", "openai", "gpt-4o")
	return []costOfPart{
		{Type: "transport", Provider: "vapi.sip", Minutes: &minutes, Cost: b.Transport},
		{Type: "transcriber", Transcriber: c.provider("transcriber", "model", "deepgram", "nova-3"), Minutes: &minutes, Cost: b.STT},
		{Type: "model", Model: model, PromptTokens: &b.LLMPromptTokens, CompletionTokens: &b.LLMCompletionTokens, Cost: b.LLM},
		{Type: "voice", Voice: c.provider("voice", "voiceId", "vapi", "Elliot"), Characters: &spoken, Cost: b.TTS},
		{Type: "vapi", SubType: "normal", Minutes: &minutes, Cost: b.Vapi},
		{Type: "analysis", AnalysisType: "summary", Model: model, PromptTokens: &b.Analysis.SummaryPromptTokens,
			CompletionTokens: &b.Analysis.SummaryCompletionTokens, Cost: b.Analysis.Summary},
	}, b
}

func modelCost(promptTokens, completionTokens int) float64 {
	return fourDecimals(float64(promptTokens)*promptPerToken + float64(completionTokens)*completionPerToken)
}

// provider names who did a part of the work: the assistant's choice where it
// is known, Vapi's default otherwise.
func (c *SimulatedCall) provider(part, detail, provider, fallback string) *jsObject {
	if chosen := c.assistant.part(part); chosen.text("provider") != "" {
		provider, fallback = chosen.text("provider"), chosen.text(detail)
	}
	return newObject(jsMember{"provider", provider}, jsMember{detail, fallback})
}
