package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
)

// attachFlags are the flags of the commands that point objects of Vapi's at a
// URL.
type attachFlags struct {
	assistants, numbers, tools []string
	yes, dryRun, setSecret     bool
}

// add adds all of them.
func (f *attachFlags) add(flags *pflag.FlagSet) {
	f.addTargets(flags, "point the %s here: its id, or its name, which is looked up; may be given again")
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask before Vapi is changed")
	flags.BoolVar(&f.dryRun, "dry-run", false, "only say what would be changed at Vapi")
	flags.BoolVar(&f.setSecret, "set-secret", false, "write the secret too, as serverUrlSecret, where an object has the older shape")
}

// addTargets adds those that name objects. Usage has the kind in place of %s.
func (f *attachFlags) addTargets(flags *pflag.FlagSet, usage string) {
	flags.StringArrayVar(&f.assistants, "assistant", nil, fmt.Sprintf(usage, "`ASSISTANT`"))
	flags.StringArrayVar(&f.numbers, "phone-number", nil, fmt.Sprintf(usage, "phone `NUMBER`"))
	flags.StringArrayVar(&f.tools, "tool", nil, fmt.Sprintf(usage, "`TOOL`"))
}

// targets returns what is named.
func (f *attachFlags) targets() []attach.Target {
	var list []attach.Target
	for _, named := range []struct {
		kind  api.Kind
		names []string
	}{{api.Assistant, f.assistants}, {api.PhoneNumber, f.numbers}, {api.Tool, f.tools}} {
		for _, name := range named.names {
			list = append(list, attach.Target{Kind: named.kind, Name: name})
		}
	}
	return list
}

// any reports whether something is to be attached.
func (f *attachFlags) any() bool { return len(f.targets()) > 0 }

// secret returns what --set-secret writes, of those that are configured; "" where
// nothing is to be written.
func (f *attachFlags) secret(configured []string) (string, error) {
	switch {
	case !f.setSecret:
		return "", nil
	case len(configured) == 0 || configured[0] == "":
		return "", usagef("--set-secret: there is no secret to write\nhint: put it into $%s", secretVariable)
	}
	return configured[0], nil
}

// journal returns the journal of what is attached.
func journal() *attach.Journal {
	return attach.OpenJournal(filepath.Join(xdg.StateHome, "vapitap", "attached"))
}

// attachment points objects of Vapi's at this machine for as long as a command
// runs, or for good.
type attachment struct {
	app      *app
	flags    attachFlags
	attacher *attach.Attacher
	plan     *attach.Plan // what Attach carried out last; nil before that
	json     bool
	say      func(sentence string) // to the person who runs the program
}

// newAttachment returns an attachment that has nothing attached yet. Secret is for
// --set-secret, empty for none. It fails where there is no key for Vapi's API.
func (a *app) newAttachment(flags attachFlags, secret string, say func(sentence string)) (*attachment, error) {
	client, err := api.FromEnvironment()
	if err != nil {
		return nil, err
	}
	return &attachment{
		app: a, flags: flags, say: say,
		attacher: &attach.Attacher{API: client, Journal: journal(), Secret: secret},
	}, nil
}

// Attach says what would change and who is affected, asks where there is somebody
// to ask, and does it. It reports whether it did: not with --dry-run, nor after a
// no.
func (t *attachment) Attach(ctx context.Context, publicURL string) (done bool, err error) {
	public, err := attach.ParsePublicURL(publicURL)
	if err != nil {
		return false, err
	}
	plan, err := t.attacher.Plan(ctx, t.flags.targets(), public)
	if err != nil {
		return false, err
	}
	if err := t.show(plan); err != nil || t.flags.dryRun {
		return false, err
	}
	if agreed, err := t.agreed(ctx, plan); err != nil || !agreed {
		return false, err
	}
	if err := t.attacher.Attach(ctx, plan); err != nil {
		return false, err
	}
	t.plan = plan
	for _, c := range plan.Changes {
		if !c.There() {
			t.say(fmt.Sprintf("%s points at %s now", c.Object, shownAddress(c.To)))
		}
	}
	return true, nil
}

// agreed asks whether a plan shall be carried out. Off a terminal nothing is
// asked, and only what can be put back is done.
func (t *attachment) agreed(ctx context.Context, p *attach.Plan) (bool, error) {
	there := true
	for _, c := range p.Changes {
		there = there && c.There()
	}
	switch {
	case t.flags.yes, there:
		return true, nil
	case onTerminal(t.app.in):
		if t.app.ask(ctx, "change that at Vapi?") {
			return true, nil
		}
		t.app.remark("nothing was changed", "")
		return false, nil
	case p.Loses():
		return false, fmt.Errorf("nothing was changed: a secret would be lost that Vapi does not show\nhint: --yes does it all the same; then set the secret again in the dashboard")
	}
	return true, nil
}

// show shows a plan: as the result where it is all that is wanted, else as a
// remark.
func (t *attachment) show(p *attach.Plan) error {
	switch {
	case t.flags.dryRun && t.json:
		return t.showJSON(p)
	case t.flags.dryRun:
		_, err := fmt.Fprint(t.app.out, planText(t.app.style, p))
		return err
	}
	fmt.Fprint(t.app.err, planText(t.app.errStyle, p))
	return nil
}

// Follow points what is attached at another public URL.
func (t *attachment) Follow(ctx context.Context, publicURL string) error {
	public, err := attach.ParsePublicURL(publicURL)
	if err != nil {
		return err
	}
	return t.tell(t.attacher.Follow(ctx, public))
}

// putBackTime is how long it may take to put back what was attached.
const putBackTime = 30 * time.Second

// Restore puts back what was attached, also once ctx has ended, and says so. What
// could not be put back is the error; it stays in the journal.
func (t *attachment) Restore(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackTime)
	defer cancel()
	defer t.attacher.Journal.Close()
	return t.tell(t.attacher.Restore(ctx))
}

// Attached returns what would have to be put back now.
func (t *attachment) Attached() []attach.Object { return t.attacher.Attached() }

// tell says what came of each attachment. What failed is the error.
func (t *attachment) tell(outcomes []attach.Outcome) error {
	var failed []string
	for _, o := range outcomes {
		if o.Result == attach.Failed {
			failed = append(failed, o.String())
			continue
		}
		t.say(o.String())
	}
	return owedError(failed)
}

func owedError(failed []string) error {
	if failed == nil {
		return nil
	}
	return fmt.Errorf("%s\nhint: vapitap detach tries again", strings.Join(failed, "\n"))
}

// recoverAttached puts back what a vapitap left that was killed, and says so. With
// nothing in the journal it asks nobody anything.
func (a *app) recoverAttached(ctx context.Context, say func(sentence string)) error {
	j := journal()
	defer j.Close()
	owed, unreadable := j.Owed()
	for _, err := range unreadable {
		say(err.Error())
	}
	if len(owed) == 0 {
		return nil
	}
	client, err := api.FromEnvironment()
	if err != nil {
		return fmt.Errorf("%s may still point at a vapitap that was killed\nhint: set %s and run vapitap detach", count(len(owed), "object")+" of Vapi's", api.KeyVariable)
	}
	say("putting back what a vapitap left that was killed")
	t := attachment{app: a, say: say, attacher: &attach.Attacher{API: client, Journal: j}}
	ctx, cancel := context.WithTimeout(ctx, putBackTime)
	defer cancel()
	return t.tell(t.attacher.Recover(ctx))
}

// showJSON writes a plan for a program, one object a line.
func (t *attachment) showJSON(p *attach.Plan) error {
	encoder := json.NewEncoder(t.app.out)
	encoder.SetEscapeHTML(false)
	for _, c := range p.Changes {
		if err := encoder.Encode(changeLine(c, "planned")); err != nil {
			return err
		}
	}
	for _, f := range p.Findings {
		if err := encoder.Encode(findingLine{f.Text, f.Flag, f.Hint}); err != nil {
			return err
		}
	}
	if p.Private == nil {
		return nil
	}
	return encoder.Encode(privateLine{json.RawMessage(p.Private.Overrides), p.Private.Curl})
}

type findingLine struct {
	Finding string `json:"finding"`
	Flag    string `json:"flag,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

type privateLine struct {
	Overrides json.RawMessage `json:"assistantOverrides"`
	Curl      string          `json:"curl"`
}

// attachedLine is one object that was attached or put back, as JSON.
type attachedLine struct {
	Kind   api.Kind `json:"kind"`
	ID     string   `json:"id"`
	Name   string   `json:"name,omitempty"`
	Number string   `json:"number,omitempty"`
	From   string   `json:"from,omitempty"`
	URL    string   `json:"url,omitempty"`
	Result string   `json:"result"`
	Rings  []string `json:"rings,omitempty"`
	Error  string   `json:"error,omitempty"`
}

func changeLine(c attach.Change, result string) attachedLine {
	if c.There() {
		result = "already"
	}
	line := attachedLine{Kind: c.Kind, ID: c.ID, Name: c.Name, Number: c.Number, From: c.From, URL: c.To, Result: result}
	for _, n := range c.Rings {
		line.Rings = append(line.Rings, n.ID)
	}
	return line
}

// configuredSecrets are those that --set-secret takes where the command has no
// flag for secrets.
func configuredSecrets() []string { return []string{os.Getenv(secretVariable)} }
