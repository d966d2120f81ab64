package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadGivesWhatWasWritten(t *testing.T) {
	r, err := Read(written(t, "es"))
	require.NoError(t, err)
	assert.Equal(t, New(madeUp(), "es").Students[1].Lessons, r.Students[1].Lessons)
	assert.Equal(t, "Un primer flujo de eventos", r.Lessons[0].Title)
}

func TestInterruptedIsSaidWhereItIs(t *testing.T) {
	dir, c := t.TempDir(), madeUp()
	for _, interrupted := range []bool{true, false} {
		c.Interrupted = interrupted
		require.NoError(t, Write(dir, c, "en"))
		r, err := Read(dir)
		require.NoError(t, err)
		assert.Equal(t, interrupted, r.Interrupted)
		text, err := os.ReadFile(filepath.Join(dir, "report.json"))
		require.NoError(t, err)
		assert.Equal(t, interrupted, strings.Contains(string(text), `"interrupted": true`))
	}
}

func TestReadRefusesWhatItCannotRelyOn(t *testing.T) {
	_, err := Read(t.TempDir())
	require.ErrorIs(t, err, fs.ErrNotExist)
	for what, text := range map[string]string{
		"unexpected end":          `{"schema": "wirelab/report/1", "students": [`,
		`"wirelab/report/9"`:      `{"schema": "wirelab/report/9"}`,
		`"ana": 0 lessons, not 1`: `{"schema": "wirelab/report/1", "lessons": [{"id": "10-echo"}], "students": [{"id": "ana"}]}`,
		"every test of 10-echo":   `{"schema": "wirelab/report/1", "lessons": [{"id": "10-echo", "tests": [{}]}], "students": [{"id": "ana", "lessons": [{"id": "10-echo"}]}]}`,
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte(text), 0o600))
		_, err := Read(dir)
		assert.ErrorContains(t, err, what)
	}
}
