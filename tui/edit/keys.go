package edit

import (
	tea "charm.land/bubbletea/v2"
)

// Key does what a key means in a text and reports whether it means anything
// here: letters, and the keys to move and to delete with that terminals and
// editors share.
func (t *Text) Key(key tea.KeyPressMsg) bool {
	do, ok := keys[key.Keystroke()]
	if !ok && key.Text == "" && key.Mod&tea.ModShift != 0 {
		key.Mod &^= tea.ModShift // nothing is selected with it
		do, ok = keys[key.Keystroke()]
	}
	if ok {
		return do(t)
	}
	const altGr = tea.ModCtrl | tea.ModAlt // writes letters on some keyboards
	held := key.Mod & (altGr | tea.ModMeta | tea.ModSuper | tea.ModHyper)
	if key.Text == "" || held != 0 && held != altGr {
		return false
	}
	t.insert(key.Text, typing)
	return true
}

// keys are what the keys do. What does nothing in a single line is left to
// others there.
var keys = map[string]func(*Text) bool{
	"left": to((*Text).previous), "ctrl+b": to((*Text).previous),
	"right": to((*Text).next), "ctrl+f": to((*Text).next),
	"ctrl+left": to((*Text).previousWord), "alt+left": to((*Text).previousWord), "alt+b": to((*Text).previousWord),
	"ctrl+right": to((*Text).nextWord), "alt+right": to((*Text).nextWord), "alt+f": to((*Text).nextWord),
	"home": to((*Text).lineStart), "ctrl+a": to((*Text).lineStart),
	"end": to((*Text).lineEnd), "ctrl+e": to((*Text).lineEnd),
	"ctrl+home": to(func(*Text) place { return place{} }), "alt+<": to(func(*Text) place { return place{} }),
	"ctrl+end": to((*Text).end), "alt+>": to((*Text).end),

	"up": by(func(*Text) int { return -1 }), "ctrl+p": by(func(*Text) int { return -1 }),
	"down": by(func(*Text) int { return 1 }), "ctrl+n": by(func(*Text) int { return 1 }),
	"pgup": by(func(t *Text) int { return -t.page() }), "pgdown": by((*Text).page),

	"backspace": done((*Text).rubOut), "shift+backspace": done((*Text).rubOut), "ctrl+h": done((*Text).rubOut),
	"delete": done(func(t *Text) { t.cut(t.at, t.next(), alone) }), "ctrl+d": done(func(t *Text) { t.cut(t.at, t.next(), alone) }),
	"ctrl+w": done(rubWord), "alt+backspace": done(rubWord), "ctrl+backspace": done(rubWord),
	"alt+d": done(cutWord), "ctrl+delete": done(cutWord), "alt+delete": done(cutWord),
	"ctrl+k": done(cutToEnd),
	"ctrl+u": done(func(t *Text) { t.cut(place{t.at.line, 0}, t.at, alone) }),

	"ctrl+z": done(func(t *Text) { t.Undo() }), "ctrl+_": done(func(t *Text) { t.Undo() }),
	"ctrl+y": done(func(t *Text) { t.Redo() }), "ctrl+shift+z": done(func(t *Text) { t.Redo() }),

	"enter": newLine, "shift+enter": newLine, "ctrl+j": newLine,
}

// to makes a key of where the cursor goes.
func to(where func(*Text) place) func(*Text) bool {
	return func(t *Text) bool {
		t.moveTo(where(t))
		return true
	}
}

// by makes a key of how many lines the cursor moves.
func by(lines func(*Text) int) func(*Text) bool {
	return func(t *Text) bool {
		if t.options.Single {
			return false
		}
		t.vertical(lines(t))
		return true
	}
}

func done(do func(*Text)) func(*Text) bool {
	return func(t *Text) bool {
		do(t)
		return true
	}
}

func newLine(t *Text) bool {
	if t.options.Single {
		return false
	}
	t.breakLine()
	return true
}

func rubWord(t *Text) { t.cut(t.previousWord(), t.at, alone) }
func cutWord(t *Text) { t.cut(t.at, t.nextWord(), alone) }

// cutToEnd cuts what is left of the line, and at its end the line break.
func cutToEnd(t *Text) {
	if t.at == t.lineEnd() {
		t.cut(t.at, t.next(), alone)
	} else {
		t.cut(t.at, t.lineEnd(), alone)
	}
}

// page is how many lines a page is.
func (t *Text) page() int { return max(t.seen.h-1, 1) }
