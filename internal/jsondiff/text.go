package jsondiff

import (
	"fmt"
	"strings"
)

// context is how many lines that are the same are kept beside a difference.
const context = 3

// maxLines is how many lines of a text are told apart; what follows them counts
// as one more.
const maxLines = 100_000

// maxCells bounds the table in which the longest common run of lines is found.
// What differs is first narrowed to the lines between those that are the same at
// both ends; where that leaves more than 1,000 lines by 1,000 or as much, all of
// the old ones count as removed and all of the new ones as added.
const maxCells = 1_000_000

// Text returns the lines that differ between a and b, and up to three lines
// that are the same on both sides of each difference. It is for texts that are
// not JSON, and takes any bytes: those that do not print are written as escapes.
// It returns nil where a and b are equal. Of a text of more than 100,000 lines
// the rest counts as one.
func Text(a, b []byte) []Line {
	if string(a) == string(b) {
		return nil
	}
	before, after := strings.SplitN(string(a), "\n", maxLines+1), strings.SplitN(string(b), "\n", maxLines+1)
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	end := 0 // counted from the end
	for end < min(len(before), len(after))-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	lines := linesOf(Same, before[:start])
	lines = append(lines, middle(before[start:len(before)-end], after[start:len(after)-end])...)
	lines = append(lines, linesOf(Same, before[len(before)-end:])...)
	lines = condensed(lines)
	for i := range lines {
		lines[i].Text = oneLine(lines[i].Text)
	}
	return lines
}

func linesOf(kind Kind, texts []string) []Line {
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = Line{kind, text}
	}
	return lines
}

// oneLine returns the text of a line as it can be shown.
func oneLine(text string) string {
	line, rest, more := strings.Cut(text, "\n")
	line = printable(line)
	if more {
		line += fmt.Sprintf(" … and %d lines more", strings.Count(rest, "\n")+1)
	}
	return line
}

// middle returns all lines of before and after, in the order of the longest
// common subsequence where it can be had at a bounded price.
func middle(before, after []string) []Line {
	if len(before) == 0 || len(after) == 0 || len(before) > maxCells/len(after) {
		return append(linesOf(Removed, before), linesOf(Added, after)...)
	}
	a, b := numbered(before, after)
	common := commonLengths(a, b)
	var lines []Line
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, Line{Same, before[i]})
			i++
			j++
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, Line{Removed, before[i]})
			i++
		default:
			lines = append(lines, Line{Added, after[j]})
			j++
		}
	}
	return lines
}

// numbered gives equal lines equal numbers, so that long ones are compared once.
func numbered(before, after []string) (a, b []int32) {
	numbers := map[string]int32{}
	number := func(texts []string) []int32 {
		out := make([]int32, len(texts))
		for i, text := range texts {
			n, ok := numbers[text]
			if !ok {
				n = int32(len(numbers))
				numbers[text] = n
			}
			out[i] = n
		}
		return out
	}
	return number(before), number(after)
}

// commonLengths returns in [i][j] the length of the longest common subsequence
// of a[i:] and b[j:].
func commonLengths(a, b []int32) [][]int32 {
	width := len(b) + 1
	cells := make([]int32, (len(a)+1)*width)
	rows := make([][]int32, len(a)+1)
	for i := range rows {
		rows[i] = cells[i*width : (i+1)*width]
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	return rows
}

// condensed leaves out the lines that are the same and stand further than
// context from a difference. One Omitted line says how many there were.
func condensed(lines []Line) []Line {
	var out []Line
	for i := 0; i < len(lines); {
		if lines[i].Kind != Same {
			out = append(out, lines[i])
			i++
			continue
		}
		end := i
		for end < len(lines) && lines[end].Kind == Same {
			end++
		}
		first, last := context, context
		if i == 0 {
			first = 0
		}
		if end == len(lines) {
			last = 0
		}
		out = append(out, shortened(lines[i:end], first, last)...)
		i = end
	}
	return out
}

// shortened keeps that many lines at the start and at the end of a run.
func shortened(run []Line, first, last int) []Line {
	left := len(run) - first - last
	if left <= 1 { // the line that says so would take as much room
		return run
	}
	out := append([]Line{}, run[:first]...)
	out = append(out, omitted(left))
	return append(out, run[len(run)-last:]...)
}
