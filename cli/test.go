package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"vapitap/record/fixture"
	"vapitap/vapi/auth"
)

// testOptions are the flags of test.
type testOptions struct {
	to         url.URL // without a host where it is not given
	update     bool
	run        string
	parallel   int
	wait       time.Duration
	start      string
	junit      string
	auth       authFlags
	skipVerify bool
	json       bool

	waits bool // wait was given
}

// mostParallel is how many fixtures are sent at once at most.
const mostParallel = 100

// testCommand is vapitap test PATH....
func (a *app) testCommand() *cobra.Command {
	o := testOptions{parallel: 1}
	cmd := &cobra.Command{
		Use:   "test PATH... --to URL",
		Short: "send fixtures to a server and compare its replies",
		Long: `test sends the fixtures that PATHs name, files or folders of them, and compares
status and reply with those in the files. Status 1 when one differs.

How they are compared says "match" in the file: its mode is json (the same value,
whatever the order of keys and the white space), exact (the same bytes), subset
(all that is wanted is there; objects may have more) or schema (Vapi could use the
reply, whatever it says), and "ignore" has JSON pointers of values that do not
matter, in which * stands for any step: ["/results/*/result"]. A reply that is not
there in the time that Vapi waits for it fails. What Vapi would find wrong with a
reply is told in every mode, and fails only schema.

With --secret each message is signed as Vapi would: X-Vapi-Secret and the HMAC of
the body, or what --hmac describes.

Files of a folder that begin with a number are a call: they are sent in order, and
where a reply gives another id or tool result than was recorded, later messages of
the call that repeat it have the new one.

--update writes what came into the files of those that differ, after showing it;
values that are ignored or replaced, and the files' layout, stay. --start CMD runs
your server meanwhile, and ends it and what it started.`,
		Example: `  vapitap test fixtures --to localhost:3000/vapi/webhook
  vapitap test fixtures --to 3000 --start 'npm start' --junit results.xml
  vapitap test fixtures/call-4f2a --to 3000 --run tool-calls --update`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.waits = cmd.Flags().Changed("wait")
			t, err := a.newTest(o, args)
			if err != nil {
				return usageError{err}
			}
			return t.serve(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.Var((*targetValue)(&o.to), "to", "the server to test; required")
	flags.BoolVar(&o.update, "update", false, "write what came into the files that differ")
	flags.StringVar(&o.run, "run", "", "only fixtures whose name matches `REGEX`")
	flags.IntVar(&o.parallel, "parallel", o.parallel, "send `N` fixtures, or calls, at once")
	flags.Var((*durationValue)(&o.wait), "wait", "wait as long for the server to listen")
	flags.StringVar(&o.start, "start", "", "run the shell command `CMD`, your server, meanwhile")
	flags.StringVar(&o.junit, "junit", "", "write the results to `FILE` as JUnit's XML")
	o.auth.add(flags)
	flags.BoolVar(&o.skipVerify, "skip-verify", false, "accept any certificate of the server")
	flags.BoolVar(&o.json, "json", false, "one JSON object a fixture, and a last one for all")
	return cmd
}

// newTest reads the flags, and the files that are to be sent. Its errors are
// those of usage.
func (a *app) newTest(o testOptions, paths []string) (*testRun, error) {
	switch {
	case len(paths) == 0:
		return nil, errors.New("which fixtures?\nhint: name files or folders of them: vapitap test fixtures --to " + DefaultTarget + "; vapitap save writes some")
	case o.to.Host == "":
		return nil, errors.New("which server?\nhint: name it with --to: vapitap test " + shellWord(short(paths[0])) + " --to " + DefaultTarget)
	case o.parallel < 1 || o.parallel > mostParallel:
		return nil, fmt.Errorf("--parallel %d: want 1 to %d", o.parallel, mostParallel)
	case o.waits && o.wait <= 0:
		return nil, errors.New("--wait: want a time above 0, such as 30s")
	}
	t := &testRun{app: a, o: o}
	var err error
	if t.pick, err = regexp.Compile(o.run); err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	if t.keys, t.bearer, err = o.keys(); err != nil {
		return nil, err
	}
	t.collection, err = fixture.Collect(paths)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w\nhint: vapitap save writes fixtures, to the folder %s", err, fixtureFolder)
	}
	return t, err
}

// keys returns what signs, nil for nothing, and the secret that is sent as a
// bearer token where a fixture had one.
func (o *testOptions) keys() (*auth.Keyring, string, error) {
	keys, err := o.auth.keyring()
	if err != nil || keys == nil {
		return nil, "", err
	}
	secrets, _, err := o.auth.read()
	if err != nil || len(secrets) == 0 {
		return keys, "", err
	}
	return keys, secrets[0], nil
}

// serve runs the server where it is to be run, and tests it.
func (t *testRun) serve(ctx context.Context) error {
	if err := t.something(); err != nil {
		return err
	}
	stop, err := t.serveSimulation(ctx, &simulateOptions{to: t.o.to, start: t.o.start, wait: t.o.wait, waits: t.o.waits})
	if err != nil {
		return err
	}
	err = t.run(ctx)
	stop(err == nil)
	return err
}
