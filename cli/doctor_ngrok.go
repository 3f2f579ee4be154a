package cli

import (
	"context"

	"vapitap/internal/plain"
	"vapitap/tunnel"
)

// ngrok looks at the token and at the way to the edge.
func (d *examination) ngrok(ctx context.Context) []finding {
	settings, err := tunnel.Find(tunnel.Search{TokenFile: d.options.authtokenFile})
	if err != nil {
		return []finding{found("ngrok", levelError, err)}
	}
	way := tunnel.Diagnose(ctx, settings)
	if settings.Token == "" {
		// Who has a tunnel of their own needs neither.
		list := []finding{noted("ngrok", tunnel.HowToken, "no authtoken, so there is no public address of vapitap's own")}
		return append(list, edgeFindings(way, levelNote)...)
	}
	return append(edgeFindings(way, levelError), d.login(ctx, settings, way)...)
}

// edgeFindings says how far one gets towards the edge, and how much it matters
// that one does not get there.
func edgeFindings(way tunnel.Way, matters level) []finding {
	const check = "edge"
	through := ""
	if way.Proxy != "" {
		through = " through the proxy " + way.Proxy
	}
	var list []finding
	if way.TCP {
		list = append(list, good(check, "TCP: %s takes connections%s", way.Edge, through))
	}
	if way.TLS {
		list = append(list, good(check, "TLS: its certificate is trusted"))
	}
	if way.Protocol {
		f := good(check, "protocol: it speaks ngrok's (region %s, %s there and back)", way.Region, plain.Duration(way.RoundTrip))
		f.LatencyMs = float64(way.RoundTrip.Microseconds()) / 1000
		list = append(list, f)
	}
	if way.Failure != nil {
		step := "TCP"
		switch {
		case way.TLS:
			step = "protocol"
		case way.TCP:
			step = "TLS"
		}
		list = append(list, finding{Check: check, Level: matters, Finding: step + ": " + way.Failure.Sentence(), Do: way.Failure.Do})
	}
	return list
}

// login proves the token, where the edge can be asked.
func (d *examination) login(ctx context.Context, s tunnel.Settings, way tunnel.Way) []finding {
	const check = "ngrok"
	if way.Failure != nil {
		return []finding{noted(check, "", "an authtoken was found in %s; whether ngrok takes it is not known", s.TokenFrom)}
	}
	login, failure := tunnel.TryLogin(ctx, s, builtVersion().Version)
	switch {
	case failure != nil && failure.Kind == tunnel.Sessions:
		return []finding{noted(check, failure.Do, "ngrok takes the authtoken of %s; %s", s.TokenFrom, failure.Sentence())}
	case failure != nil:
		return []finding{found(check, levelError, failure)}
	}
	who := ""
	for _, text := range []string{login.Account, login.Plan} {
		if text != "" && who != "" {
			who += ", "
		}
		who += text
	}
	list := []finding{good(check, "ngrok takes the authtoken of %s (%s)", s.TokenFrom, who)}
	if paidPlan(login.Plan) || d.traffic.Requests == 0 {
		return list
	}
	if d.traffic.step() > 0 {
		return append(list, noted("allowance", d.traffic.advice(), "%s", d.traffic))
	}
	return append(list, good("allowance", "%s", d.traffic))
}
