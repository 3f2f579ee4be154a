package vapi

import (
	"slices"
	"strings"
)

// Address is a URL in an assistant, a tool or a number that Vapi will call.
type Address struct {
	URL  string
	Path string // JSON pointer to it
	// Foreign tells that it may well be somebody else's on purpose: it is that of an
	// API-request or MCP tool.
	Foreign bool
}

// Addresses returns the URLs in object, the JSON text of an assistant, tool or
// phone number, that Vapi will call: those of servers and of models, in the
// order in which they stand, 1,000 at most. What is no object has none.
func Addresses(object []byte) []Address {
	var list []Address
	for _, a := range addresses(root(object), "") {
		list = append(list, Address{URL: a.url, Path: a.path, Foreign: a.foreign})
	}
	return list
}

// Whereabouts is where an Address leads.
type Whereabouts string

// The whereabouts.
const (
	LeadsHere      Whereabouts = "here"
	LeadsNowhere   Whereabouts = "nowhere"   // it is no URL
	LeadsInside    Whereabouts = "inside"    // to a machine or a network that Vapi cannot reach
	LeadsToTunnel  Whereabouts = "tunnel"    // to a service that lends names to machines at home, under a name that is not ours
	LeadsToService Whereabouts = "service"   // to a known model, voice, transcriber or automation service
	LeadsElsewhere Whereabouts = "elsewhere" // to a host that nothing is known of
	LeadsUnknown   Whereabouts = "unknown"   // only a call tells: it is a template
)

// WhereLeads says where a URL leads, for who is reached at the hosts here.
func WhereLeads(address string, here ...string) Whereabouts {
	if strings.Contains(address, "{{") {
		return LeadsUnknown
	}
	u, host := hostOf(address)
	isHere := func(name string) bool {
		_, named := hostOf("https://" + name)
		return named == host
	}
	switch {
	case u == nil:
		return LeadsNowhere
	case slices.ContainsFunc(here, isHere):
		return LeadsHere
	case isPrivate(host):
		return LeadsInside
	case isTunnel(host):
		return LeadsToTunnel
	case isKnownPlace(host):
		return LeadsToService
	}
	return LeadsElsewhere
}

// DefaultServerMessages returns the types that an assistant sends to its server
// where it has no serverMessages of its own, as Vapi's OpenAPI document lists
// them. Transcripts are not among them.
func DefaultServerMessages() []string {
	return []string{
		typeConversationUpdate, typeEndOfCallReport, typeFunctionCall, typeHang, typeSpeechUpdate, typeStatusUpdate,
		typeToolCalls, typeTransferRequest, typeHandoffRequest, typeUserInterrupted, typeAssistantStarted,
	}
}
