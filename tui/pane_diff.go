package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vapitap/internal/jsondiff"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
)

// The signs of what is only in the one and only in the other.
const removedSign, addedSign = "−", "+"

// diffPane shows how an exchange differs from the one that it replays, else from
// a marked one.
type diffPane struct {
	textPane
	e     *record.Exchange
	with  int64            // the id of the other; 0 while it is not known
	asked int64            // the one that is being read, or was
	other *record.Exchange // nil while it is not there
	err   error
	parts []difference
}

func newDiffPane(e *record.Exchange) pane {
	p := &diffPane{e: e, with: e.ReplayOf}
	p.write = func(m *Model, page *paint.Page) { p.writeDiff(&sheet{Page: page, t: m.theme}) }
	return p
}

// load reads the other exchange and compares the two, once it is known which it
// is.
func (p *diffPane) load(m *Model) tea.Cmd {
	if p.with == 0 {
		p.with = markedNear(m.history, m.detail.number)
	}
	if p.with == p.asked {
		return nil
	}
	p.asked, p.width = p.with, 0
	store, id, e := m.options.Store, p.with, p.e
	return func() tea.Msg {
		other, err := store.Get(context.Background(), id)
		var parts []difference
		if err == nil {
			parts = compareExchanges(other, e)
		}
		return actMsg(func(*Model) tea.Cmd {
			p.other, p.err, p.parts, p.width = other, err, parts, 0
			return nil
		})
	}
}

// markedNear returns the id of the marked exchange that is nearest to an entry,
// one before it rather than after; 0 where there is none.
func markedNear(h *history, number int) int64 {
	const farthest = 20_000
	for _, way := range []int{-1, 1} {
		for n := number + way; n >= h.first && n < h.end() && n-number < farthest && number-n < farthest; n += way {
			if e := h.at(n); e.is(marked) && e.id != 0 {
				return e.id
			}
		}
	}
	return 0
}

func (p *diffPane) writeDiff(s *sheet) {
	t := s.t
	switch {
	case p.err != nil:
		s.Text(t.Bad, 0, fmt.Sprintf("✗ #%d, with which it would be compared, is not there: %s", p.with, p.err))
		return
	case p.with == 0:
		s.Text(t.Text, 0, "Nothing to compare this with yet.")
		s.Gap()
		s.keyHint("r", "sends it again: the diff of the two replies comes up by itself")
		s.keyHint("e", "changes it first, and sends that")
		s.keyHint("m", "marks an exchange; on any other, this tab compares the two")
		return
	case p.other == nil:
		s.Text(t.Muted, 0, "…")
		return
	}
	p.writeEnds(s)
	for i := range p.parts {
		p.parts[i].write(s)
	}
}

// keyHint says what a key does.
func (s *sheet) keyHint(key, does string) {
	for i, line := range paint.Wrap(does, s.Width()-4) {
		s.Line(func(l *paint.Line) {
			if i == 0 {
				l.Add(s.t.Strong, key)
			}
			l.To(4).Add(s.t.Muted, line)
		})
	}
}

// writeEnds says which two are compared.
func (p *diffPane) writeEnds(s *sheet) {
	one := func(style paint.Style, sign string, e *record.Exchange, words string) {
		s.Line(func(l *paint.Line) {
			l.Add(style, sign+" ").Add(s.t.Strong, fmt.Sprintf("#%d ", e.ID)).Add(signStyle(s.t, outcomeSign(e)), outcome(e)).Add(s.t.Muted, "  "+plain.Duration(e.Duration)+words)
		})
	}
	words := "  marked"
	if p.e.ReplayOf != 0 {
		words = "  as it came"
	}
	one(s.t.Removed, removedSign, p.other, words)
	words = "  this one"
	if p.e.ReplayOf != 0 {
		words = "  sent again; " + onlyServer
		if p.e.Unreachable {
			words = "  sent again"
		}
	}
	one(s.t.Added, addedSign, p.e, words)
}

// mostChanges bounds how many differences of a body are drawn.
const mostChanges = 200

// write writes how one side differs.
func (d *difference) write(s *sheet) {
	if d.same() {
		s.Gap()
		s.Line(func(l *paint.Line) { l.Add(s.t.Strong, d.name).Add(s.t.Good, "  = the same") })
		return
	}
	s.title(d.name, "")
	for _, line := range d.head {
		s.Line(func(l *paint.Line) {
			l.Add(s.t.Text, "  ").Col(s.t.Muted, line.name, fieldWidth).Add(s.t.Removed, removedSign+" "+orNone(line.before)).Add(s.t.Text, "  ").Add(s.t.Added, addedSign+" "+orNone(line.after))
		})
	}
	for i := range d.body[:min(len(d.body), mostChanges)] {
		s.change(&d.body[i])
	}
	for _, line := range d.text[:min(len(d.text), mostChanges)] {
		s.textChange(line)
	}
	if more := len(d.body) + len(d.text) - mostChanges; more > 0 {
		s.Text(s.t.Faint, indent, fmt.Sprintf("… and %d more", more))
	}
	if d.note != "" {
		s.Text(s.t.Warn, indent, d.note)
	}
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// change writes one difference of JSON: where it is, and the values.
func (s *sheet) change(c *jsondiff.Change) {
	const lines = 10
	s.Gap()
	s.Text(s.t.Key, indent, c.Path.String())
	for _, side := range []struct {
		style paint.Style
		sign  string
		value []byte
	}{{s.t.Removed, removedSign, c.Old}, {s.t.Added, addedSign, c.New}} {
		if side.value == nil {
			continue
		}
		one := paint.NewPage(max(s.Width()-2*indent-2, 8))
		all := one.JSON(s.t, 0, side.value, lines)
		for _, line := range one.Lines() {
			s.Line(func(l *paint.Line) { l.To(indent).Add(side.style, side.sign+" ").Drawn(line) })
		}
		if !all {
			s.Text(s.t.Faint, 2*indent, "…")
		}
	}
}

// textChange writes one line of a text that is no JSON.
func (s *sheet) textChange(line jsondiff.Line) {
	style, sign := s.t.Muted, " "
	switch line.Kind {
	case jsondiff.Added:
		style, sign = s.t.Added, addedSign
	case jsondiff.Removed:
		style, sign = s.t.Removed, removedSign
	}
	s.Line(func(l *paint.Line) { l.To(indent).Add(style, sign+" "+line.Text) })
}
