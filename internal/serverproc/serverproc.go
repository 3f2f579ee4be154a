// Package serverproc runs a developer's server for as long as it is tested: it
// starts a command, waits until the address takes connections, and ends it with
// all the processes that it has started.
//
// What the server is asked meanwhile, and what is said of it, belongs to others.
package serverproc

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"vapitap/internal/dial"
)

// How a server is waited for, and how long it has to end when it is asked to
// before it is killed.
const (
	pollEvery = 50 * time.Millisecond
	grace     = 3 * time.Second
)

// maxOutput is how many of the last bytes that a server wrote are kept.
const maxOutput = 64 << 10

// ErrTaken is why a server is not started: something listens at its address, and
// would be asked in its place.
var ErrTaken = errors.New("something listens there already")

// ErrEnded is why a server is not waited for any longer: its command has ended by
// itself.
var ErrEnded = errors.New("the server ended before it listened")

// Server is a command that runs.
type Server struct {
	cmd    *exec.Cmd
	wrote  tail
	exited chan struct{} // closed when the command has ended
	result error         // of the command, once exited is closed
	stop   sync.Once
}

// Start runs command as a shell does: sh -c, on Windows cmd /c. It inherits the
// environment and the working directory; its standard input is empty. What it
// writes is kept, the last 64 KiB of it. Nothing of it outlives Stop, which must
// be called.
func Start(command string) (*Server, error) {
	s := &Server{cmd: shell(command), exited: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.wrote, &s.wrote
	// A child that has left the group may hold the output open.
	s.cmd.WaitDelay = grace
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command, err)
	}
	go func() {
		s.result = s.cmd.Wait()
		close(s.exited)
	}()
	return s, nil
}

// StartListening starts command and waits until something takes connections at
// the address. The error is ErrTaken where something does before; otherwise it
// is that of Start or WaitReady, with what the server wrote to be had from the
// *Server that comes with it, which has ended.
func StartListening(ctx context.Context, command, address string, limit time.Duration) (*Server, error) {
	if dial.Listens(ctx, address) {
		return nil, fmt.Errorf("%s: %w", address, ErrTaken)
	}
	s, err := Start(command)
	if err != nil {
		return nil, err
	}
	if err := WaitReady(ctx, address, limit, s); err != nil {
		s.Stop()
		return s, err
	}
	return s, nil
}

// Exited returns a channel that is closed when the command has ended by itself
// or by Stop.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Output returns the last of what the server wrote to standard output and
// standard error.
func (s *Server) Output() string { return s.wrote.String() }

// Stop ends the server and what it started: it asks them to, and after 3 s kills
// them. It returns when they have ended. It may be called again.
func (s *Server) Stop() {
	s.stop.Do(func() {
		interrupt(s.cmd)
		deadline := time.Now().Add(grace)
		for alive(s.cmd, s.exited) && time.Now().Before(deadline) {
			time.Sleep(10 * time.Millisecond)
		}
		kill(s.cmd)
		<-s.exited
	})
}

// WaitReady waits until something takes connections at the address, a host and a
// port. It ends before that with ctx's error, after limit with an error that
// says so, and where server is not nil when that has exited, with ErrEnded and how.
func WaitReady(ctx context.Context, address string, limit time.Duration, server *Server) error {
	var exited <-chan struct{}
	if server != nil {
		exited = server.exited
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !dial.Listens(ctx, address) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-exited:
			return fmt.Errorf("%w on %s: %s", ErrEnded, address, server.howItEnded())
		case <-deadline.C:
			return fmt.Errorf("nothing listened on %s within %s", address, limit)
		case <-tick.C:
		}
	}
	return ctx.Err()
}

// howItEnded is the exit status in words, once it has exited.
func (s *Server) howItEnded() string {
	if s.result == nil {
		return "exit status 0"
	}
	return s.result.Error()
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
	cut  bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[max(0, len(p)-maxOutput):]...)
	if t.cut = t.cut || len(p) > maxOutput; len(t.text) > 2*maxOutput {
		t.text = append(t.text[:0], t.text[len(t.text)-maxOutput:]...)
		t.cut = true
	}
	return len(p), nil
}

// String returns what was kept, from the beginning of a line on.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.text[max(0, len(t.text)-maxOutput):])
	if t.cut || len(t.text) > maxOutput {
		if _, whole, ok := strings.Cut(text, "\n"); ok {
			text = whole
		}
	}
	return text
}
