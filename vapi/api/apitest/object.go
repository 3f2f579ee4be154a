package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"vapitap/vapi/api"
)

// What Vapi's OpenAPI document lists of the objects that can be changed. Of the
// rest of an object only what it has is known.
var (
	known = map[api.Kind][]string{
		api.Assistant: {"name", "model", "voice", "transcriber", "firstMessage", "firstMessageMode", "serverMessages", "clientMessages",
			"metadata", "hooks", "startSpeakingPlan", "stopSpeakingPlan", "analysisPlan", "artifactPlan", "credentialIds"},
		api.PhoneNumber: {"name", "assistantId", "squadId", "workflowId", "fallbackDestination", "hooks"},
		api.Tool:        {"messages", "function", "async", "rejectionPlan", "variableExtractionPlan", "parameters"},
	}
	knownOfServer = []string{"url", "timeoutSeconds", "credentialId", "headers", "backoffPlan", "staticIpAddressesEnabled", "encryptedPaths", "secret"}
	readOnly      = []string{"id", "orgId", "createdAt", "updatedAt", "isServerUrlSecretSet", "type", "provider", "number"}
)

func (o *object) text(name string) (s string) {
	json.Unmarshal(o.members[name], &s) // what is no string is none
	return s
}

// shown is the object as GET gives it.
func (o *object) shown(kind api.Kind) string {
	members := maps.Clone(o.members)
	if kind != api.Tool && kind != api.Call && kind != api.Squad {
		members["isServerUrlSecretSet"] = fmt.Appendf(nil, "%t", o.secret)
	}
	text, _ := json.Marshal(members) // what was read as JSON can be written
	return string(text)
}

func (o *object) server() (members map[string]json.RawMessage) {
	json.Unmarshal(o.members["server"], &members)
	return members
}

// learn has what the object has count as known.
func (o *object) learn() {
	for name := range o.members {
		o.known[name] = true
	}
	for name := range o.server() {
		o.known["server."+name] = true
	}
}

// hideSecrets takes the secret out of what is shown of an assistant or a number,
// and notes whether there is one.
func (o *object) hideSecrets(kind api.Kind) {
	if kind == api.Tool {
		return
	}
	if set, ok := o.members["isServerUrlSecretSet"]; ok {
		o.secret = string(set) == "true"
		delete(o.members, "isServerUrlSecretSet")
	}
	if secret, ok := o.members["serverUrlSecret"]; ok {
		o.secret = string(secret) != "null" && string(secret) != `""`
		delete(o.members, "serverUrlSecret")
	}
	if _, ok := o.members["server"]; !ok {
		return
	}
	server := o.server()
	if _, ok := server["secret"]; ok {
		o.secret = true
		delete(server, "secret")
		o.members["server"], _ = json.Marshal(server)
	}
}

// patch replaces the members that body has.
func (s *Server) patch(w http.ResponseWriter, kind api.Kind, id string, body []byte) {
	var change map[string]json.RawMessage
	if json.Unmarshal(body, &change) != nil || change == nil {
		refuse(w, http.StatusBadRequest, []string{"the body is no JSON object"})
		return
	}
	o := s.objects[kind][id]
	if wrong := s.wrong(kind, o, change); wrong != nil {
		refuse(w, http.StatusBadRequest, wrong)
		return
	}
	fresh := object{members: maps.Clone(o.members), known: o.known, secret: o.secret}
	for name, value := range change {
		fresh.members[name] = value
	}
	if server, ok := change["server"]; ok {
		fresh.secret = false // it is replaced whole, with the secret in it
		if string(server) == "null" {
			delete(fresh.members, "server")
		}
	}
	fresh.hideSecrets(kind)
	fresh.members["updatedAt"] = json.RawMessage(`"2026-11-23T14:02:15.245Z"`)
	s.objects[kind][id] = fresh
	fmt.Fprint(w, fresh.shown(kind))
}

// wrong says what Vapi would not accept of a change, in its words.
func (s *Server) wrong(kind api.Kind, o object, change map[string]json.RawMessage) (wrong []string) {
	for _, name := range slices.Sorted(maps.Keys(change)) {
		switch {
		case name == "server":
			if s.shape == Older || kind == api.Tool && o.text("type") == "apiRequest" {
				wrong = append(wrong, "property server should not exist")
			} else {
				wrong = append(wrong, wrongServer(o, change[name])...)
			}
		case name == "serverUrl" || name == "serverUrlSecret":
			if s.shape == Current {
				wrong = append(wrong, "property "+name+" should not exist")
			} else if name == "serverUrl" {
				wrong = append(wrong, wrongURL(name, change[name])...)
			}
		case slices.Contains(readOnly, name), !slices.Contains(known[kind], name) && !o.known[name]:
			wrong = append(wrong, "property "+name+" should not exist")
		}
	}
	return wrong
}

func wrongServer(o object, text json.RawMessage) (wrong []string) {
	if string(text) == "null" {
		return nil
	}
	var server map[string]json.RawMessage
	if json.Unmarshal(text, &server) != nil {
		return []string{"server must be an object"}
	}
	for _, name := range slices.Sorted(maps.Keys(server)) {
		if !slices.Contains(knownOfServer, name) && !o.known["server."+name] {
			wrong = append(wrong, "server.property "+name+" should not exist")
		}
	}
	if address, ok := server["url"]; ok {
		wrong = append(wrong, wrongURL("server.url", address)...)
	}
	if text, ok := server["timeoutSeconds"]; ok {
		var seconds float64
		if json.Unmarshal(text, &seconds) != nil || seconds < 1 || seconds > 300 {
			wrong = append(wrong, "server.timeoutSeconds must not be greater than 300")
		}
	}
	return wrong
}

func wrongURL(name string, text json.RawMessage) []string {
	var address string
	switch {
	case string(text) == "null":
		return nil
	case json.Unmarshal(text, &address) != nil:
		return []string{name + " must be a string"}
	case address == "":
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return []string{name + " must be a URL address"}
	}
	return nil
}
