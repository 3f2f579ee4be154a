//go:build unix

// Package start runs the example servers as a developer would, each as a
// process of its own, for tests. It knows what an example needs before it can
// run and how it says that it listens; what it is asked is up to the test.
package start

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	readyLine    = "listening on "
	readyTimeout = time.Minute
	setUpTimeout = 5 * time.Minute // compiling, or npm on a slow network
)

// Names returns the examples that are to be run: the Go server always, the
// others, which need Node and Python, where VAPITAP_E2E=1 is set. A tool that
// is missing then is a failure.
func Names() []string {
	if os.Getenv("VAPITAP_E2E") == "1" {
		return []string{"go", "express", "flask"}
	}
	return []string{"go"}
}

// Server starts the example called name on a free port and returns the URL of
// its webhook, once it listens. Examples is the folder they are in. The process
// inherits the environment, VAPI_SERVER_SECRET included; it ends with the test,
// and what it wrote is logged if the test failed.
func Server(t testing.TB, examples, name string) (webhook string) {
	t.Helper()
	cmd := command(t, examples, name)
	cmd.Env = append(os.Environ(), "PORT=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var wrote output
	cmd.Stderr = &wrote
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the %s example: %v", name, err)
	}

	lines := make(chan string)
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // of the whole group
		for line := range lines {
			t.Errorf("the %s example says %q after its first line", name, line)
		}
		cmd.Wait() // killed, so its error tells nothing
		if t.Failed() {
			t.Logf("the %s example wrote:\n%s", name, wrote.String())
		}
	})
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(io.TeeReader(stdout, &wrote)); scan.Scan(); {
			lines <- scan.Text()
		}
	}()

	select {
	case line, ok := <-lines:
		if !ok {
			t.Fatalf("the %s example ended before it listened", name)
		}
		url, ready := strings.CutPrefix(line, readyLine)
		if !ready {
			t.Fatalf("the %s example says %q first, want %q and its URL", name, line, readyLine)
		}
		return url
	case <-time.After(readyTimeout):
		t.Fatalf("the %s example did not say that it listens within %v", name, readyTimeout)
	}
	return ""
}

// sources are the programs, by their example's name.
var sources = map[string]string{"go": "go/main.go", "express": "express/server.js", "flask": "flask/app.py"}

// command prepares what the example needs and returns the command that runs it,
// not yet started.
func command(t testing.TB, examples, name string) *exec.Cmd {
	t.Helper()
	// go test repeats a cached pass until a file changes that the test itself
	// looked at; what its children read does not count.
	source := filepath.Join(examples, sources[name])
	if _, err := os.Stat(source); err != nil || sources[name] == "" {
		t.Fatalf("there is no example called %q: %v", name, err)
	}
	switch name {
	case "go":
		binary := filepath.Join(t.TempDir(), "example")
		run(t, examples, "go", "build", "-o", binary, "./go")
		return exec.Command(binary)
	case "express":
		installExpress(t, filepath.Dir(source))
		return exec.Command("node", source)
	case "flask":
		// Debian's Flask belongs to the system's Python, which may not be the first in PATH.
		return exec.Command("/usr/bin/python3", source)
	}
	t.Fatalf("nothing is known of how to run the %s example", name)
	return nil
}

// installExpress installs what the Express example needs, unless it is there.
// The tests of several packages run at a time, so all but the first wait.
func installExpress(t testing.TB, folder string) {
	t.Helper()
	lock, err := os.Open(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close() // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatalf("lock %s: %v", lock.Name(), err)
	}
	// npm writes this file last: without it the folder is not whole.
	if _, err := os.Stat(filepath.Join(folder, "node_modules/.package-lock.json")); err != nil {
		run(t, folder, "npm", "ci", "--no-audit", "--no-fund")
	}
}

// run runs a command to its end, which must be a good one.
func run(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setUpTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if wrote, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, wrote)
	}
}

// output is what a process wrote, to both of its streams.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
