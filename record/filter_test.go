package record

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vapitap/vapi"
)

// aToolCall is the exchange that most of the filters here are tried on.
func aToolCall() *Exchange {
	return &Exchange{
		ID:        41,
		Session:   "20261123T140200-4f2a",
		Time:      time.Date(2026, 11, 23, 14, 2, 15, 0, time.UTC),
		From:      FromTunnel,
		Identity:  vapi.Identity{Kind: vapi.KindServer, Type: "tool-calls", CallID: "7420f27a-30fd-4f49"},
		Method:    "POST",
		Path:      "/vapi/webhook?tenant=Blå",
		Status:    200,
		Duration:  2 * time.Second,
		Request:   Message{Header: http.Header{"X-Vapi-Secret": {"hush"}}, Body: []byte(`{"city":"Oslo"}`), Bytes: 15},
		Response:  Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"results":[]}`), Bytes: 14},
		Summary:   `get_weather(city: "Oslo") → "12 degrees", don't wait`,
		Checks:    []vapi.Check{{Level: vapi.Error, Code: "tool-result-missing"}, {Level: vapi.Warning, Code: "slow"}},
		ToolNames: []string{"get_weather", "book_table"},
	}
}

// picks returns whether filter picks e.
func picks(t *testing.T, filter string, e *Exchange) bool {
	t.Helper()
	f, err := ParseFilter(filter)
	if err != nil {
		t.Fatalf("ParseFilter(%q): %v", filter, err)
	}
	return f.Match(e)
}

func TestFilterPicks(t *testing.T) {
	tests := []struct{ yes, no string }{
		{``, `nowhere`},
		{" \t ", `-oslo`},

		{`type:tool-calls`, `type:tool-call`},
		{`type:TOOL-CALLS`, `type:ool-calls`},
		{`type:tool*`, `type:call*`},
		{`type:*calls`, `type:*tool`},
		{`type:*ol-ca*`, `type:*x*`},
		{`type:*`, `type:""`},
		{`type:hang|tool-calls`, `type:hang|tool`},
		{`type:"tool-calls"`, `type:"tool-calls*"`},
		{`type:"tool"-calls`, `type:"tool" -calls`},
		{`type:*"calls"`, `type:"*calls"`},

		{`kind:vapi`, `kind:http`},
		{`kind:V*`, `kind:m*`},
		{`method:post`, `method:pos`},
		{`method:get|post`, `method:get|put`},

		{`path:webhook`, `path:webhooks`},
		{`path:*/webhook`, `path:*/vapi`},
		{`path:/vapi/*`, `path:vapi/*`},
		{`path:/VAPI/webhook?TENANT=blå`, `path:tenant=bla`},
		{`path:*=blå`, `path:*=bl`},

		{`status:200`, `status:201`},
		{`status:2xx`, `status:5xx`},
		{`status:5XX|2XX`, `status:3xx|4xx`},
		{`status:>=200`, `status:>200`},
		{`status:<=200`, `status:<200`},
		{`status:200-204`, `status:201-299`},

		{`call:7420F`, `call:420f`},
		{`call:*4f49`, `call:*4f4`},
		{`call:*30fd*`, `call:7420f27a-30fd-4f49-`},
		{`call:*`, `call:""`},

		{`tool:get_weather`, `tool:get`},
		{`tool:BOOK_TABLE`, `tool:table`},
		{`tool:get*`, `tool:*get`},
		{`tool:*`, `tool:""`},

		{`id:41`, `id:4`},
		{`id:>40`, `id:>41`},
		{`id:>=41`, `id:>=42`},
		{`id:<42`, `id:<41`},
		{`id:12-41`, `id:42-50`},
		{`id:1|40-42`, `id:1|2|43-44`},

		{`session:20261123T140200-4f2a`, `session:20261123T140200`},
		{`session:20261123*`, `session:last`},

		{`slow:>1s`, `slow:>2s`},
		{`slow:2s`, `slow:2001ms`},
		{`slow:>=2S`, `slow:<2s`},
		{`slow:<=2s`, `slow:<=1999ms`},
		{`slow:1s-3s`, `slow:3s-1d`},

		{`size:29`, `size:30`},
		{`size:>28`, `size:>29`},
		{`size:<0.1kb`, `size:>0.1kb`},
		{`size:">= 0 KB"`, `size:>100kb`},

		{`check:tool-result-missing`, `check:tool-result`},
		{`check:SLOW`, `check:too-slow`},
		{`check:tool-*`, `check:llm-*`},
		{`check:*`, `check:""`},

		{`from:tunnel`, `from:local`},
		{`from:local|Tunnel`, `from:replay|simulate|test|import`},
		{`from:t*`, `from:s*`},

		{`is:failed`, `is:replay`},
		{`is:WARNED`, `is:pending`},
		{`is:reply`, `is:saved`},
		{`is:marked|failed`, `is:marked|mocked`},
		{`is:fail*`, `is:redel*`},

		{`header:x-vapi-secret`, `header:x-vapi-signature`},
		{`header:"x-vapi-secret: HUSH"`, `header:"x-vapi-secret: hus "`},
		{`header:x-vapi-secret:*`, `header:vapi-secret:*`},
		{`header:json`, `header:xml`},
		{`req.header:hush`, `req.header:json`},
		{`reply.header:json`, `reply.header:hush`},
		{`header:*`, `header:""`},

		{`body:oslo`, `body:bergen`},
		{`body:RESULTS`, `body:resulted`},
		{`req.body:'"city":"oslo"'`, `req.body:results`},
		{`reply.body:results`, `reply.body:oslo`},
		{`req.body:{*`, `req.body:}*`},
		{`reply.body:*]}`, `reply.body:*}]`},
		{`body:*`, `body:""`},

		{`oslo`, `bergen`},
		{`OSLO|bergen`, `bergen|trondheim`},
		{`tool-calls`, `tool-calling`},
		{`webhook`, `webhooks`},
		{`30fd`, `30fe`},
		{`get_*`, `weather*`},
		{`*/webhook?tenant=blå`, `*/webhook`},
		{`'12 degrees'`, `'12  degrees'`},
		{`bergen|"12 degrees"`, `bergen|"12 degreesC"`},
		{`don't`, `dont`},
		{`BLÅ`, `BLA`},
		{`*`, `!*`},
		{`"→"`, `"->"`},

		{`type:tool-calls is:failed oslo`, `type:tool-calls is:failed bergen`},
		{`!type:hang -is:saved -bergen`, `!type:hang|tool-calls`},
		{`!bergen`, `!oslo`},
		{`-status:5xx`, `-status:2xx`},
		{`-tool:cancel`, `-tool:book_table`},
		{`Type:tool-calls REQ.BODY:oslo`, `Type:hang`},
	}
	e := aToolCall()
	for _, tt := range tests {
		if !picks(t, tt.yes, e) {
			t.Errorf("%s does not pick the exchange", tt.yes)
		}
		if picks(t, tt.no, e) {
			t.Errorf("%s picks the exchange", tt.no)
		}
	}
}

func TestFilterPicksStates(t *testing.T) {
	tests := []struct {
		filter string
		change func(*Exchange)
	}{
		{"is:failed", func(e *Exchange) { e.Checks = []vapi.Check{{Level: vapi.Error}} }},
		{"is:warned", func(e *Exchange) { e.Checks = []vapi.Check{{Level: vapi.Warning}} }},
		{"is:replay", func(e *Exchange) { e.ReplayOf = 12 }},
		{"is:replay", func(e *Exchange) { e.From = FromReplay }},
		{"is:redelivery", func(e *Exchange) { e.RedeliveryOf = 12 }},
		{"is:pending", func(e *Exchange) { e.pending = 1 }},
		{"is:saved", func(e *Exchange) { e.Saved = true }},
		{"is:marked", func(e *Exchange) { e.Marked = true }},
		{"is:mocked", func(e *Exchange) { e.Mocked = true }},
		{"is:reply", func(e *Exchange) { e.Type = "assistant-request" }},
		{"type:transcript", func(e *Exchange) { e.Type = `transcript[transcriptType="final"]` }},
		{`type:transcript[transcriptType="final"]`, func(e *Exchange) { e.Type = `transcript[transcriptType="final"]` }},
		{"type:transcript*final*", func(e *Exchange) { e.Type = "transcript*final" }},
		{`check:""`, func(e *Exchange) { e.Checks = nil }},
		{`tool:""`, func(e *Exchange) { e.ToolNames = nil }},
		{"status:0", func(e *Exchange) { e.Status = 0 }},
		{"id:0", func(e *Exchange) { e.ID = 0 }},
		{"size:0", func(e *Exchange) { e.Request.Bytes, e.Response.Bytes = 0, 0 }},
		{`body:""`, func(e *Exchange) { e.Response.Body = nil }},
		{`req.header:""`, func(e *Exchange) { e.Request.Header = nil }},
		{"kind:mcp", func(e *Exchange) { e.Kind = vapi.KindMCP }},
		{"from:import", func(e *Exchange) { e.From = FromImport }},
	}
	for _, tt := range tests {
		e := aToolCall()
		e.Checks = []vapi.Check{{Level: vapi.Info, Code: "redelivery"}}
		e.Type = "status-update"
		if picks(t, tt.filter, e) {
			t.Errorf("%s picks what it should not", tt.filter)
		}
		tt.change(e)
		if !picks(t, tt.filter, e) {
			t.Errorf("%s does not pick what it should", tt.filter)
		}
	}
}

func TestFilterComparesOnlyWhatIsKnown(t *testing.T) {
	inFlight := &Exchange{pending: 1}
	for _, filter := range []string{"status:<400", "id:<100", "slow:<1s", "status:4xx", "id:0-5"} {
		if picks(t, filter, inFlight) {
			t.Errorf("%s picks an exchange that has no reply yet", filter)
		}
	}
	if !picks(t, "!status:200", inFlight) {
		t.Error("!status:200 leaves out an exchange that has no reply yet")
	}
}

func TestFilterLooksIntoCompressedBodies(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(`{"results":[{"result":"12 Degrees"}]}`))
	w.Close()
	e := &Exchange{Response: Message{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: packed.Bytes()}}
	if !picks(t, `body:"12 degrees"`, e) {
		t.Error("a text in a compressed body is not found")
	}
	if picks(t, `req.body:degrees`, e) {
		t.Error("a text in the reply is found in the request")
	}
}

func TestFilterFindsTextAnywhereInALargeBody(t *testing.T) {
	for _, word := range []string{"needle", strings.Repeat("needle", 300), "nåla"} {
		f, err := ParseFilter("body:" + strings.ToUpper(word))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, 1000, 2040, 2045, 2047, 2048, 2049, 4090, 4095, 9000} {
			body := bytes.Repeat([]byte("n"), 9000)
			body = slices.Concat(body[:at], []byte(word), body[at:])
			if !f.Match(&Exchange{Request: Message{Body: body}}) {
				t.Errorf("a word of %d bytes is not found at %d", len(word), at)
			}
			body[at+len(word)-1] = '-'
			if f.Match(&Exchange{Request: Message{Body: body}}) {
				t.Errorf("a word of %d bytes that is not there is found at %d", len(word), at)
			}
		}
	}
}

func TestFilterNeedsPayload(t *testing.T) {
	for filter, want := range map[string]bool{
		"": false, "oslo": false, "type:body path:header": false, `"body:x"`: false,
		"body:x": true, "-header:x": true, "is:failed req.body:x": true, "reply.header:x oslo": true,
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.NeedsPayload(); got != want {
			t.Errorf("%q: NeedsPayload is %v", filter, got)
		}
	}
}

func TestFilterCandidate(t *testing.T) {
	listed := aToolCall()
	listed.Request.Body, listed.Response.Body = nil, nil
	for filter, want := range map[string]bool{
		"body:nowhere": true, "body:nowhere type:tool-calls": true, "body:oslo type:hang": false, "type:hang": false, "": true,
	} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Candidate(listed); got != want {
			t.Errorf("%q: Candidate is %v", filter, got)
		}
	}
}

func TestNilFilterPicksAll(t *testing.T) {
	var f *Filter
	if !f.Match(aToolCall()) || !f.Candidate(aToolCall()) || f.NeedsPayload() || f.String() != "" || f.Terms() != nil || f.NamesLast() {
		t.Error("a nil filter is not the one that picks all")
	}
}

func TestFilterTerms(t *testing.T) {
	const text = ` type:tool-calls  -Body:"é x"|b !oslo`
	f, err := ParseFilter(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Term{
		{Pos: 1, End: 16, Name: "type", Value: "tool-calls"},
		{Pos: 18, End: 32, Name: "body", Value: `"é x"|b`, Negated: true},
		{Pos: 33, End: 38, Value: "oslo", Negated: true},
	}
	if got := f.Terms(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := text[want[1].Pos:want[1].End]; got != `-Body:"é x"|b` {
		t.Errorf("the second term stands at %q", got)
	}
}

func TestFilterString(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"  type:hang\t-is:failed ":    "type:hang !is:failed",
		"TYPE:Hang":                   "type:Hang",
		`"oslo"`:                      "oslo",
		`"two words"|'it"s'|"don't"`:  `"two words"|it"s|don't`,
		`"'tis"|'"x'|"'"'"'`:          `"'tis"|'"x'|"'"'"'`,
		`"type:x" "-5" "!"`:           `"type:x" "-5" "!"`,
		`body:** path:"*a*" tool:*b*`: `body:* path:"*a*" tool:*b*`,
		`type:""`:                     `type:""`,
		`size:">1 kb" status:5xx`:     `size:">1 kb" status:5xx`,
		`"a|b" "a"b`:                  `"a|b" ab`,
	} {
		f, err := ParseFilter(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := f.String(); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

func BenchmarkFilterBody(b *testing.B) {
	f, err := ParseFilter("body:nowhere")
	if err != nil {
		b.Fatal(err)
	}
	e := &Exchange{Request: Message{Body: bytes.Repeat([]byte(`{"role":"Assistant","message":"no"},`), 30_000)}}
	b.SetBytes(int64(len(e.Request.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if f.Match(e) {
			b.Fatal("found")
		}
	}
}

func BenchmarkFilterRow(b *testing.B) {
	f, err := ParseFilter("type:tool-calls -is:saved status:2xx slow:>1s bergen")
	if err != nil {
		b.Fatal(err)
	}
	e := aToolCall()
	b.ReportAllocs()
	for b.Loop() {
		if f.Match(e) {
			b.Fatal("found")
		}
	}
}
