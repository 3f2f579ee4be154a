package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"vapitap/internal/plain"
	"vapitap/record"
	"vapitap/tui/paint"
	"vapitap/tui/payload"
)

// mostThroughTerminal is how much is given to the terminal to put into the
// clipboard, in bytes: some break off what is longer, and a slow line would be
// busy with it.
const mostThroughTerminal = 1 << 20

// openCopyMenu lists what can be copied: of the place under the cursor of a
// body, of the exchange, and the address.
func openCopyMenu(m *Model) tea.Cmd {
	var all []choice
	if p := m.detail.payload(); p != nil && m.focus == focusDetail {
		all = copyOfPayload(p)
	}
	if hasID(m) {
		all = append(all, m.copyOfExchange()...)
	}
	if e := m.here(); e != nil && e.call != nil {
		all = append(all, copyChoice("l", "call id", "the call id", e.call.id))
	}
	switch {
	case m.place.Public != "":
		all = append(all, copyChoice("u", "public URL", "the public URL", m.place.Public))
	case m.place.Listen != "":
		all = append(all, copyChoice("u", "address that vapitap listens on", "the address", m.place.Listen))
	}
	if len(all) == 0 {
		m.say("there is nothing to copy here")
		return nil
	}
	m.over = newPicker("Copy", false, all)
	return nil
}

// copyChoice is a choice that copies a short text, which stands beside it.
func copyChoice(letter, title, what, text string) choice {
	return choice{letter: letter, title: title, note: paint.Cut(plain.Text(text), 36), do: func(m *Model) tea.Cmd {
		return m.copy(what, text)
	}}
}

// copyOfPayload is what can be copied of the line under the cursor of a body.
func copyOfPayload(p *payload.View) []choice {
	var all []choice
	if value := p.Value(); len(value) > 0 {
		all = append(all, choice{letter: "v", title: "value", note: beginning(value), do: func(m *Model) tea.Cmd {
			return m.copyBytes("the value", value)
		}})
	}
	if key := p.Key(); key != "" {
		all = append(all, copyChoice("n", "name of the member", "the name", key))
	}
	if path := p.Path(); path != "" {
		all = append(all, copyChoice("p", "path, as --set takes it", "the path", path))
	}
	if pointer := p.Pointer(); pointer != "" {
		all = append(all, copyChoice("o", "JSON pointer", "the pointer", pointer))
	}
	return all
}

// beginning is how a value begins, to know it by.
func beginning(value []byte) string {
	const most = 200
	return paint.Cut(plain.Text(string(value[:min(len(value), most)])), 30)
}

// copyOfExchange is what can be copied of the exchange under the cursor.
func (m *Model) copyOfExchange() []choice {
	id := m.here().id
	var all []choice
	if exporter := m.options.Exporter; exporter != nil {
		curl := func(secrets bool) func(*Model) tea.Cmd {
			return func(m *Model) tea.Cmd {
				return m.copyOf(id, func(e *record.Exchange) (string, []byte) { return "the curl line", []byte(exporter.Curl(e, secrets)) })
			}
		}
		all = append(all,
			choice{letter: "c", title: "curl line", note: "secrets replaced", do: curl(false)},
			choice{letter: "C", title: "curl line that works", note: "with its secrets", do: curl(true)})
	}
	body := func(what string, of func(*record.Exchange) *record.Message) func(*Model) tea.Cmd {
		return func(m *Model) tea.Cmd {
			return m.copyOf(id, func(e *record.Exchange) (string, []byte) { return what, of(e).Decoded() })
		}
	}
	return append(all,
		choice{letter: "b", title: "body of the request", do: body("the request", func(e *record.Exchange) *record.Message { return &e.Request })},
		choice{letter: "r", title: "body of the response", do: body("the response", func(e *record.Exchange) *record.Message { return &e.Response })},
		copyChoice("i", "number of the exchange", "the number", fmt.Sprint(id)))
}

// copyOf copies something of an exchange, which is read from the store unless it
// is the one that is shown.
func (m *Model) copyOf(id int64, of func(*record.Exchange) (what string, text []byte)) tea.Cmd {
	shown, store := m.detail.e, m.options.Store
	return func() tea.Msg {
		e := shown
		if e == nil || e.ID != id {
			var err error
			if e, err = store.Get(context.Background(), id); err != nil {
				return actMsg(func(m *Model) tea.Cmd {
					m.complain("nothing was copied: " + oneLine(err))
					return nil
				})
			}
		}
		what, text := of(e)
		return actMsg(func(m *Model) tea.Cmd { return m.copyBytes(what, text) })
	}
}

// copyBytes copies what may be no text: then it is copied as base64.
func (m *Model) copyBytes(what string, text []byte) tea.Cmd {
	if len(text) == 0 {
		m.say(what + " is empty; nothing was copied")
		return nil
	}
	if !utf8.Valid(text) {
		return m.copy(what+" as base64, for it is no text", base64.StdEncoding.EncodeToString(text))
	}
	return m.copy(what, string(text))
}

// copy puts text into the clipboards: that of the terminal, which works over ssh
// too, and the system's. Where the terminal got it, nothing is said of the other.
func (m *Model) copy(what, text string) tea.Cmd {
	system := m.options.Clipboard
	done := fmt.Sprintf("copied %s, %s", what, size(int64(len(text))))
	if len(text) <= mostThroughTerminal {
		m.say(done)
		if system == nil {
			return tea.SetClipboard(text)
		}
		return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
			system(text) // it may have none, and the terminal has it
			return nil
		})
	}
	return func() tea.Msg {
		err := errNoClipboard
		if system != nil {
			err = system(text)
		}
		return actMsg(func(m *Model) tea.Cmd {
			if err != nil {
				m.complain(fmt.Sprintf("not copied: %s is %s, more than a terminal takes, and there is no other clipboard: %s", what, size(int64(len(text))), oneLine(err)))
			} else {
				m.say(done)
			}
			return nil
		})
	}
}

var errNoClipboard = errors.New("none is known on this system")

// size writes a number of bytes for reading.
func size(n int64) string {
	unit := "bytes"
	value := float64(n)
	for _, larger := range []string{"KB", "MB", "GB", "TB"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, larger
	}
	switch {
	case n == 1:
		return "1 byte"
	case unit == "bytes":
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
