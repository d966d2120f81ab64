package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settings are the ways in which this machine may have walls; each attack is made in each.
func settings() map[string]fence {
	root := os.Geteuid() == 0
	ll := landlockVersion()
	all := map[string]fence{
		"user namespace": {namespaces: true, root: true, userNS: true, seccomp: true, landlock: ll, limits: true},
		"weaker":         {throwaway: root, seccomp: true, landlock: ll, limits: true},
	}
	if root {
		all["root"] = fence{namespaces: true, root: true, throwaway: true, seccomp: true, landlock: ll, limits: true}
	}
	return all
}

// everySetting runs a test in each of the settings that this machine allows, and names those that it does not.
func everySetting(t *testing.T, test func(t *testing.T, b *Box)) {
	t.Helper()
	for name, f := range settings() {
		t.Run(name, func(t *testing.T) {
			test(t, openFor(t, f))
		})
	}
}

func openFor(t *testing.T, f fence) *Box {
	t.Helper()
	b, err := open(t.Context(), Options{}, []fence{f})
	var wall *WallError
	if errors.As(err, &wall) && os.Getenv("CI") == "" {
		t.Skipf("not on this machine: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

// run runs the subject to its end.
func run(t *testing.T, b *Box, c Command) Exit {
	t.Helper()
	p, err := b.Start(t.Context(), c)
	require.NoError(t, err)
	return p.Wait()
}

// witnesses stand on the host and notice what a program should never reach.
type witnesses struct {
	dir      string // open to everybody
	secret   string // a file in it that everybody may read: another submission
	content  string
	port     string // loopback
	abstract string
	called   atomic.Int32 // connections that arrived
	victim   *exec.Cmd    // a process of the program's own user
}

func newWitnesses(t *testing.T, b *Box, subject string) *witnesses {
	t.Helper()
	w := &witnesses{dir: publicDir(t), content: "secret-" + strconv.Itoa(os.Getpid())}
	w.secret = filepath.Join(w.dir, "other.go")
	require.NoError(t, os.WriteFile(w.secret, []byte(w.content), 0o644))
	w.abstract = "@" + strings.ReplaceAll(w.dir, "/", "-")
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": w.abstract} {
		ln, err := net.Listen(network, address)
		require.NoError(t, err)
		t.Cleanup(func() { ln.Close() })
		if network == "tcp" {
			_, w.port, err = net.SplitHostPort(ln.Addr().String())
			require.NoError(t, err)
		}
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				w.called.Add(1)
				c.Close()
			}
		}()
	}
	w.victim = exec.CommandContext(t.Context(), subject, "hang")
	w.victim.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if uid := b.fence.uid(0); uid != 0 {
		w.victim.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}
	}
	out, err := w.victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, w.victim.Start())
	_, err = out.Read(make([]byte, 1)) // it runs
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.victim.Process.Kill(); _ = w.victim.Wait() })
	return w
}

// untouched checks that no witness noticed anything.
func (w *witnesses) untouched(t *testing.T, e Exit) {
	t.Helper()
	assert.NotContains(t, string(e.Output), w.content, "the other submission was read")
	assert.Zero(t, w.called.Load(), "somebody connected from inside")
	entries, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "something was written")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.victim.Process.Pid))
	require.NoError(t, err)
	assert.Contains(t, "SR", field(string(status), "State:"), "the victim was stopped, traced or killed")
	nice, err := syscall.Getpriority(syscall.PRIO_PROCESS, w.victim.Process.Pid)
	require.NoError(t, err)
	own, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	require.NoError(t, err)
	assert.Equal(t, own, nice, "the victim was reniced")
}

// listen returns a Unix listener for a program, and its path.
func listen(t *testing.T) (*os.File, string) {
	t.Helper()
	path := filepath.Join(publicDir(t), "s")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	require.NoError(t, err)
	defer ln.Close()
	ln.SetUnlinkOnClose(false)
	require.NoError(t, os.Chmod(path, 0o666))
	f, err := ln.File()
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f, path
}
