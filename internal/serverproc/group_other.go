//go:build !unix

package serverproc

import (
	"os/exec"
	"strconv"
)

func shell(command string) *exec.Cmd { return exec.Command("cmd", "/c", command) }

// interrupt ends the command and what it started: there is no asking.
func interrupt(cmd *exec.Cmd) {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
}

// kill ends the command.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// alive reports whether the command runs.
func alive(_ *exec.Cmd, exited <-chan struct{}) bool {
	select {
	case <-exited:
		return false
	default:
		return true
	}
}
