package payload

import (
	"bytes"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"vapitap/internal/jsonpath"
	"vapitap/internal/plain"
	"vapitap/tui/paint"
)

// Kind is how a body is shown.
type Kind int

// The kinds.
const (
	Empty  Kind = iota // there is no body
	JSON               // as a tree that folds
	Text               // line by line
	Form               // field by field, decoded
	Binary             // as numbers and characters
	Events             // event by event, with their JSON as trees
)

func (k Kind) String() string {
	return [...]string{"empty", "JSON", "text", "form", "binary", "events"}[k]
}

// New returns a view of a body, which must not change from then on. Its content
// type is that of its header, which may be empty or wrong: what does not read as
// what it says it is is shown as text or as bytes. Where the body was truncated,
// total is how long it was, in bytes; 0 is unknown.
//
// New reads all of the body once: about 10 ms for each MB.
func New(body []byte, contentType string, truncated bool, total int64) *View {
	v := &View{cells: unseenCells}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	tail := ""
	switch shown := int64(len(body)); {
	case shown > maxIndexed:
		tail = fmt.Sprintf("%s of %s are shown", size(maxIndexed), size(max(total, shown)))
	case truncated && total > shown:
		tail = fmt.Sprintf("truncated: %s of %s", size(shown), size(total))
	case truncated:
		tail = "truncated after " + size(shown)
	}
	v.build(body, media, tail)
	if tail != "" && v.kind != Empty {
		v.note = strings.TrimSuffix(tail+"; "+v.note, "; ")
	}
	if v.body != nil && v.body.count() == 0 {
		v.kind = Empty
	}
	if v.kind == Empty {
		return v
	}
	v.top.place = v.body.first()
	if v.cursor.doc == nil {
		v.cursor = v.top
	}
	return v
}

// build makes the lines of a body. tail is what its last line says where it was
// cut off.
func (v *View) build(body []byte, media, tail string) {
	cut := ""
	if tail != "" {
		cut = "… " + tail
	}
	wanted := media == "application/json" || strings.HasSuffix(media, "+json") || media == "text/json"
	switch start := firstByte(body); {
	case len(body) == 0:
		v.note = "no body"
	case media == "text/event-stream" && utf8Like(body):
		v.asEvents(body, cut)
	case media == "application/x-www-form-urlencoded" && utf8Like(body):
		v.asForm(body, cut)
	case isBinary(body, media):
		v.asDump(body, media, cut)
	case wanted || start == '{' || start == '[':
		v.asJSON(body, wanted || media == "", cut)
	default:
		v.asText(body, cut)
	}
}

func (v *View) asJSON(body []byte, wanted bool, tail string) {
	t, broken := scanJSON(body, tail != "")
	if broken != nil {
		f := v.asText(body, tail)
		if wanted {
			f.broken = broken.at
			v.markBreak(f, broken)
		}
		return
	}
	v.kind, t.tail = JSON, tail
	v.body = &document{shape: t, tree: t, text: t.text}
}

// markBreak shows where a text stops being JSON, and says why.
func (v *View) markBreak(f *flat, broken *breakage) {
	line := f.at(broken.at)
	start := f.start(line)
	column := utf8.RuneCount(f.text[start:broken.at]) + 1
	v.note = fmt.Sprintf("broken JSON at line %d, column %d: %s", line+1, column, broken.reason)
	v.wrap, v.leapt = true, true
	v.goTo(place{v.body, line}, broken.at-start)
}

func (v *View) asText(body []byte, tail string) *flat {
	f := newFlat(body)
	if tail != "" {
		f.end(tail)
	}
	v.kind, v.body = Text, &document{shape: f, text: f.text}
	return f
}

func (v *View) asForm(body []byte, tail string) {
	f := newForm(body)
	f.tail = tail
	v.kind, v.body = Form, &document{shape: f, text: f.text}
	v.note = count(len(f.fields), "form, %s field")
}

func (v *View) asEvents(body []byte, tail string) {
	t, n := scanEvents(body, tail)
	v.kind, v.body = Events, &document{shape: t, tree: t, text: t.text}
	v.note = count(n, "%s event")
}

func (v *View) asDump(body []byte, media, tail string) {
	d := &dump{text: body[:min(len(body), maxIndexed)], per: 16, tail: tail}
	v.kind, v.body = Binary, &document{shape: d, text: d.text}
	v.note = "binary"
	if media != "" {
		v.note += ", " + paint.Cut(plain.Text(media), 40)
	}
	v.note += ", " + size(int64(len(body)))
}

// count puts a number into a phrase that ends in the word for one.
func count(n int, phrase string) string {
	text := fmt.Sprintf(phrase, strconv.Itoa(n))
	if n != 1 {
		text += "s"
	}
	return text
}

// firstByte returns the first byte of a body that is not white space, 0 where
// there is none.
func firstByte(body []byte) byte {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if i := jsonpath.SkipSpace(body, 0); i < len(body) {
		return body[i]
	}
	return 0
}

// sampled is how many bytes at the start of a body decide whether it is text.
const sampled = 4096

// strangers returns how many of the first bytes of a body are not those of text,
// and of how many.
func strangers(body []byte) (n, of int) {
	b := body[:min(len(body), sampled)]
	for i := 0; i < len(b); of++ {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == 0:
			n += sampled // text does not have it
		case r == utf8.RuneError && size == 1 && utf8.FullRune(b[i:]):
			n++
		case r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != '\x1b':
			n++
		}
		i += size
	}
	return n, of
}

// utf8Like reports whether a body that says it is text can be taken for it.
func utf8Like(body []byte) bool {
	n, of := strangers(body)
	return n*10 <= of
}

// isBinary reports whether a body is shown as bytes.
func isBinary(body []byte, media string) bool {
	top, _, _ := strings.Cut(media, "/")
	switch n, of := strangers(body); {
	case top == "audio" || top == "image" || top == "video" || media == "application/octet-stream":
		return n > 0
	default:
		return n*10 > of
	}
}

// size writes a number of bytes as people say it: 512 B, 8 KiB, 1.5 MiB.
func size(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	value, unit := float64(n), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	text := strconv.FormatFloat(value, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0") + " " + units[unit]
}

// Kind returns how the body is shown. JSON that is broken is Text.
func (v *View) Kind() Kind { return v.kind }

// Note says in one line what is not seen at once: that the body was truncated or
// is broken, how many fields or events it has. It is empty where there is nothing
// to say.
func (v *View) Note() string { return v.note }
