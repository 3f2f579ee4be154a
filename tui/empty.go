package tui

import (
	"cmp"
	"fmt"
	"strings"

	"vapitap/tui/paint"
)

// emptyBody is what is shown before anything came: the address, large, and what
// to do with it.
func (m *Model) emptyBody(w, h int) []string {
	t := m.theme
	page := paint.NewPage(w)
	p := m.place
	switch {
	case m.options.Recorded:
		page.Text(t.Strong, 4, "Nothing is recorded in this session.")
	default:
		address := cmp.Or(p.Public, p.Listen)
		if p.Tunnel == Bad {
			page.Hang(t.Bad, "    ✗", 6, "no tunnel: "+p.TunnelSays)
			page.Gap()
		}
		page.Text(t.Muted, 4, "Waiting for Vapi's first message at")
		page.Gap()
		page.Text(t.Accent, 4, address)
		page.Gap()
		for _, hint := range m.firstSteps() {
			page.Hang(t.Muted, "    "+hint.key, 4+12, hint.what)
		}
	}
	lines := page.Lines()
	top := max((h-len(lines))/3, 0)
	out := make([]string, h)
	for i := range out {
		out[i] = paint.Blank(w)
		if at := i - top; at >= 0 && at < len(lines) {
			out[i] = lines[at]
		}
	}
	return out
}

type firstStep struct{ key, what string }

// firstSteps says what can be done before anything came.
func (m *Model) firstSteps() []firstStep {
	target := strings.TrimPrefix(m.place.Target, "http://")
	steps := []firstStep{{"→", fmt.Sprintf("everything that arrives is forwarded to %s and recorded", target)}}
	if m.place.Public == "" {
		return append(steps,
			firstStep{"no tunnel", "only this machine can reach it: put a tunnel in front, or play a call in another terminal:"},
			firstStep{"", "vapitap simulate --to " + m.place.Listen})
	}
	if m.place.Attached != "" {
		return append(steps, firstStep{"attached", m.place.Attached + " points here until you quit: call it"}, firstStep{"y u", "copies the address"})
	}
	return append(steps,
		firstStep{"assistant", "dashboard.vapi.ai → Assistants → Advanced → Server URL"},
		firstStep{"number", "Phone Numbers → Server URL: gets the assistant-request"},
		firstStep{"everything", "Settings → Server URL, for the organisation"},
		firstStep{"y u", "copies the address"})
}

// noMatch is what is shown where nothing that came is to be seen.
func (m *Model) noMatch(w, h int) []string {
	t := m.theme
	page := paint.NewPage(w)
	page.Line(func(l *paint.Line) {})
	s := &m.list.sight
	switch {
	case m.filter.text != "":
		page.Text(t.Muted, 3, "Nothing matches "+m.filter.text)
		if meant := m.filter.parsed.Meant(); len(meant.Terms()) > 0 {
			page.Text(t.Muted, 3, "Did you mean "+meant.String()+"?")
		}
	case s.typ != "":
		page.Text(t.Muted, 3, "No "+s.typ+" came yet")
	default:
		page.Text(t.Muted, 3, "Nothing here yet")
	}
	page.Gap()
	page.Text(t.Faint, 3, fmt.Sprintf("esc shows all %d exchanges", m.history.size()))
	lines := page.Lines()
	for len(lines) < h {
		lines = append(lines, paint.Blank(w))
	}
	return lines[:h]
}
