package edit

import (
	"strings"

	"vapitap/tui/paint"
)

// colour gives the pieces of a line of JSON with their styles, in order, until
// piece reports false. A line is enough to tell them: no string goes on in the
// next.
func colour(t *paint.Theme, line string, piece func(s paint.Style, from, to int) bool) {
	for i := 0; i < len(line); {
		end, style := token(t, line, i)
		if !piece(style, i, end) {
			return
		}
		i = end
	}
}

// token returns where the token at line[i] ends, and its style.
func token(t *paint.Theme, line string, i int) (end int, style paint.Style) {
	switch c := line[i]; {
	case c == '"':
		return stringToken(t, line, i)
	case strings.IndexByte("{}[]:,", c) >= 0:
		end = i + 1
		for end < len(line) && strings.IndexByte("{}[]:, ", line[end]) >= 0 {
			end++
		}
		return end, t.Punct
	case c == '-' || c >= '0' && c <= '9':
		return run(line, i, func(c byte) bool {
			return c >= '0' && c <= '9' || strings.IndexByte("+-.eE", c) >= 0
		}), t.Number
	case c == ' ' || c == '\t':
		return run(line, i, func(c byte) bool { return c == ' ' || c == '\t' }), t.Text
	}
	end = run(line, i, func(c byte) bool { return strings.IndexByte("{}[]:,\" \t", c) < 0 })
	switch line[i:end] {
	case "true", "false", "null":
		return end, t.Literal
	}
	return end, t.Text
}

// stringToken returns where the string at line[i] ends. It is a key where a colon
// follows, and bad where it does not end.
func stringToken(t *paint.Theme, line string, i int) (end int, style paint.Style) {
	for end = i + 1; end < len(line); end++ {
		switch line[end] {
		case '\\':
			end++
		case '"':
			end++
			if strings.HasPrefix(strings.TrimLeft(line[end:], " \t"), ":") {
				return end, t.Key
			}
			return end, t.String
		}
	}
	return len(line), t.Bad
}

func run(line string, i int, is func(byte) bool) int {
	for i++; i < len(line) && is(line[i]); i++ {
	}
	return i
}
