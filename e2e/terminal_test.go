//go:build unix

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// terminal is a real one, tmux's, in which vapitap runs.
type terminal struct {
	t      *testing.T
	socket string
}

// hasTmux reports whether there is a terminal to be had. Where VAPITAP_E2E=1 is
// set its absence is a failure.
func hasTmux(t *testing.T) bool {
	_, err := exec.LookPath("tmux")
	if err != nil && os.Getenv("VAPITAP_E2E") == "1" {
		t.Fatal(err)
	}
	return err == nil
}

// tmuxConfig keeps a pane whose program has ended, says that the terminal has all
// colours, and takes esc for esc at once.
const tmuxConfig = `set -g remain-on-exit on
set -g default-terminal tmux-256color
set -as terminal-overrides ",*:Tc"
set -sg escape-time 0
set -g status off
`

// terminal opens a terminal of this size and runs vapitap in it.
func (h home) terminal(t *testing.T, width, height int, args ...string) *terminal {
	t.Helper()
	dir, err := os.MkdirTemp("", "tmux-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "tmux.conf")
	if err := os.WriteFile(config, []byte(tmuxConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t, filepath.Join(dir, "s")}
	cmd := exec.Command("tmux", append([]string{
		"-S", term.socket, "-f", config, "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "-c", h.dir, binary,
	}, args...)...)
	cmd.Env = append(h.environment(), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "EDITOR=true", "VISUAL=")
	if wrote, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, wrote)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the terminal shows:\n%s", term.screen())
		}
		exec.Command("tmux", "-S", term.socket, "kill-server").Run() // it may have ended
		os.RemoveAll(dir)
	})
	return term
}

// tmux runs a command of tmux and returns what it prints.
func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", term.socket}, args...)...)
	wrote, err := cmd.CombinedOutput()
	if err != nil {
		term.t.Fatalf("%s: %v\n%s", cmd, err, wrote)
	}
	return string(wrote)
}

// screen is what is seen, without its styles.
func (term *terminal) screen() string { return term.tmux("capture-pane", "-p") }

// press presses keys, as tmux names them.
func (term *terminal) press(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// types types text.
func (term *terminal) types(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", text)
}

func (term *terminal) resize(width, height int) {
	term.t.Helper()
	term.tmux("resize-window", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height))
}

// sees waits until the screen matches.
func (term *terminal) sees(pattern string) {
	term.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	term.until("shows "+pattern, func() bool { return re.MatchString(term.screen()) })
}

// seesNo waits until the screen does not match.
func (term *terminal) seesNo(pattern string) {
	term.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	term.until("no longer shows "+pattern, func() bool { return !re.MatchString(term.screen()) })
}

// status waits until the program has ended and returns its exit status.
func (term *terminal) status() int {
	term.t.Helper()
	var dead, status int
	term.until("ended", func() bool {
		fmt.Sscan(term.tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}"), &dead, &status)
		return dead == 1
	})
	return status
}

// until looks again and again whether something is so: a terminal does not tell.
func (term *terminal) until(what string, is func() bool) {
	term.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for over := time.Now().Add(limit); time.Now().Before(over); <-again.C {
		if is() {
			return
		}
	}
	term.t.Fatalf("after %s it is not so that the terminal %s:\n%s", limit, what, strings.TrimRight(term.screen(), "\n"))
}
