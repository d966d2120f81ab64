package handout

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/origin"
)

func of(t *testing.T) (*course.Course, Files) {
	t.Helper()
	wd, err := os.Getwd()
	require.NoError(t, err)
	c, err := course.Find(wd)
	require.NoError(t, err)
	files, err := Of(t.Context(), c)
	require.NoError(t, err)
	return c, files
}

// By content, not by name: whatever way it might get in, no line of a hidden test, a reference or a mutant is in a
// handout, and no sentence that a hidden test says.
func TestHasNoSecret(t *testing.T) {
	c, files := of(t)
	dir := t.TempDir()
	_, err := files.Write(dir)
	require.NoError(t, err)
	lines, said := secretLines(t, c), secretSentences(t, c)
	for _, leak := range leaks(t, bytesOf(t, dir), lines, said) {
		t.Error(leak)
	}

	// The search finds what it looks for: in a file of any name, in an archive, wrapped in another way.
	hidden, err := os.ReadFile(filepath.Join(c.Lessons[0].HiddenDir, "hidden_test.go"))
	require.NoError(t, err)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	w, err := z.Create("deep/inside.bin")
	require.NoError(t, err)
	_, err = w.Write(hidden)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.NotEmpty(t, leaks(t, Files{"a.dat": archive.Bytes()}, lines, nil))
	assert.NotEmpty(t, leaks(t, Files{"notes.txt": []byte(strings.ReplaceAll(c.Lessons[0].Tests[0].Hint.EN, " ", "\n"))}, nil, said))
	reference, err := c.Lessons[0].Reference()
	require.NoError(t, err)
	for _, src := range reference {
		assert.NotEmpty(t, leaks(t, Files{"x.go": bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))}, lines, said))
	}
}

// What students get works by itself, with nothing from the network but modules, and not more of those than are used.
func TestWorksByItself(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the handout")
	}
	_, files := of(t)
	dir := t.TempDir()
	_, err := files.Write(dir)
	require.NoError(t, err)
	run := func(env []string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off"), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run(nil, "vet", "./...")
	require.NoError(t, err, out)
	for _, system := range []string{"darwin", "windows"} {
		out, err := run([]string{"GOOS=" + system, "CGO_ENABLED=0"}, "build", "./...")
		require.NoError(t, err, "%s: %s", system, out)
	}
	out, err = run(nil, "test", "./lessons/01-first-sse")
	require.Error(t, err)
	require.Contains(t, out, "Begin here: write Live, in firstsse.go.")
	out, err = run(nil, "run", "./grader", "--help")
	require.NoError(t, err, out)
	assert.NotContains(t, out, "batch")
	out, err = run(nil, "run", "./grader", "serve", "--help")
	require.NoError(t, err, out)
	assert.NotContains(t, out, "solution")
	assert.NotContains(t, string(files["go.mod"]), "seccomp")
	assert.NotContains(t, string(files["go.mod"]), "staticcheck")
}

// The students' program has what they need, and nothing of the grading.
func TestHasNoGrading(t *testing.T) {
	_, files := of(t)
	for name := range files {
		for _, of := range []string{"grader/batch", "grader/check", "grader/handout", "grader/probe", "grader/sandbox", "grader/build", "solutions"} {
			assert.False(t, strings.HasPrefix(name, of), name)
		}
		assert.NotContains(t, name, "hidden")
		assert.False(t, strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "lessons/"), name)
	}
	assert.Contains(t, string(files["README.md"]), "- **16-hub**, ")
	assert.Contains(t, string(files["README.es.md"]), "- **16-hub**, ")
}

// In a checkout on Windows, too, the tag goes: what it chooses would not be part of the handout's programs.
func TestTakesTheTagOff(t *testing.T) {
	root := t.TempDir()
	c := &course.Course{Root: root}
	for name, src := range map[string]string{
		"unix.go":    "//go:build handout\n\npackage main\n",
		"windows.go": "//go:build handout\r\n\r\npackage main\r\n",
		"image.png":  "\x89PNG\r\n\x1a\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(src), 0o644))
	}
	files := Files{}
	require.NoError(t, files.addPackage(c, goPackage{Dir: root, GoFiles: []string{"unix.go", "windows.go"}, EmbedFiles: []string{"image.png"}}))
	assert.Equal(t, Files{"unix.go": []byte("package main\n"), "windows.go": []byte("package main\n"), "image.png": []byte("\x89PNG\r\n\x1a\n")}, files)
}

// A newer handout over an older one leaves a student's work alone, and says so.
func TestBringsUpToDate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "handout")
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644))
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		return string(text)
	}
	pristine := origin.Lessons + "/16-hub/hub.go"
	old := Files{"a/hub.go": []byte("1\n2\n"), "a/notes.md": []byte("old\n"), "a/gone.md": []byte("x"), "a/mine.md": []byte("x"), "a/same.md": []byte("same"), pristine: []byte("1\n2\n")}
	report, err := old.Write(dir)
	require.NoError(t, err)
	require.True(t, report.Fresh)
	require.Len(t, report.Added, 6)

	write("a/hub.go", "solved")
	write("a/mine.md", "my own words")
	write("a/same.md", "same, and more")
	write("a/notes.md", "old\r\n") // as git checks it out on Windows
	write("a/extra.go", "a file of the student's")
	now := Files{"a/hub.go": []byte("1\n2\n3\n"), "a/notes.md": []byte("new\n"), "a/same.md": []byte("same"), "b/new.go": []byte("n"), pristine: []byte("1\n2\n3\n")}
	report, err = now.Write(dir)
	require.NoError(t, err)
	require.Equal(t, Report{
		Added: []string{"b/new.go"}, Updated: []string{pristine, "a/notes.md"},
		Removed: []string{"a/gone.md"}, Kept: []string{"a/hub.go", "a/mine.md"},
	}, report)
	require.Equal(t, "solved", read("a/hub.go"))
	require.Equal(t, "same, and more", read("a/same.md"))
	require.Equal(t, "new\n", read("a/notes.md"))
	require.Equal(t, "a file of the student's", read("a/extra.go"))

	report, err = now.Write(dir)
	require.NoError(t, err)
	require.Equal(t, Report{}, report, "the second time there is nothing to do")
}

func TestRefusesAFolderInUse(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644))
	_, err := Files{"a": nil}.Write(dir)
	require.ErrorContains(t, err, "neither empty nor a handout")
}
