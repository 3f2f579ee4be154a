package jsonpath

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Assignment is a value for a place in a document.
type Assignment struct {
	Path  Path
	Value []byte // JSON text
}

// ParseAssignment reads an assignment as people type it:
//
//	PATH=VALUE   JSON where VALUE is JSON, else the string VALUE
//	PATH:=VALUE  JSON, or an error
//	PATH=@FILE   what FILE holds, JSON where it is JSON, else as a string
//	PATH:=@FILE  the JSON that FILE holds, or an error
//
// The first equals sign outside of a key in brackets and quotes ends the path.
// A string that begins with @ is written as JSON: PATH="@home". readFile is
// asked for files; where it is nil an assignment from one is an error. So is a
// JSON pointer in place of the path, which says what path it is; a key that begins
// with a slash is written ["/key"].
func ParseAssignment(s string, readFile func(name string) ([]byte, error)) (Assignment, error) {
	i := equalsSign(s)
	if i < 0 {
		return Assignment{}, fmt.Errorf("%s: expected PATH=VALUE, and there is no equals sign", visible(s))
	}
	text, value := s[:i], []byte(s[i+1:])
	text, onlyJSON := strings.CutSuffix(text, ":")
	if strings.HasPrefix(text, "/") {
		shown := visible(text)
		return Assignment{}, fmt.Errorf("%s: this is a JSON pointer; did you mean %s?", shown[1:len(shown)-1], ofPointer(text))
	}
	p, err := Parse(text)
	if err != nil {
		return Assignment{}, err
	}
	source := "the value"
	if name, ok := strings.CutPrefix(s[i+1:], "@"); ok {
		source = "the file " + visible(name)
		if value, err = contentOf(name, readFile); err != nil {
			return Assignment{}, fmt.Errorf("%s: %w", p, err)
		}
	}
	value, err = asJSON(value, onlyJSON)
	if err != nil {
		return Assignment{}, fmt.Errorf("%s: %s is %w", p, source, err)
	}
	return Assignment{Path: p, Value: value}, nil
}

// equalsSign returns the index of the first equals sign of s that is not part
// of a key in brackets and quotes; -1 where there is none.
func equalsSign(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '=':
			return i
		case s[i] == '[' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\''):
			quote := s[i+1]
			for i += 2; i < len(s) && s[i] != quote; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		}
	}
	return -1
}

// contentOf returns what the named file holds, without a byte order mark.
func contentOf(name string, readFile func(string) ([]byte, error)) ([]byte, error) {
	switch {
	case name == "":
		return nil, errors.New("a file name is expected after @")
	case readFile == nil:
		return nil, errors.New(`a value cannot come from a file here (a string that begins with @ is written "@...", with the quotes)`)
	}
	content, err := readFile(name)
	return bytes.TrimPrefix(content, []byte("\uFEFF")), err
}

// asJSON returns text where it is JSON, and else, unless only JSON will do, the
// JSON string that stands for it.
func asJSON(text []byte, onlyJSON bool) ([]byte, error) {
	switch {
	case json.Valid(text):
		return trim(text), nil
	case onlyJSON:
		return nil, Validate(text)
	case !utf8.Valid(text):
		return nil, errors.New("neither JSON nor UTF-8 text")
	default:
		return Quote(string(text)), nil
	}
}
