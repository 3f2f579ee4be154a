package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
	"vapitap/proxy"
	"vapitap/record"
	"vapitap/tui"
	"vapitap/vapi/auth"
)

// drainTime is how long requests in flight may take to end after Ctrl-C.
const drainTime = 5 * time.Second

// runOptions are the flags of the command that forwards.
type runOptions struct {
	listenOptions
	tunnelFlags
	attachFlags
	forwardTo    string
	hold         time.Duration
	preserveHost bool
	skipVerify   bool
	maxBody      int64
	keep         record.Keep
	auth         authFlags
	requireAuth  bool

	keys *auth.Keyring
}

// defaultMaxBody is how much of a body is captured, which demo does too.
const defaultMaxBody = 8 << 20

// runCommand is the root command: vapitap [TARGET].
func (a *app) runCommand() *cobra.Command {
	o := runOptions{hold: 3 * time.Second, maxBody: defaultMaxBody, keep: record.DefaultKeep}
	cmd := &cobra.Command{
		Use:   "vapitap [TARGET]",
		Short: "forward Vapi's calls to your server, record each exchange, and show it",
		Long: `vapitap stands between Vapi and the webhook server on your machine: it forwards
every request untouched, records each exchange, and says in words what Vapi will
not accept of the reply.

TARGET is your server: 3000, 3000/vapi/webhook, localhost:3000/vapi/webhook, or
a URL. The default is ` + DefaultTarget + `.`,
		Example: `  vapitap 3000/vapi/webhook      forward to a server on port 3000
  vapitap demo                   see it work with nothing set up
  vapitap events is:failed       what went wrong`,
		Args: a.targetArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := o.target(args)
			if err != nil {
				return err
			}
			if err := o.readKeys(); err != nil {
				return err
			}
			if err := a.settleOutput(&o.listenOptions); err != nil {
				return err
			}
			return a.run(cmd.Context(), &o, target)
		},
	}
	flags := cmd.Flags()
	o.listenOptions.add(flags)
	flags.StringVarP(&o.forwardTo, "forward-to", "f", "", "the server to forward to, as `TARGET`")
	o.tunnelFlags.add(flags)
	o.attachFlags.add(flags)
	flags.Var((*durationValue)(&o.hold), "hold", "wait so long for a server that restarts; 0 turns it off")
	flags.BoolVar(&o.preserveHost, "preserve-host", false, "keep the caller's Host header")
	flags.BoolVar(&o.skipVerify, "skip-verify", false, "accept any certificate of the target")
	flags.Var((*sizeValue)(&o.maxBody), "max-body", "capture so much of a body; all of it is forwarded")
	flags.Var((*keepValue)(&o.keep), "keep", "delete what is older, or the oldest beyond a size; or forever")
	o.auth.add(flags)
	flags.BoolVar(&o.requireAuth, "require-auth", false, "answer 401 to what does not authenticate itself with a secret that is given, and do not forward it")
	return cmd
}

// readKeys reads the secrets.
func (o *runOptions) readKeys() (err error) {
	if o.keys, err = o.auth.keyring(); err == nil && o.requireAuth && o.keys == nil {
		err = usagef("--require-auth: there is no secret to require\nhint: give it with --secret-file FILE, --secret or $%s", secretVariable)
	}
	return err
}

// targetArg takes one target, and nothing that looks like a mistyped command.
func (a *app) targetArg(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		if _, err := ParseTarget(args[0]); errors.Is(err, errNotTarget) {
			return a.unknownWord(cmd, args[0])
		}
	}
	if len(args) > 1 {
		return usagef("one target at most, not %d: %s\nhint: vapitap --help", len(args), strings.Join(args, " "))
	}
	return nil
}

// unknownWord says that a word is no command, and which one is near.
func (a *app) unknownWord(cmd *cobra.Command, word string) error {
	if near := nearest.Word(word, commandNames(cmd)); near != "" {
		return usagef("unknown command %q; did you mean %s?\nhint: to forward to a host of that name write %s:80", word, near, word)
	}
	return usagef("unknown command %q\nhint: vapitap --help lists them; to forward to a host of that name write %s:80", word, word)
}

// target returns where to forward to, from the argument or --forward-to.
func (o *runOptions) target(args []string) (*url.URL, error) {
	text := o.forwardTo
	if len(args) > 0 {
		if text != "" && text != args[0] {
			return nil, usagef("two targets: %s and --forward-to %s; give one", args[0], text)
		}
		text = args[0]
	}
	target, err := ParseTarget(text)
	if err != nil {
		return nil, usageError{err}
	}
	if err := o.tunnelFlags.read(); err != nil {
		return nil, err
	}
	if o.attachFlags.any() && o.tunnel == tunnelNone && o.own == nil {
		return nil, usagef("--tunnel none: there is no public address to attach anything to\nhint: --public-url names that of a tunnel of your own")
	}
	return target, o.check()
}

// run forwards until ctx ends.
func (a *app) run(ctx context.Context, o *runOptions, target *url.URL) error {
	spareMemory()
	notices := a.notices()
	defer notices.close()
	public, err := a.newPublic(o, notices, tui.Place{Target: target.String()}) // which knows wrong usage, so before anything is listened on
	if err != nil {
		return err
	}
	listener, err := o.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := checkLoop(listener.Addr(), target); err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	public.place.Listen = address
	store, err := a.openStore(record.Options{Keep: &o.keep, Notify: notices.say})
	if err != nil {
		return err
	}
	defer store.Close()
	public.store = store
	session, err := store.StartSession("run", target.String())
	if err != nil {
		return err
	}
	p := proxy.New(proxy.Options{
		Target: target, Store: store, Hold: o.hold, MaxBody: o.maxBody,
		PreserveHost: o.preserveHost, SkipVerify: o.skipVerify,
		Keys: o.keys, RequireAuth: o.requireAuth, Notify: notices.say,
		Here: public.here, Answer: public.checker.Answer,
	})
	sender := newTUISender(store, tuiSenderOptions{session: session.ID, keys: o.keys, auth: o.auth, skipVerify: o.skipVerify})
	defer sender.close()
	front := a.front(o.output, notices, tui.Options{
		Store: store, Session: session.ID, Place: public.place, Places: public.places, Sender: sender,
		Concerns: func(e *record.Exchange) bool { return concerns(e, session, target) },
	})
	notices.say(fmt.Sprintf("%s → %s", address, target))
	notices.say("recording to " + store.Path() + "; " + o.howToEnd())

	looking, stop := context.WithCancel(ctx)
	defer stop()
	if o.output != outputTUI { // which has a light for it
		go lookForServer(looking, target, o.hold, notices.say)
	}
	served := make(chan error, 1)
	go func() {
		defer stop() // the listener failed, or all is over
		served <- p.Serve(listener, record.FromLocal)
	}()
	seen := a.present(looking, public, p, front)
	a.endsSoon()
	stop()
	restored := public.restore(ctx)
	drain(ctx, p, store, notices)
	front.finish()
	seen = errors.Join(seen, <-restored)
	public.close()
	if err := <-served; err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("accept connections: %w", err), seen)
	}
	if o.output == outputTUI {
		a.sayRecorded(ctx, store, notices, session)
	}
	return errors.Join(seen, store.Close())
}

// present gets the public address, does what is to be done with it, and shows
// what comes, until ctx ends or somebody quits. Its error is why a run cannot go
// on.
func (a *app) present(ctx context.Context, public *public, p *proxy.Proxy, front front) error {
	if dry := public.attach != nil && public.attach.flags.dryRun; !dry {
		if err := a.recoverAttached(ctx, public.say); err != nil && ctx.Err() == nil {
			public.say(oneLine(err.Error()))
		}
	}
	serve := func(l net.Listener) error { return p.Serve(l, record.FromTunnel) }
	if err := public.open(ctx, serve); err != nil {
		return err
	}
	if err := public.arrive(ctx); err != nil {
		return err
	}
	public.notices.flush() // the interface would draw over it
	return front.look(ctx)
}

// howToEnd says how the run is ended.
func (o *runOptions) howToEnd() string {
	if o.output == outputTUI {
		return "q ends"
	}
	return "Ctrl-C ends"
}

// concerns reports whether an exchange is of interest to who runs this session:
// its own, and what another command sends to the same server again.
func concerns(e *record.Exchange, session record.Session, target *url.URL) bool {
	if e.Session == session.ID {
		return true
	}
	to, err := url.Parse(e.Target)
	return err == nil && e.From == record.FromReplay && to.Host == target.Host
}

// ignoreBrokenPipe keeps a reader of standard output that ends, such as head,
// from ending the program: forwarding goes on.
func ignoreBrokenPipe() { signal.Ignore(syscall.SIGPIPE) }
