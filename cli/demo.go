package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"vapitap/proxy"
	"vapitap/record"
	"vapitap/replay"
	"vapitap/tui"
	"vapitap/vapi"
)

// demoCommandName is what the sessions of the demo are recorded as, by which
// replay knows that their server has ended with them.
const demoCommandName = "demo"

// demoPath is where the demo's server takes Vapi's messages.
const demoPath = "/vapi/webhook"

func (a *app) demoCommand() *cobra.Command {
	var o listenOptions
	pace := paceOptions{speed: 1}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "a built-in server and a simulated call through the proxy; nothing to set up",
		Long: `demo starts a small webhook server, puts vapitap in front of it, and plays an
inbound call of about 25 messages through it, as Vapi would. One of the tool
calls is answered wrongly, on purpose. It needs no account and no network.`,
		Example: `  vapitap demo --speed 4
  vapitap demo --output json --fast | jq .summary`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if err := pace.check(); err != nil {
				return err
			}
			if err := a.settleOutput(&o); err != nil {
				return err
			}
			return a.demo(cmd.Context(), o, pace)
		},
	}
	o.add(cmd.Flags())
	pace.add(cmd.Flags())
	return cmd
}

// demo plays the call and says what to try next.
func (a *app) demo(ctx context.Context, o listenOptions, pace paceOptions) error {
	listener, err := o.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	server, err := startDemoServer(ctx)
	if err != nil {
		return err
	}
	defer server.close()
	notices := a.notices()
	defer notices.close()
	store, err := a.openStore(record.Options{KeepAsSet: true, Notify: notices.say})
	if err != nil {
		return err
	}
	defer store.Close()
	session, err := store.StartSession(demoCommandName, server.url.String())
	if err != nil {
		return err
	}
	p := proxy.New(proxy.Options{Target: server.url, Store: store, MaxBody: defaultMaxBody, Notify: notices.say})
	served := make(chan error, 1)
	go func() { served <- p.Serve(listener, record.FromLocal) }()

	address := "http://" + listener.Addr().String()
	sender := newTUISender(store, tuiSenderOptions{session: session.ID, demo: server})
	defer sender.close()
	front := a.front(o.output, notices, tui.Options{
		Store: store, Session: session.ID, Label: "demo", Sender: sender,
		Place:    tui.Place{Listen: address, Target: server.url.String()},
		Concerns: func(e *record.Exchange) bool { return e.Session == session.ID },
	})
	var played error
	if o.output == outputTUI {
		played = playAndLook(ctx, notices, front, func(ctx context.Context) error { return playDemo(ctx, address, pace) })
	} else {
		notices.say("demo: a simulated call from +1 415 555 0100 to a built-in server, through " + address)
		played = playDemo(ctx, address, pace)
	}
	drain(ctx, p, store, notices)
	<-served
	front.finish()
	notices.close()
	if ctx.Err() != nil {
		return nil // Ctrl-C
	}
	if played != nil {
		return played
	}
	return a.sayNext(ctx, o, store, session)
}

// playAndLook plays a call while the interface is on. Whoever looks may go on
// when the call is over, and whoever quits ends it.
func playAndLook(ctx context.Context, notices *notices, f front, play func(context.Context) error) error {
	playing, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		switch err := play(playing); {
		case playing.Err() != nil:
		case err != nil:
			notices.say("the call broke off: " + err.Error())
		default:
			notices.say("the call is over: n to what failed, e edits and resends, s saves, q quits")
		}
	}()
	err := f.look(ctx)
	stop()
	<-over
	return err
}

// sayNext says what can be done now. Who has quit the interface early is told
// nothing of tool calls that were never made.
func (a *app) sayNext(ctx context.Context, o listenOptions, store *record.Store, session record.Session) error {
	next, err := demoNext(ctx, store, session)
	switch {
	case err != nil && o.output == outputTUI:
		return nil
	case err != nil:
		return err
	case o.output == outputJSON:
		a.suggest(a.err, a.errStyle, next)
	default:
		a.suggest(a.out, a.style, next)
	}
	return nil
}

// playDemo plays the call through the proxy, which records it. The call begins
// with an assistant-request, whose reply does not wait for the checks then.
func playDemo(ctx context.Context, proxyURL string, pace paceOptions) error {
	vapi.PrepareChecks()
	call, err := vapi.NewCall(vapi.CallOptions{Seed: time.Now().Format(time.RFC3339Nano), Start: time.Now()})
	if err != nil {
		return err
	}
	to, err := url.Parse(proxyURL + "/")
	if err != nil {
		return err
	}
	sender := replay.Sender{From: record.FromSimulate}
	return sender.Play(ctx, call, to, pace.rate(), nil)
}

// suggestion is a command to try, and what it does.
type suggestion struct{ command, does string }

// demoNext returns what can be done now with what was recorded, with the ids to
// do it on.
func demoNext(ctx context.Context, store *record.Store, session record.Session) ([]suggestion, error) {
	list, err := store.List(ctx, record.Query{Session: session.ID})
	if err != nil {
		return nil, err
	}
	var good, bad int64
	for i := range list {
		switch e := &list[i]; {
		case e.Type != "tool-calls":
		case e.Failed():
			bad = e.ID
		case good == 0:
			good = e.ID
		}
	}
	if good == 0 || bad == 0 {
		return nil, fmt.Errorf("the demo recorded %d exchanges in %s, but not the two tool calls it makes", len(list), store.Path())
	}
	return []suggestion{
		{"events type:tool-calls", "the two tool calls"},
		{fmt.Sprintf("show %d", bad), "why Vapi ignores this one, and what to return instead"},
		{fmt.Sprintf("show %d --json", good), "the other, as a program reads it"},
		{fmt.Sprintf("replay %d --set 'message.toolCallList[0].function.arguments.city=Bergen' --diff", good), "send it again, with another city"},
		{"3000/vapi/webhook", "and now your own server"},
	}, nil
}

// suggest writes commands as they are typed to run them on the same store.
func (a *app) suggest(w io.Writer, s style, list []suggestion) {
	program, store := typedName(), ""
	if a.db != defaultStore() && a.db != os.Getenv("VAPITAP_DB") {
		store = " --db " + shellWord(a.db)
	}
	fmt.Fprintf(w, "\n%s\n", s.strong("Try next:"))
	for _, try := range list {
		fmt.Fprintf(w, "  %s\n      %s\n", s.wanted(program+" "+try.command+store), s.muted(try.does))
	}
}

// fromGoRun is where go run puts what it builds: a folder that is gone
// afterwards, or its cache.
var fromGoRun = regexp.MustCompile(`[/\\](go-build[0-9]+[/\\]b001[/\\]exe|[0-9a-f]{64}-d)[/\\][^/\\]+$`)

// typedName is what is typed to run this program again.
func typedName() string {
	if path, err := os.Executable(); err == nil && fromGoRun.MatchString(path) {
		return "go run ."
	}
	return "vapitap"
}

// shellWord quotes s for a shell, if it needs that.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-+:,@%", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// demoServer is the demo's webhook server while it runs.
type demoServer struct {
	url    *url.URL
	server *http.Server
	done   chan struct{}
}

// startDemoServer starts the demo's webhook server on a free port of this
// machine. Close ends it.
func startDemoServer(ctx context.Context) (*demoServer, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo's server: %w", err)
	}
	s := &demoServer{
		url:    &url.URL{Scheme: "http", Host: l.Addr().String(), Path: demoPath},
		server: &http.Server{Handler: demoHandler(), ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		s.server.Serve(l)
	}()
	return s, nil
}

func (s *demoServer) close() {
	s.server.Close()
	<-s.done
}
