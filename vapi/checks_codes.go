package vapi

// CheckCodes returns the codes of the checks that this package makes, each once:
// those of Judge and of NotTaken.
func CheckCodes() []string {
	return []string{
		codeUnreachable, codeNot200, codeEmpty, codeNotJSON, codeContentType,
		codeResultsMissing, codeResultMissing, codeIDUnknown, codeDuplicate, codeNotString, codeMultiline, codeOutOfOrder,
		codeMessageInvalid, codeNameMissing, codeNotTaken,
		codeAssistantEmpty, codeAssistantInvalid, codeUnknownProperty, codeURLElsewhere,
		codeDestinationMissing, codeDestinationInvalid, codeDocumentsMissing, codeTimeoutMissing, codeEligibleMissing, codeNotAudio,
		codeTooSlow, codeSlow,
		codeStreamBroken, codeNotStreamed, codeToolCallBroken, codePathDoubled,
	}
}
