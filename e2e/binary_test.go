//go:build unix

package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "vapitap/cli" // what the program is made of, so that go test runs again when that changes
)

// limit is how long anything may take that a test waits for, on a busy machine
// and with the race detector.
const limit = time.Minute

// binary is the program that is tested.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vapitap-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "vapitap")
	status := 1
	if err := build(); err == nil {
		status = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

// build builds the program, with the race detector where the tests have it.
func build() error {
	args := []string{"build", "-o", binary}
	if raceDetector() {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "..")...)
	if wrote, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, wrote)
	}
	return nil
}

func raceDetector() bool {
	build, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// home is a place of its own for a person who runs the program.
type home struct {
	dir   string
	world []string // variables that lead the program elsewhere than it would go
}

func newHome(t *testing.T) home { return home{dir: t.TempDir()} }

// store is a file for --db.
func (h home) store() string { return filepath.Join(h.dir, "calls.db") }

// environment is that of the test without what would change the program, and
// with the program in PATH.
func (h home) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "VAPI") || strings.HasPrefix(v, "NGROK") || strings.HasPrefix(v, "XDG_CONFIG_HOME=") || strings.HasPrefix(v, "GOGC=") || strings.HasPrefix(v, "GOMEMLIMIT=")
	})
	env = append(env,
		"HOME="+h.dir, "XDG_STATE_HOME="+filepath.Join(h.dir, "state"), "TZ=UTC",
		"PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"GORACE=atexit_sleep_ms=0") // with -race each process would wait a second at its end
	return append(env, h.world...)
}

// command is vapitap with these arguments, not yet started.
func (h home) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Args[0] = "vapitap"
	cmd.Env = h.environment()
	cmd.Dir = h.dir
	return cmd
}

// process is a program that runs.
type process struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr *output
	ended          chan struct{} // closed when it has
}

// launch starts a command and keeps what it writes, where it has not been told to
// write elsewhere. What still runs at the end of the test is killed.
func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, stdout: newOutput(), stderr: newOutput(), ended: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = p.stdout
	}
	if cmd.Stderr == nil {
		cmd.Stderr = p.stderr
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		cmd.Wait() // how it ended is read from its state
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.signal(syscall.SIGKILL)
		<-p.ended
		if t.Failed() {
			t.Logf("%s wrote to standard error:\n%s", cmd, p.stderr)
		}
		if strings.Contains(p.stderr.String(), "DATA RACE") {
			t.Errorf("%s has a data race:\n%s", cmd, p.stderr)
		}
	})
	return p
}

// signal sends a signal, unless the process has ended.
func (p *process) signal(s os.Signal) { p.cmd.Process.Signal(s) }

// status waits for the end and returns the exit status, -1 after a signal.
func (p *process) status() int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(limit):
		p.t.Fatalf("%s did not end within %s", p.cmd, limit)
		return -1
	}
}

// end ends the process as Ctrl-C does. It must end well.
func (p *process) end() {
	p.t.Helper()
	p.signal(os.Interrupt)
	if status := p.status(); status != 0 {
		p.t.Errorf("%s ended with status %d after Ctrl-C", p.cmd, status)
	}
}

// await waits until what the process wrote to out is what is found, and returns
// what that returns.
func (p *process) await(out *output, what string, found func(text string) []string) []string {
	p.t.Helper()
	timeout := time.After(limit)
	for {
		ended := p.ended // looked at before the text is: after it, no more comes
		var last bool
		select {
		case <-ended:
			last = true
		default:
		}
		text, more := out.now()
		if match := found(text); match != nil {
			return match
		}
		if last {
			p.t.Fatalf("%s ended without saying %s; it said %q", p.cmd, what, text)
		}
		select {
		case <-more:
		case <-ended:
		case <-timeout:
			p.t.Fatalf("%s did not say %s within %s; it said %q", p.cmd, what, limit, text)
		}
	}
}

// saying is for await: it finds what matches the pattern.
func saying(pattern string) func(string) []string {
	return regexp.MustCompile(pattern).FindStringSubmatch
}

// listening is how a proxy says where it listens.
var listening = regexp.MustCompile(`(http://127\.0\.0\.1:[0-9]+) → `)

// url returns the address that a proxy says it listens on.
func (p *process) url() string {
	p.t.Helper()
	return p.await(p.stderr, "where it listens", listening.FindStringSubmatch)[1]
}

// run runs vapitap to its end.
func (h home) run(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	p := launch(t, h.command(args...))
	status = p.status()
	return p.stdout.String(), p.stderr.String(), status
}

// must runs vapitap to its end, which must be a good one, and returns what it
// printed.
func (h home) must(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, status := h.run(t, args...)
	if status != 0 {
		t.Fatalf("vapitap %s: status %d\n%s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

// output is what a process wrote to one of its streams.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed when text grows
}

func newOutput() *output { return &output{more: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(p)
}

// now returns the text so far and what is closed when there is more.
func (o *output) now() (text string, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.more
}

func (o *output) String() string {
	text, _ := o.now()
	return text
}
