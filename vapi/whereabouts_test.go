package vapi

import (
	"slices"
	"testing"
)

func TestAddressesOfAnAssistant(t *testing.T) {
	assistant := []byte(`{"name":"Front desk","serverUrl":"https://a.example/hook","server":{"url":"https://b.example/hook"},
		"model":{"provider":"custom-llm","url":"https://c.example/llm","tools":[
			{"type":"function","server":{"url":"https://d.example"},"function":{"parameters":{"server":{"url":"https://no.example"}}}},
			{"type":"apiRequest","url":"https://e.example"}]},
		"voice":{"provider":"custom-voice","server":{"url":"https://f.example"}},"metadata":{"serverUrl":"https://no.example"}}`)
	want := []Address{
		{URL: "https://a.example/hook", Path: "/serverUrl"},
		{URL: "https://b.example/hook", Path: "/server/url"},
		{URL: "https://c.example/llm", Path: "/model/url"},
		{URL: "https://d.example", Path: "/model/tools/0/server/url"},
		{URL: "https://e.example", Path: "/model/tools/1/url", Foreign: true},
		{URL: "https://f.example", Path: "/voice/server/url"},
	}
	if got := Addresses(assistant); !slices.Equal(got, want) {
		t.Errorf("found\n%v, want\n%v", got, want)
	}
	for _, none := range []string{``, `null`, `[]`, `"x"`, `{`, `not JSON`} {
		if got := Addresses([]byte(none)); got != nil {
			t.Errorf("%q has the addresses %v", none, got)
		}
	}
}

func TestWhereAnAddressLeads(t *testing.T) {
	const here = "kind-fox.ngrok-free.dev"
	for address, want := range map[string]Whereabouts{
		"https://kind-fox.ngrok-free.dev/x":     LeadsHere,
		"https://KIND-FOX.ngrok-free.dev:443/x": LeadsHere,
		"https://old-owl.ngrok-free.dev/x":      LeadsToTunnel,
		"https://a.trycloudflare.com":           LeadsToTunnel,
		"http://localhost:3000":                 LeadsInside,
		"http://192.168.1.4/x":                  LeadsInside,
		"https://api.openai.com/v1":             LeadsToService,
		"https://prod.example.com/hook":         LeadsElsewhere,
		"https://{{host}}/hook":                 LeadsUnknown,
		"example":                               LeadsNowhere,
		"":                                      LeadsNowhere,
	} {
		if got := WhereLeads(address, here); got != want {
			t.Errorf("%q leads %s, want %s", address, got, want)
		}
	}
}

func TestTheDefaultServerMessagesAreKnownTypes(t *testing.T) {
	for _, name := range DefaultServerMessages() {
		if _, ok := Lookup(name); !ok {
			t.Errorf("%s is not in the catalogue", name)
		}
	}
}
