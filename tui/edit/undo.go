package edit

import "strings"

// step is one change of a text, which can be taken back.
type step struct {
	at            place
	before, after string // what stood there and what stands there now
	cursor        place  // before it
	kind          stepKind
}

// stepKind tells which steps are taken back together.
type stepKind uint8

const (
	alone   stepKind = iota
	typing           // letters, one after the other
	rubbing          // letters taken out, one before the other
)

// steps are what can be taken back, the newest last.
type steps struct {
	list []step
	size int // bytes that they hold
}

// The bounds of what can be taken back. The newest step is kept whatever its
// size.
const (
	mostSteps     = 2000
	mostStepBytes = 8 << 20
)

func (s *steps) push(one step) {
	s.list = append(s.list, one)
	s.size += one.bytes()
	for len(s.list) > 1 && (len(s.list) > mostSteps || s.size > mostStepBytes) {
		s.size -= s.list[0].bytes()
		s.list = s.list[1:]
	}
}

func (s *steps) pop() (step, bool) {
	if len(s.list) == 0 {
		return step{}, false
	}
	one := s.list[len(s.list)-1]
	s.list = s.list[:len(s.list)-1]
	s.size -= one.bytes()
	return one, true
}

func (s *step) bytes() int { return len(s.before) + len(s.after) + 64 }

// change puts text in the place of what is between two places, so that it can be
// undone, and the cursor behind it.
func (t *Text) change(from, to place, text string, kind stepKind) {
	one := step{at: from, before: t.between(from, to), after: text, cursor: t.at, kind: kind}
	if one.before == one.after {
		return
	}
	t.at = t.splice(from, to, text)
	t.goal = -1
	t.undone = steps{}
	if last, ok := t.done.pop(); ok {
		if joined, together := last.join(one); together {
			one = joined
		} else {
			t.done.push(last)
		}
	}
	t.done.push(one)
}

// join returns both steps as one, where they are undone together: letters of one
// word.
func (s step) join(next step) (step, bool) {
	switch {
	case s.kind != next.kind || strings.Contains(s.after+s.before+next.before+next.after, "\n"):
		return s, false
	case s.kind == typing && next.before == "" && s.at.line == next.at.line && s.at.byte+len(s.after) == next.at.byte:
		if strings.HasSuffix(s.after, " ") && next.after != " " {
			return s, false
		}
		s.after += next.after
		return s, true
	case s.kind == rubbing && next.at.line == s.at.line && next.at.byte+len(next.before) == s.at.byte:
		s.at, s.before = next.at, next.before+s.before
		return s, true
	}
	return s, false
}

// Undo takes the last change back and reports whether there was one.
func (t *Text) Undo() bool {
	one, ok := t.done.pop()
	if !ok {
		return false
	}
	t.splice(one.at, one.at.past(one.after), one.before)
	t.moveTo(t.nearest(one.cursor))
	t.undone.push(one)
	return true
}

// Redo makes the change again that was taken back last, and reports whether
// there was one.
func (t *Text) Redo() bool {
	one, ok := t.undone.pop()
	if !ok {
		return false
	}
	t.moveTo(t.splice(one.at, one.at.past(one.before), one.after))
	one.kind = alone
	t.done.push(one)
	return true
}

// past returns where a text ends that begins at p.
func (p place) past(text string) place {
	if n := strings.Count(text, "\n"); n > 0 {
		return place{p.line + n, len(text) - strings.LastIndexByte(text, '\n') - 1}
	}
	return place{p.line, p.byte + len(text)}
}
