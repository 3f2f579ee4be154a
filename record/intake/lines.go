package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"vapitap/internal/jsonpath"
)

const (
	lineBuffer = 64 << 10
	// mostLine bounds one line, and JSON that runs over several.
	mostLine = 64 << 20
	// mostStarts is how many brackets of a line are tried as the beginning of JSON.
	mostStarts = 64
)

// errLong is that of a line beyond mostLine.
var errLong = errors.New("the line, or the JSON that begins there, is longer than 64 MiB")

// lines reads a log: lines that are JSON, that have JSON behind other words, or
// that begin JSON which runs over several.
func (r *Reader) lines(in *bufio.Reader) error {
	var open *openJSON
	for n := 1; !r.stopped; n++ {
		line, tooLong, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if open != nil && len(line) > 0 && open.goesOn(line) {
			open.add(line)
			if open.scan.closed || len(open.text) > mostLine {
				r.closed(open)
				open = nil
			}
			line = nil
		} else if open != nil && (len(line) > 0 || err != nil) {
			r.broken(open.line, open.text)
			open = nil
		}
		if tooLong {
			r.fail(n, errLong)
		} else if len(bytes.TrimSpace(line)) > 0 {
			open = r.line(line, n)
		}
		if err != nil {
			break
		}
	}
	if open != nil {
		r.broken(open.line, open.text)
	}
	return nil
}

// readLine reads a line without its end. Of one that is too long the rest is
// passed over.
func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > mostLine {
			tooLong = true
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), tooLong, err
		}
	}
}

// line reads one line. It returns what is open where JSON begins in it that may
// go on in the next.
func (r *Reader) line(text []byte, n int) *openJSON {
	found, valid := false, false
	for i, tried := 0, 0; i < len(text) && tried < mostStarts; {
		next := bytes.IndexAny(text[i:], "{[")
		if next < 0 {
			break
		}
		i += next
		tried++
		var scan brackets
		length := scan.read(text[i:])
		switch {
		case !scan.closed && !scan.inString && !found && endsOpen(text):
			return &openJSON{line: n, text: bytes.Clone(text[i:]), scan: scan}
		case !scan.closed:
			if !found && !valid {
				r.broken(n, text)
				return nil
			}
			i = len(text)
		case json.Valid(text[i : i+length]):
			valid = true
			found = r.value(text[i:i+length], n, 0) || found
			i += length
		default:
			i++
		}
	}
	switch {
	case found:
	case valid:
		r.PassedOver++
	default:
		r.broken(n, text)
	}
	return nil
}

// endsOpen reports whether a line ends as those of JSON do that is laid out over
// several.
func endsOpen(line []byte) bool {
	line = bytes.TrimSpace(line)
	return bytes.IndexByte([]byte("{[,:"), line[len(line)-1]) >= 0
}

// broken tells of a line that seems to be meant for a message and cannot be read,
// and passes over any other.
func (r *Reader) broken(n int, text []byte) {
	text = bytes.TrimSpace(text)
	switch {
	case bytes.Contains(text, []byte("message: {")):
		r.fail(n, errors.New("that is how Node prints an object, and not JSON\nhint: log JSON.stringify(req.body)"))
	case bytes.Contains(text, []byte("{'message':")):
		r.fail(n, errors.New("that is how Python prints a dict, and not JSON\nhint: log json.dumps(request.json)"))
	case text[0] == '{' || bytes.Contains(text, []byte(`{"message":`)):
		r.fail(n, whyBroken(text))
	default:
		r.PassedOver++
	}
}

// whyBroken says why there is no JSON from the first brace of text on.
func whyBroken(text []byte) error {
	text = text[max(bytes.IndexByte(text, '{'), 0):]
	var wrong *jsonpath.NotJSONError
	if !errors.As(jsonpath.Validate(text), &wrong) || wrong.Offset >= len(text) {
		return errCut
	}
	return fmt.Errorf("the JSON is broken: %s at byte %d of it", wrong.Reason, wrong.Offset+1)
}

// openJSON is JSON that began on a line before.
type openJSON struct {
	line int
	text []byte
	scan brackets
}

// goesOn reports whether a line can belong to it: JSON that is laid out is
// indented, but for its last bracket.
func (o *openJSON) goesOn(line []byte) bool {
	switch line[0] {
	case ' ', '\t', '}', ']':
		return true
	}
	return false
}

func (o *openJSON) add(line []byte) {
	o.text = append(append(o.text, '\n'), line...)
	length := o.scan.read(line)
	o.text = o.text[:len(o.text)-len(line)+length]
}

// closed reads JSON that has come to its end.
func (r *Reader) closed(o *openJSON) {
	switch {
	case !o.scan.closed:
		r.fail(o.line, errLong)
	case !json.Valid(o.text):
		r.broken(o.line, o.text)
	case !r.value(o.text, o.line, 0):
		r.PassedOver++
	}
}

// brackets knows how deep in objects and arrays a text is that comes in pieces.
type brackets struct {
	depth             int
	inString, escaped bool
	closed            bool
}

// read reads on, and returns how much of text belongs to the value: all of it
// unless it closes.
func (b *brackets) read(text []byte) int {
	for i, c := range text {
		switch {
		case b.escaped:
			b.escaped = false
		case b.inString && c == '\\':
			b.escaped = true
		case c == '"':
			b.inString = !b.inString
		case b.inString:
		case c == '{' || c == '[':
			b.depth++
		case c == '}' || c == ']':
			if b.depth--; b.depth == 0 {
				b.closed = true
				return i + 1
			}
		}
	}
	return len(text)
}
