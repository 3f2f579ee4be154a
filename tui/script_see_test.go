package tui

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// text is the screen without its styles, and without spaces at the ends of its
// lines.
func (s *stage) text() string {
	lines := strings.Split(ansi.Strip(s.frame()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func screen(s *stage, rest string, _ []string) error {
	re, err := pattern(rest)
	if err == nil && !re.MatchString(s.text()) {
		err = fmt.Errorf("the screen is\n%s", s.text())
	}
	return err
}

func noScreen(s *stage, rest string, _ []string) error {
	re, err := pattern(rest)
	if err == nil && re.MatchString(s.text()) {
		err = fmt.Errorf("the screen is\n%s", s.text())
	}
	return err
}

func golden(s *stage, _ string, args []string) error {
	if len(args) == 0 {
		return errors.New("golden NAME [colour]")
	}
	if err := compare(filepath.Join("testdata", "golden", args[0]+".screen"), s.text()+"\n"); err != nil || len(args) == 1 {
		return err
	}
	return compare(filepath.Join("testdata", "golden", args[0]+".ansi"), s.frame()+"\n")
}

// compare compares with a golden file, or writes it.
func compare(file, got string) error {
	got = sessionEnd.ReplaceAllString(got, "$1-0000")
	if *update {
		return os.WriteFile(file, []byte(got), 0o644)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%w (go test ./tui -update writes it)", err)
	}
	if got == string(want) {
		return nil
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Errorf("line %d differs\nwant %q\ngot  %q\nof\n%s", i+1, a[i], b[i], got)
		}
	}
	return fmt.Errorf("%d lines instead of %d:\n%s", len(b), len(a), got)
}

// sessionEnd is the part of a session's id that is made by chance.
var sessionEnd = regexp.MustCompile(`\b(\d{8}T\d{6})-[0-9a-f]{4}\b`)

func clipboard(s *stage, rest string, _ []string) error {
	re, err := pattern(rest)
	if err == nil && !re.MatchString(s.clipboard) {
		err = fmt.Errorf("the clipboard holds %q", s.clipboard)
	}
	return err
}

func file(s *stage, rest string, args []string) error {
	if len(args) == 0 {
		return errors.New("file NAME ['PATTERN']")
	}
	text, err := os.ReadFile(filepath.Join(s.saved, args[0]))
	if err != nil || len(args) == 1 {
		return err
	}
	re, err := pattern(strings.TrimPrefix(rest, args[0]+" "))
	if err == nil && !re.Match(text) {
		err = fmt.Errorf("it is %s", text)
	}
	return err
}

func sent(s *stage, rest string, args []string) error {
	all := s.server.requests()
	if len(args) < 2 || len(all) == 0 {
		return fmt.Errorf("the server got %d requests", len(all))
	}
	last := all[len(all)-1]
	if last.method != args[0] || last.path != args[1] {
		return fmt.Errorf("the server got %+v", last)
	}
	if len(args) == 2 {
		return nil
	}
	re, err := pattern(strings.TrimPrefix(rest, args[0]+" "+args[1]+" "))
	if err == nil && !re.MatchString(last.body) {
		err = fmt.Errorf("the server got %s", last.body)
	}
	return err
}
