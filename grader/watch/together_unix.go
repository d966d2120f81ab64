//go:build unix

package watch

import (
	"os/exec"
	"syscall"
)

// together makes a command end with all that it has started: the go command's tests outlive it otherwise.
func together(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
