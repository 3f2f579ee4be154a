package tui

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"vapitap/internal/jsondiff"
	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// aftermath is what is known of what happened around an exchange.
type aftermath struct {
	happened  []moment
	replays   []replayed
	sent      int                      // how often it was sent again
	tookAfter map[string]time.Duration // when Vapi recorded the answer to a tool call, from when it was given
	before    int                      // how much was said as of the message of this type before; -1 where that is not known
	life      []moment
}

// replayed is one replay, with what was changed for it.
type replayed struct {
	moment
	with    string
	outcome string
	bad     bool
}

// read reads the bodies that tell more.
func (t *trail) read(store *record.Store) *aftermath {
	a := &aftermath{happened: t.after, sent: t.sent, before: -1, life: t.life}
	if len(a.happened) == 0 && t.update != nil {
		a.happened = []moment{*t.update}
	}
	ctx := context.Background()
	for _, id := range t.replays {
		if r, err := store.Get(ctx, id); err == nil {
			a.replays = append(a.replays, t.replayed(r))
		}
	}
	if t.before != 0 && t.e.Type == "conversation-update" {
		if e, err := store.Get(ctx, t.before); err == nil {
			a.before = len(vapi.Conversation(e.Request.Decoded()))
		}
	} else if t.e.Type == "conversation-update" {
		a.before = 0
	}
	a.readTook(ctx, store, t)
	return a
}

// readTook looks for the messages that show what Vapi recorded of the answers to
// tool calls.
func (a *aftermath) readTook(ctx context.Context, store *record.Store, t *trail) {
	wanted := map[string]bool{}
	for _, c := range t.e.ToolCalls() {
		if c.Recorded != nil {
			wanted[c.ID] = true
		}
	}
	a.tookAfter = map[string]time.Duration{}
	answered := t.e.Time.Add(t.e.Duration)
	for _, id := range t.bodies {
		if len(a.tookAfter) == len(wanted) {
			return
		}
		e, err := store.Get(ctx, id)
		if err != nil {
			continue
		}
		for _, took := range vapi.RecordedResults(vapi.Request{Body: e.Request.Decoded()}, func(id string) bool { return wanted[id] }) {
			if _, known := a.tookAfter[took.ToolCallID]; !known {
				a.tookAfter[took.ToolCallID] = max(e.Time.Sub(answered), 0)
			}
		}
	}
}

func (t *trail) replayed(r *record.Exchange) replayed {
	at := r.Time
	if t.call != nil {
		at = t.call.started
	}
	return replayed{
		moment: moment{id: r.ID, offset: r.Time.Sub(at)}, with: changeWords(t.e, r), outcome: outcome(r), bad: r.Failed() || r.Unreachable,
	}
}

// changeWords says what of a request was changed before it was sent again: "" for
// nothing.
func changeWords(before, after *record.Exchange) string {
	const shown = 2
	if before.Method != after.Method || before.Path != after.Path {
		return "with another path"
	}
	a, b := before.Request.Decoded(), after.Request.Decoded()
	if bytes.Equal(a, b) {
		return ""
	}
	changes, err := jsondiff.Diff(a, b)
	if err != nil {
		return "with another body"
	}
	var words []string
	for _, c := range changes { // the shapes of one tool call repeat each other
		if word := changeWord(&c); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	switch n := len(words); {
	case n == 0:
		return ""
	case n > shown:
		return fmt.Sprintf("with %d changes", n)
	}
	return "with " + strings.Join(words, ", ")
}

func changeWord(c *jsondiff.Change) string {
	const longest = 24
	name := "the body"
	if n := len(c.Path); n > 0 {
		name = jsonpath.Path{c.Path[n-1]}.String()
	}
	if c.Kind == jsondiff.Removed {
		return "without " + name
	}
	return name + "=" + clipRunes(strings.Trim(string(c.New), `"`), longest)
}

// write writes what happened next.
func (a *aftermath) write(s *sheet, e *record.Exchange) {
	if !wantsReply(e) || e.ReplayOf != 0 && len(a.replays) == 0 {
		a.happened = nil
	}
	if len(a.happened) == 0 && len(a.replays) == 0 {
		return
	}
	s.heading("What happened next")
	for _, m := range a.happened {
		style, sign := s.t.Text, ""
		if m.failed {
			style, sign = s.t.Bad, "✗"
		}
		s.happened(m.offset, style, sign, happenedWords(m))
	}
	if more := a.sent - len(a.replays); more > 0 {
		s.Text(s.t.Faint, indent, fmt.Sprintf("… %d earlier replays", more))
	}
	for _, r := range a.replays {
		style := s.t.Good
		if r.bad {
			style = s.t.Bad
		}
		s.Line(func(l *paint.Line) {
			words := strings.TrimSpace("sent again " + r.with)
			room := s.Width() - indent - clockWidth - 8 - paint.Width(r.outcome) - len(fmt.Sprint(r.id))
			l.To(indent).ColRight(s.t.Faint, plain.Offset(r.offset), clockWidth).Add(s.t.Report, " ↻ ").Add(s.t.Text, paint.Cut(plain.Text(words), room))
			l.Add(s.t.Muted, " → ").Add(style, r.outcome).Add(s.t.Faint, fmt.Sprintf(" #%d", r.id))
		})
	}
}

// happened writes one line of what happened, wrapped behind its time and sign.
func (s *sheet) happened(at time.Duration, style paint.Style, sign, words string) {
	const from = indent + clockWidth + 3
	for i, line := range paint.Wrap(clipRunes(words, 300), s.Width()-from) {
		s.Line(func(l *paint.Line) {
			if i == 0 {
				l.To(indent).ColRight(s.t.Faint, plain.Offset(at), clockWidth).Add(s.t.Text, " ").Add(style, sign)
			}
			l.To(from).Add(style, line)
		})
	}
}

func happenedWords(m moment) string {
	if strings.HasPrefix(m.typ, "transcript") {
		return m.summary
	}
	return m.typ + "  " + m.summary
}

// writeLife writes the steps of a call's life that are known, and where it is.
func (a *aftermath) writeLife(s *sheet, status string) {
	s.heading("The call's life")
	for _, step := range statuses {
		known := slices.IndexFunc(a.life, func(m moment) bool { return m.typ == "status-update" && strings.HasPrefix(m.summary, step) })
		if known < 0 && step != status {
			continue
		}
		s.Line(func(l *paint.Line) {
			style, sign := s.t.Text, "○ "
			if step == status {
				style, sign = s.t.Strong, "● "
			}
			at := ""
			if known >= 0 {
				at = plain.Offset(a.life[known].offset)
			}
			l.To(indent).ColRight(s.t.Faint, at, clockWidth).Add(s.t.Text, " ").Add(style, sign+step)
		})
	}
}

// overviewPane shows an overview, written anew as more becomes known of what
// happened around the exchange.
type overviewPane struct {
	textPane
	about   *overview
	trail   trail
	known   trail // what was read last
	after   *aftermath
	reading bool
}

func newOverviewPane(o *overview) *overviewPane {
	p := &overviewPane{about: o, trail: trail{e: o.e}, after: &aftermath{before: -1}}
	p.write = func(m *Model, page *paint.Page) { p.about.write(&sheet{Page: page, t: m.theme}, p.after) }
	if o.tail {
		p.top = 1 << 30
	}
	return p
}

// renew shows what is known of the exchange now.
func (p *overviewPane) renew(o *overview) {
	p.about, p.trail.e, p.known, p.width = o, o.e, trail{}, 0
}

// load reads what became known since, off the loop.
func (p *overviewPane) load(m *Model) tea.Cmd {
	if p.reading {
		return nil
	}
	known := p.trail.look(m.history, m.detail.number)
	if p.known.begun && known.says(&p.known) {
		return nil
	}
	p.known, p.reading = known, true
	store := m.options.Store
	return func() tea.Msg {
		after := known.read(store)
		return actMsg(func(*Model) tea.Cmd {
			p.after, p.reading, p.width = after, false, 0
			if p.about.tail && p.top >= len(p.lines)-p.h {
				p.top = 1 << 30
			}
			return nil
		})
	}
}

// says reports whether two trails say the same.
func (t *trail) says(other *trail) bool {
	return slices.Equal(t.after, other.after) && slices.Equal(t.replays, other.replays) && slices.Equal(t.bodies, other.bodies) &&
		slices.Equal(t.life, other.life) && t.before == other.before && (t.update == nil) == (other.update == nil)
}
