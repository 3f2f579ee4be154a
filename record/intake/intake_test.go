package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/fixture"
)

var now = time.Date(2026, 11, 23, 14, 2, 15, 245e6, time.UTC)

// read returns what a source has, each as a line to compare, and the exchanges.
func read(t *testing.T, source string) (lines []string, list []*record.Exchange, r *Reader) {
	t.Helper()
	r = &Reader{Now: now, ReadFile: func(name string) ([]byte, error) { return []byte("of " + name + "\n"), nil }}
	err := r.Read(strings.NewReader(source), func(f Found) bool {
		if f.Err != nil {
			first, _, _ := strings.Cut(f.Err.Error(), "\n")
			lines = append(lines, fmt.Sprintf("%d: ! %s", f.Line, first))
			return true
		}
		e := f.Exchange
		lines = append(lines, fmt.Sprintf("%d: %s %s %s %s", f.Line, e.Method, e.Path, e.Type, e.Request.Body))
		list = append(list, e)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, list, r
}

func TestWhatPeopleHaveInTheirLogs(t *testing.T) {
	const hang = `{"message":{"type":"hang","call":{"id":"c"}}}`
	const at = "POST /vapi/webhook hang "
	for _, c := range []struct {
		name, source string
		want         []string
	}{
		{"a body", hang, []string{"1: " + at + hang}},
		{"a body over several lines", "\n{\n \"message\": {\"type\":\n\"hang\"}}\n", []string{"2: " + at + "{\n \"message\": {\"type\":\n\"hang\"}}"}},
		{"a bare message", `{"type":"hang","turn":1.0}`, []string{`1: ` + at + `{"message":{"type":"hang","turn":1.0}}`}},
		{"a bare message of a type that nobody knows", `{"type":"new-thing","timestamp":1,"call":{"id":"c"}}`, []string{`1: POST /vapi/webhook new-thing {"message":{"type":"new-thing","timestamp":1,"call":{"id":"c"}}}`}},
		{"an array", "[\n" + hang + ",\n{\"other\":1},\n" + hang + "]", []string{"2: " + at + hang, "4: " + at + hang}},
		{"lines", hang + "\r\n\n" + hang + "\n", []string{"1: " + at + hang, "3: " + at + hang}},
		{"behind other words", "[2026-11-23T14:02:15Z] INFO {web} POST: " + hang + " 200 OK\nlistening on {port}\n", []string{"1: " + at + hang}},
		{"in a log of JSON", `{"level":30,"req":{"method":"POST","body":` + hang + `}}` + "\n" + `{"level":30,"msg":"hi"}`, []string{"1: " + at + hang}},
		{"in a string of a log", `{"level":30,"body":` + string(quoted(hang)) + `}`, []string{"1: " + at + hang}},
		{"laid out between other lines", "got {\n  \"message\": {\n    \"type\": \"hang\"\n  }\n}\ndone\n", []string{"1: " + at + "{\n  \"message\": {\n    \"type\": \"hang\"\n  }\n}"}},
		{"two on a line", hang + " " + hang, []string{"1: " + at + hang, "1: " + at + hang}},
		{"a byte order mark", "\uFEFF" + hang, []string{"1: " + at + hang}},
		{"a chat completion", `{"model":"m","messages":[],"stream":true}`, []string{`1: POST /chat/completions llm {"model":"m","messages":[],"stream":true}`}},
		{"a broken line, and the rest", hang + "\n{\"message\":{\"type\":\"ha\n" + hang, []string{"1: " + at + hang, "2: ! the JSON is cut short: it ends in the middle of a value", "3: " + at + hang}},
		{"broken in the middle", "x {\"message\":{\"type\":hang}}", []string{"1: ! the JSON is broken: invalid character 'h' looking for beginning of value at byte 20 of it"}},
		{"laid out and broken", "{\n  \"message\": {\n" + hang + "\n", []string{"1: ! the JSON is cut short: it ends in the middle of a value", "3: " + at + hang}},
		{"Node's own form", "Body: { message: { type: 'hang' } }", []string{"1: ! that is how Node prints an object, and not JSON"}},
		{"Python's own form", "{'message': {'type': 'hang'}}", []string{"1: ! that is how Python prints a dict, and not JSON"}},
		{"an exchange as a list has it", `{"id":1,"session":"s","time":"2026-11-23T14:02:15Z","kind":"vapi","type":"hang","requestBytes":5}`,
			[]string{"1: ! it is an exchange as a list has it, without its request"}},
		{"nothing", "", nil},
		{"other text", "hello {world}\n[1,2]\n", nil},
		{"other JSON", `{"a":[1,{"b":"{}"}]}`, nil},
	} {
		if got, _, _ := read(t, c.source); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestWhatIsMadeUpIsSaid(t *testing.T) {
	for source, want := range map[string]string{
		`{"message":{"type":"hang","timestamp":1795442535245}}`: MadeUp + "path, headers",
		`{"message":{"type":"hang"}}`:                           MadeUp + "path, headers, time",
		`{"type":"hang"}`:                                       MadeUp + "envelope, path, headers, time",
		"curl http://x/y -d '{\"message\":{\"type\":\"hang\",\"timestamp\":1795442535245}}'": "the assistant did not answer in time",
	} {
		_, list, _ := read(t, source)
		if len(list) != 1 || !strings.HasSuffix(list[0].Summary, want) || list[0].From != record.FromImport || list[0].Checks != nil || !list[0].Time.Equal(now) {
			t.Errorf("%s: %+v", source, list)
		}
	}
}

func TestCommandLinesOfCurl(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`curl http://localhost:3000/a?b=c`, `1: GET /a?b=c  `},
		{`$ curl localhost:3000 -d a=1 --data 'b=2 3'`, `1: POST /  a=1&b=2 3`},
		{"curl -sSL -XPUT \\\n  'http://h/a b' \\\n  -H 'X: y' --data-raw $'it\\'s \\x41\\u00e9\\n'", "1: PUT /a%20b  it's Aé\n"},
		{`curl "http://h/" --data-raw "a\"b\$c$HOME"`, `1: POST /  a"b$c$HOME`},
		{`curl --url=http://h/`, "1: ! curl's option --url=http://h/ has no value"},
		{`echo -n x | curl http://h/ --data-binary @-`, `1: POST /  x`},
		{"# a comment\n\ncurl http://h/ --data-binary @- <<'EOF'\n{\"a\":1}\nEOF\ncurl http://h/2", "3: POST /  {\"a\":1}\n|6: GET /2  "},
		{`curl http://h/ -d @f.json`, `1: POST /  of f.json`},
		{`curl http://h/ --data-binary @f.json`, "1: POST /  of f.json\n"},
		{`curl -G http://h/?x=1 --data-urlencode 'q=a b'`, `1: GET /?x=1&q=a+b  `},
		{`curl -I http://h/`, `1: HEAD /  `},
		{`curl http://h/ --json '{"message":{"type":"hang"}}'`, `1: POST / hang {"message":{"type":"hang"}}`},
		{`curl http://h/ -d @-`, `1: ! the body comes from standard input (@-), and nothing is piped in`},
		{"curl http://h/ -d \"$(cat x)\"\ncurl http://h/2", "1: ! the command cannot be read: " + errNotRead.Error() + "|2: GET /2  "},
		{`curl http://h/ -d 'a`, `1: ! the command cannot be read: a quote is not closed`},
		{`curl -H`, `1: ! curl's option --header has no value`},
		{`curl -d x`, `1: ! the curl command has no URL`},
		{`curl ftp://h/`, `1: ! "ftp://h/" is no http URL`},
		{`curl http://a/ http://b/`, `1: ! the curl command has two URLs, "http://a/" and "http://b/"; write a command for each`},
		{`curl -F a=b http://h/`, `1: ! curl's option --form is not read here`},
		{"python x.py | curl http://h/ -d @-", `1: ! the body is what "python x.py" makes, and nothing is executed here`},
	} {
		if got, _, _ := read(t, c.source); strings.Join(got, "|") != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.source, strings.Join(got, "|"), c.want)
		}
	}
	_, list, _ := read(t, `curl http://u@h/p -u me:pw -A agent -b a=b -H 'x-vapi-secret: s' -H 'Accept:' -H 'X-Empty;' -d x`)
	want := http.Header{"Authorization": {"Basic bWU6cHc="}, "User-Agent": {"agent"}, "Cookie": {"a=b"}, "X-Vapi-Secret": {"s"}, "X-Empty": {""},
		"Content-Type": {"application/x-www-form-urlencoded"}}
	if len(list) != 1 || !reflect.DeepEqual(list[0].Request.Header, want) || list[0].Target != "http://u@h/p" {
		t.Errorf("%+v", list)
	}
}

// exchange is one that every form can carry.
func exchange(request, response []byte, header string) *record.Exchange {
	e := &record.Exchange{
		Time: now, Method: "POST", Path: "/vapi/webhook?x=1", Target: "http://localhost:3000/vapi/webhook?x=1", Status: 200,
		Duration: 84200 * time.Microsecond, FirstByte: 80100 * time.Microsecond,
		Request:  record.Message{Header: http.Header{"Content-Type": {"application/json"}, "X-Own": {header, "b"}}, Body: request, Bytes: int64(len(request))},
		Response: record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: response, Bytes: int64(len(response))},
	}
	e.Describe()
	return e
}

func TestWhatVapitapWroteComesBack(t *testing.T) {
	request := []byte(`{"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"f","arguments":{"n":1.0}}]}}`)
	for _, e := range []*record.Exchange{
		exchange(request, []byte(`{"results":[{"toolCallId":"c","result":"ok"}]}`), "a"),
		exchange([]byte("\x00\xff' $(x)\n"), []byte("plain"), "it's \"quoted\" $x `y` \\"),
		exchange(nil, nil, "é\u2028"),
	} {
		f, err := fixture.Of(e)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := e.ShowJSON(true)
		if err != nil {
			t.Fatal(err)
		}
		for form, source := range map[string]string{
			"fixture": string(f.Encode()), "show --json": string(shown), "curl": export.Curl(e, "", true),
		} {
			lines, list, _ := read(t, source)
			if len(list) != 1 {
				t.Errorf("%s of %q: %q\n%s", form, e.Request.Body, lines, source)
				continue
			}
			got := list[0]
			if got.Method != e.Method || got.Path != e.Path || !bytes.Equal(got.Request.Body, e.Request.Body) || !reflect.DeepEqual(got.Request.Header["X-Own"], e.Request.Header["X-Own"]) {
				t.Errorf("%s: %s %s %q %v", form, got.Method, got.Path, got.Request.Body, got.Request.Header)
			}
			if form == "curl" {
				continue
			}
			if got.Status != 200 || !bytes.Equal(got.Response.Body, e.Response.Body) || len(got.Checks) != len(e.Checks) || got.Summary != e.Summary {
				t.Errorf("%s: %d %q %v %q, want %v %q", form, got.Status, got.Response.Body, got.Checks, got.Summary, e.Checks, e.Summary)
			}
		}
	}
}

func TestAnyRequestComesBackFromItsCurlCommand(t *testing.T) {
	property := func(body []byte, value string) bool {
		value = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == 0xFFFD {
				return 'x'
			}
			return r
		}, strings.ToValidUTF8(value, ""))
		e := exchange(body, nil, "v"+value+"v")
		_, list, _ := read(t, export.Curl(e, "", true))
		return len(list) == 1 && bytes.Equal(list[0].Request.Body, body) && list[0].Request.Header["X-Own"][0] == "v"+value+"v"
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

func TestHARFiles(t *testing.T) {
	const file = `{"log":{"version":"1.2","entries":[
	{"startedDateTime":"2026-11-23T14:02:15.245Z","time":84.2,"timings":{"wait":80},
	 "request":{"method":"POST","url":"http://localhost:3000/hook?x=1","headers":[{"name":":method","value":"POST"},{"name":"content-type","value":"application/json"},{"name":"Content-Encoding","value":"gzip"}],
	  "postData":{"mimeType":"application/json","text":"{\"message\":{\"type\":\"tool-calls\",\"toolCallList\":[{\"id\":\"c\",\"name\":\"f\"}]}}"}},
	 "response":{"status":200,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"size":3,"text":"e30K","encoding":"base64"}}},
	{"request":{"method":"GET","url":"chrome://x","headers":[]}},
	{"startedDateTime":5},
	{"request":{"method":"GET","url":"https://h/","headers":[]},"response":{"status":0}}]}}`
	lines, list, _ := read(t, file)
	want := []string{
		`2: POST /hook?x=1 tool-calls {"message":{"type":"tool-calls","toolCallList":[{"id":"c","name":"f"}]}}`,
		`6: ! entry 2: "chrome://x" is no http URL`, `7: ! entry 3: it has no request`, `8: GET /  `,
	}
	if !reflect.DeepEqual(lines, want) {
		t.Fatalf("%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	e := list[0]
	if !e.Time.Equal(now) || e.Duration != 84200*time.Microsecond || e.FirstByte != 80*time.Millisecond || e.Request.Header.Get("Content-Encoding") != "" ||
		e.Target != "http://localhost:3000/hook?x=1" || string(e.Response.Body) != "{}\n" || !e.Failed() || strings.Contains(e.Summary, MadeUp) {
		t.Errorf("%+v", e)
	}
	if list[1].Status != 0 || list[1].Checks != nil {
		t.Errorf("without a reply: %+v", list[1])
	}
	if lines, _, _ := read(t, `{"log":{"entries":[]}}`); !reflect.DeepEqual(lines, []string{"1: ! the HAR file has no entries"}) {
		t.Errorf("an empty one: %q", lines)
	}
}

func TestMaskedSecretsAreCounted(t *testing.T) {
	e := exchange([]byte("{}"), nil, "a")
	e.Request.Header.Set("X-Vapi-Secret", "s3cret")
	shown, err := e.ShowJSON(false)
	if err != nil {
		t.Fatal(err)
	}
	if _, list, r := read(t, string(shown)); len(list) != 1 || r.Masked != 1 {
		t.Errorf("%d masked", r.Masked)
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	const hang = `{"message":{"type":"hang"}}`
	for _, c := range []struct{ name, source, want string }{
		{"a store", "SQLite format 3\x00\x10\x00" + hang, "it is an SQLite database, as a store of vapitap's is"},
		{"what is packed", "\x1F\x8B\x08\x00\x00" + hang, "it is binary, and no text\nhint: where it is packed, unpack it first"},
		{"what PowerShell writes", "\xFF\xFE{\x00}\x00", "it is text in UTF-16"},
		{"a zero byte far behind", strings.Repeat(" ", looksFor) + "\x00" + hang, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := 0
			err := (&Reader{Now: now}).Read(strings.NewReader(c.source), func(Found) bool { found++; return true })
			switch {
			case c.want == "" && (err != nil || found != 1):
				t.Errorf("found %d, %v", found, err)
			case c.want != "" && (found > 0 || err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("found %d, %v, want %q", found, err, c.want)
			}
		})
	}
}

func TestALongLogIsReadInOneGo(t *testing.T) {
	line := `2026 INFO {"message":{"type":"hang"}}` + "\n" + strings.Repeat("{[", 2000) + "\n"
	lines, _, _ := read(t, strings.Repeat(line, 200))
	found := 0
	for _, l := range lines {
		if strings.Contains(l, " hang ") {
			found++
		}
	}
	if found != 200 {
		t.Errorf("%d of 200 were found", found)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`x {"message":{"type":"hang"}}` + "\n[{\n")
	f.Add("curl -d $'\\x41' \"$(printf '\\101')\" http://h/ <<E\nx\nE\n")
	f.Add(`{"log":{"entries":[{"request":{"url":"http://h/"}}]}}`)
	f.Add(`{"vapitap":1,"request":{"method":"POST","path":"/"}}`)
	f.Add(`{"request":{"headers":{"A":["b","c"]},"bodyBase64":"AA=="},"method":"POST"}`)
	f.Add(callText)
	f.Add("SQLite format 3\x00")
	f.Fuzz(func(t *testing.T, source string) {
		r := Reader{Now: now}
		err := r.Read(strings.NewReader(source), func(f Found) bool {
			if f.Line < 1 || f.Line > 1+strings.Count(source, "\n") || (f.Exchange == nil) == (f.Err == nil) {
				t.Fatalf("found %+v", f)
			}
			if f.Exchange != nil && !json.Valid(f.Exchange.AppendJSON(nil)) {
				t.Fatalf("%+v has no JSON", f.Exchange)
			}
			return true
		})
		if refused := notText([]byte(source)); err != refused {
			t.Fatalf("read with %v, want %v", err, refused)
		}
	})
}
