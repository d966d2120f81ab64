package main

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// witnesses stand outside and notice what a submission should never reach.
type witnesses struct {
	dir      string // a path that everybody can walk
	secret   string // random: whoever shows it has read something
	canary   string // a file that everybody may read; the secret is in it
	other    string // a file of another submission, with the secret in it
	drop     string // a folder that everybody may write to
	course   string // with the hidden tests
	port     string // of a listener on loopback
	abstract string // name of a listener without a file
	mark     string // number in the command line of whatever an attack starts
	called   atomic.Int32
	victim   *exec.Cmd
	signals  chan os.Signal // SIGUSR1 to this process
	many     string         // how much an attack takes: too much, or little where nothing would stop it
}

func newWitnesses(t *testing.T, course string) *witnesses {
	t.Helper()
	w := &witnesses{dir: publicDir(t), secret: strings.ToLower(rand.Text()), course: course, signals: make(chan os.Signal, 1), many: "4096"}
	w.canary, w.drop = filepath.Join(w.dir, "canary.txt"), filepath.Join(w.dir, "drop")
	require.NoError(t, os.WriteFile(w.canary, []byte(w.secret+"\n"), 0o644))
	require.NoError(t, os.Mkdir(w.drop, 0o755))
	require.NoError(t, os.Chmod(w.drop, 0o777))
	w.abstract, w.mark = fmt.Sprintf("@wirelab-%d", os.Getpid()), fmt.Sprintf("43.%09d", os.Getpid())
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": w.abstract} {
		ln, err := net.Listen(network, address)
		require.NoError(t, err)
		t.Cleanup(func() { ln.Close() })
		if network == "tcp" {
			_, w.port, err = net.SplitHostPort(ln.Addr().String())
			require.NoError(t, err)
		}
		go w.count(ln)
	}
	w.victim = exec.CommandContext(t.Context(), "sleep", "3600")
	w.victim.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, w.victim.Start())
	t.Cleanup(func() { _ = w.victim.Process.Kill(); _ = w.victim.Wait() })
	signal.Notify(w.signals, syscall.SIGUSR1)
	t.Cleanup(func() { signal.Stop(w.signals) })
	return w
}

func (w *witnesses) count(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		w.called.Add(1)
		c.Close()
	}
}

// publicDir is a folder of a test's own on a path that everybody can walk.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wirelab-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

// names are what attacks call the witnesses, after a dollar sign.
func (w *witnesses) names() map[string]string {
	return map[string]string{
		"CANARY": w.canary, "OTHER": w.other, "DROP": w.drop, "COURSE": w.course, "PORT": w.port, "ABSTRACT": w.abstract,
		"MARK": w.mark, "MANY": w.many, "VICTIM": strconv.Itoa(w.victim.Process.Pid), "GRADER": strconv.Itoa(os.Getpid()),
	}
}

// assertUntouched checks that nobody noticed anything.
func (w *witnesses) assertUntouched(t *testing.T) {
	t.Helper()
	assert.Zero(t, w.called.Load(), "somebody connected from inside")
	assert.Empty(t, w.dropped(t), "something was written")
	assert.Empty(t, w.harm(t))
	assert.Empty(t, w.survivors(t))
	select {
	case <-w.signals:
		assert.Fail(t, "the grader got a signal")
	default:
	}
}

func (w *witnesses) dropped(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(w.drop)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// harm is what was done to the victim; "" if nothing was.
func (w *witnesses) harm(t *testing.T) string {
	t.Helper()
	state, tracer := field(w.victim.Process.Pid, "State"), field(w.victim.Process.Pid, "TracerPid")
	if !strings.HasPrefix(state, "S") && !strings.HasPrefix(state, "R") || tracer != "0" {
		return "killed, stopped or traced: " + state
	}
	nice, err := syscall.Getpriority(syscall.PRIO_PROCESS, w.victim.Process.Pid)
	require.NoError(t, err)
	own, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	require.NoError(t, err)
	if nice != own {
		return "reniced"
	}
	return ""
}

// survivors are processes that an attack has started and that still run.
func (w *witnesses) survivors(t *testing.T) (pids []int) {
	t.Helper()
	return processes(t, func(cmdline string) bool { return strings.Contains(cmdline, w.mark) })
}

// processes are those of this machine whose command line is like this.
func processes(t *testing.T, like func(cmdline string) bool) (pids []int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil || !like(string(text)) {
			continue // it has ended since
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		require.NoError(t, err)
		pids = append(pids, pid)
	}
	return pids
}

func freeDisk(t *testing.T) int64 {
	t.Helper()
	var fs syscall.Statfs_t
	require.NoError(t, syscall.Statfs(os.TempDir(), &fs))
	return int64(fs.Bavail) * fs.Bsize
}
