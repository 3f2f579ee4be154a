package envfile

import "strings"

// value is where the value of a name stands in a text: without its quotes.
type value struct {
	line       int // where its line begins
	start, end int
}

// find returns the value of a name: of the last line that sets it, which is the
// one that counts for those who read such files.
func find(text, name string) (v value, found bool) {
	s := scanner{text: text}
	if strings.HasPrefix(text, "\ufeff") {
		s.at = len("\ufeff")
	}
	for s.at < len(text) {
		if key, one, ok := s.assignment(); ok && key == name {
			v, found = one, true
		}
		s.skipLine()
	}
	return v, found
}

// scanner goes through a text once, line by line; a value in quotes may go over
// several.
type scanner struct {
	text string
	at   int
}

// assignment reads the line that begins here as far as its value goes.
func (s *scanner) assignment() (key string, v value, ok bool) {
	v.line = s.at
	s.skipBlanks()
	if rest := s.text[s.at:]; strings.HasPrefix(rest, "export") && len(rest) > 6 && isBlank(rest[6]) {
		s.at += 6
		s.skipBlanks()
	}
	n := keyEnd(s.text[s.at:])
	key = s.text[s.at : s.at+n]
	s.at += n
	s.skipBlanks()
	if key == "" || s.at == len(s.text) || s.text[s.at] != '=' {
		return "", v, false
	}
	s.at++
	v.start, v.end = s.value()
	return key, v, true
}

// value reads what stands behind the equals sign.
func (s *scanner) value() (start, end int) {
	start = s.at
	s.skipBlanks()
	if s.at < len(s.text) {
		if end, ok := closingQuote(s.text, s.at); ok {
			start = s.at + 1
			s.at = end + 1
			return start, end
		}
	}
	line, _, _ := strings.Cut(s.text[s.at:], "\n")
	blankBefore := s.at > start
	if line = strings.TrimRight(line, " \t\r"); line == "" || line[0] == '#' && blankBefore {
		return start, start // nothing, and what is put in stands before the comment
	}
	for i := 1; i < len(line); i++ {
		if line[i] == '#' && isBlank(line[i-1]) {
			line = strings.TrimRight(line[:i], " \t")
			break
		}
	}
	start = s.at
	s.at += len(line)
	return start, s.at
}

// closingQuote returns where the quote is closed that opens at a place, and
// false where none opens or it is not closed. A search that fails has seen that
// the rest of the text has no such quote, so that none opens there.
func closingQuote(text string, at int) (end int, ok bool) {
	quote := text[at]
	if quote != '"' && quote != '\'' && quote != '`' {
		return 0, false
	}
	for i := at + 1; i < len(text); i++ {
		switch {
		case text[i] == quote:
			return i, true
		case text[i] == '\\' && quote == '"':
			i++
		}
	}
	return 0, false
}

func (s *scanner) skipBlanks() {
	for s.at < len(s.text) && isBlank(s.text[s.at]) {
		s.at++
	}
}

func (s *scanner) skipLine() {
	if n := strings.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n + 1
		return
	}
	s.at = len(s.text)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// keyEnd returns how much of a text is a name.
func keyEnd(text string) int {
	for i := range len(text) {
		c := text[i]
		if c != '_' && c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return i
		}
	}
	return len(text)
}
