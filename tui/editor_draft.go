package tui

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"vapitap/record"
)

// headerText writes headers as they are edited: one a line, secrets masked
// unless they are to be seen.
func headerText(h http.Header, secrets bool) string {
	var lines []string
	for _, name := range record.SortedHeader(h) {
		for _, value := range h[name] {
			if !secrets {
				value = record.MaskHeader(name, value)
			}
			lines = append(lines, name+": "+value)
		}
	}
	return strings.Join(lines, "\n")
}

// readHeader reads headers that were edited. What stands masked in them is what
// original has there.
func readHeader(text string, original http.Header) (http.Header, error) {
	h := http.Header{}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("header line %d has no colon: Name: value", i+1)
		}
		if name = textproto.TrimString(name); !isToken(name) {
			return nil, fmt.Errorf("header line %d: %q is no name of a header", i+1, name)
		}
		if value = textproto.TrimString(value); strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return nil, fmt.Errorf("header line %d: the value has a control character", i+1)
		}
		name = http.CanonicalHeaderKey(name)
		h[name] = append(h[name], unmasked(name, value, len(h[name]), original))
	}
	return h, nil
}

// unmasked returns the secret that a value stands for, the nth of its name, or
// the value.
func unmasked(name, value string, n int, original http.Header) string {
	values := original[name]
	if n < len(values) && record.MaskHeader(name, values[n]) == value {
		return values[n]
	}
	if i := slices.IndexFunc(values, func(v string) bool { return v != value && record.MaskHeader(name, v) == value }); i >= 0 {
		return values[i] // one before it was taken out
	}
	return value
}

// isToken reports whether s can be a method or the name of a header (RFC 9110,
// section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}

// fieldError is what is wrong with a field.
type fieldError struct {
	field field
	error
}

// draft returns what is to be sent, or a *fieldError. Its body is as it is shown
// where it was changed: how it goes out is for bodyText.written to say, which takes
// long where it is large.
func (ed *editor) draft() (Draft, error) {
	d := ed.original
	if !ed.anyChanged() {
		return d, nil
	}
	d.Edited = true
	if d.Method = strings.TrimSpace(ed.text[fieldMethod].String()); !isToken(d.Method) {
		return d, &fieldError{fieldMethod, fmt.Errorf("%q is no method, such as POST", d.Method)}
	}
	if ed.changed(fieldPath) {
		d.Path = strings.TrimSpace(ed.text[fieldPath].String())
		if !strings.HasPrefix(d.Path, "/") || strings.ContainsFunc(d.Path, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
			return d, &fieldError{fieldPath, errors.New("a path begins with / and has no spaces (%20 is one)")}
		}
	}
	if ed.changed(fieldHeaders) {
		var err error
		if d.Header, err = readHeader(ed.text[fieldHeaders].String(), ed.original.Header); err != nil {
			return d, &fieldError{fieldHeaders, err}
		}
	}
	if ed.changed(fieldBody) {
		d.Body = ed.bodyBytes()
		if ed.body.unpacked {
			d.Header = d.Header.Clone()
			d.Header.Del("Content-Encoding") // it is not packed again
		}
	}
	return d, nil
}
