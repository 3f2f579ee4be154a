// Package tests_test runs the examples of fixtures in other tests, as a developer
// would. Those of Node and Python are run where VAPITAP_E2E=1 is set, and then a
// missing tool is a failure; that of Go runs with all others.
package tests_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vapitap/record/fixture"
)

// commands run the examples by their folder. Debian's pytest and Flask belong to
// the system's Python, which may not be the first in PATH.
var commands = map[string][]string{
	"node":   {"node", "--test"},
	"python": {"/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"},
}

func TestExamplesOfOtherTests(t *testing.T) {
	if os.Getenv("VAPITAP_E2E") != "1" {
		return
	}
	for folder, command := range commands {
		t.Run(folder, func(t *testing.T) {
			if wrote, err := run(t, folder, command); err != nil {
				t.Errorf("%v\n%s", err, wrote)
			}
			broken := t.TempDir()
			if err := os.CopyFS(broken, os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			spoil(t, filepath.Join(broken, "fixtures", "tool-calls-get-weather.json"))
			if wrote, err := run(t, broken, command); err == nil || !bytes.Contains(wrote, []byte("13 degrees")) {
				t.Errorf("another reply is wanted, and the test does not say so: %v\n%s", err, wrote)
			}
		})
	}
}

func run(t *testing.T, folder string, command []string) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	return cmd.CombinedOutput()
}

// spoil has the fixture want another temperature.
func spoil(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, bytes.Replace(text, []byte("12 degrees"), []byte("13 degrees"), 1), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFixturesOfTheExamplesAreFixtures(t *testing.T) {
	c, err := fixture.Collect([]string{"."})
	if err != nil || len(c.Groups) != 3 {
		t.Fatalf("%d fixtures, want one a language (%v)", len(c.Groups), err)
	}
	for _, g := range c.Groups {
		f := g.Files[0]
		if text, err := os.ReadFile(f.File); err != nil || f.Err != nil || !bytes.Equal(text, f.Fixture.Encode()) {
			t.Errorf("%s is not as vapitap save writes it (%v, %v)", f.File, err, f.Err)
		}
	}
}
