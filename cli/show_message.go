package cli

import (
	"fmt"
	"net/http"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
)

// request writes the request as a message.
func (s *sheet) request(o showOptions) {
	if !o.request || o.response { // else it is all there is
		s.heading("request")
	}
	fmt.Fprintln(s.out, s.strong(plain.Text(s.e.Method+" "+s.e.Path)))
	s.message(&s.e.Request, o, "--request")
}

// response writes the response as a message.
func (s *sheet) response(o showOptions) {
	if !o.response || o.request {
		s.heading("response")
	}
	if s.e.Status == 0 {
		fmt.Fprintln(s.out, s.muted("none"))
		return
	}
	first := statusText(s.e.Status)
	if s.e.Unreachable {
		first += " " + s.muted("(vapitap's own: no answer came from the server)")
	}
	fmt.Fprintln(s.out, s.strong(first))
	s.message(&s.e.Response, o, "--response")
}

// message writes headers, body and trailers. The flag shows the message alone.
func (s *sheet) message(m *record.Message, o showOptions, flag string) {
	s.header(m.Header)
	if o.headers {
		s.header(m.Trailer)
		return
	}
	fmt.Fprintln(s.out)
	s.body(m, flag)
	if len(m.Trailer) > 0 {
		fmt.Fprintln(s.out)
		s.header(m.Trailer)
	}
}

// header writes one line a value, in the order of the names.
func (s *sheet) header(h http.Header) {
	for _, name := range record.SortedHeader(h) {
		for _, value := range h[name] {
			if !s.secrets {
				value = record.MaskHeader(name, value)
			}
			fmt.Fprintf(s.out, "%s %s\n", s.muted(plain.Text(name)+":"), plain.Text(value))
		}
	}
}

// body writes a body as its kind is best read: JSON laid out, text as it is, and
// of anything else the first bytes.
func (s *sheet) body(m *record.Message, flag string) {
	if m.Bytes == 0 && len(m.Body) == 0 {
		s.note("no body")
		return
	}
	body := m.Decoded()
	truncated := m.Truncated
	s.notes(m, body)
	p := &pager{out: s.out, style: s.style, extent: s.extent}
	switch {
	case len(body) == 0:
	case !isText(body, truncated):
		s.note(fmt.Sprintf("%s that are not text; the first of them:", plain.Size(int64(len(body)))))
		p.hex(body)
	case isJSON(body, truncated):
		p.json(body)
	default:
		p.text(body)
	}
	s.sayCut(p, flag)
}

// notes says what is shown where that is not all of the body, or not as it was
// on the wire.
func (s *sheet) notes(m *record.Message, body []byte) {
	if encoding := strings.Join(m.Header["Content-Encoding"], ", "); encoding != "" && len(m.Body) > 0 {
		if !sameSlice(body, m.Body) {
			s.note(fmt.Sprintf("%s, %s on the wire; decoded:", encoding, plain.Size(int64(len(m.Body)))))
		} else if !strings.EqualFold(encoding, "identity") {
			s.note(fmt.Sprintf("%s, which could not be decoded:", encoding))
		}
	}
	if m.Truncated {
		s.note(fmt.Sprintf("cut short: %s of %s were captured", plain.Size(int64(len(m.Body))), plain.Size(m.Bytes)))
	}
}

// sameSlice reports whether a and b are the same bytes in memory.
func sameSlice(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (s *sheet) note(text string) { fmt.Fprintln(s.out, s.muted("("+plain.Text(text)+")")) }

// sayCut says how to see the rest of what was not written in full.
func (s *sheet) sayCut(p *pager, flag string) {
	if p.cut {
		s.note(fmt.Sprintf("… cut to fit; all of it: vapitap show %d %s | less", s.e.ID, flag))
	}
}
