package record

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vapitap/internal/nearest"
)

// FilterError says what is wrong with a filter, where, and what it may have
// been meant to be.
type FilterError struct {
	Pos     int      // where Term stands, as a byte offset into the text
	Column  int      // the same as people count: in characters, from 1
	Term    string   // what is complained about, as written: typ: or the fialed of is:fialed
	Message string   // what is wrong with it: unknown term
	Nearest string   // what could stand there instead, or empty
	Known   []string // all that could, or nil where that is open
}

func (e *FilterError) Error() string {
	switch term := quoteTerm(e.Term); {
	case e.Nearest != "":
		return fmt.Sprintf("filter: %s %s at %d: did you mean %s?", e.Message, term, e.Column, e.Nearest)
	case e.Known != nil:
		return fmt.Sprintf("filter: %s %s at %d: there are %s", e.Message, term, e.Column, strings.Join(e.Known, " "))
	default:
		return fmt.Sprintf("filter: %s at %d: %s", term, e.Column, e.Message)
	}
}

// quoteTerm quotes a term for a message of one line, in single quotes where it
// has double ones.
func quoteTerm(s string) string {
	quoted := quoteShort(s)
	if !strings.Contains(quoted, `\"`) {
		return quoted
	}
	return "'" + strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + "'"
}

// wrongf returns an error that does not know its place yet.
func wrongf(format string, args ...any) *FilterError {
	return &FilterError{Message: fmt.Sprintf(format, args...)}
}

// unknownWord returns the error for a word that is none of known.
func unknownWord(message, word string, known []string) *FilterError {
	return &FilterError{Message: message, Nearest: nearest.Word(word, known), Known: known}
}

// of says what the error is about and where that stands.
func (e *FilterError) of(term string, pos int) *FilterError {
	e.Term, e.Pos = term, pos
	return e
}

// locate finds the column in the text that was parsed.
func (e *FilterError) locate(text string) {
	e.Column = utf8.RuneCountInString(text[:e.Pos]) + 1
}
