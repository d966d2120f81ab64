package intake

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

// asNobody runs f with file access as an ordinary user has it, also where the tests run as root.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its user
		if err := syscall.Setfsuid(65534); err != nil {
			t.Errorf("setfsuid: %v", err)
			return
		}
		f()
	}()
	<-done
}

func TestWithoutPermission(t *testing.T) {
	c := newCourse(t)
	dir := t.TempDir()
	put(t, dir, map[string]string{
		"ana/16-hub/hub.go": work,
		"eva/16-hub/hub.go": work, "eva/10-echo/echo.go": "package echo // done\n",
		"luz/16-hub/hub.go": work,
	})
	for _, closed := range []string{"ana", "eva/16-hub"} {
		at := filepath.Join(dir, closed)
		require.NoError(t, os.Chmod(at, 0))
		t.Cleanup(func() { _ = os.Chmod(at, 0o755) })
	}
	for _, open := range []string{dir, filepath.Dir(dir), c.Root, filepath.Dir(c.Root)} {
		require.NoError(t, os.Chmod(open, 0o755))
	}

	var class Class
	var err error
	asNobody(t, func() { class, err = Read(t.Context(), dir, c) })
	require.NoError(t, err)
	all := class.Submissions
	require.Len(t, all, 3)
	require.NotNil(t, all[0].Problem)
	assert.Equal(t, "the folder cannot be read: permission denied", all[0].Problem.Text.EN)
	assert.Equal(t, verdict.NotGradable, all[1].Decided["16-hub"].Status)
	assert.Contains(t, all[1].Lessons, "10-echo")
	assert.Contains(t, all[2].Lessons, "16-hub")
}

func TestDevice(t *testing.T) {
	c := newCourse(t)
	dir := t.TempDir()
	put(t, dir, map[string]string{"ana/16-hub/room.go": work})
	const zero = 1<<8 | 5 // /dev/zero, which never ends
	if err := syscall.Mknod(filepath.Join(dir, "ana", "16-hub", "hub.go"), syscall.S_IFCHR|0o644, zero); err != nil {
		t.Skipf("only root makes devices: %v", err)
	}
	class, err := Read(t.Context(), dir, c)
	require.NoError(t, err)
	all := class.Submissions
	assert.Equal(t, "16-hub/hub.go: it is a device, not a file", all[0].Decided["16-hub"].Message.EN)
}
