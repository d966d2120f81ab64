package watch

import (
	"errors"
	"os/exec"
	"strconv"
)

// together makes a command end with all that it has started: the go command's tests outlive it otherwise.
func together(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		err := exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
		if err != nil {
			return errors.Join(err, cmd.Process.Kill())
		}
		return nil
	}
}
