package solutions

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
)

// The visible tests are what students see first: the reference passes them, by the go command alone.
func TestReferencesPassVisibleTests(t *testing.T) {
	wd, err := os.Getwd()
	require.NoError(t, err)
	c, err := course.Find(wd)
	require.NoError(t, err)
	require.NotEmpty(t, c.Lessons)
	for _, l := range c.Lessons {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			replace := map[string]string{}
			for _, name := range l.Files {
				replace[filepath.Join(l.Dir, name)] = filepath.Join(l.SolutionDir, name)
			}
			overlay, err := json.Marshal(map[string]any{"Replace": replace})
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "overlay.json")
			require.NoError(t, os.WriteFile(path, overlay, 0o600))
			cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-overlay", path, "./lessons/"+l.ID)
			cmd.Dir = c.Root
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}
