package vapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	rpc := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_weather"}}`
	for _, c := range []struct {
		name   string
		method string
		path   string
		header http.Header
		body   string
		want   Identity
	}{
		{"type first", "POST", "/", nil, `{"message":{"type":"tool-calls","call":{"id":"c1"}}}`, Identity{KindServer, "tool-calls", "c1"}},
		{"type last", "POST", "/", nil, `{"message":{"artifact":{"type":"no","call":{"id":"no"}},"call":{"id":"c1"},"type":"hang"}}`, Identity{KindServer, "hang", "c1"}},
		{"message after others", "POST", "/", nil, `{"a":[{"message":1}],"message":{"type":"hang"}}`, Identity{KindServer, "hang", ""}},
		{"unknown type", "POST", "/any/path", nil, `{"message":{"type":"brand.new"}}`, Identity{KindServer, "brand.new", ""}},
		{"type with a condition", "POST", "/", nil, `{"message":{"type":"transcript[transcriptType=\"final\"]"}}`, Identity{KindServer, `transcript[transcriptType="final"]`, ""}},
		{"escaped key", "POST", "/", nil, `{"mess\u0061ge":{"t\u0079pe":"hang"}}`, Identity{KindServer, "hang", ""}},
		{"white space", "POST", "/", nil, " {\n\t\"message\" : { \"type\" : \"hang\" , \"call\" : { \"id\" : \"c1\" } } } ", Identity{KindServer, "hang", "c1"}},
		{"odd content type", "POST", "/", http.Header{"Content-Type": {"text/plain"}}, `{"message":{"type":"hang"}}`, Identity{KindServer, "hang", ""}},
		{"cut short after the type", "POST", "/", nil, `{"message":{"type":"end-of-call-report","call":{"id":"c1","x":"cut of`, Identity{KindServer, "end-of-call-report", "c1"}},
		{"cut short within the type", "POST", "/", nil, `{"message":{"type":"end-of-c`, Identity{Kind: KindHTTP}},
		{"type is no string", "POST", "/", nil, `{"message":{"type":7}}`, Identity{Kind: KindHTTP}},
		{"message is a string", "POST", "/", nil, `{"message":"type"}`, Identity{Kind: KindHTTP}},
		{"null call", "POST", "/", nil, `{"message":{"call":null,"type":"hang"}}`, Identity{KindServer, "hang", ""}},

		{"completion by path", "POST", "/llm/chat/completions?x=1", nil, `{"call":{"id":"c1"}}`, Identity{KindLLM, "llm", "c1"}},
		{"completion by path, slash", "POST", "/chat/completions/", nil, `not json`, Identity{KindLLM, "llm", ""}},
		{"completion by shape", "POST", "/mine", nil, `{"model":"gpt-4o","messages":[],"call":{"id":"c1"}}`, Identity{KindLLM, "llm", "c1"}},
		{"completion, path doubled", "POST", "/chat/completions/chat/completions", nil, `{}`, Identity{KindLLM, "llm", ""}},
		{"looking at the path", "GET", "/chat/completions", nil, ``, Identity{Kind: KindHTTP}},
		{"messages without a model", "POST", "/mine", nil, `{"messages":[]}`, Identity{Kind: KindHTTP}},

		{"mcp", "POST", "/mcp", http.Header{"X-Call-Id": {"c1"}}, rpc, Identity{KindMCP, "tools/call", "c1"}},
		{"mcp of a chat", "POST", "/mcp", http.Header{"X-Chat-Id": {"chat"}}, rpc, Identity{KindMCP, "tools/call", ""}},
		{"mcp batch", "POST", "/mcp", http.Header{"X-Call-Id": {"c1"}}, "[" + rpc + "]", Identity{KindMCP, "tools/call", "c1"}},
		{"mcp response", "POST", "/mcp", http.Header{"X-Call-Id": {"c1"}}, `{"jsonrpc":"2.0","id":1,"result":{}}`, Identity{KindMCP, "", "c1"}},
		{"json-rpc of someone else", "POST", "/mcp", nil, rpc, Identity{Kind: KindHTTP}},

		{"api request tool", "POST", "/orders", http.Header{"X-Call-Id": {"c1"}}, `{"order":7}`, Identity{KindHTTP, "", "c1"}},
		{"nothing", "GET", "/", nil, ``, Identity{Kind: KindHTTP}},
		{"not json", "POST", "/", nil, `message=hello`, Identity{Kind: KindHTTP}},
	} {
		r := Request{Method: c.method, Path: c.path, Header: c.header, Body: []byte(c.body)}
		if got := Identify(r); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestIdentifyBoundsNames(t *testing.T) {
	long := strings.Repeat("é", 5000)
	id := Identify(message(`"type":"` + long + `","call":{"id":"` + long + `"}`))
	if len(id.Type) > 300 || len(id.CallID) > 300 || !strings.HasPrefix(id.Type, "éé") {
		t.Errorf("type of %d bytes, call id of %d", len(id.Type), len(id.CallID))
	}
}

// A body of many MB is looked at where it is, not copied.
func TestIdentifyCopiesNothingLarge(t *testing.T) {
	r := message(`"artifact":{"transcript":"` + strings.Repeat("x", 5<<20) + `"},"call":{"id":"c1"},"type":"hang"`)
	if n := testing.AllocsPerRun(10, func() { Identify(r) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}
