package export_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/timeline"
)

// parsed is a page as a browser reads it.
type parsed struct {
	elements map[string]int
	text     map[string]string // of style, script and title
	policy   string
	wrong    []string // what must not be there
	all      string
}

func parsePage(t testing.TB, text string) parsed {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{elements: map[string]int{}, text: map[string]string{}}
	var all strings.Builder
	for node := range root.Descendants() {
		if node.Type == html.TextNode {
			all.WriteString(node.Data)
		}
		if node.Type != html.ElementNode {
			continue
		}
		p.elements[node.Data]++
		if node.FirstChild != nil && node.FirstChild.Type == html.TextNode {
			p.text[node.Data] = node.FirstChild.Data
		}
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
			outward := (a.Key == "href" || strings.HasSuffix(a.Key, ":href")) && !strings.HasPrefix(a.Val, "#")
			if outward || strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "srcset" || a.Key == "action" {
				p.wrong = append(p.wrong, fmt.Sprintf("<%s %s=%q>", node.Data, a.Key, a.Val))
			}
		}
		if attributes["http-equiv"] == "Content-Security-Policy" {
			p.policy = attributes["content"]
		}
	}
	p.all = all.String()
	for _, element := range []string{"img", "iframe", "object", "embed", "link", "base", "audio", "video", "foreignObject", "math"} {
		if p.elements[element] > 0 {
			p.wrong = append(p.wrong, "<"+element+">")
		}
	}
	if p.elements["script"] != 1 || p.elements["style"] != 1 {
		p.wrong = append(p.wrong, fmt.Sprint(p.elements["script"], " scripts and ", p.elements["style"], " styles"))
	}
	return p
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func TestAPageTellsTheCall(t *testing.T) {
	text, tally := written(t, "html", stored(t, aCall()...), export.Options{Version: "v1.2.3", Made: began})
	p := parsePage(t, text)
	if len(p.wrong) > 0 {
		t.Errorf("it has %q", p.wrong)
	}
	want := "default-src 'none'; style-src " + hashOf(p.text["style"]) + "; script-src " + hashOf(p.text["script"]) + "; base-uri 'none'; form-action 'none'"
	if p.policy != want {
		t.Errorf("the policy is %s, want %s", p.policy, want)
	}
	for _, want := range []string{
		"+14155550100 → Weather & Tables", "Inbound phone call", "1 m 00 s", "$0.08", "nobody spoke for too long", "silence-timed-out",
		"The caller asked for the weather.", "Hello, what can I do?", "It is 12 degrees.", "The weather, please. My key is REPLACED",
		"speech-update ×2", "the result is an object", "Return this instead", "recorded something else", "took it", `"12 degrees"`,
		"endpointing", "1.3 s", "transport", "$0.0050", "X-Vapi-Secret", `"city": "Oslo"`, "Exported", "v1.2.3", "Secrets are replaced",
	} {
		if !strings.Contains(p.all, want) {
			t.Errorf("there is no %q", want)
		}
	}
	if strings.Contains(p.all, "Other exchanges") || p.elements["details"] < 6 || tally.Exchanges != 6 || tally.Shortened != 0 {
		t.Errorf("%v %+v", p.elements, tally)
	}
}

// TestAPageOfSomeExchanges has no account of a call of which only a part was
// picked.
func TestAPageOfSomeExchanges(t *testing.T) {
	source := stored(t, aCall()...)
	source.IDs = []int64{4}
	p := parsePage(t, first(written(t, "html", source, export.Options{})))
	for _, no := range []string{"Hello, what can I do?", "Conversation", "$0.08", "Timeline"} {
		if strings.Contains(p.all, no) {
			t.Errorf("%q was not picked", no)
		}
	}
	for _, want := range []string{"Exchange 4", "get_weather", "Your server answered"} {
		if !strings.Contains(p.all, want) {
			t.Errorf("there is no %q", want)
		}
	}
	again := newExchange(100, `"type":"hang"`, "{}")
	again.From, again.ReplayOf = record.FromReplay, 1
	p = parsePage(t, first(written(t, "html", stored(t, append(aCall(), again)...), export.Options{})))
	if !strings.Contains(p.all, "Other exchanges") || !strings.Contains(p.all, "replay of") {
		t.Error("what was sent again is not among the others")
	}
}

// poison are texts that browsers have run.
var poison = []string{
	"</script><script>alert(1)</script>", "</style><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)",
	"javascript:alert(1)", "<!--<script>", "]]><script>alert(1)</script>", "\u2028alert(1)\u2029", "</pre></details><iframe src=javascript:alert(1)>", "{{.Policy}}",
	"</title><script>alert(1)</script>", "\u202e\u0000\x1b[31m", "<base href=//evil.invalid>", "&lt;script&gt;", "`${alert(1)}`",
}

func TestNothingOfAPayloadActsInAPage(t *testing.T) {
	for _, text := range poison {
		checkPage(t, text, stored(t, poisoned(text)...))
	}
	all := strings.Join(poison, "\n")
	checkPage(t, all, stored(t, poisoned(all)...))
}

func FuzzHTML(f *testing.F) {
	for _, text := range poison {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list := poisoned(text) // not by way of a store, which takes its time
		source := export.Source{
			Get:  func(id int64) (*record.Exchange, error) { return list[id-1], nil },
			Call: func(string) (*timeline.Call, error) { return new(timeline.Call), nil },
		}
		for i := range list {
			list[i].ID = int64(i + 1)
			source.IDs = append(source.IDs, list[i].ID)
		}
		checkPage(t, text, source)
	})
}

// checkPage sees that nothing of a text that is in a source acts.
func checkPage(t *testing.T, text string, source export.Source) {
	t.Helper()
	p := parsePage(t, first(written(t, "html", source, export.Options{Secrets: true, Version: text})))
	if len(p.wrong) > 0 {
		t.Errorf("%q became %q", text, p.wrong)
	}
}

// poisoned is a call in which a text is wherever it can be.
func poisoned(text string) []*record.Exchange {
	q := func(s string) string {
		b, _ := jsonQuote(s)
		return b
	}
	message := func(seconds int, members string) *record.Exchange {
		body := fmt.Sprintf(`{"message":{%s,%s:%s,"call":{"id":%s,"type":%s},"customer":{"number":%s},"assistant":{"name":%s}}}`, members, q(text), q(text), q("c"+text), q(text), q(text), q(text))
		reply := fmt.Sprintf(`{"results":[{"toolCallId":%s,"name":%s,"result":{"x":%s}}]}`, q("t"+text), q(text), q(text))
		e := &record.Exchange{
			Time: began.Add(time.Duration(seconds) * time.Second), From: record.From(text), Remote: text, Method: "POST", Path: "/" + text, Target: text,
			Status: 200, Error: text,
		}
		e.Request = record.Message{Header: http.Header{"X-" + text: {text}}, Body: []byte(body), Bytes: int64(len(body))}
		e.Response = record.Message{Header: http.Header{"Content-Type": {text}, "Content-Encoding": {text}}, Body: []byte(reply), Bytes: int64(len(reply))}
		e.Describe()
		return e
	}
	return []*record.Exchange{
		message(0, `"type":"assistant-request"`),
		message(1, `"type":`+q(text)),
		message(2, `"type":"tool-calls","toolCallList":[{"id":`+q("t"+text)+`,"name":`+q(text)+`,"arguments":{`+q(text)+`:`+q(text)+`}}]`),
		message(3, `"type":"end-of-call-report","endedReason":`+q(text)+`,"cost":1,"costBreakdown":{"vapi":1,"total":1},"recordingUrl":`+q(text)+`,"analysis":{"summary":`+q(text)+`},"artifact":{"messages":[{"role":"user","message":`+q(text)+`},{"role":`+q(text)+`,"message":`+q(text)+`}]}`),
	}
}

func TestLongPayloadsAreCutAndSaidToBe(t *testing.T) {
	e := newExchange(0, `"type":"hang","x":"`+strings.Repeat("é", 300<<10)+`"`, "{}")
	deep := newExchange(1, `"type":"hang","x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000), "{}")
	audio := newExchange(2, `"type":"voice-request"`, "")
	audio.Response.Body = []byte(strings.Repeat("\x00\xff\x10", 1000))
	audio.Response.Bytes = 3000
	text, tally := written(t, "html", stored(t, e, deep, audio), export.Options{})
	p := parsePage(t, text)
	for _, want := range []string{"The beginning: 262.1 KB of ", "3.0 KB that are no text; the first of them:", "00 ff 10 00"} {
		if !strings.Contains(p.all, want) {
			t.Errorf("there is no %q", want)
		}
	}
	if tally.Shortened != 1 || len(text) > 1<<20 {
		t.Errorf("%+v, %d bytes", tally, len(text))
	}
}

func TestAPageThatCouldNotBeOpenedIsRefused(t *testing.T) {
	source := export.Source{IDs: make([]int64, 10_001)}
	if _, err := export.HTML(new(strings.Builder), source, export.Options{}); err == nil || !strings.Contains(err.Error(), "10001 exchanges") {
		t.Error(err)
	}
}
