package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake"
)

// Intake must know by its name what the script hands over.
func TestAutograderNamesTheSubmission(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Autograder(dir))
	script, err := os.ReadFile(filepath.Join(dir, "run_autograder"))
	require.NoError(t, err)
	assert.Contains(t, string(script), "\nname="+intake.Autograded+" ")
	assert.Contains(t, string(script), `"$work/class/$name"`)
	assert.Contains(t, string(script), `--student "$name"`)
}
