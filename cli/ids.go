package cli

import (
	"fmt"
	"strconv"
	"strings"

	"vapitap/record"
)

// maxIDs is how many exchanges can be named by their ids at once.
const maxIDs = 100_000

// Selection is what the arguments of a command pick: exchanges by their ids, or
// by a filter. One of the two is nil.
type Selection struct {
	IDs    []int64 // in the order given, each once
	Filter *record.Filter
}

// ParseSelect reads the arguments of a command that picks exchanges. Arguments
// that are all ids (12) or ranges of them (12-18) pick by id; others are one
// filter, as if joined with spaces. No arguments are the filter that picks all.
// Ids among the words of a filter are refused, since one of the two was probably
// not meant.
func ParseSelect(args []string) (Selection, error) {
	var ids, words []string
	for _, arg := range args {
		if isIDs(arg) {
			ids = append(ids, arg)
		} else {
			words = append(words, arg)
		}
	}
	switch {
	case ids != nil && words != nil:
		return Selection{}, fmt.Errorf("%q is an id and %q is part of a filter: name exchanges by ids or by a filter (id:%s in a filter picks by id)",
			short(ids[0]), short(words[0]), short(ids[0]))
	case ids != nil:
		list, err := ParseIDs(ids)
		return Selection{IDs: list}, err
	}
	f, err := record.ParseFilter(strings.Join(words, " "))
	if err != nil {
		return Selection{}, err
	}
	return Selection{Filter: f}, nil
}

// ParseIDs reads ids (12) and ranges of them (12-18, both ends included) into
// the ids they name, in the order given, each once. It refuses what is neither,
// and more than 100,000 ids.
func ParseIDs(args []string) ([]int64, error) {
	var ids []int64
	seen := make(map[int64]bool)
	for _, arg := range args {
		first, last, err := parseIDRange(arg)
		if err != nil {
			return nil, err
		}
		if last-first >= maxIDs {
			return nil, fmt.Errorf("%s names more than %d exchanges: use a filter, such as id:%[1]s", arg, maxIDs)
		}
		for i := range last - first + 1 {
			if id := first + i; !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		if len(ids) > maxIDs {
			return nil, fmt.Errorf("that is more than %d exchanges: use a filter, such as 'id:>40'", maxIDs)
		}
	}
	return ids, nil
}

// parseIDRange reads an id, which is a range of one, or a range.
func parseIDRange(arg string) (first, last int64, err error) {
	if !isIDs(arg) {
		return 0, 0, fmt.Errorf("%q is not an id: ids are numbers such as 12, or ranges such as 12-18", short(arg))
	}
	from, to, isRange := strings.Cut(arg, "-")
	if !isRange {
		to = from
	}
	first, errFirst := strconv.ParseInt(from, 10, 64)
	last, errLast := strconv.ParseInt(to, 10, 64)
	switch {
	case errFirst != nil || errLast != nil:
		return 0, 0, fmt.Errorf("%q is larger than any id", short(arg))
	case first == 0:
		return 0, 0, fmt.Errorf("%q: ids begin at 1", short(arg))
	case first > last:
		return 0, 0, fmt.Errorf("%q counts down: write %d-%d", short(arg), last, first)
	}
	return first, last, nil
}

// isIDs reports whether arg is an id or a range of them, by its form.
func isIDs(arg string) bool {
	from, to, isRange := strings.Cut(arg, "-")
	return isDigits(from) && (!isRange || isDigits(to))
}
