package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/lessons"
)

// While an editor has a file open, and beside notes that only look like Go, what is graded is what a batch would take.
func TestWorkingCopy(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"echo.go": "package echo\r\n", "subject.go": "package echo\n", "echo_test.go": "package echo\n", "_old.go": "some notes\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(src), 0o644))
	}
	if err := os.Symlink("ana@laptop.4711:1", filepath.Join(dir, ".#echo.go")); err != nil {
		t.Log(err) // Windows asks for a privilege
	}
	files, err := working(course.Lesson{Lesson: lessons.Lesson{ID: "10-echo", Files: []string{"echo.go"}}, Dir: dir})
	require.NoError(t, err)
	require.Equal(t, intake.Files{"echo.go": []byte("package echo\n")}, files)
}
