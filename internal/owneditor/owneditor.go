// Package owneditor opens a file in the editor that a person has set, and takes
// back what they left in it.
//
// It knows the environment variables, command lines and temporary files. What is
// edited, who has the terminal meanwhile and what becomes of the text is for
// others to know.
package owneditor

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Command is the command line of an editor, which may have arguments, such as
// code --wait.
type Command string

// Chosen returns the editor that the environment names: $VISUAL, $EDITOR, else
// vi, on Windows notepad.
func Chosen() Command { return chosen(os.Getenv, runtime.GOOS) }

func chosen(env func(string) string, system string) Command {
	fallback := "vi"
	if system == "windows" {
		fallback = "notepad"
	}
	return Command(cmp.Or(strings.TrimSpace(env("VISUAL")), strings.TrimSpace(env("EDITOR")), fallback))
}

// Open returns the process that opens a file, which is not started. It has no
// terminal yet.
func (c Command) Open(file string) *exec.Cmd { return c.open(file, runtime.GOOS) }

func (c Command) open(file, system string) *exec.Cmd {
	if system == "windows" {
		words := append(c.words(), file)
		return exec.Command(words[0], words[1:]...)
	}
	return exec.Command("sh", "-c", string(c)+` "$1"`, "sh", file)
}

// words splits the command line at spaces that are not between quotes. There is
// one at least.
func (c Command) words() []string {
	var words []string
	quoted := false
	for _, word := range strings.FieldsFunc(string(c), func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	}) {
		words = append(words, strings.Trim(word, `"`))
	}
	if len(words) == 0 {
		return []string{""}
	}
	return words
}

// Name is what the program is called, without its folder and arguments.
func (c Command) Name() string {
	first := c.words()[0]
	return first[strings.LastIndexAny(first, `/\`)+1:]
}

// Failure says why the editor did not do its work, by what running it returned;
// nil where it did.
func (c Command) Failure(ran error) error {
	var ended *exec.ExitError
	switch {
	case ran == nil:
		return nil
	case errors.As(ran, &ended) && ended.ExitCode() == 127, errors.Is(ran, exec.ErrNotFound):
		return fmt.Errorf("%s is not there: set $VISUAL or $EDITOR to the editor that you use", c.Name())
	case errors.As(ran, &ended):
		return fmt.Errorf("%s ended with %s", c.Name(), ended)
	}
	return fmt.Errorf("%s: %w", c.Name(), ran)
}

// WriteTemp writes a temporary file that only its owner can read, whose name is
// made of pattern as os.CreateTemp does it. Text ends with a line break in it, as
// editors want it; what is named .bin is no text.
func WriteTemp(pattern string, body []byte) (name string, err error) {
	file, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	if _, err = file.Write(body); err == nil && !strings.HasSuffix(pattern, ".bin") && !bytes.HasSuffix(body, []byte("\n")) {
		_, err = file.WriteString("\n")
	}
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", err
	}
	return file.Name(), nil
}

// SameEnd returns what an editor left without the line break at its end, where
// what it was given had none.
func SameEnd(before, after []byte) []byte {
	if bytes.HasSuffix(before, []byte("\n")) {
		return after
	}
	without, had := bytes.CutSuffix(after, []byte("\n"))
	if had && !bytes.HasSuffix(before, []byte("\r")) {
		without = bytes.TrimSuffix(without, []byte("\r"))
	}
	return without
}
