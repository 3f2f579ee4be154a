package cli

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"vapitap/internal/jsondiff"
	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/replay"
)

// Bounds of what is shown of two replies that differ.
const (
	diffWidth = 120 // characters of a value
	diffLine  = 400 // cells of a line of text
	diffLines = 200
)

// result writes what came of sending one exchange again: one line, and with
// --diff how the reply differs from the recorded one.
func (r *replaying) result(before, after *record.Exchange) error {
	if r.o.json {
		return r.resultJSON(before, after)
	}
	var b strings.Builder
	fmt.Fprintln(&b, r.style.line(after))
	if r.o.diff && after.Status != 0 {
		for _, line := range r.difference(before, after) {
			fmt.Fprintln(&b, r.style.hang(r.style.markColumn(), line))
		}
	}
	_, err := fmt.Fprint(r.out, b.String())
	return err
}

// difference returns how the replies differ, as lines in colour.
func (r *replaying) difference(before, after *record.Exchange) []string {
	lines := replay.Compare(before, after).Lines(diffWidth)
	if len(lines) == 0 {
		return []string{r.style.muted(fmt.Sprintf("same reply as %d", before.ID))}
	}
	left := max(0, len(lines)-diffLines)
	var shown []string
	for _, line := range lines[:len(lines)-left] {
		shown = append(shown, r.style.changed(line))
	}
	if left > 0 {
		shown = append(shown, r.style.muted(fmt.Sprintf("… and %s more; vapitap show %d --response shows all", count(left, "line"), after.ID)))
	}
	return shown
}

// changed colours a line of a difference.
func (s style) changed(line jsondiff.Line) string {
	text := ansi.Truncate(plain.Text(line.String()), diffLine, "…")
	switch line.Kind {
	case jsondiff.Added:
		return s.good(text)
	case jsondiff.Removed:
		return s.failed(text)
	case jsondiff.Changed:
		return s.warned(text)
	}
	return s.muted(text)
}

// resultJSON is result as a JSON object, with --diff the one of the list and a
// member more.
func (r *replaying) resultJSON(before, after *record.Exchange) error {
	text, err := after.MarshalJSON()
	if err != nil {
		return err
	}
	if r.o.diff && after.Status != 0 {
		differences, err := replay.Compare(before, after).MarshalJSON()
		if err != nil {
			return err
		}
		text = fmt.Appendf(text[:len(text)-1], `,"diff":%s}`, differences)
	}
	_, err = r.out.Write(append(text, '\n'))
	return err
}

// sayRecorded says under which ids what was sent is recorded.
func (r *replaying) sayRecorded() {
	if len(r.sent) > 0 {
		last := r.sent[len(r.sent)-1]
		fmt.Fprintln(r.err, r.errStyle.muted(fmt.Sprintf("recorded as %s; vapitap show %d", idRanges(r.sent), last)))
	}
}

// idRanges writes ids, which ascend, as they are typed: 43, or 43-48 50.
func idRanges(ids []int64) string {
	const most = 8
	var ranges []string
	for i := 0; i < len(ids); {
		end := i
		for end+1 < len(ids) && ids[end+1] == ids[end]+1 {
			end++
		}
		switch {
		case len(ranges) == most:
			return strings.Join(ranges, " ") + fmt.Sprintf(" and %d more", len(ids)-i)
		case end == i:
			ranges = append(ranges, fmt.Sprint(ids[i]))
		default:
			ranges = append(ranges, fmt.Sprintf("%d-%d", ids[i], ids[end]))
		}
		i = end + 1
	}
	return strings.Join(ranges, " ")
}
