package timeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"vapitap/record"
	"vapitap/vapi"
)

// Read returns the account of the call with this id, and an error that wraps
// record.ErrNoExchange where the store has nothing of it.
//
// Each message of a call repeats the conversation so far, so of a long call
// only those bodies are read that tell something of their own, one at a time:
// what the server was asked, the report, the last conversation-update, and what
// the report leaves open.
func Read(ctx context.Context, store *record.Store, callID string) (*Call, error) {
	list, err := store.List(ctx, record.Query{CallID: callID})
	if err != nil {
		return nil, err
	}
	all := len(list)
	c := &Call{ID: callID, Exchanges: live(list), byID: map[int64]int{}}
	c.LeftOut = all - len(c.Exchanges)
	for i := range c.Exchanges {
		c.byID[c.Exchanges[i].ID] = i
	}
	if all == 0 {
		return nil, record.ErrNoExchange
	}
	if len(c.Exchanges) == 0 {
		return c, nil
	}
	r := reader{store: store, call: c, sent: make([]time.Time, len(c.Exchanges)), report: -1, update: -1, saidIn: -1}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	r.account()
	return c, nil
}

// A reader reads the bodies of a call and keeps what they tell.
type reader struct {
	store *record.Store
	call  *Call
	facts vapi.CallFacts
	sent  []time.Time // when each exchange was sent, by Vapi's clock; zero where that was not read

	report   int // index of the end-of-call-report; -1 for none
	update   int // index of the last conversation-update; -1 for none
	measured []vapi.Turn
	said     []vapi.Said // the conversation as the report or the last update repeats it
	saidIn   int         // index of where it was read; -1 for nowhere
	took     []vapi.RecordedResult

	final  []spoken // what was said after that
	speech []spoken // all that tells of who speaks, where turns have to be estimated
	served []served // what the server was asked
}

// spoken is a message that tells of who speaks.
type spoken struct {
	vapi.Speech
	at       time.Time
	exchange int64
}

// served is a request that somebody in the call waited for.
type served struct {
	exchange int64
	sent     time.Time // by Vapi's clock, or the own where it does not tell
	span     span
	tools    []string // ids of the tool calls in it
	waited   bool     // false where nobody waits for the answer
}

// read reads what has to be read.
func (r *reader) read(ctx context.Context) error {
	for i := range r.call.Exchanges {
		switch r.call.Exchanges[i].Type {
		case typeReport:
			r.report = i
		case typeConversation:
			r.update = i
		}
	}
	// These two first: they decide what else is read.
	if err := r.load(ctx, r.report, r.takeReport); err != nil {
		return err
	}
	if r.said == nil {
		if err := r.load(ctx, r.update, r.takeConversation); err != nil {
			return err
		}
	}
	for i := range r.call.Exchanges {
		if take := r.taker(i); take != nil {
			if err := r.load(ctx, i, take); err != nil {
				return err
			}
		}
	}
	return nil
}

// load reads the bodies of one exchange for take, which keeps none of them. One
// that was deleted meanwhile is passed over, as is an index below 0.
func (r *reader) load(ctx context.Context, i int, take func(int, *record.Exchange)) error {
	if i < 0 {
		return nil
	}
	e := r.call.Exchanges[i]
	if err := r.store.Load(ctx, &e); errors.Is(err, record.ErrNoExchange) {
		return nil
	} else if err != nil {
		return err
	}
	take(i, &e)
	return nil
}

// taker returns what is to be done with the exchange i once it is loaded, nil
// where it is not read.
func (r *reader) taker(i int) func(int, *record.Exchange) {
	e := &r.call.Exchanges[i]
	switch {
	case i == r.report:
		return nil // it was read first
	case isServed(e):
		return r.takeServed
	case isSpeech(e) && (len(r.measured) == 0 || i > r.saidIn):
		return r.takeSpeech
	case e.Kind == vapi.KindServer && (e.From == record.FromSimulate || i == 0 || i == len(r.call.Exchanges)-1 || e.Type == typeStatus):
		return func(i int, e *record.Exchange) { r.takeFacts(i, e) }
	}
	return nil
}

// The types that are told apart here.
const (
	typeReport       = "end-of-call-report"
	typeConversation = "conversation-update"
	typeStatus       = "status-update"
	typeAssistant    = "assistant-request"
	typeTransfer     = "transfer-destination-request"
	typeHang         = "hang"
	typeFunction     = "function-call"
	typeVoice        = "voice-request"
	typeEndpointing  = "call.endpointing.request"
)

// isServed reports whether an exchange is one that the server was asked
// something in. Voices and endpointing are not: they are parts of a turn by
// themselves.
func isServed(e *record.Exchange) bool {
	switch e.Kind {
	case vapi.KindMCP:
		return true
	case vapi.KindHTTP:
		return true // an API-request tool
	case vapi.KindServer:
		return e.Type == typeFunction || vapi.WantsReply(e.Type) && e.Type != typeVoice && e.Type != typeEndpointing
	}
	return false
}

func isSpeech(e *record.Exchange) bool {
	switch e.Type {
	case "speech-update", "assistant.speechStarted", "model-output":
		return e.Kind == vapi.KindServer
	}
	return e.Kind == vapi.KindServer && (e.Type == "transcript" || strings.HasPrefix(e.Type, "transcript["))
}

// takeFacts keeps what a message says of the call, and returns when it was sent;
// the zero time where it does not tell.
func (r *reader) takeFacts(i int, e *record.Exchange) (sent time.Time) {
	facts := vapi.ReadCallFacts(e.Request.Decoded())
	r.facts.Merge(facts)
	r.sent[i] = facts.Sent
	return facts.Sent
}

func (r *reader) takeReport(i int, e *record.Exchange) {
	r.takeFacts(i, e)
	report := vapi.ParseReport(e.Request.Decoded())
	if report == nil {
		return
	}
	c := r.call
	c.EndedReason, c.EndedReasonText = report.EndedReason, report.EndedReasonText
	c.DurationSeconds, c.Cost, c.CostBreakdown = report.DurationSeconds, report.Cost, slices.Clone(report.CostBreakdown)
	c.Summary, c.RecordingURL = report.Summary, report.RecordingURL
	r.measured = report.Turns
	r.takeConversation(i, e)
}

func (r *reader) takeConversation(i int, e *record.Exchange) {
	body := e.Request.Decoded()
	if r.said = vapi.Conversation(body); r.said == nil {
		return
	}
	r.saidIn = i
	all := func(string) bool { return true }
	for _, took := range vapi.RecordedResults(vapi.Request{Body: body}, all) {
		took.Result, took.Warnings = slices.Clone(took.Result), slices.Clone(took.Warnings)
		r.took = append(r.took, took)
	}
}

func (r *reader) takeSpeech(i int, e *record.Exchange) {
	speech, ok := vapi.ReadSpeech(e.Request.Decoded())
	if !ok {
		return
	}
	s := spoken{speech, e.Time, e.ID}
	if speech.Event == vapi.SpeechFinal && i > r.saidIn {
		r.final = append(r.final, s)
	}
	s.Text = ""
	r.speech = append(r.speech, s)
}

// takeServed keeps the tool calls of an exchange, and when it was.
func (r *reader) takeServed(i int, e *record.Exchange) {
	s := served{exchange: e.ID, sent: e.Time, span: span{e.Time, e.Time.Add(e.Duration)}}
	if sent := r.takeFacts(i, e); !sent.IsZero() {
		s.sent = sent
	}
	calls := toolCalls(e)
	s.waited = len(calls) == 0 || slices.ContainsFunc(calls, func(t ToolCall) bool { return !t.Async })
	for _, t := range calls {
		s.tools = append(s.tools, t.ID)
	}
	r.call.ToolCalls = append(r.call.ToolCalls, calls...)
	r.served = append(r.served, s)
}

// account puts together what was read.
func (r *reader) account() {
	c, f := r.call, &r.facts
	c.Type, c.Customer, c.Number, c.Assistant, c.Status = f.Type, f.Customer, f.Number, f.Assistant, f.Status
	c.StartedAt, c.EndedAt = f.StartedAt, f.EndedAt
	if c.EndedReason == "" {
		c.EndedReason = f.EndedReason
		c.EndedReasonText, _ = vapi.EndedReasonText(f.EndedReason)
	}
	if c.DurationSeconds == 0 && !c.StartedAt.IsZero() && c.EndedAt.After(c.StartedAt) {
		c.DurationSeconds = c.EndedAt.Sub(c.StartedAt).Seconds()
	}
	c.Begin = begin(&c.Exchanges[0], c.StartedAt)
	c.played = r.played()
	r.addTook()
	c.Conversation = r.conversation()
	c.Turns = r.turns()
	c.Cause = causeOf(c)
}

// played returns when each exchange of a simulated call is in the call that it
// plays; nil for a real call. What tells no time came right after the one before.
func (r *reader) played() []time.Duration {
	if r.call.Exchanges[0].From != record.FromSimulate || r.sent[0].IsZero() {
		return nil
	}
	played := make([]time.Duration, len(r.sent))
	for i := 1; i < len(r.sent); i++ {
		played[i] = played[i-1]
		if !r.sent[i].IsZero() {
			played[i] = max(played[i], r.sent[i].Sub(r.sent[0]))
		}
	}
	return played
}

// addTook puts what Vapi took of a result, as the report or the last
// conversation-update shows it, into the tool calls for which it was not known
// when they were recorded.
func (r *reader) addTook() {
	took := make(map[string]*vapi.RecordedResult, len(r.took))
	for i := range r.took {
		took[r.took[i].ToolCallID] = &r.took[i]
	}
	for i := range r.call.ToolCalls {
		t := &r.call.ToolCalls[i]
		if result := took[t.ID]; result != nil && t.Recorded == nil {
			t.Recorded, t.Warnings = result.Result, result.Warnings
		}
	}
}
