package tui

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// goAway edits the body in the editor that the user has set, which gets the
// terminal as long as it runs.
func (ed *editor) goAway(m *Model) tea.Cmd {
	ed.busy = true
	body, pattern := ed.bodyBytes(), fmt.Sprintf("vapitap-%d-*%s", ed.e.ID, ed.extension())
	return func() tea.Msg {
		file, err := writeTemp(pattern, body)
		return actMsg(func(m *Model) tea.Cmd {
			if err != nil {
				ed.busy = false
				m.complain("write the body for your editor: " + err.Error())
				return nil
			}
			program := chosenEditor(os.Getenv, runtime.GOOS)
			return tea.ExecProcess(editorCommand(program, file, runtime.GOOS), func(err error) tea.Msg {
				return actMsg(func(*Model) tea.Cmd { return ed.comeBack(program, file, body, err) })
			})
		})
	}
}

// comeBack takes over what the program left in the file, and nothing where it
// ended with an error.
func (ed *editor) comeBack(program, file string, before []byte, failure error) tea.Cmd {
	return func() tea.Msg {
		defer os.Remove(file)
		var body readBody
		err := editorError(program, failure)
		if err == nil {
			var text []byte
			text, err = os.ReadFile(file)
			body = ed.body.read(sameEnd(before, text))
		}
		return actMsg(func(m *Model) tea.Cmd {
			ed.busy = false
			switch {
			case err != nil:
				m.complain(err.Error() + "; the draft is as it was before")
			case bytes.Equal(body.bytes, before):
				m.say("nothing was changed in " + programName(program))
			default:
				ed.setBody(body)
				m.say("taken over from " + programName(program) + "; ctrl+s sends it")
			}
			return nil
		})
	}
}

// extension is what the name of the file ends in, by which editors colour it.
func (ed *editor) extension() string {
	switch {
	case ed.body.json:
		return ".json"
	case ed.inPlace() || ed.body.recorded.editable:
		return ".txt"
	}
	return ".bin"
}

// writeTemp writes a file that only its owner can read. Text ends with a line
// break in it, as editors want it.
func writeTemp(pattern string, body []byte) (name string, err error) {
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

// sameEnd returns what an editor left without the line break at its end, where
// what it was given had none.
func sameEnd(before, after []byte) []byte {
	if bytes.HasSuffix(before, []byte("\n")) {
		return after
	}
	without, had := bytes.CutSuffix(after, []byte("\n"))
	if had && !bytes.HasSuffix(before, []byte("\r")) {
		without = bytes.TrimSuffix(without, []byte("\r"))
	}
	return without
}

// chosenEditor returns the command line of the user's editor.
func chosenEditor(env func(string) string, system string) string {
	fallback := "vi"
	if system == "windows" {
		fallback = "notepad"
	}
	return cmp.Or(strings.TrimSpace(env("VISUAL")), strings.TrimSpace(env("EDITOR")), fallback)
}

// editorCommand returns the command that opens a file. A command line may have
// arguments, such as code --wait.
func editorCommand(program, file, system string) *exec.Cmd {
	if system == "windows" {
		words := append(commandWords(program), file)
		return exec.Command(words[0], words[1:]...)
	}
	return exec.Command("sh", "-c", program+` "$1"`, "sh", file)
}

// commandWords splits a command line at spaces that are not between quotes.
func commandWords(line string) []string {
	var words []string
	quoted := false
	for _, word := range strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	}) {
		words = append(words, strings.Trim(word, `"`))
	}
	return words
}

// programName is how a program is called that is run with this command line.
func programName(line string) string {
	words := commandWords(line)
	return words[0][strings.LastIndexAny(words[0], `/\`)+1:]
}

// editorError says why an editor did not do its work.
func editorError(program string, failure error) error {
	var ended *exec.ExitError
	switch {
	case failure == nil:
		return nil
	case errors.As(failure, &ended) && ended.ExitCode() == 127, errors.Is(failure, exec.ErrNotFound):
		return fmt.Errorf("%s is not there: set $VISUAL or $EDITOR to the editor that you use", programName(program))
	case errors.As(failure, &ended):
		return fmt.Errorf("%s ended with %s", programName(program), ended)
	}
	return fmt.Errorf("%s: %w", programName(program), failure)
}
