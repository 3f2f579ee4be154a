package tui

import (
	"fmt"
	"net/http"

	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/tui/payload"
)

// payloadPane is a tab that shows a body. Where there is room it shows the other
// body of the exchange beside it.
type payloadPane struct {
	view  *payload.View
	label string
	other func() *payloadPane // the pane of the other body
}

// newPayloadPane returns the pane of one direction of an exchange.
func newPayloadPane(label string, message *record.Message) *payloadPane {
	total := message.Bytes
	body := message.Decoded()
	if !message.Truncated {
		total = int64(len(body)) // which is more than what was on the wire, where that was compressed
	}
	return &payloadPane{view: payload.New(body, message.Header.Get("Content-Type"), message.Truncated, total), label: label}
}

func (p *payloadPane) move(by int) { p.view.Move(by) }

func (p *payloadPane) beyond() (above, below bool) { return p.view.Beyond() }

func (p *payloadPane) draw(m *Model, w, h int, focused bool) []string {
	if m.layout.width < sideBySideWidth || p.other == nil {
		return p.drawOne(m.theme, w, h, focused)
	}
	half := (w - 3) / 2
	left, right := p, p.other()
	leftFocused := focused
	if p.label != requestLabel {
		left, right = right, p
		leftFocused = false
	}
	a := left.drawOne(m.theme, half, h, leftFocused)
	b := right.drawOne(m.theme, w-half-3, h, focused && !leftFocused)
	for i := range a {
		a[i] += " " + m.theme.Rule.Wrap("│") + " " + b[i]
	}
	return a
}

// The labels of the two bodies.
const requestLabel, responseLabel = "request", "response"

// drawOne draws the body with what is to be said of it, where there is anything,
// in its first line.
func (p *payloadPane) drawOne(t *paint.Theme, w, h int, focused bool) []string {
	note := p.view.Note()
	if text, at, n := p.view.Searched(); text != "" {
		found := "nothing"
		if n > 0 {
			found = fmt.Sprintf("%d of %d", at, n)
			if at == 0 {
				found = fmt.Sprintf("%d found", n)
			}
		}
		note = fmt.Sprintf("/%s  %s", text, found)
	}
	if note == "" {
		return p.view.Draw(t, w, h, focused)
	}
	line := paint.NewLine(w)
	line.Add(t.Muted, note)
	return append([]string{line.String()}, p.view.Draw(t, w, h-1, focused)...)
}

// payload returns the body that is shown, nil where the tab shows text.
func (d *detail) payload() *payload.View {
	if p, ok := d.panes[d.tab].(*payloadPane); ok {
		return p.view
	}
	return nil
}

// endSearch ends the search in the body that is shown, and reports whether there
// was one.
func (d *detail) endSearch() bool {
	p := d.payload()
	return p != nil && p.EndSearch()
}

// newPane makes the view of a tab.
func newPane(m *Model, t tab, e *record.Exchange) pane {
	switch t {
	case tabRequest, tabResponse:
		request, response := newPayloadPane(requestLabel, &e.Request), newPayloadPane(responseLabel, &e.Response)
		request.other = func() *payloadPane { return response }
		response.other = func() *payloadPane { return request }
		m.detail.panes[tabRequest], m.detail.panes[tabResponse] = request, response
		return m.detail.panes[t]
	case tabHeaders:
		return newTextPane(func(m *Model, p *paint.Page) { writeHeaders(m, p, e) })
	case tabChecks:
		return newTextPane(func(m *Model, p *paint.Page) { writeChecks(m.theme, p, e) })
	case tabDiff:
		return newDiffPane(e)
	case tabCall:
		return newCallPane(e)
	}
	return newOverviewPane(m.detail.about)
}

// writeHeaders writes the headers of both directions, secrets masked unless they
// are to be seen.
func writeHeaders(m *Model, p *paint.Page, e *record.Exchange) {
	for _, side := range []struct {
		label   string
		message *record.Message
	}{{tabRequest.String(), &e.Request}, {tabResponse.String(), &e.Response}} {
		p.Gap()
		p.Text(m.theme.Strong, 0, side.label)
		writeHeader(m, p, side.message.Header)
		if len(side.message.Trailer) > 0 {
			p.Gap()
			p.Text(m.theme.Muted, 0, side.label+" trailers")
			writeHeader(m, p, side.message.Trailer)
		}
		if len(side.message.Header) == 0 {
			p.Text(m.theme.Faint, 2, "none")
		}
	}
	if !hasSecrets(e) {
		return
	}
	p.Gap()
	p.Text(m.theme.Faint, 0, map[bool]string{true: "x masks secrets", false: "x shows secrets"}[m.detail.shows])
}

// hasSecrets reports whether a header or trailer of an exchange has a value that
// is masked.
func hasSecrets(e *record.Exchange) bool {
	for _, h := range []http.Header{e.Request.Header, e.Request.Trailer, e.Response.Header, e.Response.Trailer} {
		for name, values := range h {
			for _, value := range values {
				if record.MaskHeader(name, value) != value {
					return true
				}
			}
		}
	}
	return false
}

func writeHeader(m *Model, p *paint.Page, h map[string][]string) {
	width := 0
	for name := range h {
		width = max(width, paint.Width(name))
	}
	width = min(width, p.Width()/2) + 4
	for _, name := range record.SortedHeader(h) {
		for _, value := range h[name] {
			if !m.detail.shows {
				value = record.MaskHeader(name, value)
			}
			for i, line := range paint.Wrap(value, p.Width()-width) {
				p.Line(func(l *paint.Line) {
					l.Add(m.theme.Text, "  ")
					if i == 0 {
						l.Col(m.theme.Muted, name, width-4)
					}
					l.To(width).Add(m.theme.Text, line)
				})
			}
		}
	}
}
