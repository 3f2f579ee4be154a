package tui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// overview is what there is to say of one exchange at a glance. It is read from
// the bodies where that may take its time, so that drawing it does not.
type overview struct {
	e      *record.Exchange
	budget time.Duration // how long Vapi waits for the reply; 0 where it does not
	about  aspect        // what is of its type alone
	tail   bool          // what matters most stands last
}

// aspect writes what a type of exchange has to say. after is what is known of
// what happened around it.
type aspect func(s *sheet, after *aftermath)

// readOverview reads an exchange whose bodies are loaded.
func readOverview(e *record.Exchange) *overview {
	o := &overview{e: e}
	body := e.Request.Decoded()
	if vapi.WantsReply(e.Type) {
		o.budget = vapi.Budget(e.Identity, vapi.Request{Method: e.Method, Path: e.Path, Header: e.Request.Header, Body: body})
	}
	switch e.Kind {
	case vapi.KindServer:
		o.about, o.tail = readMessage(e, body)
	case vapi.KindLLM:
		o.about = readModel(e, body)
	case vapi.KindMCP:
		o.about = readRPC(e, body)
	default:
		o.about = readPlain(e, body)
	}
	return o
}

// readMessage reads a server message by its type.
func readMessage(e *record.Exchange, body []byte) (about aspect, tail bool) {
	message := node(body).at("message")
	switch typ := e.Type; {
	case typ == "tool-calls" || typ == "function-call":
		return readToolCalls(e), false
	case typ == "assistant-request":
		return readAssistantRequest(e, body), false
	case typ == "conversation-update" || strings.HasPrefix(typ, "transcript"):
		return readTalk(e, body, message), true
	case typ == "end-of-call-report":
		return readReport(body, message), false
	case typ == "status-update":
		return readStatus(message), false
	}
	if read := asked[e.Type]; read != nil {
		return read(e, message), false
	}
	return readOther(e, message), false
}

// write writes the overview.
func (o *overview) write(s *sheet, after *aftermath) {
	e := o.e
	o.origin(s)
	if noReply := e.Unreachable || e.Status == 0; noReply || strings.HasPrefix(e.Error, "not forwarded") {
		writeTrouble(s, e) // why nothing came is what counts
		writeVerdict(s, e)
		o.about(s, after)
	} else {
		o.about(s, after)
		writeVerdict(s, e)
		writeTrouble(s, e)
	}
	after.write(s, e)
}

// writeTrouble writes why an exchange did not end well, where that is not what
// the verdict tells.
func writeTrouble(s *sheet, e *record.Exchange) {
	if e.Error == "" || e.Unreachable {
		return
	}
	s.Gap()
	s.Hang(s.t.Warn, "!", indent, e.Error)
	if strings.HasPrefix(e.Error, "client went away") {
		s.Text(s.t.Muted, indent, "whoever asked stopped waiting before the reply was whole, so nothing of it counts: answer sooner, or look whether Vapi or something between gave up")
	}
	s.Gap()
}

// origin says what the exchange is where it is not what Vapi just sent.
func (o *overview) origin(s *sheet) {
	e := o.e
	if e.ReplayOf != 0 {
		words := fmt.Sprintf("↻ #%d sent again: %s, Vapi did not", e.ReplayOf, onlyServer)
		if e.Unreachable {
			words = fmt.Sprintf("↻ #%d sent again, without an answer; Vapi did not see it", e.ReplayOf)
		}
		s.Text(s.t.Report, 0, words)
	}
	if e.RedeliveryOf != 0 {
		s.Text(s.t.Muted, 0, fmt.Sprintf(redeliverySign+" the same message as #%d, delivered again", e.RedeliveryOf))
	}
	if e.Mocked {
		s.Text(s.t.Report, 0, "● answered by a rule, not by your server: "+strings.Join(e.Rules, "; "))
	}
	if e.Truncated() {
		s.Text(s.t.Warn, 0, "! a body was too long to be recorded whole; what follows is read from its beginning")
	}
	if len(s.Lines()) > 0 {
		s.Gap()
	}
}

// budgetWords writes how long Vapi waits: 20 s, 7.5 s.
func budgetWords(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
}

// writeBudget writes how much of the time was used that Vapi waits.
func writeBudget(s *sheet, used, budget time.Duration) {
	if budget <= 0 {
		return
	}
	const cells = 24
	share := float64(used) / float64(budget)
	style := s.t.Good
	switch {
	case share >= 1:
		style = s.t.Bad
	case share >= 0.8:
		style = s.t.Warn
	}
	s.Line(func(l *paint.Line) {
		l.Add(s.t.Text, "  ").Add(style, bar(share, cells)).Add(s.t.Rule, strings.Repeat("─", cells-barCells(share, cells)))
		l.Add(s.t.Text, "  "+plain.Duration(used)).Add(s.t.Muted, fmt.Sprintf(" of %s, %.0f %%", budgetWords(budget), 100*share))
	})
}

// bar draws a share of so many cells, at least one where it is more than
// nothing.
func bar(share float64, cells int) string { return strings.Repeat("━", barCells(share, cells)) }

func barCells(share float64, cells int) int {
	n := int(share*float64(cells) + 0.5)
	if share > 0 {
		n = max(n, 1)
	}
	return min(max(n, 0), cells)
}

// serverSaid begins what the server answered.
func serverSaid(s *sheet, e *record.Exchange, verb string) {
	s.heading(fmt.Sprintf("your server %s, after %s", verb, plain.Duration(e.Duration)))
}

// noAnswer writes that no answer that could be read came, and is false where one
// may be there.
func noAnswer(s *sheet, e *record.Exchange) bool {
	switch {
	case e.From == record.FromImport && e.Status == 0:
		s.heading("what your server answered is not known")
		return true
	case e.Pending() || e.Status == 0 || e.Unreachable:
		s.heading("your server did not answer")
		return true
	case e.Response.Bytes == 0:
		serverSaid(s, e, "said")
		s.Text(s.t.Muted, indent, fmt.Sprintf("nothing: status %d, an empty body", e.Status))
		return true
	}
	return false
}

// Where the whole of a body is.
const (
	wholeRequest  = "the rest: Request (2)"
	wholeResponse = "the rest: Response (3)"
)

// writeBody writes a body that has no form of its own here: JSON as that, the
// beginning of other text, and of anything else how long it is.
func writeBody(s *sheet, e *record.Exchange, message *record.Message, body []byte, rest string) {
	const lines = 16
	switch start := node(body).kind(); {
	case len(body) == 0:
		s.Text(s.t.Faint, indent, "empty")
	case start == '{' || start == '[':
		s.value(indent, body, lines, rest)
	case isReadable(body):
		shown := strings.TrimRight(cutText(string(body[:min(len(body), longText+8)])), "\n")
		parts := strings.SplitN(shown, "\n", lines+1)
		for _, part := range parts[:min(len(parts), lines)] {
			s.Text(s.t.Text, indent, part)
		}
		if len(parts) > lines || len(body) > longText {
			s.Text(s.t.Faint, indent, "… "+rest)
		}
	default:
		kind := cmp.Or(message.Header.Get("Content-Type"), "not text")
		s.Text(s.t.Text, indent, fmt.Sprintf("%s, %s", plain.Size(message.Bytes), kind))
	}
}
