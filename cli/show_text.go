package cli

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
)

// sheet is one exchange as it is written for reading.
type sheet struct {
	style
	out     *bufio.Writer
	e       *record.Exchange
	secrets bool
	extent  extent // of each body
	begun   bool   // something has been written
}

// How much of a body is written to a terminal: what one scrolls back to where a
// part was asked for, and a glance where all was.
var (
	screenExtent = extent{lines: 200, line: 4 << 10}
	glanceExtent = extent{lines: 14, line: 400}
)

// showText writes the exchange, or the parts of it that are asked for, for
// reading. What it comes to stands last, where one looks when it has been
// written.
func (a *app) showText(o showOptions, e *record.Exchange) error {
	s := &sheet{style: a.style, out: bufio.NewWriterSize(a.out, 64<<10), e: e, secrets: o.secrets}
	if onTerminal(a.out) {
		s.extent = screenExtent
	}
	all := !o.request && !o.response
	whole := all && !o.headers
	if whole && onTerminal(a.out) {
		s.extent = glanceExtent
	}
	if all || o.request {
		s.request(o)
	}
	if all || o.response {
		s.response(o)
	}
	if whole {
		fmt.Fprintln(s.out)
		s.overview()
		s.endOfCall()
		s.toolCalls()
		s.checks()
	}
	return s.out.Flush()
}

// overview writes what the exchange was: the line of the list, and below it what
// does not fit there.
func (s *sheet) overview() {
	e := s.e
	first, _, _ := strings.Cut(s.line(e), "\n") // its checks come later, in full
	fmt.Fprintln(s.out, first)
	fmt.Fprintln(s.out)
	s.field("time", e.Time.Local().Format("Mon 2 Jan 2006 15:04:05.000 MST"))
	s.field("call", e.CallID)
	s.field("from", strings.Join(present(string(e.From), e.Remote), ", "))
	s.field("request", fmt.Sprintf("%s %s, %s", e.Method, e.Path, sizeOf(&e.Request)))
	s.field("target", e.Target)
	s.field("response", s.reply())
	s.field("auth", authText(e.Auth))
	s.field("session", e.Session)
	if e.ReplayOf != 0 {
		s.field("replay of", fmt.Sprint(e.ReplayOf))
	}
	if e.RedeliveryOf != 0 {
		s.field("same as", fmt.Sprintf("%d, delivered again", e.RedeliveryOf))
	}
	for _, rule := range e.Rules {
		s.field("rule", rule)
	}
	s.field("marks", s.marks())
	s.field("error", e.Error)
}

// field writes one thing by its name; nothing where it is empty.
func (s *sheet) field(name, value string) {
	const nameWidth = 10
	if value != "" {
		fmt.Fprintf(s.out, "  %s %s\n", s.muted(fit(name, nameWidth)), plain.Text(value))
	}
}

// reply is what went out, when, and how much of it.
func (s *sheet) reply() string {
	e := s.e
	if e.Status == 0 {
		return "none"
	}
	text := fmt.Sprintf("%s, %s", statusText(e.Status), sizeOf(&e.Response))
	if e.FirstByte > 0 {
		text += ", first byte after " + plain.Duration(e.FirstByte)
	}
	if e.Duration > 0 {
		text += ", all after " + plain.Duration(e.Duration)
	}
	if e.Unreachable {
		text += "; vapitap's own, since no answer came from the server"
	}
	return text
}

func (s *sheet) marks() string {
	var marks []string
	for _, mark := range []struct {
		name string
		is   bool
	}{{"mocked", s.e.Mocked}, {"saved", s.e.Saved}, {"marked", s.e.Marked}} {
		if mark.is {
			marks = append(marks, mark.name)
		}
	}
	return strings.Join(marks, ", ")
}

// endOfCall writes what an end-of-call-report says that is short.
func (s *sheet) endOfCall() {
	r := vapi.ParseReport(s.e.Request.Decoded())
	if r == nil {
		return
	}
	s.heading("end of the call")
	s.field("reason", strings.Join(present(r.EndedReason, r.EndedReasonText), ": "))
	if r.DurationSeconds > 0 {
		s.field("lasted", plain.Duration(time.Duration(r.DurationSeconds*float64(time.Second))))
	}
	if r.Cost > 0 {
		s.field("cost", fmt.Sprintf("$%.4f", r.Cost))
	}
	s.field("recording", r.RecordingURL)
	s.field("summary", r.Summary)
}

// toolCalls writes the tools that were called and what the server said to each.
func (s *sheet) toolCalls() {
	calls := s.e.ToolCalls()
	if len(calls) == 0 {
		return
	}
	s.heading("tool calls")
	for _, call := range calls {
		fmt.Fprintf(s.out, "  %s %s\n", s.strong(plain.Text(call.Name)), s.muted(plain.Text(call.ID)))
		s.toolCall(call)
	}
}

// toolCall writes what a tool was called with and what the server said.
func (s *sheet) toolCall(call vapi.ToolCall) {
	s.value("called with", call.ReadableArguments())
	s.pointers("static", call.Static, "set in the tool, not by the model")
	s.pointers("encrypted", call.Encrypted, "by Vapi: your server has the key")
	s.value("result", call.Result)
	s.value("error", call.Error)
	switch {
	case call.Answered:
	case call.Async:
		s.value("answer", nil, s.muted("none is awaited: the tool is async"))
	default:
		s.value("answer", nil, s.failed("none"))
	}
	if call.Mocked {
		s.value("answer", nil, "by a rule, not by the server")
	}
	s.recorded(call)
}

// pointers writes which arguments are of a kind, and what that means.
func (s *sheet) pointers(kind string, pointers []string, meaning string) {
	const shown = 8
	if len(pointers) == 0 {
		return
	}
	list := strings.Join(pointers[:min(len(pointers), shown)], ", ")
	if more := len(pointers) - shown; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	s.value(kind, nil, plain.Text(list), s.muted("("+meaning+")"))
}

// shortValue is how long a JSON value may be to stand on the line of its name.
const shortValue = 100

// value writes a JSON value by its name, on the same line where it is short, or
// words in its place.
func (s *sheet) value(name string, text vapi.RawJSON, words ...string) {
	const nameWidth, short = 12, shortValue
	if text == nil && words == nil {
		return
	}
	fmt.Fprintf(s.out, "    %s ", s.muted(fit(name, nameWidth)))
	if text == nil {
		fmt.Fprintln(s.out, strings.Join(words, " "))
		return
	}
	p := pager{out: s.out, style: s.style, extent: s.extent}
	if p.inline = len(text) <= short || text[0] != '{' && text[0] != '['; !p.inline {
		p.margin = "      "
		fmt.Fprintln(s.out)
	}
	p.json(text)
	s.sayCut(&p, "--json")
}

// checks writes what was found about the reply, in full.
func (s *sheet) checks() {
	if len(s.e.Checks) == 0 {
		return
	}
	s.heading("checks")
	s.checkList()
}

// checkList writes the checks of the exchange, each with what to do.
func (s *sheet) checkList() {
	var said string
	for _, c := range s.e.Checks {
		fmt.Fprintln(s.out, s.hang(2, s.checkLook(c.Level)(c.Level.Sign()+" "+plain.Text(c.Message))+" "+s.muted("("+plain.Text(c.Code)+")")))
		if c.Path != "" {
			fmt.Fprintf(s.out, "    %s %s\n", s.muted("at"), plain.Text(c.Path))
		}
		switch {
		case c.Hint == "":
		case c.Hint == said:
			fmt.Fprintf(s.out, "    %s\n", s.muted("hint: the same as above"))
		default:
			s.hint(c.Hint)
			said = c.Hint
		}
	}
}

// hint writes what to return instead: a corrected reply, be it JSON or the lines
// of a stream, or words.
func (s *sheet) hint(hint string) {
	p := pager{out: s.out, style: s.style, margin: "      "}
	switch {
	case isJSON([]byte(hint), false):
		fmt.Fprintf(s.out, "    %s\n", s.muted("hint: return this"))
		p.json([]byte(hint))
	case strings.Contains(hint, "\n"):
		fmt.Fprintf(s.out, "    %s\n", s.muted("hint: return this"))
		p.text([]byte(hint))
	default:
		fmt.Fprintln(s.out, s.hang(4, s.muted("hint:")+" "+plain.Text(hint)))
	}
}

func (s *sheet) checkLook(level vapi.Level) func(string) string {
	switch level {
	case vapi.Error:
		return s.failed
	case vapi.Warning:
		return s.warned
	}
	return s.muted
}

// heading begins a part.
func (s *sheet) heading(name string) {
	if s.begun {
		fmt.Fprintln(s.out)
	}
	s.begun = true
	fmt.Fprintln(s.out, s.strong(name))
}

// statusText is a status with its name: 200 OK.
func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprint(status, " ", http.StatusText(status)))
}

// present returns those of texts that are not empty.
func present(texts ...string) []string {
	var there []string
	for _, t := range texts {
		if t != "" {
			there = append(there, t)
		}
	}
	return there
}

// sizeOf is how large a body was, and how much of it was captured.
func sizeOf(m *record.Message) string {
	if m.Truncated {
		return fmt.Sprintf("%s, of which %s were captured", plain.Size(m.Bytes), plain.Size(int64(len(m.Body))))
	}
	return plain.Size(m.Bytes)
}
