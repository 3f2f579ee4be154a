package tui

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"vapitap/record"
	"vapitap/tui/paint"
)

// Options say what the interface shows and what it can do.
type Options struct {
	Store   *record.Store // required
	Session string        // the session that is shown; empty shows all that is in the store

	// Concerns reports whether an exchange of another session is shown too, such as a
	// replay that another command sent to the same server. Nil shows none.
	Concerns func(*record.Exchange) bool

	// Recorded shows what was recorded once, by a run that is over: nothing is
	// forwarded meanwhile, and nothing is said of a tunnel or a server.
	Recorded bool

	Place  Place         // where requests come in and go to
	Places <-chan Place  // its later states, if it has any; closed or nil is none
	Notice <-chan string // sentences for the person, such as that recording stopped; closed or nil is none

	Sender   Sender   // nil where nothing can be sent
	Saver    Saver    // nil where nothing can be saved
	Exporter Exporter // nil where nothing can be copied as a command

	// Clipboard puts text into the system's clipboard, beside the terminal's, which
	// gets it anyway. Nil leaves it to the terminal.
	Clipboard func(text string) error

	// Label stands behind the name of the program, such as demo; empty is nothing.
	Label string
	// Log takes what is of use to whoever looks for a mistake in the interface, and
	// LogFile is where that can be read; nil and empty are none.
	Log     *slog.Logger
	LogFile string

	// Ground is what is behind the text, until the terminal tells.
	Ground paint.Ground

	// Now is the clock, and Zone what it is shown in; nil is that of the machine.
	Now  func() time.Time
	Zone *time.Location
}

// Light is how something at the other end is.
type Light int

// The lights.
const (
	Off     Light = iota // it is not there, and is not meant to be
	Waiting              // not known yet
	Good                 // it works
	Bad                  // it does not
)

// Place says where requests come in, where they go, and how both ends are.
type Place struct {
	Listen string // the local address, such as http://127.0.0.1:4242
	Public string // the public URL; empty where there is none
	Target string // where requests go, such as http://localhost:3000/vapi/webhook

	Tunnel      Light
	TunnelSays  string        // a word or two, such as: reconnecting since 14:02; where it failed the reason
	TunnelDelay time.Duration // the way to the edge and back; 0 is unknown

	// Attached names what points here for as long as the interface is on, such as:
	// assistant "Front desk". It has to be put back at the end; empty is nothing.
	Attached string
}

// Draft is a request to be sent: an exchange again, or what somebody made of it.
type Draft struct {
	Of     int64  // the exchange that it repeats
	To     string // the server it goes to: scheme and host
	Method string
	Path   string // on that server, with its query
	Header http.Header
	Body   []byte
	Edited bool   // it differs from the exchange, so that it may need a new signature
	Note   string // what to know before it is edited, such as what becomes of its signature; empty is nothing
}

// Sender sends requests to the local server and records each as an exchange.
type Sender interface {
	// Draft returns the request that sends e, with its headers and bodies, again as it
	// was: its headers are those that are not made anew in sending. The error says, in
	// words for the person, why it cannot be sent. An exchange whose body was not
	// recorded whole has a draft, which Send refuses unless it was edited.
	Draft(ctx context.Context, e *record.Exchange) (Draft, error)
	// Send sends a draft and returns the exchange that came of it, with an id. The
	// error says, in words for the person, why there is none.
	Send(ctx context.Context, d Draft) (*record.Exchange, error)
	// Watch tells when the draft's server goes, with false, and when it is back, with
	// true, until ctx ends, which closes the channel.
	Watch(ctx context.Context, d Draft) (<-chan bool, error)
}

// Verifier is a Sender that can find out how requests authenticated themselves.
type Verifier interface {
	// Verify says in lines of text what proves who sent e, which must have its headers
	// and bodies, or why nothing fits; the first begins with ✓ or ✗. It may take a
	// second or two.
	Verify(e *record.Exchange) ([]string, error)
}

// Saver writes an exchange as a fixture.
type Saver interface {
	// Save returns the file that was written and how many secrets were replaced in
	// it. Where the file is there already and force is false, the error wraps
	// fs.ErrExist.
	Save(ctx context.Context, e *record.Exchange, force bool) (file string, replaced int, err error)
	// SaveCall writes the messages of a call into a folder of its own, in their
	// order, and returns the folder, the exchanges that were written, and how many
	// secrets were replaced in them. Where files are there already and force is
	// false, those stay and the error wraps fs.ErrExist.
	SaveCall(ctx context.Context, callID string, force bool) (folder string, written []int64, replaced int, err error)
}

// Exporter writes an exchange in forms that are used elsewhere.
type Exporter interface {
	// Curl returns the command that sends the exchange, quoted for sh. Values of
	// headers that are secrets are in it only with secrets.
	Curl(e *record.Exchange, secrets bool) string
}
