package tui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"vapitap/record"
	"vapitap/vapi"
)

// modelOf returns a model of a session with so many exchanges.
func modelOf(t testing.TB, n int) *Model {
	m := New(Options{Store: benchStore(t), Zone: time.UTC, Place: Place{Listen: "http://127.0.0.1:4242", Target: stageTarget}})
	t.Cleanup(m.Close)
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	list := make([]record.Exchange, n)
	for i := range list {
		list[i] = exchange(i)
		list[i].ID = int64(i + 1)
	}
	m.Update(arrivedMsg{list: list})
	m.View()
	return m
}

// exchange returns an exchange of a busy session: a call has 40, in which a tool
// is called, not always well.
func exchange(i int) record.Exchange {
	types := []string{"transcript", "speech-update", "transcript", "conversation-update", "tool-calls", "model-output", "model-output", "status-update"}
	e := record.Exchange{
		Time: stageTime.Add(time.Duration(i) * 100 * time.Millisecond), From: record.FromLocal, Method: http.MethodPost, Path: "/vapi/webhook",
		Target: stageTarget, Status: 200, Duration: 3 * time.Millisecond, Summary: fmt.Sprintf(`user: "what's the weather in Oslo, number %d?"`, i),
		Identity: vapi.Identity{Kind: vapi.KindServer, Type: types[i%len(types)], CallID: fmt.Sprintf("%04x-call", i/40)},
		Request:  record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: benchBody, Bytes: int64(len(benchBody))},
		Response: record.Message{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}"), Bytes: 2},
	}
	if i%80 == 4 {
		e.Checks = []vapi.Check{{Level: vapi.Error, Code: "tool-result-not-string", Message: "the result is an object; Vapi takes a string"}}
	}
	return e
}

var benchBody = []byte(`{"message":{"type":"transcript","role":"user","transcriptType":"final","transcript":"what's the weather in Oslo?","call":{"id":"0000-call"}}}`)

func benchStore(t testing.TB) *record.Store {
	store, err := record.Open(filepath.Join(t.TempDir(), "vapitap.db"), record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func commit(store *record.Store, i int) {
	e := exchange(i)
	e.Time = time.Now()
	store.Begin(&e)
	store.Commit(&e, 0, nil) // a store that fails would be seen in the rate
}

// press1 presses a key, brings the exchange that it selects, if it does, and
// returns how long Update and View took for the key.
func press1(t testing.TB, m *Model, name string) time.Duration {
	key, err := keyNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	took := timed(m, key)
	if d := &m.detail; d.e == nil && d.key.id != 0 {
		e := exchange(int(d.key.id) - 1)
		e.ID = d.key.id
		timed(m, loadedMsg{key: d.key, e: &e, about: readOverview(&e)})
	}
	return took
}

func timed(m *Model, msg tea.Msg) time.Duration {
	start := time.Now()
	m.Update(msg)
	m.View()
	return time.Since(start)
}

// timedModel is a model that tells when a key has become a frame.
type timedModel struct {
	*Model
	keys   int // that were taken in
	frames chan int
}

func (m *timedModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.Model.Update(msg)
	if _, ok := msg.(tea.KeyPressMsg); ok {
		m.keys++
	}
	return m, cmd
}

func (m *timedModel) View() tea.View {
	v := m.Model.View()
	select {
	case m.frames <- m.keys:
	default:
	}
	return v
}

// program runs the interface over a store, on a terminal that nobody sees.
func program(store *record.Store) (p *tea.Program, frames chan int, done chan struct{}) {
	m := &timedModel{Model: New(Options{Store: store, Zone: time.UTC, Place: Place{Target: stageTarget}}), frames: make(chan int, 1<<16)}
	ctx, cancel := context.WithCancel(context.Background())
	p = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler(), tea.WithWindowSize(120, 36))
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		p.Run()
		m.Close()
	}()
	return p, m.frames, done
}

// keysFor presses keys for a while, and returns how long each took to be seen.
func keysFor(p *tea.Program, frames chan int, d time.Duration) (took []time.Duration) {
	keys := strings.Fields("k k j ctrl+u ctrl+d G ] [ n g f")
	over := time.Now().Add(d)
	for i := 0; time.Now().Before(over); i++ {
		key, _ := keyNamed(keys[i%len(keys)])
		start := time.Now()
		p.Send(key)
		for n := range frames {
			if n > i {
				break
			}
		}
		took = append(took, time.Since(start))
		time.Sleep(20 * time.Millisecond)
	}
	return took
}
