package export

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// How much of payloads a page has, in bytes: of one, and of all.
const (
	mostPayload  = 256 << 10
	mostPayloads = 64 << 20
)

// card is one exchange.
type card struct {
	ID       int64
	State    string // failed, warned, or empty
	Kind     string // as kindOf tells
	Name     string
	When     string
	Status   string
	Took     string
	Summary  string
	Facts    []pair
	Checks   []checkView
	Tools    []*roundTrip // where no account of the call has them
	Messages []messageView
}

// pair is one thing by its name.
type pair struct{ Name, Value string }

// checkView is one check.
type checkView struct {
	Level, Sign, Message, Code, Path string
	Hint                             string // in words
	Instead                          string // what to return, laid out
}

// messageView is one direction of an exchange.
type messageView struct {
	Name    string // Request or Reply
	First   string // its first line
	Size    string
	Headers []pair
	Payload *payload // nil for none
}

// payload is a body as it is read.
type payload struct {
	Text  string
	JSON  bool
	Notes []string
}

// card returns an exchange as it is shown. In a call it is told when it was in it.
func (p *page) card(e *record.Exchange, call *timeline.Call) *card {
	c := &card{
		ID: e.ID, State: stateOf(e), Kind: kindOf(e), Name: plainLine(named(e)), When: clock(e.Time),
		Took: took(e.Duration), Summary: plainLine(e.Summary), Facts: p.facts(e), Checks: p.cleaning.checkViews(e.Checks),
	}
	if call != nil {
		c.When = plain.Offset(call.Offset(e))
	} else {
		for _, t := range e.ToolCalls() {
			c.Tools = append(c.Tools, p.cleaning.roundTrip(timeline.ToolCall{ToolCall: t, Exchange: e.ID, Duration: e.Duration}, e))
		}
	}
	c.Messages = []messageView{p.message("Request", e.Method+" "+e.Path, &e.Request)}
	c.Status = "no reply"
	if e.Status != 0 {
		c.Status = fmt.Sprint(e.Status)
		c.Messages = append(c.Messages, p.message("Reply", strings.TrimSpace(c.Status+" "+http.StatusText(e.Status)), &e.Response))
	}
	return c
}

// stateOf tells what became of an exchange.
func stateOf(e *record.Exchange) string {
	switch {
	case e.Failed():
		return "failed"
	case e.Warned() || e.Error != "":
		return "warned"
	}
	return ""
}

// kindOf tells apart what looks different: what the server is asked, the report,
// what a custom model or an MCP server is asked, what is only about who speaks,
// and what else is told.
func kindOf(e *record.Exchange) string {
	switch {
	case e.Kind == vapi.KindLLM || e.Kind == vapi.KindMCP:
		return "model"
	case e.Type == "end-of-call-report":
		return "report"
	case e.Kind == vapi.KindHTTP || vapi.WantsReply(e.Type):
		return "ask"
	case aboutSpeech(e):
		return "talk"
	}
	return "note"
}

// aboutSpeech reports whether a message only tells who speaks, or what was said
// so far.
func aboutSpeech(e *record.Exchange) bool {
	if e.Kind != vapi.KindServer {
		return false
	}
	switch e.Type {
	case "speech-update", "assistant.speechStarted", "model-output", "voice-input":
		return true
	}
	return strings.HasPrefix(e.Type, "transcript")
}

func (p *page) facts(e *record.Exchange) []pair {
	firstByte, authentication, redelivery, replay := "", "", "", ""
	if e.FirstByte > 0 {
		firstByte = "after " + took(e.FirstByte)
	}
	if e.Auth.Scheme != "" {
		authentication = e.Auth.Scheme + ", " + e.Auth.Verdict
	}
	if e.RedeliveryOf != 0 {
		redelivery = fmt.Sprintf("%d, delivered again", e.RedeliveryOf)
	}
	if e.ReplayOf != 0 {
		replay = fmt.Sprint(e.ReplayOf)
	}
	source := string(e.From)
	if e.Remote != "" {
		source += ", " + e.Remote
	}
	failure := e.Error
	if e.Unreachable {
		failure = strings.TrimSpace("no answer came from the server; the reply is vapitap's own. " + failure)
	}
	var facts []pair
	for _, fact := range []pair{
		{"time", e.Time.Local().Format(dayAndTime)}, {"from", source}, {"target", e.Target}, {"call", e.CallID},
		{"first byte", firstByte}, {"authentication", authentication}, {"same as", redelivery}, {"replay of", replay},
		{"session", e.Session}, {"error", failure},
	} {
		if fact.Value != "" {
			facts = append(facts, pair{fact.Name, plainLine(fact.Value)})
		}
	}
	return facts
}

func (c *cleaning) checkViews(checks []vapi.Check) []checkView {
	var views []checkView
	said := ""
	for _, check := range checks {
		v := checkView{string(check.Level), check.Level.Sign(), plainLine(check.Message), check.Code, plainLine(check.Path), "", ""}
		switch {
		case check.Hint == said:
		case json.Valid([]byte(check.Hint)) || strings.Contains(check.Hint, "\n"):
			text, _ := readable([]byte(check.Hint))
			v.Instead = visible(string(text), true)
		default:
			v.Hint = plainLine(check.Hint)
		}
		said = check.Hint
		views = append(views, v)
	}
	return views
}

func (p *page) message(name, first string, m *record.Message) messageView {
	v := messageView{Name: name, First: plainLine(first), Size: plain.Size(m.Bytes), Payload: p.payload(m)}
	for _, header := range []http.Header{m.Header, m.Trailer} {
		for _, key := range record.SortedHeader(header) {
			for _, value := range header[key] {
				v.Headers = append(v.Headers, pair{plainLine(key), plainLine(value)})
			}
		}
	}
	return v
}

// payload returns a body as it is read, its beginning where it is long, or where
// the page has had many.
func (p *page) payload(m *record.Message) *payload {
	body := m.Decoded()
	if len(body) == 0 {
		return nil
	}
	text, language := readable(body)
	shown := &payload{JSON: language == "json"}
	if most := min(mostPayload, p.room); len(text) > most {
		p.cleaning.tally.Shortened++
		shown.Notes = append(shown.Notes, fmt.Sprintf("The beginning: %s of %s.", plain.Size(int64(most)), plain.Size(int64(len(text)))))
		text = wholeRunes(text[:most])
	}
	p.room -= len(text)
	shown.Text = visible(string(text), true)
	if !isText(body) {
		shown.Notes = append(shown.Notes, fmt.Sprintf("%s that are no text; the first of them:", plain.Size(int64(len(body)))))
	}
	if m.Header.Get("Content-Encoding") != "" {
		shown.Notes = append(shown.Notes, fmt.Sprintf("%s, %s on the wire.", m.Header.Get("Content-Encoding"), plain.Size(int64(len(m.Body)))))
	}
	if m.Truncated {
		shown.Notes = append(shown.Notes, fmt.Sprintf("Cut short: %s of %s were recorded.", plain.Size(int64(len(m.Body))), plain.Size(m.Bytes)))
	}
	return shown
}

// plainLine returns words as they may stand on one line.
func plainLine(words string) string { return visible(words, false) }
