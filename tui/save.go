package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
)

// saveOne writes the exchange under the cursor as a fixture.
func saveOne(m *Model) tea.Cmd { return m.save(m.here().id, false) }

// save writes an exchange as a fixture; force overwrites what is there.
func (m *Model) save(id int64, force bool) tea.Cmd {
	store, saver := m.options.Store, m.options.Saver
	return func() tea.Msg {
		ctx := context.Background()
		e, err := store.Get(ctx, id)
		var file string
		var replaced int
		if err == nil {
			file, replaced, err = saver.Save(ctx, e, force)
		}
		if err == nil {
			store.Amend(&record.Exchange{ID: id}, func(e *record.Exchange) { e.Saved = true })
		}
		return actMsg(func(m *Model) tea.Cmd {
			m.saved(id, file, replaced, err)
			return nil
		})
	}
}

// saved says what came of saving, or asks where the file is there already.
func (m *Model) saved(id int64, file string, replaced int, err error) {
	switch {
	case errors.Is(err, fs.ErrExist):
		m.askOverwrite(id, file)
	case err != nil:
		m.complain(fmt.Sprintf("#%d was not saved: %s", id, oneLine(err)))
	default:
		if n, ok := m.history.ids[id]; ok {
			m.history.at(n).set(saved, true) // the store tells it too, where it is watched
		}
		m.say(fmt.Sprintf("#%d is saved as %s, %s", id, file, secretsReplaced(replaced)))
	}
}

func secretsReplaced(n int) string {
	switch n {
	case 0:
		return "which had no secrets"
	case 1:
		return "1 secret replaced"
	}
	return fmt.Sprintf("%d secrets replaced", n)
}

// askOverwrite asks what becomes of a fixture that is there already.
func (m *Model) askOverwrite(id int64, file string) {
	if file == "" {
		file = "the file"
	}
	m.over = newPicker(file+" is there already", false, []choice{
		{letter: "n", title: "keep it", do: simple(func(m *Model) { m.say(file + " stays as it was") })},
		{letter: "y", title: fmt.Sprintf("overwrite it with #%d", id), do: func(m *Model) tea.Cmd { return m.save(id, true) }},
	})
}
