package schema

import (
	"fmt"
	"slices"

	"vapitap/internal/nearest"
)

// unknownProperty tells a property of object that n does not have, and where it
// belongs as far as that shows: the same letters, an older name, a neighbour
// that has it, or the nearest name.
func (w *walk) unknownProperty(n *node, object map[string]any, key string, at *place) {
	hint, near := n.whereBelongs(object, key, at)
	message := fmt.Sprintf("Vapi's documentation has no %s in %s", quoted(clip(key, longestValue)), w.call(at))
	if near != "" {
		message += "; the nearest is " + quoted(near)
	}
	w.add(Unknown, at.member(n, key), hint, message)
}

// whereBelongs returns what to write in place of the property key, and the
// nearest name where that is it.
func (n *node) whereBelongs(object map[string]any, key string, at *place) (hint, near string) {
	renamed := func(name string) string {
		property := n.properties[name]
		if !property.takes(object[key]) {
			return quoted(name) + ":" + converted(property, object[key])
		}
		return quoted(name) + ":" + shortText(object[key])
	}
	for _, name := range n.names {
		if sameLetters(key, name) {
			return renamed(name), name
		}
	}
	if older := olderNames[n.name][key]; older != "" {
		return older, ""
	}
	for _, name := range n.names {
		if n.properties[name].has(key) {
			return fmt.Sprintf("it belongs in %s: %s:{%s:%s}", name, quoted(name), quoted(key), shortText(object[key])), ""
		}
	}
	for up := at; up != nil; up = up.up {
		if up.holds != nil && up.holds.properties[key] != nil {
			return "it belongs beside " + up.key + ", not in it", ""
		}
		if !up.array {
			break // further up it would be by chance
		}
	}
	if near = nearest.Word(key, n.names); near != "" {
		return renamed(near), near
	}
	return "leave it out", ""
}

// has reports whether n, or what it can be, has a property called key that says
// something by itself.
func (n *node) has(key string) bool {
	if slices.Contains([]string{"type", "provider", "name", "description", "enabled"}, key) {
		return false // in half of all objects
	}
	if n.properties[key] != nil {
		return true
	}
	for _, b := range n.branches {
		if b.properties[key] != nil {
			return true
		}
	}
	return false
}

// olderNames are properties that Vapi had, or that people expect, by schema, and
// what stands for them now.
var olderNames = map[string]map[string]string{
	Assistant:          assistantNames,
	AssistantOverrides: assistantNames,
	"CustomLLMModel":   modelNames,
	"OpenAIModel":      modelNames,
	"AnthropicModel":   modelNames,
	"GoogleModel":      modelNames,
	"GroqModel":        modelNames,
	"CreateFunctionToolDTO": {
		"name":        `it belongs in function: "function":{"name":"…"}`,
		"description": `it belongs in function: "function":{"description":"…"}`,
	},
}

var modelNames = map[string]string{
	"systemPrompt": `"messages":[{"role":"system","content":"…"}]`,
	"prompt":       `"messages":[{"role":"system","content":"…"}]`,
	"functions":    `"tools":[{"type":"function","function":{"name":"…"}}]`,
}

var assistantNames = map[string]string{
	"serverUrl":                    `"server":{"url":"…"}`,
	"serverUrlSecret":              `"server":{"url":"…","credentialId":"…"}`,
	"systemPrompt":                 `it belongs in model: "messages":[{"role":"system","content":"…"}]`,
	"prompt":                       `it belongs in model: "messages":[{"role":"system","content":"…"}]`,
	"instructions":                 `it belongs in model: "messages":[{"role":"system","content":"…"}]`,
	"functions":                    `it belongs in model: "tools":[{"type":"function","function":{"name":"…"}}]`,
	"recordingEnabled":             `"artifactPlan":{"recordingEnabled":true}`,
	"hipaaEnabled":                 `"compliancePlan":{"hipaaEnabled":true}`,
	"endCallFunctionEnabled":       `it belongs in model: "tools":[{"type":"endCall"}]`,
	"dialKeypadFunctionEnabled":    `it belongs in model: "tools":[{"type":"dtmf"}]`,
	"forwardingPhoneNumber":        `it belongs in model: "tools":[{"type":"transferCall","destinations":[{"type":"number","number":"…"}]}]`,
	"forwardingPhoneNumbers":       `it belongs in model: "tools":[{"type":"transferCall","destinations":[{"type":"number","number":"…"}]}]`,
	"silenceTimeoutSeconds":        `"hooks":[{"on":"customer.speech.timeout","do":[{"type":"tool","tool":{"type":"endCall"}}],"options":{"timeoutSeconds":30}}]`,
	"responseDelaySeconds":         `"startSpeakingPlan":{"waitSeconds":0.4}`,
	"llmRequestDelaySeconds":       `"startSpeakingPlan":{"waitSeconds":0.4}`,
	"numWordsToInterruptAssistant": `"stopSpeakingPlan":{"numWords":2}`,
	"backgroundDenoisingEnabled":   `"backgroundSpeechDenoisingPlan":{"smartDenoisingPlan":{"enabled":true}}`,
	"summaryPrompt":                `"analysisPlan":{"summaryPlan":{"messages":[{"role":"system","content":"…"}]}}`,
	"structuredDataSchema":         `"analysisPlan":{"structuredDataPlan":{"enabled":true,"schema":{"type":"object"}}}`,
}
