package cli

import (
	"fmt"
	"net/url"
	"strings"

	"vapitap/internal/plain"
	"vapitap/tunnel/attach"
	"vapitap/vapi/api"
)

// planText says what a plan would change, who is affected, what would not arrive
// all the same, and what the harmless way is.
func planText(s style, p *attach.Plan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		changeText(&b, s, c)
	}
	if p.Callers() {
		b.WriteString(s.warned("Whoever calls these numbers from then on reaches this machine.") + "\n")
	}
	if len(p.Findings) > 0 {
		b.WriteString("\nWhat would not arrive here, or not as one may expect:\n")
		for _, f := range p.Findings {
			findingText(&b, s, f)
		}
	}
	if p.Private != nil {
		privateText(&b, s, p.Private)
	}
	fmt.Fprintf(&b, "\nThe organisation's own server URL has no API: dashboard.vapi.ai > Settings > Server URL:\n  %s\n", shownAddress(p.PublicURL.String()))
	return b.String()
}

func changeText(b *strings.Builder, s style, c attach.Change) {
	fmt.Fprintf(b, "%s %s\n", s.strong(plain.Text(c.String())), s.muted("("+plain.Text(c.ID)+")"))
	from := shownAddress(c.From)
	switch {
	case c.There():
		fmt.Fprintf(b, "  points at  %s already\n", from)
		return
	case c.From == "":
		from = "no server URL of its own; " + insteadOf[c.Kind] + " counts"
	}
	fmt.Fprintf(b, "  from     %s\n  to       %s\n", from, shownAddress(c.To))
	var rings []string
	for _, n := range c.Rings {
		rings = append(rings, plain.Text(n.String()))
	}
	if rings != nil {
		b.WriteString(s.hang(2, "rung by  "+strings.Join(rings, ", ")) + "\n")
	}
	if c.LosesSecret {
		b.WriteString(s.warned(s.hang(2, "It has a secret that Vapi does not show, and the change would lose it: have it at hand to set it again.")) + "\n")
	}
}

// insteadOf is whose server URL counts for what has none.
var insteadOf = map[api.Kind]string{
	api.Assistant:   "the number's or the organisation's",
	api.PhoneNumber: "the organisation's",
	api.Tool:        "the assistant's",
}

func findingText(b *strings.Builder, s style, f attach.Finding) {
	b.WriteString(s.hang(2, "- "+plain.Text(f.Text)) + "\n")
	switch {
	case f.Flag != "":
		b.WriteString(s.hang(4, f.Flag+" includes it") + "\n")
	case f.Hint != "":
		b.WriteString(s.muted(s.hang(4, f.Hint)) + "\n")
	}
}

// privateText says how one call comes here while the assistant stays as it is. The
// command is not wrapped, so that it can be copied.
func privateText(b *strings.Builder, s style, p *attach.PrivateCall) {
	fmt.Fprintf(b, "\nOr leave %s as it is, and point one private test call here, with these assistantOverrides:\n  %s\n", plain.Text(p.Assistant.String()), plain.Text(p.Overrides))
	if p.LeftOut != "" {
		fmt.Fprintf(b, "  %s\n", s.muted("(of its server "+plain.Text(p.LeftOut)+" is left out, since it may be secret)"))
	}
	fmt.Fprintf(b, "in one line:\n  %s\n", plain.Text(p.Curl))
}

// shownAddress is a URL without its password.
func shownAddress(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		address = u.Redacted()
	}
	return plain.Text(address)
}
