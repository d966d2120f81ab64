package process

import (
	"errors"
	"os/exec"
	"strconv"
)

// Together makes a command that is to end with its context end with all that it has started: the go command's tests
// outlive it otherwise.
func Together(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		err := exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
		if err != nil {
			return errors.Join(err, cmd.Process.Kill())
		}
		return nil
	}
}

// Apart has nothing to do here: Windows shares the cores out among threads.
func Apart(*exec.Cmd) {}
