package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vapitap/tunnel"
	"vapitap/tunnel/attach"
)

// doctorOptions are the flags of doctor.
type doctorOptions struct {
	attachFlags
	target        *url.URL
	forwardTo     string
	authtokenFile string
	address       string // of --url
	publicURL     string
	json          bool
}

// doctorCommand is vapitap doctor.
func (a *app) doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor [TARGET]",
		Short: "find out what is missing, and say what to do",
		Long: `doctor looks at all that a call needs to get from Vapi to your server and back:
ngrok's token and the way to its edge, your server, Vapi's API and what it has as
server URL of your assistants, numbers and tools, the clock, the store, and the
terminal. It changes nothing at Vapi. Your server gets one harmless message, a
speech-update of a call that is none.

The status is 1 where something needs doing.`,
		Example: `  vapitap doctor
  vapitap doctor 3000/vapi/webhook --assistant "Front desk"
  vapitap doctor --json | jq 'select(.level == "error")'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := o.read(args); err != nil {
				return err
			}
			return a.doctor(cmd.Context(), &o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.forwardTo, "forward-to", "f", "", "your server, as `TARGET`")
	flags.StringVar(&o.authtokenFile, "authtoken-file", "", "read ngrok's authtoken from `FILE`")
	flags.StringVar(&o.address, "url", "", "the reserved `DOMAIN` that leads here")
	flags.StringVar(&o.publicURL, "public-url", "", "the `URL` of a tunnel of your own that leads here")
	o.addTargets(flags, "look only at the %s: its id or name; may be given again")
	flags.BoolVar(&o.json, "json", false, "one finding a line, as JSON")
	return cmd
}

// read takes the argument in and says what is wrong with the flags.
func (o *doctorOptions) read(args []string) (err error) {
	if len(args) > 0 {
		if o.forwardTo != "" && o.forwardTo != args[0] {
			return usagef("two targets: %s and --forward-to %s; give one", args[0], o.forwardTo)
		}
		o.forwardTo = args[0]
	}
	if o.target, err = ParseTarget(o.forwardTo); err != nil {
		return usageError{err}
	}
	if o.address != "" {
		if o.address, err = tunnel.Address(o.address); err != nil {
			return usagef("--url: %w", err)
		}
	}
	if o.publicURL != "" {
		if _, err := attach.ParsePublicURL(o.publicURL); err != nil {
			return usagef("--public-url: %w", err)
		}
	}
	return nil
}

// level is how much a finding matters.
type level string

// The levels.
const (
	levelOK    level = "ok"
	levelNote  level = "note"  // nothing needs doing
	levelError level = "error" // something needs doing
)

// finding is one thing that doctor found out, and its form as JSON.
type finding struct {
	Check   string `json:"check"` // what was looked at, a word
	Level   level  `json:"level"`
	Finding string `json:"finding"`
	Do      string `json:"do,omitempty"`

	Kind      string  `json:"kind,omitempty"` // of an object of Vapi's
	ID        string  `json:"id,omitempty"`
	URL       string  `json:"url,omitempty"`
	LatencyMs float64 `json:"latencyMs,omitempty"`
}

func good(check, format string, args ...any) finding {
	return finding{Check: check, Level: levelOK, Finding: fmt.Sprintf(format, args...)}
}

func noted(check, do, format string, args ...any) finding {
	return finding{Check: check, Level: levelNote, Finding: fmt.Sprintf(format, args...), Do: do}
}

func wrong(check, do, format string, args ...any) finding {
	return finding{Check: check, Level: levelError, Finding: fmt.Sprintf(format, args...), Do: do}
}

// found turns an error, whose hint is what to do, into a finding.
func found(check string, l level, err error) finding {
	what, do, _ := strings.Cut(err.Error(), "\nhint: ")
	return finding{Check: check, Level: l, Finding: what, Do: strings.Join(strings.Fields(do), " ")}
}

// doctorLimit is how long one examination may take.
const doctorLimit = 20 * time.Second

// doctor looks at everything at once, and tells it in a fixed order.
func (a *app) doctor(ctx context.Context, o *doctorOptions) error {
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	d := examination{app: a, options: o}
	d.readStore(ctx) // what the others ask of it
	parts := []func(context.Context) []finding{d.ngrok, d.server, d.vapi, d.clock, d.storage, d.terminal}
	results := make([]chan []finding, len(parts))
	for i, part := range parts {
		results[i] = make(chan []finding, 1)
		go func() { results[i] <- part(ctx) }()
	}
	sheet := doctorSheet{app: a, json: o.json}
	for _, result := range results {
		for _, f := range <-result {
			if err := sheet.write(f); err != nil {
				return err
			}
		}
	}
	if sheet.wrong > 0 {
		return errSilent
	}
	return nil
}

// examination is one run of doctor.
type examination struct {
	*app
	options *doctorOptions
	traffic allowance
	last    string  // the host of the last tunnel that led here; empty where none is recorded
	store   finding // what the store is like
}

// hosts are those that lead here, as far as is known: what the flags say, else
// the last tunnel of which something is recorded.
func (d *examination) hosts() []string {
	var hosts []string
	for _, address := range []string{d.options.publicURL, d.options.address} {
		if u, err := attach.ParsePublicURL(address); address != "" && err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	if hosts == nil && d.last != "" {
		hosts = append(hosts, d.last)
	}
	return hosts
}
