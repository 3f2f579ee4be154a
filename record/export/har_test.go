package export_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/har"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"vapitap/record"
	"vapitap/record/export"
)

// harSchema is the published schema of a HAR.
func harSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	const base = "https://har.invalid/"
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	files, err := filepath.Glob("testdata/har-schema/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+filepath.Base(file), document); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(base + "har.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t testing.TB, schema *jsonschema.Schema, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, text)
	}
	if err := schema.Validate(document); err != nil {
		t.Fatalf("%v\n%.2000s", err, text)
	}
}

func TestHARIsWhatItsSchemaSays(t *testing.T) {
	schema := harSchema(t)
	validate(t, schema, first(written(t, "har", stored(t, aCall()...), export.Options{Version: "v1.2.3"})))
	if err := schema.Validate(map[string]any{"log": map[string]any{"version": "1.2"}}); err == nil {
		t.Error("the schema takes anything")
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestAnyExchangeComesBackFromAHAR writes exchanges of any bytes and reads them
// with a library: what a HAR can carry is equal.
func TestAnyExchangeComesBackFromAHAR(t *testing.T) {
	schema := harSchema(t)
	random := rand.New(rand.NewPCG(3, 4))
	var list []*record.Exchange
	for range 300 {
		list = append(list, anyExchange(random))
	}
	text := first(written(t, "har", stored(t, list...), export.Options{Secrets: true}))
	validate(t, schema, text)
	var back har.HAR
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Log.Entries) != len(list) {
		t.Fatalf("%d entries of %d exchanges", len(back.Log.Entries), len(list))
	}
	for i, entry := range back.Log.Entries {
		sameExchange(t, list[i], entry)
	}
	var raw struct {
		Log struct {
			Entries []struct {
				Request struct {
					PostData struct {
						Text, Encoding string
						Underscored    string `json:"_encoding"`
					}
				}
				Vapitap struct {
					ID                 int64
					Path, Target, Type string
				} `json:"_vapitap"`
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatal(err)
	}
	for i, entry := range raw.Log.Entries {
		body := []byte(entry.Request.PostData.Text)
		if entry.Request.PostData.Underscored == "base64" {
			body, _ = base64.StdEncoding.DecodeString(string(body))
		}
		if !bytes.Equal(body, list[i].Request.Body) {
			t.Errorf("the request %q became %q", list[i].Request.Body, body)
		}
		if e, v := list[i], entry.Vapitap; v.ID != e.ID || v.Path != e.Path || v.Target != e.Target || v.Type != e.Type {
			t.Errorf("%+v", v)
		}
	}
}

func sameExchange(t *testing.T, e *record.Exchange, entry *har.Entry) {
	t.Helper()
	r := entry.Request
	if r.Method != e.Method || r.URL != e.Target || entry.Response.Status != int64(e.Status) {
		t.Errorf("%s %s %d became %s %s %d", e.Method, e.Target, e.Status, r.Method, r.URL, entry.Response.Status)
	}
	if started, err := time.Parse(time.RFC3339Nano, entry.StartedDateTime); err != nil || !started.Equal(e.Time.Truncate(time.Millisecond)) {
		t.Errorf("%v became %v, %v", e.Time, started, err)
	}
	if took := time.Duration(entry.Time * float64(time.Millisecond)).Round(time.Microsecond); took != e.Duration.Round(time.Microsecond) {
		t.Errorf("%v became %v", e.Duration, took)
	}
	if sum := entry.Timings.Send + entry.Timings.Wait + entry.Timings.Receive; sum-entry.Time > 0.001 || entry.Time-sum > 0.001 {
		t.Errorf("the timings are %v together, of %v", sum, entry.Time)
	}
	for _, pair := range []struct {
		header http.Header
		list   []*har.NameValuePair
	}{{e.Request.Header, r.Headers}, {e.Response.Header, entry.Response.Headers}} {
		back := http.Header{}
		for _, p := range pair.list {
			back[p.Name] = append(back[p.Name], p.Value)
		}
		for name, values := range pair.header {
			if !slices.Equal(back[name], values) {
				t.Errorf("%s: %q became %q", name, values, back[name])
			}
		}
		if len(back) != len(pair.header) {
			t.Errorf("%d headers became %d", len(pair.header), len(back))
		}
	}
	if content := entry.Response.Content; !bytes.Equal(content.Text, e.Response.Body) || content.Size != e.Response.Bytes {
		t.Errorf("the reply %q became %q", e.Response.Body, content.Text)
	}
}

// anyExchange has any bytes where there may be any.
func anyExchange(r *rand.Rand) *record.Exchange {
	text := func(most int) []byte {
		const letters = "ab{}[]\":,\\\n\r\t\x00\x1b</script>é\u2028\U0001f600 0123"
		b := []byte{}
		for range r.IntN(most + 1) {
			if runes := []rune(letters); r.IntN(40) > 0 {
				b = utf8.AppendRune(b, runes[r.IntN(len(runes))])
			} else if r.IntN(2) == 0 {
				b = append(b, byte(r.IntN(256)))
			}
		}
		return b
	}
	value := func() string { // which has no line breaks on any wire
		return strings.TrimSpace(strings.ToValidUTF8(strings.NewReplacer("\n", "", "\r", "", "\x00", "").Replace(string(text(20))), "?"))
	}
	header := func() http.Header {
		h := http.Header{}
		for i := range r.IntN(5) {
			name := fmt.Sprintf("X-Any-%d", i)
			h.Add(name, value())
			if r.IntN(3) == 0 {
				h.Add(name, value())
			}
		}
		return h
	}
	path := fmt.Sprintf("/hook%d?a=%%zz&b=c%%20d&&e", r.IntN(9))
	e := &record.Exchange{
		Time: began.Add(time.Duration(r.Int64N(1e15))).Truncate(time.Microsecond), From: record.FromLocal,
		Method: []string{"POST", "GET", "PATCH", "ODD"}[r.IntN(4)], Path: path, Target: "http://[::1]:3000" + path,
		Status: []int{0, 200, 201, 404, 500, 799}[r.IntN(6)], Duration: time.Duration(r.Int64N(1e10)).Truncate(time.Microsecond),
	}
	e.FirstByte = time.Duration(r.Int64N(int64(e.Duration) + 1)).Truncate(time.Microsecond)
	e.Request = record.Message{Header: header(), Body: text(200)}
	e.Response = record.Message{Header: header(), Body: text(200)}
	e.Request.Bytes, e.Response.Bytes = int64(len(e.Request.Body)), int64(len(e.Response.Body))
	e.Describe()
	return e
}

func TestHAROfWhatIsOdd(t *testing.T) {
	schema := harSchema(t)
	packed := &record.Exchange{Method: "GET", Path: "/x", Target: "http://example.com/x", Status: 200, Time: began, Duration: time.Second}
	packed.Request.Header = http.Header{"Cookie": {"a=1; b=2"}}
	packed.Response.Header = http.Header{"Content-Encoding": {"gzip"}, "Set-Cookie": {"c=3; Path=/"}, "Location": {"/y"}}
	packed.Response.Body = gzipped(t, `{"a":1}`)
	packed.Response.Bytes = int64(len(packed.Response.Body))
	cut := &record.Exchange{Method: "POST", Path: "*", Status: 0, Time: began, Error: "client went away after 512 bytes"}
	cut.Request = record.Message{Header: http.Header{}, Body: []byte("abc"), Bytes: 9, Truncated: true}
	text := first(written(t, "har", stored(t, packed, cut), export.Options{Secrets: true}))
	validate(t, schema, text)
	for _, want := range []string{
		`"text":"{\"a\":1}"`, `"cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}]`, `"cookies":[{"name":"c","value":"3"}]`,
		`"redirectURL":"/y"`, `"comment":"cut short: 3 of 9 bytes were recorded"`, `"_error":"client went away after 512 bytes"`, `"url":"http://localhost/*"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, "serverIPAddress") {
		t.Error("it has an address that nobody knows")
	}
}
