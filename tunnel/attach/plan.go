package attach

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"vapitap/vapi/api"
)

// Plan is what would change, who is affected, and what would not arrive all the
// same. Nothing has changed yet.
type Plan struct {
	PublicURL *url.URL
	Changes   []Change
	Findings  []Finding
	Private   *PrivateCall // nil where no assistant would change
}

// Change is what would change about one object.
type Change struct {
	Object
	From string // its server URL now, "" where it has none
	To   string // the same as From where it points there already
	// Rings are the phone numbers that an assistant answers.
	Rings []Object
	// LosesSecret tells that a secret would be lost with the change: the server of
	// the object is replaced whole, and the API does not show the secret in it.
	LosesSecret bool

	shape Shape
	raw   []byte
}

// There reports whether it points there already.
func (c Change) There() bool { return sameURL(c.From, c.To) }

// Callers reports whether people who call a phone number would reach this machine
// who do not reach it yet.
func (p *Plan) Callers() bool {
	for _, c := range p.Changes {
		if !c.There() && (len(c.Rings) > 0 || c.Kind == api.PhoneNumber) {
			return true
		}
	}
	return false
}

// Loses reports whether something would be lost that cannot be put back.
func (p *Plan) Loses() bool {
	for _, c := range p.Changes {
		if c.LosesSecret {
			return true
		}
	}
	return false
}

// ParsePublicURL reads the URL at which this machine is reached. Without a
// scheme it is https.
func ParsePublicURL(text string) (*url.URL, error) {
	whole := strings.TrimSpace(text)
	if !strings.Contains(whole, "://") {
		whole = "https://" + whole
	}
	u, err := url.Parse(whole)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%q is no public URL: write https:// and a host", plain(text))
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// errNothing is a plan of nothing.
var errNothing = errors.New("nothing to attach\nhint: name an assistant, number or tool: --assistant, --phone-number, --tool")

// Plan finds the targets and says what it would mean to attach them to a public
// URL. It only reads.
func (a *Attacher) Plan(ctx context.Context, targets []Target, public *url.URL) (*Plan, error) {
	if len(targets) == 0 {
		return nil, errNothing
	}
	p := &Plan{PublicURL: public}
	for _, t := range targets {
		f, err := a.find(ctx, t)
		if err != nil {
			return nil, err
		}
		if p.has(f.Kind, f.ID) {
			continue
		}
		c, err := a.planned(f, public)
		if err != nil {
			return nil, err
		}
		p.Changes = append(p.Changes, c)
	}
	s := survey{attacher: a, plan: p}
	if err := s.all(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// has reports whether an object is among those that would change.
func (p *Plan) has(kind api.Kind, id string) bool {
	for _, c := range p.Changes {
		if c.Kind == kind && c.ID == id {
			return true
		}
	}
	return false
}

// planned is the change of one object.
func (a *Attacher) planned(f found, public *url.URL) (Change, error) {
	if f.Kind == api.Tool && textAt(f.raw, "type") == "apiRequest" {
		return Change{}, fmt.Errorf("%s is an API-request tool: it has no server URL, its own url is what it calls (%s)\nhint: change that url in the dashboard, if it shall come here", f.Object, shownURL(textAt(f.raw, "url")))
	}
	c := Change{Object: f.Object, raw: f.raw}
	c.From, c.shape = URLOf(f.raw)
	c.To = ServerURL(public, c.From)
	c.LosesSecret = !c.There() && hidesSecret(f.raw) && (c.shape == ShapeCurrent || c.shape == ShapeOlder && a.Secret != "")
	return c, nil
}

// shownURL is a URL as it is shown: without a password, and without what a
// terminal would act on.
func shownURL(text string) string {
	if u, err := url.Parse(text); err == nil && u.User != nil {
		text = u.Redacted()
	}
	const longest = 200
	text = strings.Join(strings.Fields(text), " ")
	shown := make([]rune, 0, len(text))
	for _, r := range text {
		if r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) && len(shown) < longest {
			shown = append(shown, r)
		}
	}
	return string(shown)
}
