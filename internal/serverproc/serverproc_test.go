//go:build unix

package serverproc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"vapitap/internal/dial"
)

// start starts a command that ends with the test at the latest.
func start(t *testing.T, command string) *Server {
	t.Helper()
	s, err := Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// lines reads the lines that a command writes to a named pipe.
func lines(t *testing.T, pipe string) *bufio.Scanner {
	t.Helper()
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return bufio.NewScanner(f)
}

func TestStopEndsWhatTheCommandStarted(t *testing.T) {
	for _, c := range []struct{ name, command string }{
		{"when it is asked", `sleep 1000 & echo $! > %[1]s; wait`},
		{"when it does not listen", `trap "" TERM; sh -c 'trap "" TERM; echo $$ > %[1]s; while :; do sleep 1; done'`},
		{"when the shell has gone", `sleep 1000 & echo $! > %[1]s`},
	} {
		t.Run(c.name, func(t *testing.T) {
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			scan := lines(t, pipe)
			s := start(t, fmt.Sprintf(c.command, pipe))
			scan.Scan()
			child, err := strconv.Atoi(scan.Text())
			if err != nil {
				t.Fatal(err)
			}
			s.Stop()
			s.Stop()
			if err := syscall.Kill(child, 0); err == nil && !isZombie(child) {
				t.Errorf("process %d is still there", child)
			}
		})
	}
}

// isZombie reports whether a process has ended and is only waited for.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func TestTheOutputIsKept(t *testing.T) {
	s := start(t, "echo out; echo err >&2; exit 3")
	<-s.Exited()
	if got := s.Output(); !strings.Contains(got, "out\n") || !strings.Contains(got, "err\n") {
		t.Errorf("kept %q", got)
	}
	if got := s.howItEnded(); got != "exit status 3" {
		t.Errorf("ended by %q", got)
	}
}

func TestOfMuchOutputTheEndIsKept(t *testing.T) {
	var kept tail
	for i := range 100_000 {
		fmt.Fprintf(&kept, "line %d\n", i)
	}
	got := kept.String()
	if len(got) > maxOutput || len(got) < maxOutput/2 || !strings.HasPrefix(got, "line ") || !strings.HasSuffix(got, "line 99999\n") {
		t.Errorf("kept %d bytes, from %q on", len(got), got[:min(40, len(got))])
	}
	kept = tail{}
	kept.Write([]byte(strings.Repeat("x\n", maxOutput)))
	if got := kept.String(); len(got) > maxOutput || !strings.HasPrefix(got, "x\n") {
		t.Errorf("of one large write %d bytes were kept", len(got))
	}
}

func TestWaitReady(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := WaitReady(t.Context(), address, time.Minute, nil); err != nil {
		t.Errorf("something listens: %v", err)
	}
	l.Close()

	if err := WaitReady(t.Context(), address, time.Millisecond, nil); err == nil || !strings.Contains(err.Error(), "nothing listened on "+address+" within 1ms") {
		t.Errorf("nothing listens: %v", err)
	}
	ended := start(t, "exit 7")
	if err := WaitReady(t.Context(), address, time.Minute, ended); err == nil || !strings.Contains(err.Error(), "ended before it listened on "+address+": exit status 7") {
		t.Errorf("the server has ended: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := WaitReady(ctx, address, time.Minute, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestStartListening(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if _, err := StartListening(t.Context(), "exit 1", address, time.Minute); !errors.Is(err, ErrTaken) {
		t.Errorf("something listens already: %v", err)
	}
	l.Close()
	s, err := StartListening(t.Context(), "echo no module >&2; exit 1", address, time.Minute)
	if err == nil || s.Output() != "no module\n" {
		t.Errorf("it ended at once: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"http://localhost:3000/x": "localhost:3000",
		"http://example.com":      "example.com:80",
		"https://example.com/":    "example.com:443",
		"https://[::1]/":          "[::1]:443",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := dial.Address(u); got != want {
			t.Errorf("%s is reached at %s, want %s", text, got, want)
		}
	}
}
