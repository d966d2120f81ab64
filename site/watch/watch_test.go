package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestFolderTellsOfEveryKindOfChange(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "16-hub", "README.md")
	require.NoError(t, os.Mkdir(filepath.Dir(file), 0o755))
	changes := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer goleak.VerifyNone(t)
	defer cancel()
	tell := func() {
		select {
		case changes <- struct{}{}:
		case <-ctx.Done():
		}
	}
	require.NoError(t, Folder(ctx, dir, 20*time.Millisecond, tell))

	later := filepath.Join(dir, "17-slow", "README.md")
	steps := []func() error{
		func() error { return os.WriteFile(file, []byte("x"), 0o600) },
		func() error { return os.Mkdir(filepath.Dir(later), 0o755) },
		func() error { return os.WriteFile(later, []byte("x"), 0o600) },
		func() error { return os.RemoveAll(filepath.Dir(file)) },
	}
	for i, step := range steps {
		require.NoError(t, step())
		select {
		case <-changes:
		case <-time.After(10 * time.Second):
			t.Fatalf("step %d: no change was told of", i)
		}
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	defer goleak.VerifyNone(t)
	err := Folder(t.Context(), filepath.Join(t.TempDir(), "none"), time.Millisecond, func() {})
	require.ErrorContains(t, err, "none")
}

func TestEditorsFiles(t *testing.T) {
	for name, theirs := range map[string]bool{
		".hub.go.swp": true, ".#hub.go": true, "#hub.go#": true, "hub.go~": true,
		"hub.go": false, "README.md": false, "16-hub": false,
	} {
		require.Equal(t, theirs, editors(filepath.Join("lessons", name)), name)
	}
}
