package tui

import (
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"vapitap/internal/plain"
	"vapitap/tui/paint"
)

// guard stands between Bubble Tea and a model. A panic in the model or in one of
// its commands goes to the log with its stack, and ends the program in order.
type guard struct {
	model tea.Model
	log   *slog.Logger
	quit  func() // ends the program; may wait for it

	mu   sync.Mutex
	what string // panicked first; empty while nothing did

	last tea.View // what was drawn last
}

func newGuard(m tea.Model, log *slog.Logger) *guard { return &guard{model: m, log: logger(log)} }

// broken returns what panicked, in one line; empty where nothing did.
func (g *guard) broken() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.what
}

// caught takes note of a panic. It is called by the function that recovers from
// it, so that the stack is still there.
func (g *guard) caught(value any) {
	g.log.Error("panic", "value", fmt.Sprint(value), "stack", string(debug.Stack()))
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.what == "" {
		const most = 200
		g.what = paint.Cut(plain.Text(strings.TrimSpace(fmt.Sprint(value))), most)
		if g.what == "" {
			g.what = "panic"
		}
	}
}

// end recovers from a panic and ends the program. It is deferred.
func (g *guard) end() {
	if r := recover(); r != nil {
		g.caught(r)
		go g.quit() // the loop may be what waits for this
	}
}

func (g *guard) Init() (cmd tea.Cmd) {
	defer g.end()
	return g.guarded(g.model.Init())
}

func (g *guard) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	m = g
	if g.broken() != "" {
		return g, nil // what the model is like now nobody knows
	}
	defer g.end()
	_, cmd = g.model.Update(msg)
	return g, g.guarded(cmd)
}

func (g *guard) View() tea.View {
	if g.broken() == "" {
		g.draw()
	}
	return g.last
}

func (g *guard) draw() {
	defer g.end()
	g.last = g.model.View()
}

// guarded returns a command that does the same and does not panic, nor do the
// commands in what it sends.
func (g *guard) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.end()
		return g.guardedMsg(cmd())
	}
}

// guardedMsg guards the commands of a message that is a list of them: a batch,
// or a sequence, whose type Bubble Tea keeps to itself.
func (g *guard) guardedMsg(msg tea.Msg) tea.Msg {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return msg
	}
	list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		if cmd, ok := v.Index(i).Interface().(tea.Cmd); ok {
			list.Index(i).Set(reflect.ValueOf(g.guarded(cmd)))
		}
	}
	return list.Interface()
}
