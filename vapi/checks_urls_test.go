package vapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// arrived is an assistant-request that was sent to host.
func arrived(host string, here ...string) Request {
	r := message(`"type":"assistant-request"`)
	r.Header = http.Header{"Host": {host}}
	r.Here = here
	return r
}

func TestJudgeServerURLs(t *testing.T) {
	const path = "warning server-url-elsewhere "
	tunnel := arrived("abc.ngrok.app")
	local := arrived("localhost:4242")
	server := func(url string) string { return `{"assistant":{"server":{"url":"` + url + `"}}}` }
	at := path + "/assistant/server/url"
	for _, c := range []struct {
		name string
		r    Request
		body string
		want string
	}{
		{"here", tunnel, server("https://abc.ngrok.app/vapi"), ""},
		{"here, in capitals and with the port", tunnel, server("https://ABC.ngrok.app:443/vapi"), ""},
		{"here, by what is forwarded", with3(local, "X-Forwarded-Host", "abc.ngrok.app, inner"), server("https://abc.ngrok.app/vapi"), ""},
		{"here, as the proxy knows", arrived("localhost:3000", "abc.ngrok.app"), server("https://abc.ngrok.app/vapi"), ""},
		{"here, by its port", arrived("localhost:3000", "abc.example.com:8443"), server("https://abc.example.com:8443/x"), ""},
		{"another port of it", arrived("localhost:3000", "abc.example.com:8443"), server("https://abc.example.com/x"), at},
		{"yesterday's tunnel", tunnel, server("https://def.ngrok-free.app/vapi"), at},
		{"another tunnel service", tunnel, server("https://x-y-z.trycloudflare.com"), at},
		{"production", tunnel, server("https://api.example.com/vapi"), at},
		{"production, and nobody knows what is here", local, server("https://api.example.com/vapi"), ""},
		{"a tunnel, and nobody knows what is here", local, server("https://def.ngrok-free.app"), ""},
		{"this machine", tunnel, server("http://localhost:3000/vapi"), at},
		{"this machine, and nobody knows what is here", local, server("http://127.0.0.1:3000/vapi"), at},
		{"here on this machine, in a simulated call", local, server("http://127.0.0.1:4242/vapi"), ""},
		{"a private network", tunnel, server("https://192.168.1.7/vapi"), at},
		{"a container", tunnel, server("http://api:3000"), at},
		{"a private name", tunnel, server("http://box.local"), at},
		{"private IPv6", tunnel, server("http://[fd00::1]:3000/"), at},
		{"no URL", tunnel, server("abc.ngrok.app/vapi"), at},
		{"no URL either", local, server("/vapi"), at},
		{"filled in by the call", tunnel, server("https://{{host}}/vapi"), ""},
		{"empty", tunnel, server(""), ""},
		{"null", tunnel, `{"assistant":{"server":{"url":null}}}`, ""},

		{"a model of one's own, here", tunnel, `{"assistant":{"model":{"provider":"custom-llm","model":"m","url":"https://abc.ngrok.app/v1"}}}`, ""},
		{"a model of one's own, elsewhere", tunnel, `{"assistant":{"model":{"provider":"custom-llm","model":"m","url":"https://def.ngrok.app/v1"}}}`, path + "/assistant/model/url"},
		{"a model that is known", tunnel, `{"assistant":{"model":{"provider":"custom-llm","model":"m","url":"https://api.groq.com/openai/v1"}}}`, ""},
		{"a tool", tunnel, `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"endCall"},{"type":"function","server":{"url":"https://def.ngrok.app"},"function":{"name":"f"}}]}}}`,
			path + "/assistant/model/tools/1/server/url"},
		{"a tool of another's", tunnel, `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"mcp","server":{"url":"https://mcp.example.com"}},{"type":"apiRequest","method":"GET","url":"https://shop.example.com"}]}}}`, ""},
		{"a tool of another's, private", tunnel, `{"assistant":{"model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"apiRequest","method":"GET","url":"http://localhost:9000/x"}]}}}`,
			path + "/assistant/model/tools/0/url"},
		{"a voice", tunnel, `{"assistant":{"voice":{"provider":"custom-voice","server":{"url":"https://def.ngrok.app"}}}}`, path + "/assistant/voice/server/url"},
		{"endpointing", tunnel, `{"assistant":{"startSpeakingPlan":{"smartEndpointingPlan":{"provider":"custom-endpointing-model","server":{"url":"https://def.ngrok.app"}}}}}`,
			path + "/assistant/startSpeakingPlan/smartEndpointingPlan/server/url"},
		{"overrides", tunnel, `{"assistantId":"x","assistantOverrides":{"server":{"url":"https://def.ngrok.app"}}}`, path + "/assistantOverrides/server/url"},
		{"a squad", tunnel, `{"squad":{"members":[{"assistant":{"server":{"url":"https://def.ngrok.app"}}}]}}`, path + "/squad/members/0/assistant/server/url"},
		{"the older shape", tunnel, `{"assistant":{"serverUrl":"https://def.ngrok.app"}}`, "warning assistant-unknown-property /assistant/serverUrl, " + path + "/assistant/serverUrl"},
		{"what is free", tunnel, `{"assistant":{"metadata":{"server":{"url":"https://def.ngrok.app"}}},"assistantOverrides":{"variableValues":{"serverUrl":"https://def.ngrok.app"}}}`, ""},
		{"told once", tunnel, `{"assistant":{"server":{"url":"https://def.ngrok.app/a"},"voice":{"provider":"custom-voice","server":{"url":"https://def.ngrok.app/b"}}}}`, at},
		{"told for each", tunnel, `{"assistant":{"server":{"url":"https://def.ngrok.app"},"voice":{"provider":"custom-voice","server":{"url":"https://ghi.ngrok.app"}}}}`, at + ", " + path + "/assistant/voice/server/url"},
	} {
		got := judged(c.r, answered(c.body))
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s\n got %q\nwant %s", c.name, c.body, got, c.want)
		}
	}
}

func with3(r Request, name, value string) Request {
	r.Header = r.Header.Clone()
	r.Header.Set(name, value)
	return r
}

func TestJudgeServerURLOfHandoff(t *testing.T) {
	r := message(`"type":"handoff-destination-request"`)
	r.Here = []string{"abc.ngrok.app"}
	got := judged(r, answered(`{"destination":{"type":"dynamic","server":{"url":"https://def.ngrok.app"}}}`))
	if want := []string{"warning server-url-elsewhere /destination/server/url"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestServerURLWords(t *testing.T) {
	for url, want := range map[string][2]string{
		"https://def.ngrok.app/vapi?x=1": {"the URL leads to def.ngrok.app, a tunnel address that is not this one (abc.ngrok.app): yesterday's?", "https://abc.ngrok.app/vapi?x=1"},
		"http://localhost:3000/vapi":     {"the URL leads to localhost:3000, which Vapi cannot reach: it is not on your machine or in your network", "https://abc.ngrok.app/vapi"},
		"https://api.example.com":        {"the URL leads to api.example.com, not here (abc.ngrok.app): what Vapi sends there does not come by", "https://abc.ngrok.app"},
		"wss://api.example.com/s":        {"the URL leads to api.example.com, not here (abc.ngrok.app): what Vapi sends there does not come by", "wss://abc.ngrok.app/s"},
		"api.example.com/vapi":           {"api.example.com/vapi is no URL; Vapi cannot call it", "begin it with https://"},
	} {
		r := arrived("abc.ngrok.app")
		checks := Judge(Identify(r), r, answered(`{"assistant":{"server":{"url":"`+url+`"}}}`))
		if len(checks) != 1 || checks[0].Message != want[0] || checks[0].Hint != want[1] {
			t.Errorf("%s\n got %+v\nwant %s (%s)", url, checks, want[0], want[1])
		}
	}
}

// Whatever is nested how, the search for addresses ends soon.
func TestServerURLsInWhatIsLargeAndDeep(t *testing.T) {
	r := arrived("abc.ngrok.app")
	for _, body := range []string{
		`{"assistant":` + strings.Repeat(`{"voice":`, 9000) + `1` + strings.Repeat(`}`, 9000) + `}`,
		`{"assistant":` + strings.Repeat(`[`, 9000) + `{"serverUrl":"http://x"}` + strings.Repeat(`]`, 9000) + `}`,
		`{"assistant":{"firstMessage":"` + strings.Repeat("a", 50<<20) + `"}}`,
		`{"assistant":{"a":[` + strings.Repeat(`{"serverUrl":"http://x.example"},`, 60_000) + `1]}}`,
	} {
		if n := len(Judge(Identify(r), r, answered(body))); n > 3*mostAlike {
			t.Errorf("%d checks of %.60s", n, body)
		}
	}
}
