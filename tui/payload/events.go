package payload

import "bytes"

// scanEvents returns the lines of a stream of server-sent events, and how many
// events there are. Data that is JSON and stands in one line is a tree; all else
// is text as it came, with an empty line between events.
func scanEvents(body []byte, tail string) (t *tree, events int) {
	text := body[:min(len(body), maxIndexed)]
	s := scanner{text: text, open: noLine, lines: make([]line, 0, expectedLines(text)+bytes.Count(text, []byte{'\n'}))}
	within := false
	for at := 0; at < len(text); {
		end, after := lineEnd(text, at)
		switch {
		case end > at:
			if isData := bytes.HasPrefix(text[at:end], []byte("data")); isData && !within {
				within = true
				events++
			}
			s.field(at, end)
		case after < len(text) || tail != "":
			s.add(at)
			within = false
		}
		at = after
	}
	if tail != "" {
		s.add(len(text))
	}
	return &tree{text: text, lines: s.lines, events: true, cut: tail != "", tail: tail}, events
}

// lineEnd returns where the line at an offset ends, and where the next starts. As
// the format has it, a line ends with CR, LF or both.
func lineEnd(text []byte, at int) (end, after int) {
	end = at
	for end < len(text) && text[end] != '\n' && text[end] != '\r' {
		end++
	}
	after = min(end+1, len(text))
	if end < len(text) && text[end] == '\r' && after < len(text) && text[after] == '\n' {
		after++
	}
	return end, after
}

// field adds the lines of a field: those of its JSON, or one.
func (s *scanner) field(start, end int) {
	const name = "data:"
	lines := len(s.lines)
	if bytes.HasPrefix(s.text[start:end], []byte(name)) {
		in := *s
		in.text, in.at = s.text[:end], start+len(name)
		in.space()
		if c := in.next(); c == '{' || c == '[' {
			in.value(start)
			in.space()
			if in.fault == nil && in.at == end {
				s.lines = in.lines
				return
			}
		}
		s.lines = in.lines[:lines]
	}
	s.add(start)
}
