package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/timeline"
	"vapitap/vapi"
)

// account is a whole call as it is written for reading.
type account struct {
	sheet
	call *timeline.Call
}

// showCallText writes the account of a call for reading. What it comes to stands
// last, where one looks when it has been written.
func (a *app) showCallText(call *timeline.Call) error {
	s := account{
		sheet: sheet{style: a.style, out: bufio.NewWriterSize(a.out, 64<<10)},
		call:  call,
	}
	if onTerminal(a.out) {
		s.extent = glanceExtent
	}
	s.about()
	s.events()
	s.conversation()
	s.tools()
	s.latency()
	s.cost()
	s.failures()
	s.ending()
	return s.out.Flush()
}

// about writes what the call was.
func (s *account) about() {
	c := s.call
	s.heading("call " + plain.Text(c.ID))
	s.field("type", callTypes[c.Type])
	if callTypes[c.Type] == "" {
		s.field("type", c.Type)
	}
	from, to := c.Customer, c.Number
	if c.Type == "outboundPhoneCall" {
		from, to = to, from
	}
	s.field("from", from)
	s.field("to", to)
	s.field("assistant", c.Assistant)
	s.field("started", s.started())
	s.field("lasted", s.lasted())
	s.field("ended", s.ended())
	if c.Cost > 0 {
		s.field("cost", dollars(c.Cost))
	}
	s.field("recorded", s.recorded())
	s.field("recording", c.RecordingURL)
	if c.Summary != "" {
		s.paragraph("summary", c.Summary)
	}
}

// paragraph writes a field whose value may take several lines.
func (s *account) paragraph(name, text string) {
	const indent = 13 // as field has it
	lines := s.hang(indent, plain.Text(text))
	fmt.Fprintf(s.out, "  %s %s\n", s.muted(fit(name, indent-3)), strings.TrimLeft(lines, " "))
}

// callTypes puts the types of calls in words.
var callTypes = map[string]string{
	"inboundPhoneCall":   "inbound phone call",
	"outboundPhoneCall":  "outbound phone call",
	"webCall":            "web call",
	"vapi.websocketCall": "websocket call",
}

const dayAndTime = "Mon 2 Jan 2006 15:04:05 MST"

func (s *account) started() string {
	c := s.call
	switch {
	case c.BeganEarlier():
		return c.StartedAt.Local().Format(dayAndTime) + ", recorded from " + plain.Offset(c.Offset(&c.Exchanges[0])) + " on"
	case c.StartedAt.IsZero():
		return c.Exchanges[0].Time.Local().Format(dayAndTime) + " (the first message)"
	}
	return c.StartedAt.Local().Format(dayAndTime)
}

func (s *account) lasted() string {
	if s.call.DurationSeconds <= 0 {
		return ""
	}
	return plain.Duration(time.Duration(s.call.DurationSeconds * float64(time.Second)))
}

func (s *account) ended() string {
	c := s.call
	switch {
	case c.EndedReason != "":
		return fmt.Sprintf("%s (%s)", c.EndedReasonText, c.EndedReason)
	case c.Over():
		return "yes; no reason is told"
	}
	last := &c.Exchanges[len(c.Exchanges)-1]
	return "no end is recorded: " + strings.Join(present(c.Status, "last message at "+plain.Offset(c.Offset(last))), ", ")
}

// recorded says how much there is of the call, and what of it is not told here.
func (s *account) recorded() string {
	c := s.call
	text := exchanges(len(c.Exchanges))
	failed := "none"
	if n := len(c.Failed()); n > 0 {
		failed = fmt.Sprint(n)
	}
	text += ", " + failed + " failed"
	if n := len(c.Warned()); n > 0 {
		text += fmt.Sprintf(", %d with a warning", n)
	}
	if c.LeftOut > 0 {
		text += fmt.Sprintf("; %s sent again or as a test left out", exchanges(c.LeftOut))
	}
	return text
}

func exchanges(n int) string {
	if n == 1 {
		return "1 exchange"
	}
	return fmt.Sprintf("%d exchanges", n)
}

// events writes what happened when, a line an exchange. What only tells that
// somebody is speaking is folded where several of it follow each other.
func (s *account) events() {
	s.heading("timeline")
	list := s.call.Exchanges
	for i := 0; i < len(list); {
		n := 1
		for folds(&list[i]) && i+n < len(list) && folds(&list[i+n]) {
			n++
		}
		if n == 1 {
			s.event(&list[i])
		} else {
			s.folded(list[i : i+n])
		}
		i += n
	}
}

// folds reports whether an exchange tells only that somebody is speaking, and
// went well. A partial transcript is told by its summary, for which the text
// that was said stands in quotes.
func folds(e *record.Exchange) bool {
	if e.Kind != vapi.KindServer || len(e.Checks) > 0 || e.Error != "" || e.Status != 200 {
		return false
	}
	switch e.Type {
	case "speech-update", "assistant.speechStarted", "model-output", "voice-input":
		return true
	}
	return strings.HasPrefix(e.Type, "transcript") && strings.HasSuffix(e.Summary, " (partial)")
}

// event writes one exchange.
func (s *account) event(e *record.Exchange) {
	s.row(fmt.Sprint(e.ID), e, s.mark(e)+" "+s.typeName(e)+" "+s.muted(fmt.Sprintf("%*s", timeWidth, plain.Duration(e.Duration)))+" "+s.summary(e))
}

// folded writes several exchanges on one line: how many there are of which type,
// and the last.
func (s *account) folded(list []record.Exchange) {
	var types []string
	count := map[string]int{}
	for i := range list {
		name := list[i].Type
		if count[name]++; count[name] == 1 {
			types = append(types, name)
		}
	}
	for i, name := range types {
		types[i] = fmt.Sprintf("%d %s", count[name], plain.Text(name))
	}
	first, last := &list[0], &list[len(list)-1]
	ids := fmt.Sprintf("+%d", len(list)-1)
	if last.ID-first.ID == int64(len(list)-1) {
		ids = fmt.Sprintf("%d-%d", first.ID, last.ID)
	}
	text := strings.Join(types, ", ") + "; last " + plain.Text(last.Summary)
	s.row(ids, first, s.muted("  "+text))
}

// idsWidth is the width of the column of ids, of which there may be two.
const idsWidth = 9

// row writes one line of the timeline: ids, when, and what.
func (s *account) row(ids string, first *record.Exchange, what string) {
	fmt.Fprintln(s.out, s.cut(s.muted(fmt.Sprintf("%*s %8s", idsWidth, ids, plain.Offset(s.call.Offset(first))))+" "+what))
}

// conversation writes who said what.
func (s *account) conversation() {
	if len(s.call.Conversation) == 0 {
		return
	}
	s.heading("conversation")
	const timeWidth, roleWidth = 8, 9
	for _, line := range s.call.Conversation {
		at := ""
		if line.Timed {
			at = plain.Offset(line.Offset)
		}
		look := s.report
		if line.Role != vapi.RoleUser {
			look = s.model
		}
		lead := s.muted(fmt.Sprintf("%*s", timeWidth, at)) + "  " + look(fit(plain.Text(line.Role), roleWidth)) + "  "
		const indent = timeWidth + 2 + roleWidth + 2
		fmt.Fprintln(s.out, lead+strings.TrimLeft(s.hang(indent, plain.Text(line.Text)), " "))
	}
}

// tools writes what each tool was called with, what the server answered, and
// what Vapi took of it.
func (s *account) tools() {
	if len(s.call.ToolCalls) == 0 {
		return
	}
	s.heading("tool calls")
	for i := range s.call.ToolCalls {
		t := &s.call.ToolCalls[i]
		e := cmp.Or(s.call.Exchange(t.Exchange), &record.Exchange{ID: t.Exchange})
		part := sheet{style: s.style, out: s.out, e: e, extent: s.extent}
		about := []string{fmt.Sprintf("exchange %d", t.Exchange), plain.Duration(t.Duration)}
		if t.RedeliveryOf != 0 {
			about = append(about, fmt.Sprintf("delivered again, as %d", t.RedeliveryOf))
		}
		fmt.Fprintf(s.out, "%s %s %s\n", s.mark(e), s.strong(plain.Text(t.Name)), s.muted(strings.Join(about, " · ")))
		part.toolCall(t.ToolCall)
	}
}
