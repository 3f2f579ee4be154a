package vapi

import (
	"strings"
	"testing"
)

func TestEndedReasonText(t *testing.T) {
	for _, c := range []struct{ reason, text, advice string }{
		{"", "", ""},
		{"customer-ended-call", "customer ended the call", ""},
		{"assistant-forwarded-call", "assistant forwarded the call", ""},
		{"silence-timed-out", "nobody spoke for too long", "silenceTimeoutSeconds"},
		{"exceeded-max-duration", "the call reached its longest duration", "maxDurationSeconds"},
		{"assistant-request-returned-invalid-assistant", "your server answered assistant-request with an assistant that Vapi refuses", "unknown property"},
		{"call.start.error-something-new", "the call could not start: something new", "dashboard"},
		{"call.start.error-subscription-frozen", "the call could not start: the subscription is frozen", "billing"},
		{"pipeline-error-openai-429-exceeded-quota", "OpenAI: exceeded quota (429)", "quota"},
		{"pipeline-error-azure-openai-401-unauthorized", "Azure OpenAI: unauthorized (401)", "key"},
		{"pipeline-error-eleven-labs-voice-not-found", "ElevenLabs: voice not found", "voiceId"},
		{"pipeline-error-eleven-labs-voice-failed", "ElevenLabs: the voice failed", "fallback"},
		{"pipeline-error-deepgram-returning-502-bad-gateway-ehostunreach", "Deepgram: bad gateway ehostunreach (502)", "status page"},
		{"pipeline-error-custom-llm-500-server-error", "your custom model: server error (500)", "your model server"},
		{"pipeline-error-custom-llm-llm-failed", "your custom model: the model failed", "your model server"},
		{"pipeline-error-custom-voice-failed", "your custom voice: failed", "your voice server"},
		{"call.in-progress.error-providerfault-anthropic-bedrock-llm-failed", "Anthropic on Bedrock: the model failed (the provider's fault)", "fallback"},
		{"call.in-progress.error-vapifault-worker-died", "Vapi's worker: died (Vapi's fault)", "not about your server"},
		{"call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", "SIP: service unavailable (503) (the provider's fault)", ""},
		{"pipeline-error-some-new-provider-llm-failed", "some new provider llm failed", "fallback"},
		{"call.ringing.hook-executed-dance", "hook executed dance", ""},
		{"call.in-progress.error-providerfault-custom-llm-llm-failed", "your custom model: the model failed", "your model server"},
		{"something-nobody-knows", "something nobody knows", ""},
	} {
		text, advice := EndedReasonText(c.reason)
		if text != c.text || !strings.Contains(advice, c.advice) || c.advice == "" && c.text != "" && advice != "" && !strings.Contains(c.reason, "sip") {
			t.Errorf("%s: %q, %q", c.reason, text, advice)
		}
	}
}

// Every family that a reason can belong to ends in words, not in a code.
func TestEndedReasonTextLeavesNoCode(t *testing.T) {
	for reason, known := range endedReasons {
		if reason != "" && (known.text == "" || strings.Contains(known.text, "error-")) {
			t.Errorf("%s: %q", reason, known.text)
		}
	}
}
