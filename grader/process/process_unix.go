//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// Together makes a command that is to end with its context end with all that it has started: the go command's tests
// outlive it otherwise.
func Together(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// Apart gives a command a session of its own. Linux shares the cores out among sessions first, and only then among the
// processes of each (sched(7), "The autogroup feature"): where programs under test have sessions of their own, and
// those that test them have one together, the latter get what a single one of the former gets. A signal from the
// terminal does not reach the command.
func Apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}
