package cache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T) Dir {
	t.Helper()
	t.Setenv("WIRELAB_CACHE", t.TempDir())
	d, err := Open("hidden")
	require.NoError(t, err)
	return d
}

func TestFileIsBuiltOnce(t *testing.T) {
	d := open(t)
	built := 0
	build := func(path string) error {
		built++
		return os.WriteFile(path, []byte("binary"), 0o755)
	}
	for range 3 {
		path, err := d.File("name", build)
		require.NoError(t, err)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "binary", string(text))
	}
	require.Equal(t, 1, built)
	_, err := d.File("another", build)
	require.NoError(t, err)
	require.Equal(t, 2, built)
}

func TestFileThatCannotBeBuiltLeavesNothing(t *testing.T) {
	d := open(t)
	wrong := errors.New("does not compile")
	_, err := d.File("name", func(path string) error {
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o755))
		return wrong
	})
	require.ErrorIs(t, err, wrong)
	entries, err := os.ReadDir(d.path)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestEvict(t *testing.T) {
	d := open(t)
	now := time.Now()
	file := func(name string, size int64, age time.Duration) {
		path := filepath.Join(d.path, name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.NoError(t, os.Truncate(path, size)) // sparse: it takes no room
		require.NoError(t, os.Chtimes(path, now, now.Add(-age)))
	}
	file("of last year", 1, 300*24*time.Hour)
	file("the oldest of those that are too many", 600<<20, 3*time.Hour)
	file("yesterday's, small", 1, 2*time.Hour)
	file("in use", 600<<20, time.Minute)
	file("in use too", 600<<20, time.Minute)
	require.NoError(t, d.evict(now))
	var left []string
	entries, err := os.ReadDir(d.path)
	require.NoError(t, err)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{"in use", "in use too"}, left)
}

func TestUseKeepsAFile(t *testing.T) {
	d := open(t)
	build := func(path string) error { return os.WriteFile(path, nil, 0o755) }
	path, err := d.File("name", build)
	require.NoError(t, err)
	old := time.Now().Add(-2 * maxAge)
	require.NoError(t, os.Chtimes(path, old, old))
	_, err = d.File("name", build)
	require.NoError(t, err)
	require.NoError(t, d.evict(time.Now()))
	require.FileExists(t, path)
}

// A clock that jumps back takes nothing away, and what it left in the future does not stay for ever.
func TestEvictAfterTheClockHasJumpedBack(t *testing.T) {
	d := open(t)
	now := time.Now()
	path := filepath.Join(d.path, "of next year")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	future := now.Add(365 * 24 * time.Hour)
	require.NoError(t, os.Chtimes(path, future, future))
	require.NoError(t, d.evict(now))
	require.FileExists(t, path)
	require.NoError(t, d.evict(now.Add(maxAge+2*inUse)))
	require.NoFileExists(t, path)
}
