package tui

import (
	"cmp"
	"fmt"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// detailHead is how many lines stand above a tab: what exchange it is, the tabs,
// and an empty line.
const detailHead = 3

// draw returns h lines, w cells wide.
func (d *detail) draw(m *Model, w, h int) []string {
	e := m.history.at(d.number)
	if e == nil || m.list.cursor < 0 {
		return blank(w, h)
	}
	lines := make([]string, 0, h)
	lines = append(lines, d.drawWhat(m, e, w), d.drawTabs(m, w), paint.Blank(w))
	rest := h - detailHead
	switch pane := d.pane(m); {
	case pane != nil:
		lines = append(lines, pane.draw(m, w, rest, m.focus == focusDetail)...)
		if above, _ := pane.beyond(); above {
			line := paint.NewLine(w)
			lines[detailHead-1] = line.To(w-paint.Width(moreAbove)).Add(m.theme.Muted, moreAbove).String()
		}
	default:
		line := paint.NewLine(w)
		line.Add(m.theme.Muted, d.waiting(m, e))
		lines = append(append(lines, line.String()), blank(w, rest-1)...)
	}
	return lines[:h]
}

// waiting says why there is nothing to show yet.
func (d *detail) waiting(m *Model, e *entry) string {
	switch {
	case d.err != nil:
		return "✗ " + d.err.Error()
	case e.is(pending):
		return "… in flight, for " + plain.Duration(m.options.Now().Sub(e.at))
	}
	return ""
}

// drawWhat says which exchange it is and how it went.
func (d *detail) drawWhat(m *Model, e *entry, w int) string {
	t := m.theme
	line := paint.NewLine(w)
	line.Add(typeStyle(t, e), e.typ).Add(t.Text, "  ")
	if e.id != 0 {
		line.Add(t.Muted, fmt.Sprintf("#%d ", e.id))
	}
	if d.e == nil {
		return line.String()
	}
	right := took(e, m.options.Now())
	if budget := d.about.budget; budget > 0 {
		right += " of " + budgetWords(budget)
	}
	status := fmt.Sprint(d.e.Status)
	if d.e.Status == 0 || d.e.Unreachable {
		status = "no reply"
	}
	right = status + "  " + right
	line.Add(t.Muted, paint.Cut(plain.Text(d.e.Method+" "+d.e.Path), max(w-line.At()-paint.Width(right)-2, 1)))
	style := t.Muted
	if d.e.Status >= 300 || d.e.Status == 0 || d.e.Unreachable {
		style = t.Bad
	}
	return line.Add(t.Text, "  ").Add(style, right).String()
}

// detailTab is where a tab stands, for the mouse.
type detailTab struct {
	from, to int
	tab      tab
}

func (d *detail) drawTabs(m *Model, w int) string {
	line, _ := d.layTabs(m, w)
	return line
}

// layTabs draws the tabs and says where each stands.
func (d *detail) layTabs(m *Model, w int) (string, []detailTab) {
	t := m.theme
	line := paint.NewLine(w)
	var at []detailTab
	for tab := range tabCount {
		style, start := t.Muted, line.At()
		if tab == d.tab {
			style = t.Active
		}
		line.Add(style, tab.String())
		if tab == tabChecks && d.e != nil {
			if sign, n := gravest(d.e); n > 0 {
				line.Add(map[string]paint.Style{"✗": t.BadStrong, "!": t.Warn, "i": t.Muted}[sign], fmt.Sprintf(" %s%d", sign, n))
			}
		}
		at = append(at, detailTab{start, line.At(), tab})
		line.Add(t.Text, " ")
	}
	return line.String(), at
}

// gravest returns the sign of the gravest checks, and how many there are of
// those.
func gravest(e *record.Exchange) (sign string, n int) {
	count := map[vapi.Level]int{}
	for _, c := range e.Checks {
		count[c.Level]++
	}
	for _, level := range []vapi.Level{vapi.Error, vapi.Warning, vapi.Info} {
		if count[level] > 0 {
			return map[vapi.Level]string{vapi.Error: "✗", vapi.Warning: "!", vapi.Info: "i"}[level], count[level]
		}
	}
	return "", 0
}

func blank(w, h int) []string {
	lines := make([]string, max(h, 0))
	for i := range lines {
		lines[i] = paint.Blank(w)
	}
	return lines
}

// path is where in a body the cursor is; empty elsewhere.
func (d *detail) path() string {
	if p := d.payload(); p != nil {
		return cmp.Or(p.Path(), "")
	}
	return ""
}
