package tui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"vapitap/record"
)

// past is an exchange of a call as the tests of the detail write it.
type past struct {
	at       time.Duration // from the start of the call
	took     time.Duration // 80 ms where it is not given
	typ      string        // message.type; empty for a request without an envelope
	message  string        // its other members
	body     string        // the whole body, in place of typ and message
	header   http.Header   // of the request
	status   int           // 200 where it is not given
	reply    string        // {} where it is not given
	replies  string        // the reply's Content-Type, application/json where it is not given
	of       int64         // what it replays
	refused  bool          // the server takes no connection
	gone     bool          // the client went away
	path     string
	firstly  time.Duration // the first byte
	isMarked bool
}

const pastCall = "4f2a0000-0000-4000-8000-000000000001"

func (p past) exchange() *record.Exchange {
	e := &record.Exchange{
		Time: stageTime.Add(p.at), From: record.FromTunnel, Remote: "203.0.113.5", Method: "POST", Path: "/vapi/webhook" + p.path,
		Target: "http://localhost:3000/vapi/webhook", Status: 200, Duration: 80 * time.Millisecond, ReplayOf: p.of, Unreachable: p.refused, Marked: p.isMarked,
	}
	if p.of != 0 {
		e.From = record.FromReplay
	}
	if p.took != 0 {
		e.Duration = p.took
	}
	if e.FirstByte = e.Duration; p.firstly != 0 {
		e.FirstByte = p.firstly
	}
	if p.status != 0 {
		e.Status = p.status
	}
	if p.typ != "" {
		p.body = fmt.Sprintf(`{"message":{"timestamp":%d,"type":%q,%s"call":{"id":%q,"type":"inboundPhoneCall"},"customer":{"number":"+14155550100"}}}`,
			e.Time.UnixMilli(), p.typ, strings.TrimSuffix(p.message, ",")+",", pastCall)
		p.body = strings.Replace(p.body, ",,", ",", 1)
	}
	if p.header == nil {
		p.header = http.Header{"Content-Type": {"application/json"}}
	}
	if p.reply == "" {
		p.reply = "{}"
	}
	if p.replies == "" {
		p.replies = "application/json"
	}
	e.Request = record.Message{Header: p.header, Body: []byte(p.body), Bytes: int64(len(p.body))}
	e.Response = record.Message{Header: http.Header{"Content-Type": {p.replies}}, Body: []byte(p.reply), Bytes: int64(len(p.reply))}
	if p.refused {
		e.Status, e.Error, e.Response = 502, "no answer from localhost:3000: connection refused", record.Message{}
	}
	if p.gone {
		e.Error = "client went away after 12 bytes"
	}
	e.Describe()
	return e
}

// lookAt records exchanges, opens the interface at a size, goes to the exchange
// with an id, and calls do.
func lookAt(t *testing.T, width, height int, id int64, events []past, do func(s *stage)) {
	t.Helper()
	server := newServer(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, server)
		defer s.close()
		for _, p := range events {
			s.add(p)
		}
		time.Sleep(time.Second) // what was learnt of one from another is known
		s.resize(width, height)
		s.goTo(id)
		do(s)
	})
}

// add records an exchange.
func (s *stage) add(p past) {
	e := p.exchange()
	s.store.Begin(e)
	if err := s.store.Commit(e, 0, nil); err != nil {
		s.t.Fatal(err)
	}
	if s.model != nil {
		s.settle()
	}
}

func (s *stage) goTo(id int64) {
	s.model.list.following = false
	s.model.list.goTo(s.model.history.ids[id])
	s.press("tab")
}

func (s *stage) press(keys ...string) {
	named := map[string]rune{"tab": tea.KeyTab, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "down": tea.KeyDown, "up": tea.KeyUp}
	for _, key := range keys {
		k := tea.KeyPressMsg{Code: named[key]}
		if k.Code == 0 {
			k = tea.KeyPressMsg{Code: rune(key[0]), Text: key}
		}
		s.give(k)
		s.settle()
	}
}

// pageText is all that the tab shows, also what is not on the screen.
func (s *stage) pageText() string {
	m := s.model
	lines := m.detail.pane(m).draw(m, m.layout.detail.w, 400, true)
	return strings.TrimRight(strings.Join(trimmed(lines), "\n"), "\n")
}

func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.TrimRight(ansi.Strip(line), " ")
	}
	return out
}
