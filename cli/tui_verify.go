package cli

import (
	"bytes"
	"fmt"
	"strings"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui"
	"vapitap/vapi/auth"
)

var _ tui.Verifier = (*tuiSender)(nil)

// Verify says what vapitap verify says of an exchange.
func (s *tuiSender) Verify(e *record.Exchange) ([]string, error) {
	secrets, spec, err := s.auth.read()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	v := verification{app: &app{out: &out}, e: e, request: e.Wire()}
	v.report = auth.Search(v.request, secrets, spec)
	if len(secrets) == 0 && v.report.Scheme != auth.SchemeNone {
		return nil, fmt.Errorf("%s came (%s), and there is no secret to compare it with: start vapitap with --secret-file FILE", plain.Text(v.report.Headers[0]), v.report.Scheme)
	}
	if err := v.text(); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n"), nil
}
