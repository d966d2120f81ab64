package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// scratchPrefix begins the name of each grader's scratch folder; the number of its process follows.
const scratchPrefix = "wirelab-"

// scratch makes the folder for all that this grader builds, and removes those of graders that were killed: they can
// hold gigabytes.
func scratch() (string, error) {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), scratchPrefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		var pid int
		if _, err := fmt.Sscanf(strings.TrimPrefix(filepath.Base(dir), scratchPrefix), "%d-", &pid); err == nil && gone(pid) {
			_ = os.RemoveAll(dir) // another user's: theirs to remove
		}
	}
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", scratchPrefix, os.Getpid()))
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755) // what the sandbox is shown lies below
}

// gone reports whether there is certainly no process of this number.
func gone(pid int) bool {
	proc, err := os.FindProcess(pid)
	return err == nil && errors.Is(proc.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
