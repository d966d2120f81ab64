package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each program takes more than it may; it ends at that limit, and the text says so in both languages.
func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		limits Limits
		limit  Limit
		en, es string
	}{
		{"4 GiB", []string{"memory", "4096"}, Limits{}, LimitMemory, "was killed: it used more than 256 MiB of memory", "fue detenido: usó más de 256 MiB de memoria"},
		{"goroutines", []string{"goroutines", "1000000"}, Limits{Memory: 128 << 20}, LimitMemory, "was killed: it used more than 128 MiB of memory", "fue detenido: usó más de 128 MiB de memoria"},
		{"spin", []string{"spin"}, Limits{CPU: time.Second}, LimitCPU, "was killed: it used more than 1s of CPU time", "fue detenido: usó más de 1s de tiempo de CPU"},
		{"hang", []string{"hang"}, Limits{Wall: 100 * time.Millisecond}, LimitWall, "was killed: it was still running after 100ms", "fue detenido: seguía en marcha después de 100ms"},
		{"1 GiB of output", []string{"print", "1024"}, Limits{Output: 100 << 10}, LimitOutput, "was killed: it printed more than 100 KiB", "fue detenido: imprimió más de 100 KiB"},
		{"threads", []string{"threads", "200"}, Limits{Processes: 24}, LimitProcesses, "ended: it wanted more than 24 threads", "terminó: quiso tener más de 24 hilos"},
	}
	everySetting(t, func(t *testing.T, b *Box) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				e := run(t, b, Command{Path: subject(), Args: tt.args, Limits: tt.limits, Keep: 100})
				require.Equal(t, tt.limit, e.Limit, "%s: %s", e.Text().EN, e.Output)
				assert.Equal(t, tt.en, e.Text().EN)
				assert.Equal(t, tt.es, e.Text().ES)
				assert.False(t, e.Stopped)
				assert.Less(t, len(e.Output), 1100)
			})
		}
	})
}

// Within its limits a program ends as it likes, right after others of the slot went over theirs.
func TestHonestProgramAfterAnother(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		run(t, b, Command{Path: subject(), Args: []string{"memory", "4096"}})
		e := run(t, b, Command{Path: subject(), Args: []string{"memory", "64"}})
		assert.Equal(t, "exited with status 0", e.Text().EN, "%s", e.Output)
		assert.Contains(t, string(e.Output), "through: 64 MiB")
		assert.Equal(t, Limit(""), e.Limit)
		if b.fence.tree != nil {
			assert.Greater(t, e.MaxRSS, int64(64<<20))
			assert.Less(t, e.MaxRSS, int64(256<<20))
		}
	})
}

// Shared memory, which belongs to no process, counts too. Only with the filter down can a program have any.
func TestSharedMemoryCounts(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		b.fence.seccomp = false
		e := run(t, b, Command{Path: subject(), Args: []string{"shared", "1024"}})
		assert.Equal(t, LimitMemory, e.Limit, "%s: %s", e.Text().EN, e.Output)
	})
}

func TestFileLimits(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		dir := publicDir(t)
		e := run(t, b, Command{
			Path: subject(), Args: []string{"fill", "8", dir}, Profile: Tool,
			Binds: []Bind{{Path: dir, Writable: true}}, Limits: Limits{FileSize: 2 << 20},
		})
		assert.Contains(t, string(e.Output), "held: fill: ")
		info, err := os.Stat(filepath.Join(dir, "big"))
		require.NoError(t, err)
		assert.EqualValues(t, 2<<20, info.Size())

		e = run(t, b, Command{Path: subject(), Args: []string{"open", "100", dir}, Binds: []Bind{{Path: dir}}, Limits: Limits{OpenFiles: 32}})
		assert.Contains(t, string(e.Output), "held: open: ")
		assert.Contains(t, string(e.Output), "too many open files")
	})
}

// With the memory of control groups away the watchdog alone must do.
func TestWatchdog(t *testing.T) {
	for name, f := range settings() {
		t.Run(name, func(t *testing.T) {
			b, err := newBox(f, 1)
			require.NoError(t, err)
			defer b.Close()
			for limit, args := range map[Limit][]string{LimitMemory: {"memory", "4096"}, LimitProcesses: {"threads", "2000"}} {
				e := run(t, b, Command{Path: subject(), Args: args})
				assert.Equal(t, limit, e.Limit, "%s: %s", e.Text().EN, e.Output)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	everySetting(t, func(t *testing.T, b *Box) {
		e := run(t, b, Command{Path: subject(), Args: []string{"exit", "3"}})
		assert.Equal(t, 3, e.Code)
		assert.Equal(t, "exited with status 3", e.Text().EN)
		assert.Equal(t, "terminó con el código de salida 3", e.Text().ES)

		p, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"hang"}})
		require.NoError(t, err)
		p.Kill()
		p.Kill()
		e = p.Wait()
		assert.True(t, e.Stopped)
		assert.Equal(t, -1, e.Code)
		assert.Equal(t, "SIGKILL", e.Signal)
		assert.Equal(t, "was stopped by the grader", e.Text().EN)
		_, err = p.Usage()
		assert.ErrorIs(t, err, errGone)

		_, err = b.Start(t.Context(), Command{Path: subject(), Binds: []Bind{{Path: "/no/such/file"}}})
		require.ErrorContains(t, err, "/no/such/file")
		_, err = b.Start(t.Context(), Command{Path: "/no/such/program"})
		require.ErrorIs(t, err, os.ErrNotExist)
		_, err = b.Start(t.Context(), Command{Path: "/etc/passwd"})
		require.ErrorContains(t, err, "permission denied")
	})
}

func TestSelfTestFindsAMissingWall(t *testing.T) {
	for name, f := range settings() {
		for wall, without := range map[string]func(*fence){
			"seccomp": func(f *fence) { f.seccomp = false },
			"root":    func(f *fence) { f.namespaces, f.root, f.userNS, f.landlock = false, false, false, 0 },
		} {
			t.Run(name+" without "+wall, func(t *testing.T) {
				f := f
				without(&f)
				b, err := newBox(f, 1)
				require.NoError(t, err)
				defer b.Close()
				err = b.selfTest(t.Context())
				var missing *WallError
				require.True(t, errors.As(err, &missing), "%v", err)
				assert.Equal(t, wall, missing.Wall)
				assert.NotEmpty(t, missing.Hint.EN)
				assert.NotEmpty(t, missing.Hint.ES)
			})
		}
	}
}
