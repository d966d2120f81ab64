package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A grader that is killed in the middle of a class, without a word to anybody, leaves no program behind: not a
// student's, nor one of its own.
func TestNothingSurvivesTheGrader(t *testing.T) {
	c := newCorpus(t)
	dir := publicDir(t)
	i := slices.IndexFunc(c.attacks, func(a attack) bool { return a.name == "never-ends" })
	require.GreaterOrEqual(t, i, 0)
	put(t, filepath.Join(dir, "class", "never-ends"), c.submission(t, c.attacks[i]))
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "batch", filepath.Join(dir, "class"), "--out", filepath.Join(dir, "out"), "--lesson", "01", "--lang", "en")
	cmd.Args[0] = "grader"                        // see TestMain
	cmd.Env = append(os.Environ(), "TMPDIR="+dir) // what it leaves on the disk goes with this test
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	var children []int
	for !slices.ContainsFunc(children, isStudents) {
		select {
		case <-look.C:
			children = childrenOf(t, cmd.Process.Pid)
		case err := <-ended:
			require.Fail(t, "no program of a student came to run", "%v\n%s", err, &stderr)
		}
	}
	require.NoError(t, cmd.Process.Kill())
	<-ended
	// Who has lost its parent gets another one: it is its own number that tells whether it still runs.
	for tries := 0; len(children) > 0 && tries < 500; tries++ {
		<-look.C
		children = slices.DeleteFunc(children, func(pid int) bool { return !runs(pid) })
	}
	assert.Empty(t, children, "they run on")
}

// childrenOf lists the processes that a process has started and that still run.
func childrenOf(t *testing.T, parent int) []int {
	t.Helper()
	return slices.DeleteFunc(processes(t, func(string) bool { return true }), func(pid int) bool {
		return field(pid, "PPid") != strconv.Itoa(parent) || !runs(pid)
	})
}

// isStudents reports whether a process is that of a student's program.
func isStudents(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.HasPrefix(string(text), "subject\x0001-first-sse")
}

func runs(pid int) bool {
	state := field(pid, "State")
	return state != "" && !strings.HasPrefix(state, "Z")
}

// field is what the kernel says of a process in a line of its status; "" where it has ended.
func field(pid int, name string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut("\n"+string(text), "\n"+name+":\t")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}
