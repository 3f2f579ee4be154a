package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/tunnel/attach"
	"vapitap/vapi"
	"vapitap/vapi/api"
)

// vapi looks at the journal, at the key, and at what has which server URL.
func (d *examination) vapi(ctx context.Context) []finding {
	const check = "vapi"
	j := journal()
	defer j.Close()
	list, live := journalFindings(j)
	client, err := api.FromEnvironment()
	switch {
	case errors.Is(err, api.ErrNoKey) && d.options.any():
		return append(list, found(check, levelError, err))
	case errors.Is(err, api.ErrNoKey):
		f := found(check, levelNote, err)
		f.Finding += ", so that server URLs are neither looked at nor set"
		return append(list, f)
	case err != nil:
		return append(list, found(check, levelError, err))
	}
	p := pointing{hosts: d.hosts(), live: live}
	if d.options.any() {
		return append(list, p.named(ctx, client, j, d.options.targets())...)
	}
	return append(list, p.all(ctx, client)...)
}

// journalFindings says what is attached, and returns the URLs of what is for a
// vapitap that runs, or for good.
func journalFindings(j *attach.Journal) (list []finding, live []string) {
	entries, unreadable := j.Entries()
	owed, _ := j.Owed()
	for _, e := range entries {
		if slices.ContainsFunc(owed, func(o *attach.Entry) bool { return o.Kind == e.Kind && o.ID == e.ID && o.Owner == e.Owner }) {
			list = append(list, wrong("attached", "vapitap detach puts it back", "%s was attached by a vapitap that was killed", e))
			continue
		}
		live = append(live, e.Ours...)
		list = append(list, good("attached", "%s is attached; vapitap puts it back", e))
	}
	for _, err := range unreadable {
		list = append(list, found("attached", levelError, err))
	}
	return list, live
}

// pointing judges where server URLs lead.
type pointing struct {
	hosts []string // that lead here; none where that is not known
	live  []string // URLs that a vapitap has written
}

// named looks at the objects that are named.
func (p *pointing) named(ctx context.Context, client *api.Client, j *attach.Journal, targets []attach.Target) []finding {
	here, _ := attach.ParsePublicURL("vapitap.invalid") // where nothing is known, nothing is there
	if len(p.hosts) > 0 {
		here = &url.URL{Scheme: "https", Host: p.hosts[0]}
	}
	var list []finding
	attacher := attach.Attacher{API: client, Journal: j}
	for _, target := range targets {
		plan, err := attacher.Plan(ctx, []attach.Target{target}, here)
		if err != nil {
			list = append(list, found("vapi", levelError, err))
			continue
		}
		for _, c := range plan.Changes {
			f := p.judge(c.Object, c.From)
			if f.Level == levelNote {
				f.Level = levelError // it is meant to lead here
				f.Do = "vapitap TARGET " + c.Flag() + " points it here for as long as it runs"
			}
			list = append(list, f)
		}
		if len(p.hosts) > 0 {
			for _, f := range plan.Findings {
				do := f.Hint
				if f.Flag != "" {
					do = f.Flag + " includes it"
				}
				list = append(list, noted(string(target.Kind), do, "%s", f.Text))
			}
		}
	}
	return list
}

// all looks at all that the key can see.
func (p *pointing) all(ctx context.Context, client *api.Client) []finding {
	var list []finding
	var none []string
	for i, kind := range []api.Kind{api.Assistant, api.PhoneNumber, api.Tool} {
		objects, err := client.List(ctx, kind)
		if err != nil {
			list = append(list, found("vapi", levelError, err))
			if errors.Is(err, api.ErrKey) || errors.Is(err, api.ErrUnreachable) {
				return list // the others would say the same
			}
			continue
		}
		if i == 0 {
			list = append(list, good("vapi", "the API key is valid (%s)", client.BaseURL()))
		}
		without := 0
		for _, raw := range objects {
			address, _ := attach.URLOf(raw)
			if address == "" {
				without++
				continue
			}
			list = append(list, p.judge(objectOf(kind, raw), address))
		}
		if without > 0 {
			none = append(none, count(without, kind.String()))
		}
	}
	if none != nil {
		list = append(list, noted("vapi", "", "without a server URL of their own: %s", strings.Join(none, ", ")))
	}
	return list
}

// objectOf reads what an object of a list is called.
func objectOf(kind api.Kind, raw []byte) attach.Object {
	text := func(object []byte, name string) string {
		s, _ := jsonpath.Unquote(jsonpath.Member(object, name))
		return s
	}
	o := attach.Object{Kind: kind, ID: text(raw, "id"), Name: plain.Text(text(raw, "name")), Number: plain.Text(text(raw, "number"))}
	if kind == api.Tool {
		if name := text(jsonpath.Member(raw, "function"), "name"); name != "" {
			o.Name = plain.Text(name)
		}
	}
	return o
}

// judge says where the server URL of an object leads.
func (p *pointing) judge(o attach.Object, address string) finding {
	f := finding{Check: string(o.Kind), Level: levelNote, Kind: string(o.Kind), ID: o.ID, URL: address}
	leads := vapi.WhereLeads(address, p.hosts...)
	what := ""
	switch {
	case address == "":
		f.Finding = fmt.Sprintf("%s has no server URL of its own", o)
		return f
	case leads == vapi.LeadsHere:
		f.Level, what = levelOK, "leads here"
	case slices.Contains(p.live, address):
		f.Level, what = levelOK, "is attached by vapitap"
	case leads == vapi.LeadsNowhere:
		f.Level, what = levelError, "is no URL"
	case leads == vapi.LeadsInside:
		f.Level, what = levelError, "is not on the Internet: Vapi cannot reach it"
	case leads == vapi.LeadsToTunnel && len(p.hosts) > 0:
		f.Level, what = levelError, "is a tunnel that is not this one: yesterday's?"
	case leads == vapi.LeadsToTunnel:
		what = "is a tunnel; whether it leads here is not known (--url or --public-url says what does)"
	case leads == vapi.LeadsToService:
		what = "is a known service"
	case leads == vapi.LeadsUnknown:
		what = "is a template, which only a call fills in"
	default:
		what = "does not lead here"
	}
	f.Finding = fmt.Sprintf("%s: %s %s", o, shownAddress(address), what)
	if f.Level == levelError {
		f.Do = "vapitap TARGET " + o.Flag() + " points it here for as long as it runs"
	}
	return f
}
