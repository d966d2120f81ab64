package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Regrading grades one lesson of one student anew, from where the batch read it, and says what is different.
func TestRegrade(t *testing.T) {
	if testing.Short() {
		t.Skip("grades two students")
	}
	needsGrader(t)
	b := newResumed(t, "garcia-lopez-ana", "volkov-artem")
	require.True(t, b.run(t, time.Hour))
	records := b.records(t)

	assert.Contains(t, b.regrade(t, "VOLKOV", "10"), "10-echo  23 of 25, as before")
	twice := 0
	for _, times := range b.records(t) {
		twice += times - 1
	}
	assert.Equal(t, 1, twice, "one lesson of one student was found out again")
	require.Len(t, b.records(t), len(records))

	good, err := os.ReadFile(filepath.Join(b.class, "garcia-lopez-ana", "10-echo", "echo.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(b.class, "volkov-artem", "10-echo", "echo.go"), good, 0o600))
	said := b.regrade(t, "artem")
	assert.Contains(t, said, "01-first-sse  ")
	assert.Contains(t, said, "10-echo  23 of 25 → 25 of 25\n  ✔ TestOtherOrigin passes now\n")
	r := readReport(t, b.out)
	assert.Equal(t, 25, r.Students[1].Lessons[1].Score, "the reports were written again")
	assert.Nil(t, r.Before, "and are of the same batch")
}

func (b resumed) regrade(t *testing.T, args ...string) string {
	t.Helper()
	out, err := b.grader(t.Context(), t, append([]string{"regrade"}, args...)...).Output()
	require.NoError(t, err, "%s", out)
	return string(out)
}
