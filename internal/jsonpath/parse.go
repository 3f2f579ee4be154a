package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseError says where the text of a path is not one.
type ParseError struct {
	Text   string // what was to be parsed
	Offset int    // index in Text of the byte that does not fit; its length where more is wanted
	Reason string // what was expected there
}

// Error counts bytes from 1.
func (e *ParseError) Error() string {
	return fmt.Sprintf("path %s: byte %d: %s", visible(e.Text), e.Offset+1, e.Reason)
}

// Parse reads a path: keys with dots between them, indexes in brackets, and
// keys with other characters in brackets and quotes, as in
//
//	message.toolCallList[0].function.arguments.city
//	headers["a.b"][-1]
//
// Single quotes do too; between the quotes JSON's escapes hold. A negative index
// counts from the end of the array. The $. of JSONPath and the leading dot of jq
// are tolerated, and either alone is the whole document. Any error is a
// *ParseError.
func Parse(s string) (Path, error) {
	if s == "" {
		return nil, &ParseError{s, 0, "a path is expected; $ is the whole document"}
	}
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return nil, &ParseError{s, i, "this is not UTF-8"}
		}
	}
	in := parser{text: s}
	in.prefix()
	var p Path
	for first := true; in.at < len(s); first = false {
		step, err := in.step(first)
		if err != nil {
			return nil, err
		}
		p = append(p, step)
	}
	return p, nil
}

// parser reads the text of a path from at on.
type parser struct {
	text string
	at   int
}

// prefix passes over what JSONPath and jq write before a path. The dot before
// a key is left to step.
func (in *parser) prefix() {
	if in.text == "$" || in.text == "." || strings.HasPrefix(in.text, "$.") || strings.HasPrefix(in.text, "$[") {
		in.at++
	}
	if strings.HasPrefix(in.text[in.at:], ".[") {
		in.at++
	}
}

// next reports whether the next byte is c.
func (in *parser) next(c byte) bool {
	return in.at < len(in.text) && in.text[in.at] == c
}

// found names what stands at the parser's place.
func (in *parser) found() string {
	if in.at >= len(in.text) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(in.text[in.at:])
	return visible(string(r))
}

func (in *parser) fail(format string, args ...any) error {
	return &ParseError{in.text, in.at, fmt.Sprintf(format, args...)}
}

// step reads one step with the dot or bracket before it.
func (in *parser) step(first bool) (Step, error) {
	switch {
	case in.next('['):
		return in.bracket()
	case in.next('.'):
		in.at++
	case !first:
		return Step{}, in.fail(`expected "." or "[" or the end, found %s (keys with such characters are written ["..."])`, in.found())
	}
	start := in.at
	for in.at < len(in.text) {
		r, size := utf8.DecodeRuneInString(in.text[in.at:])
		if !bareRune(r) {
			break
		}
		in.at += size
	}
	if in.at == start {
		return Step{}, in.fail(`expected a key, found %s (keys with such characters are written ["..."], indexes [0])`, in.found())
	}
	return Key(in.text[start:in.at]), nil
}

// bracket reads an index or a quoted key with its brackets.
func (in *parser) bracket() (step Step, err error) {
	in.at++
	switch {
	case in.next('"') || in.next('\''):
		step, err = in.quoted()
	case in.at < len(in.text) && (in.text[in.at] == '-' || digit(in.text[in.at])):
		step, err = in.index()
	default:
		err = in.fail("expected an index or a key in quotes, found %s", in.found())
	}
	if err == nil && !in.next(']') {
		err = in.fail(`expected "]", found %s`, in.found())
	}
	in.at++
	return step, err
}

// quoted reads a key with the quotes around it.
func (in *parser) quoted() (Step, error) {
	quote := in.text[in.at]
	in.at++
	var key []byte
	for in.at < len(in.text) {
		rest := in.text[in.at:]
		switch {
		case rest[0] == quote:
			in.at++
			return Key(string(key)), nil
		case rest[0] == '"':
			key = append(key, '"') // between single quotes
			in.at++
		case quote == '\'' && strings.HasPrefix(rest, `\'`):
			key = append(key, '\'')
			in.at += 2
		default:
			r, size, ok := literalRune([]byte(rest[:min(len(rest), longestRune)]), 0)
			if !ok {
				return Step{}, in.fail(`expected a character or an escape such as \n, \\ or \u00e9, found %s`, in.found())
			}
			key = utf8.AppendRune(key, r)
			in.at += size
		}
	}
	return Step{}, in.fail("expected a closing %c", quote)
}

// longestRune is the length of the longest text of one character in a string
// literal: a surrogate pair.
const longestRune = len(`\ud83d\ude00`)

// index reads a number, which may be negative.
func (in *parser) index() (Step, error) {
	start := in.at
	if in.next('-') {
		in.at++
	}
	digits := in.at
	for in.at < len(in.text) && digit(in.text[in.at]) {
		in.at++
	}
	if in.at == digits {
		return Step{}, in.fail("expected a digit, found %s", in.found())
	}
	n, err := strconv.Atoi(in.text[start:in.at])
	if err != nil {
		in.at = start
		return Step{}, in.fail("expected a smaller index")
	}
	return Index(n), nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
