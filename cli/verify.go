package cli

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/vapi"
	"vapitap/vapi/auth"
)

// verifyOptions are the flags of verify.
type verifyOptions struct {
	auth authFlags
	json bool
}

// verifyCommand is vapitap verify ID.
func (a *app) verifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify ID",
		Short: "find out how a request was signed, or why its secret is not yours",
		Long: `verify looks at how Vapi authenticated one recorded request, and finds out with
your secret how the signature was made: over which bytes, with which timestamp,
in which order, with the secret written how. It says which line of server code
checks it, and which --hmac makes vapitap check it; or what was tried, and what
that leaves. The status is 0 where something fits and 1 where nothing does.`,
		Example: `  vapitap verify 41 --secret-file .secret
  VAPI_SERVER_SECRET=... vapitap verify 41
  vapitap verify 41 --secret S --hmac 'header=x-hook,prefix="v1,",encoding=base64'`,
		Args:              oneArgument,
		ValidArgsFunction: a.completeID,
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := oneID(args[0])
			if err != nil {
				return err
			}
			return a.verify(cmd.Context(), o, id)
		},
	}
	o.auth.add(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "as a JSON object")
	return cmd
}

func (a *app) verify(ctx context.Context, o verifyOptions, id int64) error {
	secrets, spec, err := o.auth.read()
	if err != nil {
		return err
	}
	if len(secrets) > 0 || spec != nil {
		if _, err := o.auth.keyring(); err != nil {
			return err
		}
	}
	e, err := a.readExchange(ctx, id)
	if err != nil {
		return err
	}
	v := verification{app: a, e: e, request: e.Wire()}
	v.report = auth.Search(v.request, secrets, spec)
	if len(secrets) == 0 && v.report.Scheme != auth.SchemeNone {
		return usagef("%s came (%s), and there is no secret to compare it with\nhint: give it with --secret-file FILE, --secret or $%s",
			plain.Text(v.report.Headers[0]), v.report.Scheme, secretVariable)
	}
	if o.json {
		err = v.json()
	} else {
		err = v.text()
	}
	if err == nil && !v.report.Found.Good() {
		err = errSilent
	}
	return err
}

// verification is what came of verifying one exchange.
type verification struct {
	*app
	e       *record.Exchange
	request vapi.Request
	report  auth.Report
}

// verifyJSON is the documented form of a verification.
type verifyJSON struct {
	ID      int64    `json:"id"`
	Scheme  string   `json:"scheme"`
	Verdict string   `json:"verdict"` // ok, bad or absent
	Headers []string `json:"headers,omitempty"`
	Tried   int      `json:"tried"`

	Header     string      `json:"header,omitempty"` // which fits
	Secret     string      `json:"secret,omitempty"` // how it has to be written, in words
	Algorithm  string      `json:"algorithm,omitempty"`
	Encoding   string      `json:"encoding,omitempty"`
	Prefix     string      `json:"prefix,omitempty"`
	Format     string      `json:"format,omitempty"`
	Body       string      `json:"body,omitempty"`
	Timestamp  string      `json:"timestamp,omitempty"`
	URL        string      `json:"url,omitempty"`
	AgeSeconds *float64    `json:"ageSeconds,omitempty"` // of the timestamp when the request came
	HMAC       string      `json:"hmac,omitempty"`       // for --hmac
	Code       []auth.Code `json:"code,omitempty"`
	Leaves     []string    `json:"leaves,omitempty"` // why nothing may fit
}

// json writes the verification as an object.
func (v *verification) json() error {
	r := &v.report
	shown := verifyJSON{ID: v.e.ID, Scheme: r.Scheme, Verdict: auth.Bad, Headers: r.Headers, Tried: r.Tried}
	f := r.Found
	switch {
	case r.Scheme == auth.SchemeNone && f == nil:
		shown.Verdict = auth.Absent
	case f == nil:
		shown.Leaves = r.Leaves(v.request)
	default:
		if f.Good() {
			shown.Verdict = auth.OK
			shown.Code = f.Code()
		}
		shown.Scheme, shown.Header, shown.Secret = f.Scheme, f.Header, f.Secret
		if f.Scheme != auth.SchemeHMAC {
			break
		}
		h := f.HMAC
		shown.Algorithm, shown.Encoding, shown.Prefix, shown.Format = h.Algorithm, h.Encoding, h.Prefix, h.Format
		shown.Body, shown.Timestamp, shown.URL = f.Body, f.Timestamp, f.URL
		if f.Usable {
			shown.HMAC = h.String()
		}
		if age, ok := f.Age(v.e.Time); ok {
			seconds := age.Seconds()
			shown.AgeSeconds = &seconds
		}
	}
	enc := json.NewEncoder(v.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(shown)
}
