package vapi

import (
	"os"
	"slices"
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
		{"pipeline-error-deepgram-returning-502-bad-gateway-ehostunreach", "Deepgram: bad gateway, host out of reach (502)", "status page"},
		{"pipeline-error-custom-llm-500-server-error", "your custom model: server error (500)", "your model server"},
		{"pipeline-error-custom-llm-llm-failed", "your custom model: the model failed", "your model server"},
		{"pipeline-error-custom-voice-failed", "your custom voice failed", "your voice server"},
		{"call.in-progress.error-providerfault-anthropic-bedrock-llm-failed", "Anthropic on Bedrock: the model failed (the provider's fault)", "fallback"},
		{"call.in-progress.error-vapifault-worker-died", "Vapi's worker died (Vapi's fault)", "not about your server"},
		{"call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", "SIP: service unavailable (503) (the provider's fault)", "SIP provider"},
		{"pipeline-error-some-new-provider-llm-failed", "some new provider llm failed", "fallback"},
		{"call.ringing.hook-executed-dance", "hook executed dance", ""},
		{"call.in-progress.error-providerfault-custom-llm-llm-failed", "your custom model: the model failed", "your model server"},
		{"something-nobody-knows", "something nobody knows", ""},
	} {
		text, advice := EndedReasonText(c.reason)
		if text != c.text || !strings.Contains(advice, c.advice) || c.advice == "" && c.text != "" && advice != "" {
			t.Errorf("%s: %q, %q", c.reason, text, advice)
		}
	}
}

// listedReasons returns every endedReason of Vapi's OpenAPI document.
func listedReasons(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/ended_reasons.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(reasons) != 627 {
		t.Fatalf("%d reasons in testdata/ended_reasons.txt, not 627", len(reasons))
	}
	return reasons
}

// Every reason that Vapi lists is told in words, of which no code is left.
func TestEveryListedReasonHasWords(t *testing.T) {
	for _, reason := range listedReasons(t) {
		text, advice := EndedReasonText(reason)
		switch {
		case text == "" || text == reason || strings.Contains(reason, "error") && text == strings.ReplaceAll(reason, "-", " "):
			t.Errorf("%s is only repeated: %q", reason, text)
		case strings.ContainsAny(text, "_") || strings.Contains(text, "fault ") || strings.Contains(text, "error-") || strings.Contains(text, "pipeline error"):
			t.Errorf("%s leaves a code: %q", reason, text)
		case strings.Contains(reason, "error-") && advice == "" && !strings.Contains(reason, "assistant-cancelled"):
			t.Errorf("%s is an error without advice: %q", reason, text)
		}
	}
}

// What goes wrong most often is told with what to do about it.
func TestCommonReasonsHaveAdvice(t *testing.T) {
	listed := listedReasons(t)
	for _, reason := range []string{
		"assistant-request-failed", "assistant-request-returned-error", "assistant-request-returned-invalid-assistant",
		"assistant-request-returned-no-assistant", "assistant-request-returned-unspeakable-error",
		"assistant-not-found", "assistant-not-valid", "assistant-join-timed-out", "assistant-said-end-call-phrase",
		"call-start-error-neither-assistant-nor-server-set", "call.start.error-get-resources-validation", "call.start.error-get-transport",
		"call.start.error-subscription-insufficient-credits", "call.start.error-subscription-concurrency-limit-reached", "call.start.error-vapi-number-outbound-daily-limit",
		"silence-timed-out", "exceeded-max-duration", "voicemail", "customer-busy", "customer-did-not-answer", "customer-did-not-give-microphone-permission",
		"twilio-failed-to-connect-call", "twilio-reported-customer-misdialed", "phone-call-provider-closed-websocket", "vonage-rejected", "worker-shutdown",
		"call.in-progress.error-assistant-did-not-receive-customer-audio", "call.in-progress.error-transfer-failed",
		"call.in-progress.error-vapifault-transport-never-connected", "call.in-progress.error-vapifault-worker-died",
		"call.in-progress.error-vapifault-openai-429-exceeded-quota", "call.in-progress.error-vapifault-eleven-labs-voice-not-found",
		"call.in-progress.error-providerfault-openai-503-server-overloaded-error", "call.in-progress.error-providerfault-custom-llm-500-server-error",
		"call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", "call.ringing.error-sip-inbound-call-failed-to-connect",
		"pipeline-error-openai-401-incorrect-api-key", "pipeline-error-openai-429-exceeded-quota", "pipeline-error-openai-llm-failed",
		"pipeline-error-custom-llm-llm-failed", "pipeline-error-eleven-labs-quota-exceeded", "pipeline-error-eleven-labs-voice-not-found",
		"pipeline-error-deepgram-transcriber-failed", "call.in-progress.error-pipeline-no-available-llm-model",
	} {
		if !slices.Contains(listed, reason) {
			t.Errorf("%s: Vapi lists no such reason", reason)
		}
		if text, advice := EndedReasonText(reason); advice == "" {
			t.Errorf("%s (%s): no advice", reason, text)
		}
	}
}

// A call that ended as calls do needs no advice.
func TestUsualEndsHaveNoAdvice(t *testing.T) {
	for _, reason := range []string{"customer-ended-call", "assistant-ended-call", "assistant-forwarded-call", "assistant-ended-call-after-message-spoken", "manually-canceled"} {
		if _, advice := EndedReasonText(reason); advice != "" {
			t.Errorf("%s: %q", reason, advice)
		}
	}
}
