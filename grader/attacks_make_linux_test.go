package main

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/intake"
)

// make makes what no archive can hold: "kind path [target]", below dir.
func (c *corpus) make(t *testing.T, dir, how string) {
	t.Helper()
	kind, rest, _ := strings.Cut(how, " ")
	name, target, _ := strings.Cut(rest, " ")
	target = source(target, c.at.names())
	at := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	switch kind {
	case "zip":
		c.pack(t, dir, name)
	case "closed":
		require.NoError(t, os.Chmod(at, 0))
		t.Cleanup(func() { _ = os.Chmod(at, 0o755) })
	case "symlink":
		require.NoError(t, os.Symlink(target, at))
	case "hardlink":
		require.NoError(t, os.Link(target, at))
	case "fifo":
		require.NoError(t, os.RemoveAll(at))
		require.NoError(t, syscall.Mkfifo(at, 0o644))
	case "socket":
		short := filepath.Join(c.at.dir, "socket") // a longer path can be no socket's
		ln, err := net.Listen("unix", short)
		require.NoError(t, err)
		require.NoError(t, os.Rename(short, at))
		t.Cleanup(func() { ln.Close() })
	case "device":
		const zero = 1<<8 | 5 // /dev/zero, which never ends
		require.NoError(t, os.RemoveAll(at))
		if err := syscall.Mknod(at, syscall.S_IFCHR|0o644, zero); err != nil {
			require.NotZero(t, os.Geteuid())
			t.Logf("not on this machine: only root makes devices: %v", err)
			require.NoError(t, syscall.Mkfifo(at, 0o644))
		}
	case "folder":
		require.NoError(t, os.MkdirAll(at, 0o755))
	case "size":
		require.NoError(t, os.Truncate(at, 100<<20))
	case "crlf":
		rewrite(t, at, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })
	case "bom":
		rewrite(t, at, func(s string) string { return "\ufeff" + s })
	case "utf16":
		rewrite(t, at, func(s string) string {
			return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00"
		})
	case "change": // see change
	default:
		require.Fail(t, "nothing of this kind can be made", how)
	}
}

func rewrite(t *testing.T, file string, edit func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(edit(string(text))), 0o644))
}

// change exchanges files all the time, until it is told to stop: for a link to a secret, a pipe, nothing and back.
func (c *corpus) change(t *testing.T, class string) (stop func()) {
	var all []string
	for _, a := range c.attacks {
		for _, how := range a.head["make"] {
			if name, ok := strings.CutPrefix(how, "change "); ok {
				all = append(all, filepath.Join(class, a.name, filepath.FromSlash(name)))
			}
		}
	}
	done := make(chan struct{})
	var changing sync.WaitGroup
	for _, file := range all {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		changing.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				// Errors are part of the game: what counts is what the reader makes of it.
				_ = os.Remove(file)
				_ = os.Symlink(c.at.canary, file)
				_ = os.Remove(file)
				_ = syscall.Mkfifo(file, 0o644)
				_ = os.Remove(file)
				_ = os.WriteFile(file, text, 0o644)
			}
		})
	}
	return func() { close(done); changing.Wait() }
}

// read is intake. No folder is closed to root, so what is closed root reads again as somebody else.
func (c *corpus) read(t *testing.T, class string) []intake.Submission {
	t.Helper()
	stop := c.change(t, class)
	handed, err := intake.Read(t.Context(), class, c.course)
	stop()
	require.NoError(t, err)
	subs := handed.Submissions
	if os.Geteuid() != 0 {
		return subs
	}
	closed := publicDir(t)
	for _, a := range c.attacks {
		for _, how := range a.head["make"] {
			if strings.HasPrefix(how, "closed ") {
				put(t, filepath.Join(closed, a.name), c.submission(t, a))
				c.make(t, filepath.Join(closed, a.name), how)
			}
		}
	}
	for _, sub := range readAsNobody(t, closed, c.course) {
		i := slices.IndexFunc(subs, func(s intake.Submission) bool { return s.ID == sub.ID })
		require.GreaterOrEqual(t, i, 0, sub.ID)
		subs[i] = sub
	}
	return subs
}

// readAsNobody reads a class with the file access of an ordinary user, who may not be able to walk to the course.
func readAsNobody(t *testing.T, class string, of *course.Course) []intake.Submission {
	t.Helper()
	dir := publicDir(t)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "lessons"), os.DirFS(filepath.Join(of.Root, "lessons"))))
	module, err := os.ReadFile(filepath.Join(of.Root, "go.mod"))
	require.NoError(t, err)
	put(t, dir, map[string][]byte{"go.mod": module})
	public, err := course.Find(dir)
	require.NoError(t, err)
	var handed intake.Class
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its user
		if err = syscall.Setfsuid(65534); err == nil {
			handed, err = intake.Read(t.Context(), class, public)
		}
	}()
	<-done
	require.NoError(t, err)
	return handed.Submissions
}
