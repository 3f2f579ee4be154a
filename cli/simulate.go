package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
	"vapitap/replay"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// simulateOptions are the flags of simulate.
type simulateOptions struct {
	to         url.URL // without a host where it is not given
	scenario   string
	call       string
	calls      int
	set        []string
	edit       bool
	tools      string
	toolShape  string
	retries    bool
	strict     bool
	wait       time.Duration
	start      string
	junit      string
	auth       authFlags
	pace       paceOptions
	skipVerify bool
	json       bool

	paced   bool // with the pauses of a call
	waits   bool // wait was given
	choseIt bool // the scenario was given
}

// mostCalls is how many calls are played at once at most: each has a connection.
const mostCalls = 1000

// startTime is how long a server that --start starts has to listen, where --wait
// says nothing.
const startTime = 30 * time.Second

// simulateCommand is vapitap simulate --to URL.
func (a *app) simulateCommand() *cobra.Command {
	o := simulateOptions{scenario: vapi.Scenarios()[0], calls: 1, toolShape: string(vapi.ToolShapes()[0]), pace: paceOptions{speed: 1}}
	cmd := &cobra.Command{
		Use:   "simulate --to URL",
		Short: "play a whole Vapi call against a server and judge its replies",
		Long: `simulate plays a call against your server as Vapi would, message by message, and
says of each reply whether Vapi could use it. What comes next depends on what was
answered: the assistant that was returned, its tools and their URLs. Status 1 when
a reply has an error, with --strict also a warning.

Nothing is paused for unless --speed is given: --speed 1 takes as long as a call.
A reply that is not there in the time that Vapi waits is given up.

--scenario FILE plays a call of your own, in JSON; --call ID a recorded one, with
its ids. --set TYPE:PATH=VALUE changes messages of one type, PATH=VALUE of all
that have the path, in the way of replay --set. --tools FILE has your own tool
definitions, as in an assistant, and calls are made that fit their parameters.
--edit opens each message that wants a reply in $VISUAL, $EDITOR or vi before it
is sent; what is left as it is goes out as it is.

With --secret each message carries what Vapi would send: the secret and the HMAC
of the body, or what --hmac describes. Chat completions carry neither.

What is sent is recorded: by a vapitap on the way that records to the same store,
else by simulate.

--start CMD runs your server meanwhile, and ends it. --retries delivers messages
again that were not answered with 2xx: by the backoffPlan of the server in your
assistant, or three times after 1, 2 and 4 s.`,
		Example: `  vapitap simulate --to localhost:3000/vapi/webhook
  vapitap simulate --to 3000/vapi/webhook --scenario all --strict
  vapitap simulate --to 3000 --start 'npm start' --junit results.xml
  vapitap simulate --to 3000 --set 'tool-calls:message.toolCallList[0].function.arguments.city=Bergen'
  vapitap simulate --to 3000 --calls 50`,
		Args: noScenarioArgument,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.paced = cmd.Flags().Changed("speed") && !o.pace.fast
			o.waits = cmd.Flags().Changed("wait")
			o.choseIt = cmd.Flags().Changed("scenario")
			plan, err := o.plan()
			if err != nil {
				return usageError{err}
			}
			return a.simulate(cmd.Context(), o, plan)
		},
	}
	flags := cmd.Flags()
	flags.Var((*targetValue)(&o.to), "to", "the server to play against; required")
	flags.StringVar(&o.scenario, "scenario", o.scenario, "`NAME|FILE`: "+strings.Join(vapi.Scenarios(), ", ")+", or a file")
	flags.StringVar(&o.call, "call", "", "play the recorded call `ID` instead; last is the last call")
	flags.IntVar(&o.calls, "calls", o.calls, "play `N` calls at once")
	flags.StringArrayVar(&o.set, "set", nil, "change what is sent, as `[TYPE:]PATH=VALUE`; may be given again")
	flags.BoolVar(&o.edit, "edit", false, "edit what wants a reply in $VISUAL, $EDITOR or vi before sending")
	flags.StringVar(&o.tools, "tools", "", "call the tools that the JSON `FILE` defines")
	flags.StringVar(&o.toolShape, "tool-shape", o.toolShape, "`SHAPE` of tool calls: "+joinShapes(", "))
	flags.BoolVar(&o.retries, "retries", false, "deliver again what is not answered with 2xx, as a backoffPlan has it")
	flags.BoolVar(&o.strict, "strict", false, "warnings fail too")
	flags.Var((*durationValue)(&o.wait), "wait", "wait as long for the server to listen")
	flags.StringVar(&o.start, "start", "", "run the shell command `CMD`, your server, meanwhile")
	flags.StringVar(&o.junit, "junit", "", "write the results to `FILE` as JUnit's XML")
	o.auth.add(flags)
	o.pace.add(flags)
	flags.Lookup("speed").Usage = "with the pauses of a call, `TIMES` as fast"
	flags.Lookup("speed").DefValue = "0" // which help leaves out: there are none by default
	flags.Lookup("fast").Usage = "no pauses, which is so without --speed"
	flags.BoolVar(&o.skipVerify, "skip-verify", false, "accept any certificate of the server")
	flags.BoolVar(&o.json, "json", false, "one JSON object a step, and a last one for all")
	cmd.RegisterFlagCompletionFunc("scenario", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return vapi.Scenarios(), cobra.ShellCompDirectiveDefault
	})
	cmd.RegisterFlagCompletionFunc("tool-shape", cobra.FixedCompletions(strings.Split(joinShapes(" "), " "), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// noScenarioArgument takes no arguments, and says which flag one was for.
func noScenarioArgument(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	flag := "--to " + short(args[0])
	if slices.Contains(vapi.Scenarios(), args[0]) || strings.HasSuffix(args[0], ".json") {
		flag = "--scenario " + short(args[0])
	}
	return usagef("%s: simulate takes no arguments; did you mean %s?", short(args[0]), flag)
}

func joinShapes(separator string) string {
	var names []string
	for _, shape := range vapi.ToolShapes() {
		names = append(names, string(shape))
	}
	return strings.Join(names, separator)
}

// simulation is what the flags come to.
type simulation struct {
	call    vapi.CallOptions // of each call, but for its seed and its start
	name    string           // of the scenario
	changes *replay.Changes  // nil for none
	keys    *auth.Keyring    // nil for none: then nothing is signed
}

// plan reads the flags and the files that they name, and refuses flags that
// contradict each other.
func (o *simulateOptions) plan() (*simulation, error) {
	switch {
	case o.to.Host == "":
		return nil, errors.New("which server?\nhint: name it with --to: vapitap simulate --to " + DefaultTarget)
	case o.calls < 1 || o.calls > mostCalls:
		return nil, fmt.Errorf("--calls %d: want 1 to %d", o.calls, mostCalls)
	case o.call != "" && o.choseIt:
		return nil, errors.New("--call and --scenario: the one plays a recorded call, the other a made-up one; give one")
	case o.call != "" && o.calls > 1:
		return nil, errors.New("--call and --calls: a recorded call has the ids of one call; give one")
	case o.call != "" && o.tools != "":
		return nil, errors.New("--call and --tools: a recorded call has its own tool calls; give one")
	case o.edit && o.calls > 1:
		return nil, errors.New("--edit and --calls: one call is edited as it is played; give one")
	case o.waits && o.wait <= 0:
		return nil, errors.New("--wait: want a time above 0, such as 30s")
	}
	if err := o.pace.check(); err != nil {
		return nil, err
	}
	plan := &simulation{call: vapi.CallOptions{Server: o.to.String()}}
	for _, read := range []func(*simulation) error{o.readScenario, o.readToolShape, o.readTools, o.readChanges, o.readKeys} {
		if err := read(plan); err != nil {
			return nil, err
		}
	}
	if o.call != "" {
		plan.name = "call " + o.call
		return plan, nil
	}
	trial := plan.call
	trial.Start = time.Now()
	if _, err := vapi.NewCall(trial); err != nil { // else it would be said of each call
		if o.tools != "" {
			err = fmt.Errorf("--tools %s: %w", o.tools, err)
		}
		return nil, err
	}
	return plan, nil
}

// readScenario finds the scenario by its name or in its file.
func (o *simulateOptions) readScenario(plan *simulation) error {
	if slices.Contains(vapi.Scenarios(), o.scenario) {
		plan.name, plan.call.Scenario = o.scenario, o.scenario
		return nil
	}
	text, err := os.ReadFile(o.scenario)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(o.scenario, `/\`) && !strings.HasSuffix(o.scenario, ".json") {
		hint := "there is " + strings.Join(vapi.Scenarios(), ", ") + "; or name a file"
		if near := nearest.Word(o.scenario, vapi.Scenarios()); near != "" {
			return fmt.Errorf("no scenario is called %q; did you mean %s?\nhint: %s", short(o.scenario), near, hint)
		}
		return fmt.Errorf("no scenario is called %q\nhint: %s", short(o.scenario), hint)
	}
	if err != nil {
		return fmt.Errorf("--scenario: %w", err)
	}
	script, err := vapi.ParseScenario(text)
	if err != nil {
		return fmt.Errorf("--scenario %s: %s", o.scenario, strings.TrimPrefix(err.Error(), "scenario: "))
	}
	plan.call.Script = script
	if plan.name = script.Name; plan.name == "" {
		plan.name = o.scenario
	}
	return nil
}

func (o *simulateOptions) readToolShape(plan *simulation) error {
	plan.call.ToolShape = vapi.ToolShape(o.toolShape)
	if !slices.Contains(vapi.ToolShapes(), plan.call.ToolShape) {
		return fmt.Errorf("--tool-shape %s: want %s", short(o.toolShape), joinShapes(", "))
	}
	return nil
}

func (o *simulateOptions) readTools(plan *simulation) error {
	if o.tools == "" {
		return nil
	}
	var err error
	if plan.call.Tools, err = os.ReadFile(o.tools); err != nil {
		return fmt.Errorf("--tools: %w", err)
	}
	return nil
}

func (o *simulateOptions) readChanges(plan *simulation) error {
	var list []replay.Change
	for _, text := range o.set {
		change, err := replay.ParseChange(text, os.ReadFile)
		if err == nil {
			err = knownType(change.Type, o.call != "" || plan.call.Script != nil)
		}
		if err != nil {
			return fmt.Errorf("--set %w", err)
		}
		list = append(list, change)
	}
	if list != nil {
		plan.changes = replay.NewChanges(list)
	}
	return nil
}

func (o *simulateOptions) readKeys(plan *simulation) (err error) {
	plan.keys, err = o.auth.keyring()
	return err
}

// knownType refuses the name of a type that no scenario sends, unless the call
// has messages of its own.
func knownType(name string, own bool) error {
	var known []string
	for _, t := range vapi.Types() {
		known = append(known, t.Name)
	}
	known = append(known, "llm")
	if own || name == "" || slices.Contains(known, name) {
		return nil
	}
	if near := nearest.Word(name, known); near != "" {
		return fmt.Errorf("%s: no message has this type; did you mean %s?", short(name), near)
	}
	return fmt.Errorf("%s: no message has this type", short(name))
}

// simulate runs the server where it is to be run, plays, and says what came of
// it.
func (a *app) simulate(ctx context.Context, o simulateOptions, plan *simulation) error {
	stop, err := a.serveSimulation(ctx, &o)
	if err != nil {
		return err
	}
	s := &simulating{app: a, o: o, plan: plan}
	err = s.run(ctx)
	stop(err == nil)
	return err
}
