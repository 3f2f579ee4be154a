package tui

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// clumsy is a model that panics where it is told to.
type clumsy struct {
	where string
	seen  int
}

func (c *clumsy) panics() tea.Msg { panic(errors.New("stumbled \x1b[31mover a stone")) }

func (c *clumsy) Init() tea.Cmd {
	switch c.where {
	case "init":
		c.panics()
	case "command":
		return c.panics
	case "batch":
		return tea.Batch(func() tea.Msg { return nil }, c.panics)
	case "sequence":
		return tea.Sequence(func() tea.Msg { return nil }, c.panics)
	case "batch in a sequence":
		return tea.Sequence(func() tea.Msg { return 1 }, tea.Batch(c.panics, c.panics, tea.Sequence(c.panics, c.panics)))
	case "editor":
		return tea.Exec(nothing{}, func(error) tea.Msg { return c.panics() })
	}
	return func() tea.Msg { return "go" }
}

func (c *clumsy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if c.where == "update" && msg == "go" {
		c.panics()
	}
	return c, nil
}

func (c *clumsy) View() tea.View {
	if c.seen++; c.where == "view" && c.seen > 2 {
		c.panics()
	}
	v := tea.NewView("a screen")
	v.AltScreen = true
	return v
}

// nothing is a program that does nothing.
type nothing struct{}

func (nothing) Run() error          { return nil }
func (nothing) SetStdin(io.Reader)  {}
func (nothing) SetStdout(io.Writer) {}
func (nothing) SetStderr(io.Writer) {}

// TestAPanicNeverReachesTheScreen runs models that panic, each in another place.
func TestAPanicNeverReachesTheScreen(t *testing.T) {
	for _, where := range []string{"init", "update", "view", "command", "batch", "sequence", "batch in a sequence", "editor"} {
		t.Run(where, func(t *testing.T) {
			var log, screen bytes.Buffer
			g := newGuard(&clumsy{where: where}, slog.New(slog.NewTextHandler(&log, nil)))
			in, typed := io.Pipe() // nobody types
			defer typed.Close()
			p := tea.NewProgram(g, tea.WithInput(in), tea.WithOutput(&screen), tea.WithoutSignals(), tea.WithoutCatchPanics(), tea.WithWindowSize(80, 24))
			g.quit = p.Quit
			runGuarded(g, p)
			if got := g.broken(); got != "stumbled over a stone" {
				t.Errorf("it says %q", got)
			}
			if text := log.String(); !strings.Contains(text, "stumbled") || !strings.Contains(text, "guard_test.go") {
				t.Errorf("the log has no value or no stack:\n%s", text)
			}
			if strings.Contains(screen.String(), "stumbled") || strings.Contains(screen.String(), "goroutine") {
				t.Errorf("the screen has it:\n%q", screen.String())
			}
			if on, off := strings.LastIndex(screen.String(), "\x1b[?1049h"), strings.LastIndex(screen.String(), "\x1b[?1049l"); on > off {
				t.Errorf("the terminal is not given back: %q", screen.String())
			}
		})
	}
}
