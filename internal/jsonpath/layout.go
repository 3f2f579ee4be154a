package jsonpath

import (
	"bytes"
	"encoding/json"
)

// roomToLayOut is by how many bytes, beside three times its length, the text may
// grow that is laid out.
const roomToLayOut = 64 << 10

// LayOut returns JSON with line breaks and indentation, every value as it came.
// What would grow out of proportion, because it is nested deep, stays as it is;
// so does what is no JSON.
func LayOut(text []byte) []byte {
	size, depth, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		size++
		switch c := text[i]; {
		case inString && c == '\\':
			i++
			size++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			size += 1 + 2*depth
		case c == '}' || c == ']':
			depth--
			size += 1 + 2*depth
		case c == ',':
			size += 1 + 2*depth
		}
	}
	var out bytes.Buffer
	if size > 4*len(text)+roomToLayOut || json.Indent(&out, trim(text), "", "  ") != nil {
		return text
	}
	return out.Bytes()
}
