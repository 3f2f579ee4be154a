package record

import (
	"net/http"
	"time"

	"vapitap/vapi"
)

// Exchange is a request that came in, the reply that went out, and what Vapi
// will make of it: the one noun that everything else reads. The zero value of
// a field means empty, false or unknown.
type Exchange struct {
	ID      int64  // given when it is committed; 0 while it is in flight
	Session string // the run that recorded it, such as 20261123T140200-4f2a
	Time    time.Time
	From    From
	Remote  string // the caller's address, without its port

	vapi.Identity
	Method    string
	Path      string // as received, query included
	Target    string // the URL it was forwarded to
	Status    int    // 0 where no reply went out
	Duration  time.Duration
	FirstByte time.Duration

	Request  Message
	Response Message

	Summary      string
	Checks       []vapi.Check
	ToolNames    []string // the tools that the request calls, for the filter tool:
	Auth         vapi.Auth
	ReplayOf     int64
	RedeliveryOf int64
	Rules        []string
	Mocked       bool
	Saved        bool
	Marked       bool
	Unreachable  bool     // no answer came from the server; the reply is vapitap's own
	Here         []string // hosts that lead to who took it, beside those that it names itself: for Describe, not kept
	Tunnelled    bool     // it came through a tunnel of ours, whoever sent it: for the month's count, not kept
	Refused      bool     // for want of authentication, so that it was not forwarded: for Describe, not kept
	Error        string   // why it did not end well, such as: client went away after 512 bytes

	recorded    []vapi.RecordedResult // what later messages of the call show that Vapi took, where it has tools
	asked       []string              // the ids of the tool calls that it makes, once it is described
	shows       bool                  // it may show results of tool calls, once it is described
	fingerprint fingerprint           // of the request's body, where a redelivery of it would be noticed

	pending int64  // counts those begun in this process; 0 for one that was not
	settled bool   // it is no longer in flight
	spooled bool   // it was recorded by Spool
	change  int64  // the number of its last amendment; 0 as it was committed
	line    string // what AppendJSON gives, where it is known and nothing has changed since
}

// Message is one direction of an exchange.
type Message struct {
	Header    http.Header
	Trailer   http.Header
	Body      []byte // as it was on the wire, its first bytes where Truncated; nil where it was not read from the store
	Bytes     int64  // of the whole body, captured or not
	Truncated bool   // Body holds less than Bytes
}

// From is where an exchange came from.
type From string

// The sources.
const (
	FromTunnel   From = "tunnel"
	FromLocal    From = "local"
	FromReplay   From = "replay"
	FromSimulate From = "simulate"
	FromTest     From = "test"
	FromImport   From = "import"
)

// Failed reports whether a check of the exchange is an error.
func (e *Exchange) Failed() bool { return e.has(vapi.Error) }

// Warned reports whether a check of the exchange is a warning.
func (e *Exchange) Warned() bool { return e.has(vapi.Warning) }

// Pending reports whether the exchange is in flight: it has no reply yet, or
// not all of it, and no id.
func (e *Exchange) Pending() bool { return e.pending != 0 && !e.settled }

// Key tells the exchanges of one process apart from their beginning on, before
// they have an id; 0 for an exchange that was read from the store.
func (e *Exchange) Key() int64 { return e.pending }

// Truncated reports whether less than all of a body was captured.
func (e *Exchange) Truncated() bool { return e.Request.Truncated || e.Response.Truncated }

func (e *Exchange) has(level vapi.Level) bool {
	for _, c := range e.Checks {
		if c.Level == level {
			return true
		}
	}
	return false
}
