package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// askQuit ends the interface; where something attached has to be put back it asks
// before.
func askQuit(m *Model) tea.Cmd {
	if m.place.Attached == "" {
		return m.quit()
	}
	return m.confirm(fmt.Sprintf("Quit? %s points here", m.place.Attached), "yes, put it back and quit", "no, stay", (*Model).quit)
}
