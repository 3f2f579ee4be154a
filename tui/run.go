package tui

import (
	"context"
	"fmt"
	"log/slog"

	tea "charm.land/bubbletea/v2"
)

// Run shows the interface on the terminal until somebody quits it or ctx ends,
// neither of which is an error. Whatever ends it, a mistake in it too, the
// terminal is given back as it was; of a mistake the error is one sentence, and
// the log has the rest.
func Run(ctx context.Context, o Options) error {
	m := New(o)
	defer m.Close()
	g := newGuard(m, o.Log)
	// What is guarded ends the program by itself; what Bubble Tea would catch
	// besides it would print over the screen.
	p := tea.NewProgram(g, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithoutCatchPanics())
	g.quit = p.Quit
	_, err := runGuarded(g, p)
	switch broken := g.broken(); {
	case broken != "" && o.LogFile != "":
		return fmt.Errorf("the interface broke off (%s); what led to it is in %s", broken, o.LogFile)
	case broken != "":
		return fmt.Errorf("the interface broke off (%s)", broken)
	case err == nil || ctx.Err() != nil:
		return nil
	}
	return fmt.Errorf("show the interface: %w", err)
}

// runGuarded runs the program. What panics in its loop and is none of the
// model's methods, such as what follows an editor, ends it as well.
func runGuarded(g *guard, p *tea.Program) (m tea.Model, err error) {
	defer func() {
		if r := recover(); r != nil {
			g.caught(r)
			p.Kill() // gives the terminal back
		}
	}()
	return p.Run()
}

// logger returns one that may be nil.
func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
