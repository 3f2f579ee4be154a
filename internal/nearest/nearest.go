// Package nearest finds the word that was probably meant: for a mistyped flag,
// filter term, key or type. It knows words and nothing about where they come
// from.
package nearest

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxLength is the most characters that a word may have to be compared: longer
// ones are no names that somebody mistyped.
const maxLength = 64

// Word returns the word of known that is nearest to given, the first of those
// that are equally near, and "" where none is near enough. A word is near when
// no more edits than a third of the characters of the longer one, and at least
// one, make one out of the other; an edit adds, removes or changes a character,
// or swaps two neighbours. A word that given is the beginning of is near too,
// and counts for more than two edits. Case does not matter. Words of more than
// 64 characters are near to nothing.
func Word(given string, known []string) string {
	wanted, ok := letters(given)
	if !ok || len(wanted) == 0 {
		return ""
	}
	word, n := fewestEdits(wanted, known)
	if word == "" || n > 1 {
		if longer := beginning(wanted, known); longer != "" {
			return longer
		}
	}
	return word
}

// fewestEdits returns the word that is the fewest edits away from wanted, and
// how many those are; "" where each is too many away.
func fewestEdits(wanted []rune, known []string) (best string, fewest int) {
	fewest = maxLength
	for _, word := range known {
		candidate, ok := letters(word)
		if !ok {
			continue
		}
		longer := max(len(wanted), len(candidate))
		limit := min(max(1, longer/3), longer-1, fewest-1) // something must stay, or any letter is near any other
		if n := edits(wanted, candidate, limit); n <= limit {
			best, fewest = word, n
		}
	}
	return best, fewest
}

// beginning returns the shortest word that starts with wanted.
func beginning(wanted []rune, known []string) string {
	if len(wanted) < 2 {
		return "" // one letter begins too much
	}
	best, shortest := "", maxLength+1
	for _, word := range known {
		candidate, ok := letters(word)
		if ok && len(candidate) < shortest && len(candidate) >= len(wanted) && slices.Equal(candidate[:len(wanted)], wanted) {
			best, shortest = word, len(candidate)
		}
	}
	return best
}

// letters returns the characters of word in lower case, and false where there
// are too many.
func letters(word string) ([]rune, bool) {
	if len(word) > maxLength*utf8.UTFMax || utf8.RuneCountInString(word) > maxLength {
		return nil, false
	}
	runes := []rune(word)
	for i, r := range runes {
		runes[i] = unicode.ToLower(r)
	}
	return runes, true
}

// edits returns the Damerau-Levenshtein distance of a and b in which no piece
// is edited twice (optimal string alignment), or some number above limit where
// it is more than limit.
func edits(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var rows [3][maxLength + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		row[j+1] = j + 1
	}
	for i := range a {
		before, above, row = above, row, before
		row[0] = i + 1
		least := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
