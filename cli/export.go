package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vapitap/internal/nearest"
	"vapitap/record"
	"vapitap/record/export"
	"vapitap/record/timeline"
	"vapitap/replay"
)

// exportOptions are the flags of export.
type exportOptions struct {
	format  string
	out     string
	to      url.URL // without a host where it is not given
	secrets bool
	json    bool
}

// Names of forms that have rules of their own here.
const (
	formatJSON = "json"
	formatCurl = "curl"
	formatHTML = "html"
)

// exportCommand is vapitap export SELECT.
func (a *app) exportCommand() *cobra.Command {
	formats := export.Formats()
	o := exportOptions{format: formats[0].Name}
	about := ""
	var names []string
	for _, f := range formats {
		about += fmt.Sprintf("\n  %-9s %s", f.Name, f.About)
		names = append(names, f.Name)
	}
	cmd := &cobra.Command{
		Use:   "export ID...|FILTER",
		Short: "write exchanges as HAR, JSON, curl, Markdown or a page",
		Long: `export writes exchanges in a form that other programs take, or people:
` + about + `

They are picked by ids (12, 12-18) or by a filter; call:last is the last call. A
page shows the account of each call of which all exchanges were picked.

Without --format the name of --out's file says which form it is: by its ending, of
` + endingsText() + `. Of any other name, and without --out,
it is har. A file that is there is replaced.

Secrets are replaced in headers, queries and bodies, and in what is told of them,
unless --show-secrets leaves them. What was said, and who called, stays.`,
		Example: `  vapitap export call:last --out call.html
  vapitap export 12-18 > calls.har
  vapitap export 20 --format markdown
  vapitap export is:failed --format json | jq .checks
  vapitap export 12 --format curl --to localhost:4000`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which exchanges?\nhint: name ids or a filter: vapitap export 12-18, vapitap export call:last, vapitap export session:last")
			}
			return nil
		},
		ValidArgsFunction: a.completeFilter,
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := o.check(cmd.Flags().Changed("format"))
			if err != nil {
				return err
			}
			if _, err := ParseSelect(args); err != nil {
				return usageError{err}
			}
			return a.export(cmd.Context(), o, format, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.format, "format", o.format, "`FORMAT`: "+strings.Join(names, ", ")+"; else as --out ends")
	cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	flags.StringVar(&o.out, "out", "", "write to `FILE` in place of standard output")
	flags.Var((*targetValue)(&o.to), "to", "curl: send to this server")
	flags.BoolVar(&o.secrets, "show-secrets", false, "leave secrets as they are")
	flags.BoolVar(&o.json, "json", false, "the same as --format json")
	cmd.SetFlagErrorFunc(negativeTermError)
	return cmd
}

// check refuses flags that contradict each other, and returns the form; named says
// whether --format was given.
func (o *exportOptions) check(named bool) (export.Format, error) {
	if o.json {
		if named && o.format != formatJSON {
			return export.Format{}, usagef("--json and --format %s: give one", short(o.format))
		}
		o.format = formatJSON
	} else if !named {
		o.format = cmp.Or(formatOf(o.out), o.format)
	}
	formats := export.Formats()
	i := slices.IndexFunc(formats, func(f export.Format) bool { return strings.EqualFold(f.Name, o.format) })
	if i < 0 {
		return export.Format{}, unknownFormat(o.format, formats)
	}
	if o.to.Host != "" && formats[i].Name != formatCurl {
		return export.Format{}, usagef("--to is where a command sends to; it goes with --format curl")
	}
	return formats[i], nil
}

func unknownFormat(name string, formats []export.Format) error {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	if near := nearest.Word(name, names); near != "" {
		return usagef("--format %q is none; did you mean %s?", short(name), near)
	}
	return usagef("--format %q is none; there are %s", short(name), strings.Join(names, ", "))
}

// export writes what is picked.
func (a *app) export(ctx context.Context, o exportOptions, format export.Format, args []string) error {
	onScreen := o.toStandardOutput() && onTerminal(a.out)
	if onScreen && format.Name == formatHTML {
		return usagef("a page is not for a terminal\nhint: write it to a file, and open that: --out page.html")
	}
	store, err := a.readStore()
	if err != nil {
		return err
	}
	defer store.Close()
	ids, err := a.exported(ctx, store, args)
	if err != nil {
		return err
	}
	out, err := a.destination(o.out, onScreen)
	if err != nil {
		return err
	}
	defer out.abandon()
	missing := map[int64]bool{}
	tally, err := a.writeExport(ctx, out, o, format, export.Source{
		IDs: ids,
		Get: func(id int64) (*record.Exchange, error) {
			e, err := store.Get(ctx, id)
			missing[id] = errors.Is(err, record.ErrNoExchange)
			return e, err
		},
		Call: func(id string) (*timeline.Call, error) { return timeline.Read(ctx, store, id) },
	})
	lost := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !missing[id] })
	switch {
	case ctx.Err() != nil:
		a.remark("interrupted; not all was written", "")
		return errSilent
	case errors.Is(err, record.ErrNoExchange):
		return a.sayMissing(ctx, store, lost)
	case err != nil:
		return err
	}
	if err := out.finish(); err != nil {
		return err
	}
	a.sayExported(o, tally)
	return a.sayMissing(ctx, store, lost)
}

// writeExport writes in the form that is asked for. While that takes long, it says
// so on a terminal.
func (a *app) writeExport(ctx context.Context, w io.Writer, o exportOptions, format export.Format, source export.Source) (export.Tally, error) {
	if onTerminal(a.err) {
		defer a.showProgress("writing")()
	}
	out := bufio.NewWriter(w)
	tally, err := format.Write(out, source, export.Options{
		Secrets: o.secrets, Version: builtVersion().Version, Made: time.Now(), Target: o.target,
	})
	if err == nil && ctx.Err() == nil {
		err = out.Flush()
	}
	return tally, err
}

func (o *exportOptions) toStandardOutput() bool { return o.out == "" || o.out == "-" }

// target returns where the command of an exchange sends to: what --to names, or
// where it was forwarded to, or the usual place where that is not known.
func (o *exportOptions) target(e *record.Exchange) (string, error) {
	if o.to.Host == "" {
		return cmp.Or(e.Target, "http://"+DefaultTarget), nil
	}
	target, err := replay.Target(e, &o.to)
	if err != nil {
		return "", err
	}
	return target.String(), nil
}

// exported returns the ids of what the arguments pick, in the order in which they
// name them, or the oldest first.
func (a *app) exported(ctx context.Context, store *record.Store, args []string) (ids []int64, err error) {
	picked, err := ParseSelect(args)
	if err != nil {
		return nil, usageError{err}
	}
	if picked.Filter == nil {
		return picked.IDs, nil
	}
	filter, err := store.ResolveLast(ctx, picked.Filter)
	if err != nil {
		return nil, err
	}
	q := record.Query{Filter: filter}
	list, err := a.search(ctx, store, q)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, nothingPicked(q)
	}
	a.sayTextMeant(filter)
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	return ids, nil
}

// sayExported says what was written, where that cannot be seen, and what of it is
// not as it was.
func (a *app) sayExported(o exportOptions, tally export.Tally) {
	if !o.toStandardOutput() {
		a.remark(fmt.Sprintf("wrote %s to %s", count(tally.Exchanges, "exchange"), o.out), "")
	}
	if tally.Replaced > 0 {
		a.remark("secrets were replaced in "+count(tally.Replaced, "place"), "--show-secrets leaves them")
	}
	if tally.Truncated > 0 {
		a.remark(count(tally.Truncated, "exchange")+" had a body that was not recorded whole", "vapitap --max-body records more of those to come")
	}
	if tally.Shortened > 0 {
		a.remark("in part alone: "+count(tally.Shortened, "long payload"), "the forms har and json have all of it")
	}
}
