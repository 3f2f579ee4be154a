package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
)

// attachOptions are the flags of attach.
type attachOptions struct {
	attachFlags
	publicURL string
	json      bool
}

// attachCommand is vapitap attach.
func (a *app) attachCommand() *cobra.Command {
	var o attachOptions
	cmd := &cobra.Command{
		Use:   "attach --public-url URL",
		Short: "point assistants, phone numbers and tools of Vapi's at a URL",
		Long: `attach sets the server URL of assistants, phone numbers and tools to a public URL
that leads here, until vapitap detach puts the old one back. (vapitap itself has
the same flags, and puts the old one back when it ends.)

Only the URL changes, its path stays. On a terminal attach says first what would
change and who is affected, and asks.

It needs ` + api.KeyVariable + `, the private key of the organisation.`,
		Example: `  vapitap attach --assistant "Front desk" --public-url https://kind-fox.ngrok-free.dev
  vapitap attach --phone-number +15550100 --tool get_weather --public-url https://dev.example.com --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.attach(cmd.Context(), o) },
	}
	flags := cmd.Flags()
	o.add(flags)
	flags.StringVar(&o.publicURL, "public-url", "", "the `URL` that leads here")
	flags.BoolVar(&o.json, "json", false, "one object a line")
	return cmd
}

func (a *app) attach(ctx context.Context, o attachOptions) error {
	switch {
	case !o.any():
		return usagef("name what to attach: --assistant, --phone-number or --tool\nhint: the organisation's own server URL has no API; set it at dashboard.vapi.ai > Settings > Server URL")
	case o.publicURL == "":
		return usagef("--public-url is missing: the URL that leads here\nhint: vapitap 3000/vapi/webhook --assistant ... makes one with ngrok, and attaches for as long as it runs")
	}
	if _, err := attach.ParsePublicURL(o.publicURL); err != nil {
		return usagef("--public-url: %w", err)
	}
	secret, err := o.secret(configuredSecrets())
	if err != nil {
		return err
	}
	t, err := a.newAttachment(o.attachFlags, secret, func(string) {})
	if err != nil {
		return err
	}
	defer t.attacher.Journal.Close()
	t.json, t.attacher.Stays = o.json, true
	done, err := t.Attach(ctx, o.publicURL)
	switch {
	case ctx.Err() != nil && err != nil && !attach.Owes(err):
		a.remark("interrupted; nothing is attached", "")
		return errSilent
	case err != nil:
		return err
	case o.dryRun:
		return nil
	case !done:
		return errSilent
	}
	a.offerURL(o.publicURL)
	return a.sayAttached(t, o)
}

// offerURL puts the public URL into the clipboard of a person at a terminal, for
// the place in the dashboard that the plan named.
func (a *app) offerURL(address string) {
	if public, err := attach.ParsePublicURL(address); err == nil && onTerminal(a.in) && onTerminal(a.err) {
		fmt.Fprint(a.err, ansi.SetSystemClipboard(public.String()))
		a.remark("the URL is in the clipboard, where the terminal allows that", "")
	}
}

// sayAttached is the result of attach.
func (a *app) sayAttached(t *attachment, o attachOptions) error {
	for _, c := range t.plan.Changes {
		if o.json {
			if err := a.encode(changeLine(c, "attached")); err != nil {
				return err
			}
			continue
		}
		what := "attached "
		if c.There() {
			what = "already there: "
		}
		if _, err := fmt.Fprintf(a.out, "%s%s → %s\n", what, plain.Text(c.String()), shownAddress(c.To)); err != nil {
			return err
		}
	}
	if len(t.Attached()) > 0 {
		a.remark("vapitap detach puts it back", "")
	}
	return nil
}

func (a *app) encode(line any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}

// detachOptions are the flags of detach.
type detachOptions struct {
	attachFlags
	json bool
}

// detachCommand is vapitap detach.
func (a *app) detachCommand() *cobra.Command {
	var o detachOptions
	cmd := &cobra.Command{
		Use:   "detach",
		Short: "put back what is attached",
		Long: `detach puts back the server URL of all that vapitap has attached and not put back:
by vapitap attach, by a vapitap that was killed, and by one that still runs. Flags
limit it to what they name.

A server URL that somebody else changed meanwhile is left as it is, and told.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.detach(cmd.Context(), o) },
	}
	o.addTargets(cmd.Flags(), "put back the %s alone, by its id or name; may be given again")
	cmd.Flags().BoolVar(&o.json, "json", false, "one object a line")
	return cmd
}

func (a *app) detach(ctx context.Context, o detachOptions) error {
	j := journal()
	defer j.Close()
	entries, unreadable := j.Entries()
	targets := o.targets()
	if err := attachedAll(targets, entries); err != nil {
		return err
	}
	if len(entries) == 0 && unreadable == nil {
		a.remark("nothing is attached", "")
		return nil
	}
	var failed []string
	for _, err := range unreadable {
		failed = append(failed, err.Error())
	}
	if len(entries) > 0 {
		client, err := api.FromEnvironment()
		if err != nil {
			return err
		}
		attacher := attach.Attacher{API: client, Journal: j}
		outcomes, _ := attacher.Detach(ctx, namedBy(targets))
		for _, outcome := range outcomes {
			if err := a.sayDetached(outcome, o.json); err != nil {
				return err
			}
			if outcome.Result == attach.Failed {
				failed = append(failed, outcome.String())
			}
		}
	}
	if failed != nil {
		return errors.New(strings.Join(failed, "\n"))
	}
	return nil
}

// attachedAll says which target is not attached.
func attachedAll(targets []attach.Target, entries []*attach.Entry) error {
	for _, t := range targets {
		is, names := false, []string(nil)
		for _, e := range entries {
			is = is || e.Names(t)
			names = append(names, e.String())
		}
		switch {
		case is:
		case names == nil:
			return fmt.Errorf("%s is not attached; nothing is", t)
		default:
			return fmt.Errorf("%s is not attached\nhint: what is attached: %s", t, strings.Join(names, ", "))
		}
	}
	return nil
}

// namedBy picks the entries that targets name, all of them where there are none.
func namedBy(targets []attach.Target) func(*attach.Entry) bool {
	if targets == nil {
		return nil
	}
	return func(e *attach.Entry) bool {
		for _, t := range targets {
			if e.Names(t) {
				return true
			}
		}
		return false
	}
}

// sayDetached is the result of detach for one object; what failed is said at the
// end.
func (a *app) sayDetached(o attach.Outcome, asJSON bool) error {
	switch {
	case asJSON:
		line := attachedLine{Kind: o.Kind, ID: o.ID, Name: o.Name, Number: o.Number, URL: o.URL, Result: string(o.Result)}
		if o.Err != nil {
			line.Error = o.Err.Error()
		}
		return a.encode(line)
	case o.Result == attach.Failed:
		return nil
	}
	_, err := fmt.Fprintln(a.out, plain.Text(o.String()))
	return err
}
