package cli

import (
	"fmt"
	"strings"

	"vapitap/internal/plain"
)

// doctorSheet writes findings as they come: a sign, what was looked at, what was
// found, and below it what to do.
type doctorSheet struct {
	*app
	json  bool
	wrong int    // how many need doing
	check string // that of the last line
}

// checkWidth is the width of the longest name of a check.
const checkWidth = 12

func (s *doctorSheet) write(f finding) error {
	if f.Level == levelError {
		s.wrong++
	}
	if s.json {
		return s.encode(f)
	}
	name := f.Check
	if name == s.check {
		name = ""
	}
	s.check = f.Check
	const indent = 2 + checkWidth + 1
	text := fmt.Sprintf("%s %s %s\n", s.sign(f.Level), s.style.muted(fit(name, checkWidth)), s.wrapped(indent, plain.Text(f.Finding)))
	if f.Do != "" {
		text += s.style.muted(s.style.hang(indent, plain.Text(f.Do))) + "\n"
	}
	_, err := fmt.Fprint(s.out, text)
	return err
}

func (s *doctorSheet) sign(l level) string {
	switch l {
	case levelOK:
		return s.style.good("✓")
	case levelError:
		return s.style.failed("✗")
	}
	return s.style.muted("○")
}

// wrapped wraps what stands behind an indentation of its first line.
func (s *doctorSheet) wrapped(indent int, text string) string {
	return strings.TrimPrefix(s.style.hang(indent, text), strings.Repeat(" ", indent))
}
