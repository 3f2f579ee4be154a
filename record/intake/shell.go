package intake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A pipeline is commands joined by |, each a list of words.
type pipeline struct {
	line     int // where it begins
	commands [][]string
	heredoc  *string // what stands below, for the standard input of the last command
}

// shell reads text as sh does, as far as command lines go that people copy:
// quotes, backslashes, $'...', comments, pipes and here-documents. What would
// have to be executed is an error; a variable stays as it is written.
type shell struct {
	text string
	pos  int
	line int

	word    strings.Builder
	inWord  bool
	words   []string
	now     pipeline
	waiting []string // ends of here-documents that begin on the next line
	tabs    bool     // their leading tabs are dropped
}

// errNotRead is that of what a command line would execute.
var errNotRead = errors.New("only plain words are read, and nothing is executed: write out what stands in $(...), `...` or <")

// next returns the next command line, and false at the end. After an error it
// goes on with the next line.
func (s *shell) next() (pipeline, error, bool) {
	s.now, s.words, s.inWord = pipeline{}, nil, false
	s.word.Reset()
	for s.pos < len(s.text) {
		ended, err := s.step()
		if err != nil {
			s.skipLine()
			return s.now, err, true
		}
		if ended {
			return s.now, nil, true
		}
	}
	s.endCommand()
	return s.now, nil, len(s.now.commands) > 0
}

// step reads on by a little, and reports whether a command line has ended.
func (s *shell) step() (ended bool, err error) {
	switch c := s.text[s.pos]; c {
	case '\n', ';', '&':
		s.pos++
		s.endCommand()
		if c == '\n' {
			s.line++
			s.readHeredoc()
		}
		return len(s.now.commands) > 0, nil
	case '|':
		s.pos++
		s.endCommand()
		s.skipBlank()
	case ' ', '\t', '\r':
		s.pos++
		s.endWord()
	case '#':
		if !s.inWord {
			s.pos += lineLength(s.text[s.pos:])
			return false, nil
		}
		s.add("#", 1)
	case '\\':
		s.backslash()
	case '\'':
		return false, s.single()
	case '"':
		return false, s.double()
	case '$':
		return false, s.dollar()
	case '<':
		return false, s.redirect()
	case '`', '(', ')':
		return false, errNotRead
	case '>':
		return false, errors.New("an output is redirected; leave that out")
	default:
		_, size := utf8.DecodeRuneInString(s.text[s.pos:])
		s.add(s.text[s.pos:s.pos+size], size)
	}
	return false, nil
}

// add appends to the word, and goes on behind what was read of the text.
func (s *shell) add(text string, read int) {
	if !s.inWord && len(s.words) == 0 && len(s.now.commands) == 0 {
		s.now.line = s.line
	}
	s.inWord = true
	s.word.WriteString(text)
	s.line += strings.Count(s.text[s.pos:s.pos+read], "\n")
	s.pos += read
}

func (s *shell) endWord() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
		s.word.Reset()
		s.inWord = false
	}
}

func (s *shell) endCommand() {
	s.endWord()
	if len(s.words) > 0 {
		s.now.commands = append(s.now.commands, s.words)
		s.words = nil
	}
}

// skipBlank passes over what may stand between | and the next command.
func (s *shell) skipBlank() {
	for s.pos < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.pos]) >= 0 {
		if s.text[s.pos] == '\n' {
			s.line++
		}
		s.pos++
	}
}

func (s *shell) skipLine() {
	n := lineLength(s.text[s.pos:])
	s.pos = min(s.pos+n+1, len(s.text))
	s.line++
}

func lineLength(text string) int {
	if n := strings.IndexByte(text, '\n'); n >= 0 {
		return n
	}
	return len(text)
}

// backslash reads one outside quotes: it joins lines, or takes a character as it
// is.
func (s *shell) backslash() {
	rest := s.text[s.pos+1:]
	switch {
	case strings.HasPrefix(rest, "\n"):
		s.pos += 2
		s.line++
	case strings.HasPrefix(rest, "\r\n"):
		s.pos += 3
		s.line++
	case rest == "":
		s.pos++
	default:
		_, size := utf8.DecodeRuneInString(rest)
		s.add(rest[:size], 1+size)
	}
}

var errQuote = errors.New("a quote is not closed")

func (s *shell) single() error {
	text, _, ok := strings.Cut(s.text[s.pos+1:], "'")
	if !ok {
		return errQuote
	}
	s.add(text, len(text)+2)
	return nil
}

// double reads what stands between double quotes.
func (s *shell) double() error {
	s.add("", 1)
	for s.pos < len(s.text) {
		rest := s.text[s.pos:]
		switch c := rest[0]; {
		case c == '"':
			s.add("", 1)
			return nil
		case strings.HasPrefix(rest, "\\\n"):
			s.add("", 2)
		case c == '\\' && len(rest) > 1 && strings.IndexByte("$`\"\\", rest[1]) >= 0:
			s.add(rest[1:2], 2)
		case strings.HasPrefix(rest, printfOpening):
			if err := s.printf(); err != nil {
				return err
			}
		case c == '`', strings.HasPrefix(rest, "$("):
			return errNotRead
		default:
			s.add(rest[:1], 1)
		}
	}
	return errQuote
}

// printfOpening begins the one command whose output is known without executing
// it, and which vapitap writes for bytes that cannot be pasted.
const printfOpening = "$(printf '"

func (s *shell) printf() error {
	format, _, ok := strings.Cut(s.text[s.pos+len(printfOpening):], "')")
	if !ok {
		return errNotRead
	}
	text, err := unescape(strings.ReplaceAll(format, "%%", "%"))
	if err != nil {
		return err
	}
	s.add(strings.TrimRight(text, "\n"), len(printfOpening)+len(format)+len("')"))
	return nil
}

// dollar reads one outside quotes.
func (s *shell) dollar() error {
	rest := s.text[s.pos:]
	switch {
	case strings.HasPrefix(rest, "$'"):
		end := 2
		for end < len(rest) && rest[end] != '\'' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			return errQuote
		}
		text, err := unescape(rest[2:end])
		if err != nil {
			return err
		}
		s.add(text, end+1)
	case strings.HasPrefix(rest, "$("):
		return errNotRead
	default:
		s.add("$", 1)
	}
	return nil
}

// simpleEscapes are those of one letter in $'...' and printf.
var simpleEscapes = map[byte]string{
	'a': "\a", 'b': "\b", 'e': "\x1b", 'E': "\x1b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
	'\\': "\\", '\'': "'", '"': `"`, '?': "?",
}

// unescape reads the escapes of $'...'.
func unescape(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			i++
			continue
		}
		c := text[i+1]
		if plain, ok := simpleEscapes[c]; ok {
			out.WriteString(plain)
			i += 2
			continue
		}
		digits, base, most := 2, 16, map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if '0' <= c && c <= '7' {
			digits, base, most = 1, 8, 3
		}
		n := 0
		for n < most && i+digits+n < len(text) && isDigit(text[i+digits+n], base) {
			n++
		}
		if n == 0 {
			out.WriteString(text[i : i+2])
			i += 2
			continue
		}
		code, err := strconv.ParseUint(text[i+digits:i+digits+n], base, 32)
		switch {
		case err != nil || code > utf8.MaxRune:
			return "", fmt.Errorf("the escape %s is of no character", text[i:i+digits+n])
		case c == 'u' || c == 'U':
			out.WriteRune(rune(code))
		default:
			out.WriteByte(byte(code))
		}
		i += digits + n
	}
	return out.String(), nil
}

func isDigit(c byte, base int) bool {
	if base == 8 {
		return '0' <= c && c <= '7'
	}
	return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0
}

// redirect reads the beginning of a here-document.
func (s *shell) redirect() error {
	rest := s.text[s.pos:]
	if !strings.HasPrefix(rest, "<<") || strings.HasPrefix(rest, "<<<") {
		return errNotRead
	}
	s.endWord()
	s.pos += 2
	s.tabs = strings.HasPrefix(s.text[s.pos:], "-")
	if s.tabs {
		s.pos++
	}
	rest = strings.TrimLeft(s.text[s.pos:], " \t")
	s.pos = len(s.text) - len(rest)
	end := strings.IndexAny(rest, " \t\r\n;|&")
	if end < 0 {
		end = len(rest)
	}
	s.waiting = []string{strings.Trim(rest[:end], `'"\`)}
	s.pos += end
	return nil
}

// readHeredoc reads what stands below a line, up to the word that ends it.
func (s *shell) readHeredoc() {
	if len(s.waiting) == 0 {
		return
	}
	end := s.waiting[0]
	s.waiting = nil
	var text strings.Builder
	for s.pos < len(s.text) {
		n := lineLength(s.text[s.pos:])
		line := strings.TrimSuffix(s.text[s.pos:s.pos+n], "\r")
		s.pos = min(s.pos+n+1, len(s.text))
		s.line++
		if s.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		if line == end {
			break
		}
		text.WriteString(line + "\n")
	}
	body := text.String()
	s.now.heredoc = &body
}
