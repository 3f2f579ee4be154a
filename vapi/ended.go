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
		return "the call could not start: " + spaced(rest),
			"nothing reached your server; look at the account, the phone number and the assistant in Vapi's dashboard"
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

// A failureFamily is a group of reasons that name a component and how it failed.
type failureFamily struct {
	prefix string
	blame  string // added to the words: whose fault it is
	advice string // where the failure itself suggests none
}

const adviceFallback = "look at the provider's status page, and give the assistant a fallback"

var failureFamilies = []failureFamily{
	{"call.in-progress.error-vapifault-", "Vapi's fault", "it is not about your server; try again, and report it to Vapi if it goes on"},
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
	text = failureWords(failure)
	if name := components[component]; name != "" {
		text = name + ": " + text
	}
	if own := ownComponents[component]; own != "" {
		return text, own
	}
	if family.blame != "" {
		text += " (" + family.blame + ")"
	}
	if strings.Contains(family.prefix, "vapifault") {
		return text, family.advice
	}
	for _, a := range failureAdvice {
		if a.pattern.MatchString(failure) {
			return text, a.advice
		}
	}
	return text, family.advice
}

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

// failureAdvice is what to do about a provider's failure, by its words.
var failureAdvice = []struct {
	pattern *regexp.Regexp
	advice  string
}{
	{regexp.MustCompile(`401|403|407|unauthorized|auth-failed|api-key|credentials|access`), "check the provider's key, and what it may use, in Vapi's dashboard"},
	{regexp.MustCompile(`429|quota|rate-limit|credits|funds|payment|upgrade|characters|character-limit|free-users|creator-plus|paid-only`), "raise the quota or plan with the provider, or use another"},
	{regexp.MustCompile(`voice-not|invalid-voice|voice-disabled|samples|voice-must`), "check the voiceId of the assistant's voice"},
	{regexp.MustCompile(`400|404|invalid-config|no-such-model|invalid-emotion`), "check the settings of this provider in the assistant"},
}

var statusCode = regexp.MustCompile(`^(?:returning-)?([45]\d\d)(?:-(.*))?$`)

// failureWords words a failure without its component.
func failureWords(failure string) string {
	switch failure {
	case "llm-failed":
		return "the model failed"
	case "voice-failed":
		return "the voice failed"
	case "transcriber-failed":
		return "the transcriber failed"
	case "video-failed":
		return "the video failed"
	}
	if m := statusCode.FindStringSubmatch(failure); m != nil {
		if m[2] == "" {
			return "status " + m[1]
		}
		return spaced(m[2]) + " (" + m[1] + ")"
	}
	return spaced(failure)
}

// spaced turns a name in kebab case into words.
func spaced(name string) string {
	return oneLine(strings.NewReplacer("-", " ", ".", " ", "_", " ").Replace(name), phraseLength)
}
