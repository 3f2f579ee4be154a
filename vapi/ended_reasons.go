package vapi

// An endedReason is one in words.
type endedReason struct{ text, advice string }

// What to do about the reasons that have much in common.
const (
	adviceBilling    = "look at the billing page of Vapi's dashboard"
	adviceTransfer   = "check the destination and the transfer plan"
	adviceConnection = "try again; if it goes on, check the phone number with its provider"
)

// endedReasons holds those that stand alone.
var endedReasons = map[string]endedReason{
	"": {},

	"customer-ended-call":                             {"customer ended the call", ""},
	"customer-ended-call-before-warm-transfer":        {"customer ended the call before the warm transfer", ""},
	"customer-ended-call-after-warm-transfer-attempt": {"customer ended the call after a warm transfer was tried", ""},
	"customer-ended-call-during-transfer":             {"customer ended the call during the transfer", ""},
	"customer-busy":                                   {"customer was busy", "call again later"},
	"customer-did-not-answer":                         {"customer did not answer", "call again later"},
	"customer-did-not-give-microphone-permission":     {"customer did not allow the microphone", "ask for the microphone before the web call starts"},
	"voicemail": {"voicemail answered", "set voicemailMessage, or voicemail detection, on the assistant"},

	"assistant-ended-call":                      {"assistant ended the call", ""},
	"assistant-ended-call-after-message-spoken": {"assistant ended the call after its last message", ""},
	"assistant-ended-call-with-hangup-task":     {"assistant ended the call with a hangup task", ""},
	"assistant-said-end-call-phrase":            {"assistant said an end-call phrase", "look at endCallPhrases if that was too early"},
	"assistant-forwarded-call":                  {"assistant forwarded the call", ""},
	"assistant-join-timed-out":                  {"the assistant did not join in time", "try again; report it to Vapi if it goes on"},
	"assistant-not-found":                       {"the assistant was not found", "check the assistantId: it must be of the same organisation"},
	"assistant-not-valid":                       {"the assistant is not valid", "check the assistant against Vapi's API reference"},
	"assistant-not-provided":                    {"no assistant was given", "set an assistant on the call or the number, or answer assistant-request"},

	"assistant-request-failed": {"your server did not answer assistant-request",
		"it must answer with status 200 and JSON within 7.5 s"},
	"assistant-request-returned-error": {"your server answered assistant-request with an error",
		"Vapi speaks the error to the caller; return assistantId or assistant to take the call"},
	"assistant-request-returned-unspeakable-error": {"your server answered assistant-request with an error that cannot be spoken",
		"error must be a string of plain words"},
	"assistant-request-returned-invalid-assistant": {"your server answered assistant-request with an assistant that Vapi refuses",
		"an unknown property or a wrong value is enough; look at the checks of that exchange"},
	"assistant-request-returned-no-assistant": {"your server answered assistant-request without an assistant",
		"return one of assistantId, assistant, squadId, squad, workflowId, workflow or destination"},
	"assistant-request-returned-forwarding-phone-number": {"your server forwarded the call to another number", ""},
	"call-start-error-neither-assistant-nor-server-set": {"neither an assistant nor a server URL is set",
		"set one of them on the phone number"},

	"silence-timed-out":      {"nobody spoke for too long", "raise silenceTimeoutSeconds if that was too early"},
	"exceeded-max-duration":  {"the call reached its longest duration", "raise maxDurationSeconds if that was too early"},
	"manually-canceled":      {"the call was cancelled by hand", ""},
	"call-deleted":           {"the call was deleted", ""},
	"scheduled-call-deleted": {"the scheduled call was deleted", ""},
	"worker-shutdown":        {"Vapi restarted the worker of this call", "try again; it is not about your server"},

	"phone-call-provider-closed-websocket":                    {"the phone provider closed the connection", adviceConnection},
	"phone-call-provider-bypass-enabled-but-no-call-received": {"provider bypass is on, but no call came", "place the call with the TwiML that Vapi returned"},
	"twilio-failed-to-connect-call":                           {"Twilio could not connect the call", "look at the call in Twilio's console"},
	"twilio-reported-customer-misdialed":                      {"Twilio says that the number is wrong", "write the number in E.164: +14155550100"},
	"vonage-disconnected":                                     {"Vonage disconnected the call", adviceConnection},
	"vonage-failed-to-connect-call":                           {"Vonage could not connect the call", "look at the call in Vonage's dashboard"},
	"vonage-rejected":                                         {"Vonage rejected the call", "look at the call in Vonage's dashboard"},
	"vonage-completed":                                        {"Vonage completed the call", ""},
	"call.in-progress.twilio-completed-call":                  {"Twilio completed the call", ""},
	"call.in-progress.sip-completed-call":                     {"the SIP provider completed the call", ""},

	"call.in-progress.error-assistant-did-not-receive-customer-audio": {"no audio came from the customer", "check the microphone and the network of the caller"},
	"call.in-progress.error-transfer-failed":                          {"the transfer failed", adviceTransfer},
	"call.in-progress.error-warm-transfer-max-duration":               {"the warm transfer took too long", adviceTransfer},
	"call.in-progress.error-warm-transfer-assistant-cancelled":        {"the transfer assistant cancelled the warm transfer", ""},
	"call.in-progress.error-warm-transfer-silence-timeout":            {"nobody spoke during the warm transfer", adviceTransfer},
	"call.in-progress.error-warm-transfer-microphone-timeout":         {"no audio came during the warm transfer", adviceTransfer},
	"call.forwarding.operator-busy":                                   {"the operator was busy", ""},
	"call.forwarding.no-answer":                                       {"the operator did not answer", ""},
	"call.in-progress.error-sip-inbound-call-failed-to-connect":       {"the inbound SIP call could not be connected", adviceConnection},
	"call.in-progress.error-sip-outbound-call-failed-to-connect":      {"the outbound SIP call could not be connected", adviceConnection},
	"call.ringing.error-sip-inbound-call-failed-to-connect":           {"the inbound SIP call could not be connected", adviceConnection},
	"call.ringing.sip-inbound-caller-hungup-before-call-connect":      {"the caller hung up before the call was connected", ""},
	"call.in-progress.error-pipeline-no-available-llm-model":          {"no model was available", "check the model of the assistant, and give it fallback models"},
	"pipeline-no-available-llm-model":                                 {"no model was available", "check the model of the assistant, and give it fallback models"},
	"call.in-progress.error-pipeline-ws-model-connection-failed":      {"the custom model's websocket could not be reached", "check model.url, and that the server listens there"},

	"call.start.error-subscription-frozen":                                {"the call could not start: the subscription is frozen", adviceBilling},
	"call.start.error-subscription-insufficient-credits":                  {"the call could not start: not enough credits", adviceBilling},
	"call.start.error-subscription-wallet-does-not-exist":                 {"the call could not start: the subscription has no wallet", adviceBilling},
	"call.start.error-subscription-upgrade-failed":                        {"the call could not start: the subscription could not be upgraded", adviceBilling},
	"call.start.error-subscription-concurrency-limit-reached":             {"the call could not start: too many calls at once", "wait for one to end, or raise the limit of the plan"},
	"call.start.error-fraud-check-failed":                                 {"the call could not start: it was blocked as possible fraud", "write to Vapi's support"},
	"call.start.error-get-assistant":                                      {"the call could not start: the assistant was not found", "check the assistantId: it must be of the same organisation"},
	"call.start.error-get-phone-number":                                   {"the call could not start: the phone number was not found", "check the phoneNumberId"},
	"call.start.error-get-customer":                                       {"the call could not start: the customer was not found", "check the customerId"},
	"call.start.error-get-resources-validation":                           {"the call could not start: the assistant or its tools are not valid", "check the assistant against Vapi's API reference"},
	"call.start.error-vapi-number-international":                          {"the call could not start: a Vapi number cannot call abroad", "import a number of your own"},
	"call.start.error-vapi-number-outbound-daily-limit":                   {"the call could not start: the Vapi number reached its calls of the day", "import a number of your own"},
	"call.start.error-get-transport":                                      {"the call could not start: the phone provider could not be set up", "check the phone number and its provider's credentials"},
	"call.start.error-enterprise-feature-not-available-recording-consent": {"the call could not start: recording consent needs an enterprise plan", "take the consent plan out of the assistant"},
	"call.start.assistant-version-error-validation":                       {"the call could not start: this version of the assistant is not valid", "check the assistant against Vapi's API reference"},

	"call.ringing.hook-executed-say":      {"a hook spoke while it rang, and ended the call", ""},
	"call.ringing.hook-executed-transfer": {"a hook transferred the call while it rang", ""},
	"call.ending.hook-executed-say":       {"a hook spoke at the end of the call", ""},
	"call.ending.hook-executed-transfer":  {"a hook transferred the call at its end", ""},

	"call.start.error-vapifault-database-error": {"the call could not start: Vapi's database failed", "try again"},
}

// phrases are failures whose names do not read as words.
var phrases = map[string]string{
	"llm-failed": "the model failed", "voice-failed": "the voice failed", "transcriber-failed": "the transcriber failed", "video-failed": "the video failed",
	"bad-request-validation-failed": "it refused the request as not valid", "model-access-denied": "no access to the model",
	"server-overloaded-error": "overloaded", "insufficent-funds": "not enough funds", "bad-gateway-ehostunreach": "bad gateway, host out of reach",
	"returning-econnreset": "the connection was reset", "socket-hang-up": "the connection was closed", "invalid-json": "it answered with JSON that is not valid",
	"requested-payment": "asks for payment", "word-boost-parsing-failed": "it could not read the word boost", "invalid-schema": "it refused the schema",
	"no-such-model-language-tier-combination": "no such combination of model, language and tier",
	"transcriber-api-key-missing":             "the transcriber's API key is missing", "transcriber-auth-failed": "the transcriber's key was refused",
	"transcriber-invalid-config": "the transcriber's settings are not valid", "transcriber-rate-limited": "too many requests to the transcriber",
	"transcriber-server-error": "the transcriber's server failed", "invalid-api-key": "the API key is not valid", "incorrect-api-key": "the API key is wrong",
	"max-character-limit-exceeded": "the text is too long", "system-busy-and-requested-upgrade": "busy; it asks for a higher plan",
	"blocked-account-in-probation":                                                 "blocked the account, which is on probation",
	"blocked-concurrent-requests-and-requested-upgrade":                            "blocked requests at the same time and asks for a higher plan",
	"blocked-content-against-their-policy":                                         "blocked content against its policy",
	"blocked-free-plan-and-requested-upgrade":                                      "blocked the free plan and asks for a higher one",
	"blocked-using-instant-voice-clone-and-requested-upgrade":                      "blocked the instant voice clone and asks for a higher plan",
	"blocked-voice-potentially-against-terms-of-service-and-awaiting-verification": "blocked the voice until it is verified against its terms",
	"forbidden-out-of-characters":                                                  "no characters are left",
	"forbidden-api-access-not-available":                                           "the plan has no access to the API",
	"voice-must-be-a-valid-voice-manifest-uri":                                     "the voice must be the URI of a voice manifest",
	"professional-voices-only-for-creator-plus":                                    "professional voices need the plan Creator or a higher one",
	"get-org":          "the organisation could not be read",
	"get-subscription": "the subscription could not be read",
}
