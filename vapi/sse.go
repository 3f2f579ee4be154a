package vapi

import (
	"bytes"
	"iter"
	"strings"
)

// streamEnd is the last event of an OpenAI-shaped stream.
const streamEnd = "[DONE]"

// isEventStream reports whether a reply is server-sent events, by its
// Content-Type or by how its body begins.
func isEventStream(reply *Reply) bool {
	t, _, _ := strings.Cut(reply.Header.Get("Content-Type"), ";")
	if strings.EqualFold(strings.TrimSpace(t), "text/event-stream") {
		return true
	}
	body := bytes.TrimLeft(reply.Body, "\r\n")
	for _, field := range []string{"data:", "event:", "id:", "retry:", ":"} {
		if bytes.HasPrefix(body, []byte(field)) {
			return true
		}
	}
	return false
}

// events yields the data of each server-sent event that has any, its lines
// joined as the standard has it. An event that the end of the body cuts off is
// yielded as far as it goes. The slice is valid until the next one.
func events(body []byte) iter.Seq[[]byte] {
	return func(yield func(data []byte) bool) {
		var data, joinedLines []byte
		lines := 0
		for len(body) > 0 {
			line, rest := cutLine(body)
			body = rest
			if len(line) == 0 {
				if lines > 0 && !yield(data) {
					return
				}
				data, lines = nil, 0
				continue
			}
			if payload, ok := bytes.CutPrefix(line, []byte("data:")); ok {
				payload = bytes.TrimPrefix(payload, []byte(" "))
				switch lines++; lines {
				case 1:
					data = payload
				case 2:
					joinedLines = append(joinedLines[:0], data...)
					fallthrough
				default:
					joinedLines = append(append(joinedLines, '\n'), payload...)
					data = joinedLines
				}
			}
		}
		if lines > 0 {
			yield(data)
		}
	}
}

// cutLine cuts the first line off b. Lines end in CR, LF or both.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return b, nil
	}
	line, rest = b[:i], b[i+1:]
	if b[i] == '\r' && len(rest) > 0 && rest[0] == '\n' {
		rest = rest[1:]
	}
	return line, rest
}
