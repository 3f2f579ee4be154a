package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/record/intake"
	"vapitap/vapi/api"
)

// importOptions are the flags of import.
type importOptions struct {
	calls []string
	json  bool
}

// importCommand is vapitap import FILE....
func (a *app) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "bring exchanges in: logs, fixtures, HAR, curl, a call of Vapi's",
		Long: `import records what files have of exchanges, in a session of its own, so that it
can be looked at and sent again. - is standard input. What a file is, it finds out:

  logs            lines with a body {"message":{...}} or a bare message of Vapi's,
                  behind other words too; JSON lines, arrays, JSON over several lines
  vapitap's own   fixtures, export --format json, show --json
  HAR             of a browser, a proxy, or vapitap export
  curl            command lines as they are copied; nothing is executed
  a call          as GET /call/ID of Vapi's API returns it

--vapi-call ID fetches a call from Vapi's API (VAPI_API_KEY) and makes of it the
requests that its server got: tool calls with the results that Vapi recorded as
replies, status updates, transcripts, the conversation, the report.

Replies are kept, and judged, where the source has them. What a source does not
tell is made up, and said at the end of the summary. What cannot be read is told
with file and line, the rest is imported, and the status is 1.`,
		Example: `  vapitap import server.log
  pbpaste | vapitap import -
  vapitap import fixtures/*.json
  vapitap import --vapi-call 0f1e2d3c-...
  vapitap replay 41 --to localhost:3000/vapi/webhook`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && len(o.calls) == 0 {
				return usagef("import what?\nhint: vapitap import FILE..., - for standard input, or --vapi-call ID for a call from Vapi's API")
			}
			return a.importAll(cmd.Context(), o, args)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&o.calls, "vapi-call", nil, "fetch the call `ID` from Vapi's API; may be given again")
	flags.BoolVar(&o.json, "json", false, "one JSON object a line")
	return cmd
}

// importing is one run of import.
type importing struct {
	*app
	o       importOptions
	store   *record.Store
	session string // empty until something was found
	reader  intake.Reader

	ids      []int64
	calls    []string // their ids, as far as they are few
	failed   bool
	hinted   string // the hint that was given last for the file that is read
	progress importProgress
	wrong    error // why no more can be recorded
}

// mostImportErrors is how many errors are told of one file.
const mostImportErrors = 10

// importAll imports from everything that is named and says what came of it.
func (a *app) importAll(ctx context.Context, o importOptions, files []string) error {
	var client *api.Client
	if len(o.calls) > 0 {
		var err error
		if client, err = api.FromEnvironment(); err != nil {
			return err
		}
		defer client.Close()
	}
	store, err := a.openStore(record.Options{Notify: func(sentence string) { a.remark(sentence, "") }})
	if err != nil {
		return err
	}
	defer store.Close()
	i := &importing{app: a, o: o, store: store, progress: importProgress{app: a, shows: onTerminal(a.err)}}
	i.reader = intake.Reader{Now: time.Now(), ReadFile: os.ReadFile}
	for _, file := range files {
		if ctx.Err() == nil && i.wrong == nil {
			i.file(ctx, file)
		}
	}
	for _, id := range o.calls {
		if ctx.Err() == nil && i.wrong == nil {
			i.call(ctx, client, id)
		}
	}
	i.progress.end()
	if ctx.Err() != nil {
		i.failed = true
		i.remark("interrupted; what was read by then is imported", "")
	}
	err = errors.Join(i.wrong, store.Close(), i.sum())
	if err == nil && i.failed {
		err = errSilent
	}
	return err
}

// file imports from one file.
func (i *importing) file(ctx context.Context, name string) {
	shown, in := name, i.in
	if name == "-" {
		shown = "standard input"
	} else {
		file, err := openToImport(name)
		if err != nil {
			i.fail(err)
			return
		}
		defer file.Close()
		in = file
	}
	i.source(ctx, shown, in)
}

// openToImport opens a file, and nothing else.
func openToImport(name string) (*os.File, error) {
	st, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case st.IsDir():
		return nil, fmt.Errorf("%s is a folder; name the files in it\nhint: vapitap import %[1]s/*.json", plain.Text(name))
	}
	return os.Open(name)
}

// source imports from what can be read.
func (i *importing) source(ctx context.Context, name string, in io.Reader) {
	before, errs := len(i.ids), 0
	i.reader.PassedOver, i.hinted = 0, ""
	err := i.reader.Read(in, func(f intake.Found) bool {
		i.progress.show(name, f.Line, len(i.ids))
		if f.Err != nil {
			errs++
			if errs <= mostImportErrors {
				i.fail(fmt.Errorf("%s:%d: %w", plain.Text(name), f.Line, f.Err))
			}
			return ctx.Err() == nil
		}
		return i.add(ctx, f.Exchange)
	})
	switch {
	case errors.Is(err, intake.ErrStore):
		i.fail(fmt.Errorf("%s: %w\nhint: a store is opened with --db FILE, as in vapitap events --db FILE", plain.Text(name), err))
	case err != nil:
		i.fail(fmt.Errorf("%s: %w", plain.Text(name), err))
	case errs > mostImportErrors:
		i.fail(fmt.Errorf("%s: and %d more that cannot be read", plain.Text(name), errs-mostImportErrors))
	case errs == 0 && len(i.ids) == before && ctx.Err() == nil && i.wrong == nil:
		i.fail(fmt.Errorf("%s has nothing to import: no message of Vapi's, no fixture or exchange, no HAR, no curl command\nhint: vapitap import --help says what is read", plain.Text(name)))
	}
	i.sayPassedOver(name, len(i.ids) > before)
}

// sayPassedOver says how much of a source was none of our business.
func (i *importing) sayPassedOver(name string, found bool) {
	if n := i.reader.PassedOver; n > 0 && found {
		verb := "have"
		if n == 1 {
			verb = "has"
		}
		i.remark(fmt.Sprintf("%s: %s in between %s nothing of Vapi's", plain.Text(name), count(n, "line"), verb), "")
	}
}

// call imports a call from Vapi's API.
func (i *importing) call(ctx context.Context, client *api.Client, id string) {
	text, err := client.Get(ctx, api.Call, id)
	if err != nil {
		if ctx.Err() == nil {
			i.fail(fmt.Errorf("call %s: %w", plain.Text(short(id)), err))
		}
		return
	}
	list, notes, err := intake.Call(text, i.reader.Now)
	if err != nil {
		i.fail(fmt.Errorf("call %s: %w", plain.Text(short(id)), err))
		return
	}
	i.reader.Notes = append(i.reader.Notes, notes...)
	for _, e := range list {
		if !i.add(ctx, e) {
			return
		}
	}
}

// add records an exchange, and reports whether to go on.
func (i *importing) add(ctx context.Context, e *record.Exchange) bool {
	if i.session == "" {
		session, err := i.store.StartSession("import", "")
		if err != nil {
			i.wrong = err
			return false
		}
		i.session = session.ID
	}
	e.Session = i.session
	i.store.Begin(e)
	if err := i.store.Commit(e, 0, nil); err != nil {
		i.wrong = fmt.Errorf("the exchange was not recorded: %w", err)
		return false
	}
	if e.ID == 0 {
		i.failed = true // the store has said why
		return ctx.Err() == nil
	}
	i.ids = append(i.ids, e.ID)
	if n := len(i.calls); e.CallID != "" && n < 2 && (n == 0 || i.calls[n-1] != e.CallID) {
		i.calls = append(i.calls, e.CallID)
	}
	if i.o.json {
		if err := jsonWriter(i.out, e); err != nil {
			i.wrong = err
			return false
		}
	}
	return ctx.Err() == nil
}

// fail tells what could not be imported. What it quotes of a file is cleaned of
// what a terminal would obey, and a hint that was given just before is not given
// again.
func (i *importing) fail(err error) {
	i.failed = true
	i.progress.end()
	what, hint, hinted := strings.Cut(err.Error(), "\nhint: ")
	what = plain.Text(what)
	if hinted && hint != i.hinted {
		what += "\nhint: " + plain.Text(hint)
		i.hinted = hint
	}
	i.sayError(errors.New(what))
}

// sum says what was imported, and what to do with it.
func (i *importing) sum() error {
	for _, note := range i.reader.Notes {
		i.remark(plain.Text(note), "")
	}
	if i.reader.Masked > 0 {
		i.remark(fmt.Sprintf("%s had secrets masked where it was written", count(i.reader.Masked, "exchange")), "a server that verifies them refuses those")
	}
	if len(i.ids) == 0 {
		return nil
	}
	if !i.o.json {
		if _, err := fmt.Fprintf(i.out, "imported %s: %s\n", count(len(i.ids), "exchange"), idRanges(i.ids)); err != nil {
			return err
		}
	}
	hint := "vapitap events --session last lists them; vapitap replay ID --to URL sends one"
	if len(i.calls) == 1 {
		hint = fmt.Sprintf("vapitap show --call %s shows the call; vapitap replay --call %[1]s --fast --to URL sends it", plain.Text(i.calls[0]))
	}
	i.remark("session "+i.session, hint)
	return nil
}

// importProgress shows on the terminal how far a file was read.
type importProgress struct {
	*app
	shows bool
	last  time.Time
	there bool
}

func (p *importProgress) show(name string, line, found int) {
	if now := time.Now(); p.shows && now.Sub(p.last) >= progressEvery {
		if p.last.IsZero() { // what takes no time is not shown
			p.last = now
			return
		}
		p.last, p.there = now, true
		fmt.Fprint(p.err, "\r\x1b[K"+p.errStyle.cut(fmt.Sprintf("%s, line %d: %s so far; Ctrl-C ends it", plain.Text(name), line, count(found, "exchange"))))
	}
}

// end takes the line away.
func (p *importProgress) end() {
	if p.there {
		p.there = false
		fmt.Fprint(p.err, "\r\x1b[K")
	}
}
