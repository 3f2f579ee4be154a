package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/record"
)

// oneArgument takes the id of one exchange.
func oneArgument(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usagef("which exchange?\nhint: vapitap events lists them with their ids: vapitap %s ID", cmd.Name())
	case 1:
		return nil
	}
	return usagef("one exchange at a time, not %d: %s\nhint: vapitap events id:12-18 lists several", len(args), strings.Join(args, " "))
}

// showOptions are the flags of show.
type showOptions struct {
	call              string
	request, response bool
	headers           bool
	raw               bool
	secrets           bool
	json              bool
}

// showCommand is vapitap show ID.
func (a *app) showCommand() *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "show one exchange, or with --call a whole call",
		Long: `show prints one exchange: both messages with their headers and bodies, what it
was, its tool calls with their answers, and last what Vapi will not accept of the
reply and what to return instead. JSON is laid out for reading; keys, numbers and
strings stay as they came. Values of headers that are secrets are masked.

--raw prints the captured body of the request, or with --response of the
response, byte for byte as it was on the wire and unmasked.

` + aboutCalls,
		Example: `  vapitap show 41
  vapitap show 41 --response
  vapitap show 41 --raw > body.json
  vapitap show 41 --json | jq .toolCalls
  vapitap show --call last
  vapitap show --call 4f2a --json | jq .turns`,
		Args:              cobra.ArbitraryArgs, // --call, which may come from the environment, decides
		ValidArgsFunction: a.completeID,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if o.call != "" {
				return a.showCall(cmd.Context(), o, args)
			}
			if err := oneArgument(cmd, args); err != nil {
				return err
			}
			id, err := oneID(args[0])
			if err != nil {
				return hintAtLastCall(args, err, "vapitap show --call last is the last call")
			}
			return a.show(cmd.Context(), o, id)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.call, "call", "", "the whole call `CALLID`: its id, how that begins, or last")
	cmd.RegisterFlagCompletionFunc("call", a.completeCall)
	flags.BoolVar(&o.request, "request", false, "only the request")
	flags.BoolVar(&o.response, "response", false, "only the response")
	flags.BoolVar(&o.headers, "headers", false, "only the headers")
	flags.BoolVar(&o.raw, "raw", false, "only the captured body, of the request unless --response is given: unmasked, nothing added")
	flags.BoolVar(&o.secrets, "show-secrets", false, "do not mask headers that are secrets")
	flags.BoolVar(&o.json, "json", false, "as a JSON object")
	return cmd
}

// check refuses flags that contradict each other.
func (o *showOptions) check() error {
	switch {
	case o.raw && o.json:
		return usagef("--raw and --json: the one is a body as it is, the other an object; give one")
	case o.raw && o.headers:
		return usagef("--raw and --headers: the one is a body alone, the other is without; give one")
	case o.raw && o.request && o.response:
		return usagef("--raw is one body: give --request or --response")
	}
	return nil
}

// hintAtLastCall adds a hint to the error of ids that are none, where they are the
// word last.
func hintAtLastCall(args []string, err error, hint string) error {
	if len(args) != 1 || !strings.EqualFold(args[0], lastCall) {
		return err
	}
	return usagef("%w\nhint: %s", err, hint)
}

// oneID reads the id of one exchange.
func oneID(arg string) (int64, error) {
	ids, err := ParseIDs([]string{arg})
	if err != nil {
		return 0, usageError{err}
	}
	if len(ids) != 1 {
		return 0, usagef("%s names %d exchanges, and one is shown at a time\nhint: vapitap events id:%[1]s lists them", arg, len(ids))
	}
	return ids[0], nil
}

func (a *app) show(ctx context.Context, o showOptions, id int64) error {
	e, err := a.readExchange(ctx, id)
	if err != nil {
		return err
	}
	if o.response && !o.request && e.Status == 0 {
		return noReply(e)
	}
	switch {
	case o.raw:
		return a.showRaw(o, e)
	case o.json:
		return a.showJSON(o, e)
	}
	return a.showText(o, e)
}

// readExchange returns one exchange with its bodies, for a command that needs no
// more of the store.
func (a *app) readExchange(ctx context.Context, id int64) (*record.Exchange, error) {
	store, err := a.readStore()
	if err != nil {
		return nil, err
	}
	defer store.Close()
	e, err := store.Get(ctx, id)
	if errors.Is(err, record.ErrNoExchange) {
		return nil, noExchange(ctx, store, id)
	}
	return e, err
}

// noReply says why there is no response to show.
func noReply(e *record.Exchange) error {
	if e.Error != "" {
		return fmt.Errorf("exchange %d has no response: %s", e.ID, plain.Text(e.Error))
	}
	return fmt.Errorf("exchange %d has no response", e.ID)
}

// showRaw writes one body as it was on the wire.
func (a *app) showRaw(o showOptions, e *record.Exchange) error {
	name, m := "request", &e.Request
	if o.response {
		name, m = "response", &e.Response
	}
	if onTerminal(a.out) && !harmless(m.Body) {
		return fmt.Errorf("the %s body of %d has bytes that a terminal would obey or cannot show\nhint: write it to a file: vapitap show %[2]d --raw --%[1]s > body", name, e.ID)
	}
	if m.Truncated {
		a.remark(fmt.Sprintf("the %s body is cut short: %s of %s were captured", name, plain.Size(int64(len(m.Body))), plain.Size(m.Bytes)),
			"vapitap --max-body captures more of those to come")
	}
	_, err := a.out.Write(m.Body)
	return err
}

// harmless reports whether a terminal shows body as it is.
func harmless(body []byte) bool {
	if !isText(body, true) {
		return false
	}
	for line := range bytes.Lines(body) {
		text := strings.ReplaceAll(strings.TrimRight(string(line), "\r\n"), "\t", " ")
		if plain.Text(text) != text {
			return false
		}
	}
	return true
}

// showJSON writes the exchange, or the parts of it that are asked for, as JSON:
// on one line, and laid out on a terminal.
func (a *app) showJSON(o showOptions, e *record.Exchange) error {
	text, err := e.ShowJSON(o.secrets)
	if err != nil {
		return err
	}
	text = o.parts(text)
	out := bufio.NewWriter(a.out)
	if onTerminal(a.out) {
		(&pager{out: out, style: a.style}).json(text)
	} else {
		out.Write(append(text, '\n'))
	}
	return out.Flush()
}

// parts returns the parts of an exchange that the flags ask for: one message
// alone as that, both as an object of the two, and all where nothing is asked.
func (o *showOptions) parts(exchange []byte) []byte {
	part := func(name string) []byte {
		message := jsonpath.Member(exchange, name)
		if message == nil || !o.headers {
			return message
		}
		headers := jsonpath.Member(message, "headers")
		if headers == nil {
			headers = []byte("{}")
		}
		if o.request != o.response {
			return headers
		}
		return fmt.Appendf(nil, `{"headers":%s}`, headers)
	}
	switch request, response := part("request"), part("response"); {
	case !o.request && !o.response && !o.headers:
		return exchange
	case o.request && !o.response:
		return request
	case o.response && !o.request:
		return response
	case response == nil:
		return fmt.Appendf(nil, `{"request":%s}`, request)
	default:
		return fmt.Appendf(nil, `{"request":%s,"response":%s}`, request, response)
	}
}
