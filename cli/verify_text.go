package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/vapi/auth"
)

// staleAfter is from which age on servers commonly refuse a timestamp.
const staleAfter = 5 * time.Minute

// text writes the verification for a person.
func (v *verification) text() error {
	out := bufio.NewWriter(v.out)
	sheet := verifySheet{Writer: out, style: v.style, verification: v}
	switch f := v.report.Found; {
	case f == nil && v.report.Scheme == auth.SchemeNone:
		sheet.headline(sheet.failed, "✗", "nothing came that proves who is calling: no X-Vapi-Secret, no signature, no bearer token")
		sheet.list("what to do", v.report.Leaves(v.request))
	case f == nil:
		sheet.headline(sheet.failed, "✗", fmt.Sprintf("nothing that was tried fits %s", strings.Join(v.report.Headers, ", ")))
		sheet.field("tried", v.tried())
		sheet.list("what that leaves", v.report.Leaves(v.request))
	case !f.Good():
		sheet.headline(sheet.failed, "✗", fmt.Sprintf("%s is not the secret, but nearly: %s", f.Header, f.Secret))
	case f.Scheme == auth.SchemeHMAC:
		sheet.signature(f)
	default:
		sheet.headline(sheet.good, "✓", fmt.Sprintf("%s shows the secret as it was given (%s)", f.Header, f.Scheme))
		sheet.code(f)
	}
	return out.Flush()
}

// tried says how much was tried.
func (v *verification) tried() string {
	r := &v.report
	if r.Formats == 0 {
		return count(r.Tried, "comparison")
	}
	return fmt.Sprintf("%s: %s of the secret, %d of the body, %d of a timestamp, in %d formats", count(r.Tried, "combination"),
		count(r.Secrets, "form"), r.Bodies, r.Timestamps, r.Formats)
}

// verifySheet writes a verification.
type verifySheet struct {
	*bufio.Writer
	style
	*verification
}

// headline says of which exchange, and what came of it.
func (s *verifySheet) headline(look func(string) string, sign, text string) {
	what := cmp.Or(s.e.Type, s.e.Method+" "+s.e.Path)
	fmt.Fprintln(s, s.style.hang(0, fmt.Sprintf("%s %s", look(sign+" "+plain.Text(text)), s.muted(fmt.Sprintf("(exchange %d, %s)", s.e.ID, plain.Text(short(what)))))))
}

// field writes one thing by its name; nothing where it is empty.
func (s *verifySheet) field(name, value string) {
	const width = 11
	if value != "" {
		text := s.hang(width+3, plain.Text(value))
		fmt.Fprintf(s, "  %s %s\n", s.muted(fit(name, width)), strings.TrimLeft(text, " "))
	}
}

// list writes sentences below a heading.
func (s *verifySheet) list(heading string, sentences []string) {
	fmt.Fprintf(s, "  %s\n", s.muted(heading))
	for _, sentence := range sentences {
		fmt.Fprintf(s, "  - %s\n", strings.TrimLeft(s.hang(4, plain.Text(sentence)), " "))
	}
}

// signature writes how a signature was made.
func (s *verifySheet) signature(f *auth.Finding) {
	h := f.HMAC
	s.headline(s.good, "✓", fmt.Sprintf("the signature in %s comes of this secret", f.Header))
	made := fmt.Sprintf("HMAC-%s of %s, in %s", strings.ToUpper(h.Algorithm), strings.ReplaceAll(h.Format, "\n", `\n`), h.Encoding)
	if h.Prefix != "" {
		made += fmt.Sprintf(" after %q", h.Prefix)
	}
	s.field("made as", made)
	s.field("the secret", f.Secret)
	s.field("{body}", cmp.Or(f.Body, "the bytes that came"))
	if strings.Contains(h.Format, "{timestamp}") {
		s.field("{timestamp}", cmp.Or(f.Timestamp, "as it stands in "+h.TimestampHeader)+s.age(f))
	}
	if strings.Contains(h.Format, "{svix-id}") {
		s.field("{svix-id}", "as it stands in "+h.IDHeader)
	}
	if strings.Contains(h.Format, "{url}") {
		s.field("{url}", f.URL)
	}
	s.code(f)
	switch {
	case !f.Usable:
		s.field("vapitap", "cannot be told to check this; mend what is said above")
	case f.Default:
		s.field("vapitap", "checks this with --secret alone")
	default:
		s.field("vapitap", "checks this with --hmac "+shellWord(h.String()))
	}
}

// age tells a timestamp that is older than servers commonly take.
func (s *verifySheet) age(f *auth.Finding) string {
	age, ok := f.Age(s.e.Time)
	switch {
	case !ok, age.Abs() < staleAfter:
		return ""
	case age < 0:
		return fmt.Sprintf(", %s after the request came: a server that checks the time refuses it, unless its clock or this one is wrong", plain.Duration(-age))
	}
	return fmt.Sprintf(", %s before the request came: a server that checks the time refuses it", plain.Duration(age))
}

// code writes the lines of server code.
func (s *verifySheet) code(f *auth.Finding) {
	fmt.Fprintf(s, "  %s\n", s.muted("what "+f.Header+" has to be, for your server to compare in constant time:"))
	for _, c := range f.Code() {
		fmt.Fprintf(s, "    %s %s\n", s.muted(fit(c.Language, 6)), plain.Text(c.Line)) // never wrapped: it is copied
	}
}
