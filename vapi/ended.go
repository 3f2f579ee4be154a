package vapi

import (
	"regexp"
	"strings"
)

// EndedReasonText puts an endedReason in words, and says what to do about it
// where the developer can do something: advice is "" for calls that ended as
// calls do. Reasons that nobody knows are told as they are, without their
// hyphens. Both are "" for no reason.
//
// Vapi's OpenAPI document lists 627 reasons, most of them a provider combined
// with a failure, so they are read by their parts.
func EndedReasonText(reason string) (text, advice string) {
	if known, ok := endedReasons[reason]; ok {
		return known.text, known.advice
	}
	if rest, ok := strings.CutPrefix(reason, "call.start.error-"); ok {
		return startFailure(rest)
	}
	for _, family := range failureFamilies {
		if rest, ok := strings.CutPrefix(reason, family.prefix); ok {
			return componentFailure(rest, family)
		}
	}
	for _, prefix := range []string{"call.in-progress.", "call.ringing.", "call.ending.", "call.forwarding.", "call.start."} {
		if rest, ok := strings.CutPrefix(reason, prefix); ok {
			return spaced(strings.TrimPrefix(rest, "error-")), ""
		}
	}
	return spaced(reason), ""
}

// startFailure words what is left of a reason behind call.start.error-.
func startFailure(rest string) (text, advice string) {
	text = "the call could not start: "
	if failure, ok := strings.CutPrefix(rest, "vapifault-"); ok {
		return text + failureWords(failure) + " (Vapi's fault)", adviceVapi
	}
	return text + failureWords(rest), "nothing reached your server; look at the account, the phone number and the assistant in Vapi's dashboard"
}

// A failureFamily is a group of reasons that name a component and how it failed.
type failureFamily struct {
	prefix string
	blame  string // added to the words: whose fault it is
	advice string // where the failure itself suggests none
}

const (
	adviceFallback = "look at the provider's status page, and give the assistant a fallback"
	adviceVapi     = "it is not about your server; try again, and report it to Vapi if it goes on"
)

var failureFamilies = []failureFamily{
	{"call.in-progress.error-vapifault-", "Vapi's fault", adviceVapi},
	{"call.in-progress.error-providerfault-", "the provider's fault", adviceFallback},
	{"pipeline-error-", "", adviceFallback},
}

// ownComponents are the developer's own servers, named as Vapi names providers.
var ownComponents = map[string]string{
	"custom-llm":         "look at the llm requests of the call: your model server answers them",
	"custom-voice":       "look at the voice-requests of the call: your voice server answers them",
	"custom-transcriber": "look at your transcriber's server",
}

// components are the providers whose names are not simply words, and those that
// another name begins with. The longest that fits counts.
var components = map[string]string{
	"anthropic": "Anthropic", "anthropic-bedrock": "Anthropic on Bedrock", "anthropic-vertex": "Anthropic on Vertex", "anyscale": "Anyscale",
	"assembly-ai": "AssemblyAI", "azure": "Azure", "azure-openai": "Azure OpenAI", "azure-speech": "Azure Speech",
	"baseten": "Baseten", "cartesia": "Cartesia", "cerebras": "Cerebras", "custom-llm": "your custom model",
	"custom-transcriber": "your custom transcriber", "custom-voice": "your custom voice", "deep-seek": "DeepSeek",
	"deepgram": "Deepgram", "deepinfra": "DeepInfra", "eleven-labs": "ElevenLabs", "gladia": "Gladia", "google": "Google",
	"groq": "Groq", "hume": "Hume", "inflection-ai": "Inflection AI", "inworld": "Inworld", "lmnt": "LMNT",
	"microsoft": "Microsoft", "minimax": "MiniMax", "mistral": "Mistral", "neuphonic": "Neuphonic", "openai": "OpenAI",
	"openrouter": "OpenRouter", "outbound-sip": "SIP", "perplexity-ai": "Perplexity", "playht": "PlayHT", "rime-ai": "Rime",
	"runpod": "RunPod", "sesame": "Sesame", "smallest-ai": "Smallest", "soniox": "Soniox", "speechmatics": "Speechmatics",
	"talkscriber": "Talkscriber", "tavus": "Tavus", "together-ai": "Together AI", "transport": "the transport", "vapi": "Vapi",
	"wellsaid": "WellSaid", "worker": "Vapi's worker", "xai": "xAI",
}

// componentFailure words what is left of a reason behind its family's prefix,
// such as openai-429-exceeded-quota.
func componentFailure(rest string, family failureFamily) (text, advice string) {
	component, failure := splitComponent(rest)
	text = withComponent(components[component], failure)
	if own := ownComponents[component]; own != "" {
		return text, own
	}
	if family.blame != "" {
		text += " (" + family.blame + ")"
	}
	advices := providerAdvice
	switch {
	case component == "outbound-sip":
		advices = sipAdvice
	case family.advice == adviceVapi:
		advices = vapiAdvice
	}
	for _, a := range advices {
		if a.pattern.MatchString(failure) {
			return text, a.advice
		}
	}
	return text, family.advice
}

// withComponent puts the name of what failed before how it failed.
func withComponent(name, failure string) string {
	words := failureWords(failure)
	switch {
	case name == "":
		return words
	case verbs.MatchString(failure):
		return name + " " + words
	}
	return name + ": " + words
}

// verbs matches failures that go on from the name: Vapi's worker died.
var verbs = regexp.MustCompile(`^(?:failed|died|never-connected|requested-|blocked-)`)

// splitComponent splits openai-429-exceeded-quota after the provider. In
// custom-voice-failed the two overlap.
func splitComponent(rest string) (component, failure string) {
	const longest = len("custom-transcriber")
	for i := min(len(rest), longest); i > 0; i-- {
		if (i == len(rest) || rest[i] == '-') && components[rest[:i]] != "" {
			component, failure = rest[:i], strings.TrimPrefix(rest[i:], "-")
			break
		}
	}
	if component == "" {
		return "", rest
	}
	if failure == "" {
		failure = "failed"
	}
	return component, failure
}

// An adviceRule is what to do about failures whose words match.
type adviceRule struct {
	pattern *regexp.Regexp
	advice  string
}

const adviceVoice = "check the voiceId of the assistant's voice"

var (
	providerAdvice = []adviceRule{
		{regexp.MustCompile(`429|quota|rate-limit|credits|funds|payment|upgrade|characters|character-limit|free-users|creator-plus|paid-only`), "raise the quota or plan with the provider, or use another"},
		{regexp.MustCompile(`blocked-(?:account|content|voice)`), "the provider blocks it: look at the account there, or use another voice"},
		{regexp.MustCompile(`401|403|407|unauthorized|auth-failed|api-key|credentials|access`), "check the provider's key, and what it may use, in Vapi's dashboard"},
		{regexp.MustCompile(`voice-not|invalid-voice|voice-disabled|samples|voice-must`), adviceVoice},
		{regexp.MustCompile(`400|404|invalid-config|no-such-model|invalid-emotion`), "check the settings of this provider in the assistant"},
	}
	// vapiAdvice is for failures that Vapi counts as its own, for it is Vapi's
	// key that is used, and that a wrong setting of the assistant causes as well.
	vapiAdvice = []adviceRule{
		{regexp.MustCompile(`voice-not-f|invalid-voice|voice-must`), adviceVoice + "; report it to Vapi if it is right"},
		{regexp.MustCompile(`^(?:returning-)?40[04]|invalid-config|no-such-model|invalid-emotion`), "check the settings of this provider in the assistant; report it to Vapi if they are right"},
	}
	sipAdvice = []adviceRule{
		{regexp.MustCompile(`401|403|407`), "check the credentials of the SIP trunk, and whether it may call this number"},
		{regexp.MustCompile(`408|480`), "the number did not answer: call again later, or check it with the SIP provider"},
		{regexp.MustCompile(``), "look at the call with the SIP provider"},
	}
)

var statusCode = regexp.MustCompile(`^(?:returning-)?([45]\d\d)(?:-(.*))?$`)

// failureWords words a failure without its component.
func failureWords(failure string) string {
	if words, ok := phrases[failure]; ok {
		return words
	}
	m := statusCode.FindStringSubmatch(failure)
	switch {
	case m == nil:
		return spaced(failure)
	case m[2] == "":
		return "status " + m[1]
	}
	if words, ok := phrases[m[2]]; ok {
		return words + " (" + m[1] + ")"
	}
	return spaced(m[2]) + " (" + m[1] + ")"
}

// spaced turns a name in kebab case into words.
func spaced(name string) string {
	return oneLine(strings.NewReplacer("-", " ", ".", " ", "_", " ").Replace(name), phraseLength)
}
