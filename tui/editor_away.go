package tui

import (
	"bytes"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"

	"vapitap/internal/owneditor"
)

// goAway edits the body in the editor that the user has set, which gets the
// terminal as long as it runs.
func (ed *editor) goAway(m *Model) tea.Cmd {
	ed.busy = true
	body, pattern := ed.bodyBytes(), fmt.Sprintf("vapitap-%d-*%s", ed.e.ID, ed.extension())
	return func() tea.Msg {
		file, err := owneditor.WriteTemp(pattern, body)
		return actMsg(func(m *Model) tea.Cmd {
			if err != nil {
				ed.busy = false
				m.complain("write the body for your editor: " + err.Error())
				return nil
			}
			program := owneditor.Chosen()
			return tea.ExecProcess(program.Open(file), func(err error) tea.Msg {
				return actMsg(func(*Model) tea.Cmd { return ed.comeBack(program, file, body, err) })
			})
		})
	}
}

// comeBack takes over what the program left in the file, and nothing where it
// ended with an error.
func (ed *editor) comeBack(program owneditor.Command, file string, before []byte, failure error) tea.Cmd {
	return func() tea.Msg {
		defer os.Remove(file)
		var body readBody
		err := program.Failure(failure)
		if err == nil {
			var text []byte
			text, err = os.ReadFile(file)
			body = ed.body.read(owneditor.SameEnd(before, text))
		}
		return actMsg(func(m *Model) tea.Cmd {
			ed.busy = false
			switch {
			case err != nil:
				m.complain(err.Error() + "; the draft is as it was before")
			case bytes.Equal(body.bytes, before):
				m.say("nothing was changed in " + program.Name())
			default:
				ed.setBody(body)
				m.say("taken over from " + program.Name() + "; ctrl+s sends it")
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
