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
			store.Amend(&record.Exchange{ID: id}, nowSaved)
		}
		return actMsg(func(m *Model) tea.Cmd {
			m.saved(id, file, replaced, err)
			return nil
		})
	}
}

func nowSaved(e *record.Exchange) { e.Saved = true }

// saveCall writes the whole call of the exchange under the cursor.
func saveCall(m *Model) tea.Cmd { return m.saveWhole(m.here().call.id, false) }

// saveWhole writes a call as a folder of fixtures; force overwrites what is
// there.
func (m *Model) saveWhole(callID string, force bool) tea.Cmd {
	store, saver := m.options.Store, m.options.Saver
	return func() tea.Msg {
		folder, written, replaced, err := saver.SaveCall(context.Background(), callID, force)
		for _, id := range written {
			store.Amend(&record.Exchange{ID: id}, nowSaved)
		}
		return actMsg(func(m *Model) tea.Cmd {
			m.savedWhole(callID, folder, written, replaced, err)
			return nil
		})
	}
}

// savedWhole says what came of saving a call, or asks where some of it is there
// already.
func (m *Model) savedWhole(callID, folder string, written []int64, replaced int, err error) {
	for _, id := range written {
		if n, ok := m.history.ids[id]; ok {
			m.history.at(n).set(saved, true)
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		m.over = newPicker("Some of "+folder+" is there already", false, []choice{
			{letter: "n", title: "keep what is there", do: simple(func(m *Model) {
				m.say(fmt.Sprintf("%s: %d files written, the rest stays as it was", folder, len(written)))
			})},
			{letter: "y", title: "overwrite it", do: func(m *Model) tea.Cmd { return m.saveWhole(callID, true) }},
		})
	case err != nil:
		m.complain(fmt.Sprintf("call %s was not saved whole: %s", clip(callID, 4), oneLine(err)))
	default:
		m.say(fmt.Sprintf("call %s is saved in %s: %d files, %s", clip(callID, 4), folder, len(written), secretsReplaced(replaced)))
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
