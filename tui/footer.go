package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/plain"
	"vapitap/tui/paint"
)

// drawFooter draws what was just done, or else the keys that are of use here;
// at the right whether the list follows the newest.
func (m *Model) drawFooter(w int) string {
	t := m.theme
	line := paint.NewLine(w)
	right, style := m.followWords()
	room := w - paint.Width(right) - 2
	if said := paint.Width(plain.Text(m.flash.text)); said > room { // what was just said comes first
		right, room = "", w
	}
	switch {
	case m.flash.text != "":
		text := t.Text
		if m.flash.bad {
			text = t.Warn
		}
		line.Add(text, paint.Cut(plain.Text(m.flash.text), room))
	default:
		m.drawHints(line, room)
	}
	return line.To(w-paint.Width(right)).Add(style, right).String()
}

// drawHints writes the keys of the place that has the focus, as many as fit, and
// what the list is narrowed to.
func (m *Model) drawHints(line *paint.Line, room int) {
	t := m.theme
	if narrowed := m.narrowedTo(); narrowed != "" && m.focus == focusList {
		line.Add(t.Accent, paint.Cut(narrowed, room/2)).Add(t.Text, "  ")
	}
	if path := m.detail.path(); path != "" && m.focus == focusDetail {
		most := room - 25 // for the two keys that lead to all others
		if over := paint.Width(path) - most; over > 0 {
			path = ansi.TruncateLeft(path, over+1, "…") // its end tells more
		}
		line.Add(t.Muted, path).Add(t.Text, "  ")
	}
	for _, h := range fitting(m.hints(), room-line.At()) {
		line.Add(t.Strong, h.key).Add(t.Muted, " "+h.short+"  ")
	}
}

// hint is a key and what it does in a word or two.
type hint struct {
	key, short string
	always     bool // it leads to all the others
}

func (h hint) width() int { return paint.Width(h.key) + paint.Width(h.short) + 3 }

// hints are the keys that are of use now, the most useful first.
func (m *Model) hints() []hint {
	var list []hint
	at := m.where()
	for i := range actions {
		a := &actions[i]
		if a.short == "" || a.in&at == 0 || !a.possible(m) || (a.keys[0] == "enter" && m.here() == nil) {
			continue
		}
		h := hint{key: keyName(a.keys[0]), short: a.short, always: a.keys[0] == "space" || a.keys[0] == "?"}
		if !m.layout.wide {
			h.short, _, _ = strings.Cut(h.short, " & ")
		}
		list = append(list, h)
	}
	if !m.layout.wide {
		slices.SortStableFunc(list, func(a, b hint) int { return cmp.Compare(narrowRank(a), narrowRank(b)) })
	}
	return list
}

// narrowRank orders the hints of a narrow footer, which has room for a few: open
// and the loop, then the others as they are in the table.
func narrowRank(h hint) int {
	if i := strings.Index("enter r e / ", h.key+" "); i >= 0 {
		return i
	}
	return 100
}

// fitting returns as many hints as have room, in their order.
func fitting(list []hint, room int) []hint {
	for _, h := range list {
		if h.always {
			room -= h.width()
		}
	}
	return slices.DeleteFunc(list, func(h hint) bool {
		if h.always {
			return false
		}
		if h.width() > room {
			room = 0 // what is less useful is not shown instead
			return true
		}
		room -= h.width()
		return false
	})
}

// narrowedTo says what of the list is shown, empty for all of it.
func (m *Model) narrowedTo() string {
	var words []string
	s := &m.list.sight
	if s.callID != "" {
		words = append(words, "call "+clip(s.callID, 4))
	}
	if m.filter.text != "" {
		words = append(words, m.filter.text)
	}
	if len(words) == 0 {
		return ""
	}
	return "▽ " + strings.Join(words, " · ")
}

// followWords says whether the list follows the newest.
func (m *Model) followWords() (string, paint.Style) {
	switch {
	case m.paused && len(m.held) > 0:
		return fmt.Sprintf("‖ paused, %d held", len(m.held)), m.theme.Warn
	case m.paused:
		return "‖ paused", m.theme.Warn
	case m.options.Recorded && (m.watcher == nil || m.away != nil):
		return fmt.Sprintf("%d exchanges", m.history.size()), m.theme.Muted
	case m.list.following:
		return "▶ following", m.theme.Accent
	case m.list.below > 0:
		return fmt.Sprintf("↓ %d new below", m.list.below), m.theme.Warn
	}
	return "• not following", m.theme.Muted
}

// keyName is how a key is written.
func keyName(key string) string {
	switch key {
	case "down":
		return "↓"
	case "up":
		return "↑"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}
