package tui

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vapitap/tui/paint"
)

// drawHeader draws where requests come from and go to, how both ends are, and
// how many exchanges failed.
func (m *Model) drawHeader(w int) string {
	t := m.theme
	right := m.lights(!m.layout.wide)
	rightWidth := 0
	for i, p := range right {
		rightWidth += paint.Width(p.text)
		if i > 0 && p.apart {
			rightWidth += 2
		}
	}
	line := paint.NewLine(w)
	line.Add(t.Accent, strings.TrimSpace("vapitap "+m.options.Label)).Add(t.Text, "  ")
	room := w - line.At() - rightWidth - 2
	from, to := m.ends()
	if !m.layout.wide || paint.Width(from)+paint.Width(to)+3 > room {
		from, to = bareHost(from), bareHost(to)
	}
	switch {
	case paint.Width(from)+paint.Width(to)+3 <= room:
		line.Add(t.Strong, from)
		if to != "" {
			line.Add(t.Muted, " → "+to)
		}
	default:
		line.Add(t.Strong, paint.Cut(from, room))
	}
	line.To(w - rightWidth)
	for i, p := range right {
		if i > 0 && p.apart {
			line.Add(t.Text, "  ")
		}
		line.Add(p.style, p.text)
	}
	return line.String()
}

// ends says where requests come in and where they go.
func (m *Model) ends() (from, to string) {
	if m.options.Recorded {
		return "session " + cmp.Or(m.options.Session, "all"), m.place.Target
	}
	return cmp.Or(m.place.Public, m.place.Listen), strings.TrimPrefix(m.place.Target, "http://")
}

func bareHost(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	host, _, _ := strings.Cut(address, "/")
	if rest, local := strings.CutPrefix(host, "localhost:"); local {
		return ":" + rest
	}
	return host
}

// piece is a word or sign of the header.
type piece struct {
	style paint.Style
	text  string
	apart bool // there is room before it
}

// lights says how the tunnel and the server are, and what failed.
func (m *Model) lights(short bool) []piece {
	var list []piece
	light := func(l Light, text string) {
		style, sign := m.theme.Muted, "○"
		switch l {
		case Good:
			style, sign = m.theme.Good, "●"
		case Bad:
			style, sign = m.theme.Bad, "✗"
		case Waiting:
			style, sign = m.theme.Warn, "◌"
		}
		list = append(list, piece{style, sign, true}, piece{m.theme.Muted, " " + text, false})
	}
	if m.options.Recorded {
		light(Off, "recorded")
	} else {
		if m.place.Attached != "" && !short {
			const most = 28
			list = append(list, piece{m.theme.Muted, "⇄ " + paint.Cut(m.place.Attached, most), true})
		}
		light(m.place.Tunnel, m.tunnelWords(short))
		light(m.serverWords(short))
	}
	list = append(list, m.sending.pieces(m.theme, short)...)
	if m.filter.busy {
		list = append(list, piece{m.theme.Muted, "filtering…", true})
	}
	if m.paused {
		list = append(list, piece{m.theme.Warn, "‖ paused", true})
	}
	if m.history.failed > 0 {
		list = append(list, piece{m.theme.BadStrong, fmt.Sprintf("✗ %d", m.history.failed), true})
	}
	return list
}

func (m *Model) tunnelWords(short bool) string {
	p := m.place
	switch {
	case p.Tunnel == Off:
		if p.Public != "" {
			return "your tunnel"
		}
		return "no tunnel"
	case p.Tunnel == Good && p.TunnelDelay > 0 && !short:
		return fmt.Sprintf("ngrok %d ms", p.TunnelDelay.Milliseconds())
	case p.TunnelSays != "" && !short:
		const most = 28 // a reason can be a sentence, which the empty screen has room for
		return "ngrok " + paint.Cut(p.TunnelSays, most)
	}
	return "ngrok"
}

func (m *Model) serverWords(short bool) (Light, string) {
	switch s := m.server; {
	case s.state == Good && short:
		return Good, "up"
	case s.state == Good:
		return Good, "server up"
	case s.state == Bad && short:
		return Bad, "down"
	case s.state == Bad:
		return Bad, "server down " + m.ago(s.since)
	case short:
		return Waiting, "not asked"
	}
	return Waiting, "server not asked yet"
}

// ago says how long ago something was, roughly.
func (m *Model) ago(at time.Time) string {
	d := m.options.Now().Sub(at)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(int(d.Seconds()), 0))
	case d < time.Hour:
		return fmt.Sprintf("%d m", int(d.Minutes()))
	}
	return "since " + at.In(m.options.Zone).Format("15:04")
}

// typeTabs returns the types that were seen, the most useful first: those that
// want a reply, then by how many there are.
func (m *Model) typeTabs() []*tally {
	list := make([]*tally, 0, len(m.history.tallies))
	for _, t := range m.history.tallies {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *tally) int {
		if a.wanted != b.wanted {
			if a.wanted {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.typ, b.typ))
	})
	return list
}

// typeTab is where a tab of the row of types stands, for the mouse.
type typeTab struct {
	from, to int // cells
	typ      string
}

// drawTabs draws the row of types.
func (m *Model) drawTabs(w int) string {
	line, _ := m.layTabs(w)
	return line
}

// layTabs draws the row of types and says where each stands. The one that is
// shown is always among them.
func (m *Model) layTabs(w int) (string, []typeTab) {
	t, s := m.theme, &m.list.sight
	line := paint.NewLine(w)
	var at []typeTab
	one := func(name, typ string, count, failed int, active bool) {
		style := t.Muted
		if active {
			style = t.Active
		}
		start := line.At()
		line.Add(style, name).Add(t.Faint, fmt.Sprintf(" %d", count))
		if failed > 0 {
			line.Add(t.Bad, fmt.Sprintf(" ✗%d", failed))
		}
		at = append(at, typeTab{start, line.At(), typ})
		line.Add(t.Text, "   ")
	}
	if s.wanted {
		one("wants a reply", "", m.list.count, 0, true)
	}
	one("All", "", m.history.size(), 0, s.typ == "" && !s.wanted)
	tabs := m.typeTabs()
	if i := slices.IndexFunc(tabs, func(t *tally) bool { return t.typ == s.typ }); i > 0 && s.typ != "" {
		if before := tabsWidth(tabs[:i+1]); before > w-12 { // else it would not be seen
			tabs = slices.Concat(tabs[i:i+1], tabs[:i], tabs[i+1:])
		}
	}
	for _, tab := range tabs {
		if line.Left() < paint.Width(tab.typ)+10 {
			line.Add(t.Faint, "…")
			break
		}
		one(tab.typ, tab.typ, tab.count, tab.failed, tab.typ == s.typ)
	}
	return line.String(), at
}

func tabsWidth(tabs []*tally) int {
	width := 0
	for _, tab := range tabs {
		width += paint.Width(tab.typ) + len(fmt.Sprint(tab.count)) + 4
		if tab.failed > 0 {
			width += len(fmt.Sprint(tab.failed)) + 2
		}
	}
	return width
}
