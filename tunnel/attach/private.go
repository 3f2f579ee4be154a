package attach

import (
	"cmp"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/vapi/api"
)

// PrivateCall is the harmless way: one test call whose messages come here, while
// the assistant stays as it is for everybody else.
type PrivateCall struct {
	Assistant Object
	Overrides string // the JSON of assistantOverrides
	Curl      string // a command for sh that starts the call; KEY and the number to call are for the reader to fill in
	LeftOut   string // the members of the assistant's server that the overrides leave out as they may hold secrets: headers, secret; "" for none
}

// privateCall describes a call of the first assistant that the plan changes, nil
// where there is none.
func (s *survey) privateCall() *PrivateCall {
	for _, c := range s.plan.Changes {
		if c.Kind == api.Assistant && !c.There() {
			return privateCall(c, s.attacher.API.BaseURL())
		}
	}
	return nil
}

func privateCall(c Change, baseURL string) *PrivateCall {
	server, leftOut := overrideServer(at(c.raw, "server"), c.To)
	overrides := members("server", server)
	number := "PHONE_NUMBER_ID"
	if len(c.Rings) > 0 {
		number = c.Rings[0].ID
	}
	call := members(
		"assistantId", jsonpath.Quote(c.ID),
		"assistantOverrides", overrides,
		"phoneNumberId", jsonpath.Quote(number),
		"customer", []byte(`{"number":"+YOUR_NUMBER"}`),
	)
	return &PrivateCall{
		Assistant: c.Object,
		Overrides: string(overrides),
		Curl: "curl " + cmp.Or(baseURL, api.DefaultBaseURL) + `/call -H "Authorization: Bearer $` + api.KeyVariable + `" -H 'Content-Type: application/json' -d ` +
			quoteForShell(string(call)),
		LeftOut: leftOut,
	}
}

// overrideServer is the server of an assistant with another URL, without what may
// be a secret: it is shown on a terminal.
func overrideServer(server []byte, address string) (shown []byte, leftOut string) {
	list := []any{"url", jsonpath.Quote(address)}
	var left []string
	for key, value := range jsonpath.Members(server) {
		name := unquote(key)
		switch {
		case string(value) == "null", name == "url":
		case name == "timeoutSeconds", name == "credentialId", name == "backoffPlan", name == "staticIpAddressesEnabled", name == "encryptedPaths":
			list = append(list, name, value)
		default:
			left = append(left, plain(name))
		}
	}
	return members(list...), strings.Join(left, ", ")
}

// quoteForShell quotes text for sh.
func quoteForShell(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
