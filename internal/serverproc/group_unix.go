//go:build unix

package serverproc

import (
	"os/exec"
	"syscall"
)

// shell returns the command in a process group of its own: what it starts
// belongs to the group as well, and a Ctrl-C at the terminal does not reach it.
func shell(command string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// interrupt asks the group to end.
func interrupt(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// kill ends the group.
func kill(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// alive reports whether a process of the group is left.
func alive(cmd *exec.Cmd, _ <-chan struct{}) bool {
	return syscall.Kill(-cmd.Process.Pid, 0) == nil
}
