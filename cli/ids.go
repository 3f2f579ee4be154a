package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

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
// not meant, and so are words that look like ids, such as 12,13: the text of an
// exchange may have them by chance.
func ParseSelect(args []string) (Selection, error) {
	var ids, words []string
	for _, arg := range args {
		if isIDs(arg) {
			ids = append(ids, arg)
		} else {
			words = append(words, arg)
		}
	}
	switch meant := idsMeant(strings.Join(args, " ")); {
	case words != nil && meant != "":
		return Selection{}, fmt.Errorf("%w\nhint: write %s", notID(words[0]), asArguments(meant))
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
		return 0, 0, notID(arg)
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

// notID is the error for what is neither an id nor a range of them.
func notID(arg string) error {
	return fmt.Errorf("%q is not an id: ids are numbers such as 12, or ranges such as 12-18", short(arg))
}

// isIDs reports whether arg is an id or a range of them, by its form.
func isIDs(arg string) bool {
	from, to, isRange := strings.Cut(arg, "-")
	return isDigits(from) && (!isRange || isDigits(to))
}

// idsMeant returns the term of a filter that picks by id what text was probably
// meant to: id:12 for 12, id:12|13 for 12,13, id:12-18 for 12..18, id:>=20 for
// 20-, !id:20 for !20; empty where text does not look like ids.
func idsMeant(text string) string {
	named := strings.TrimLeft(text, "!-")
	not := ""
	if named != text {
		not = "!"
	}
	parts := strings.FieldsFunc(named, func(r rune) bool { return strings.ContainsRune(",;|", r) || unicode.IsSpace(r) })
	for i, part := range parts {
		if parts[i] = rangeMeant(part); parts[i] == "" {
			return ""
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return not + "id:" + strings.Join(parts, "|")
}

// rangeMeant is what idsMeant makes of one id or range, as a value of id:.
func rangeMeant(part string) string {
	for _, to := range []string{"...", "..", "…", "–", "—"} {
		part = strings.ReplaceAll(part, to, "-")
	}
	from, to, isRange := strings.Cut(part, "-")
	switch {
	case isIDs(part):
		return part
	case isRange && to == "" && isDigits(from):
		return ">=" + from
	case isRange && from == "" && isDigits(to):
		return "<=" + to
	}
	return ""
}

// asArguments returns what a term of idsMeant is on a command line that takes ids
// or a filter.
func asArguments(term string) string {
	if strings.ContainsAny(term, "!<>") {
		return "'" + short(term) + "'"
	}
	return short(strings.ReplaceAll(strings.TrimPrefix(term, "id:"), "|", " "))
}
