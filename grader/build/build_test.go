package build

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/cache"
	"wirelab/grader/course"
	"wirelab/grader/policy"
	"wirelab/grader/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// newBuilder returns a builder whose tools run in the sandbox, and the course.
func newBuilder(t *testing.T) (*Builder, *course.Course) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles the packages of lessons and starts sandboxes")
	}
	c, err := course.Find(".")
	require.NoError(t, err)
	box, err := sandbox.Open(t.Context(), sandbox.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	dir, err := os.MkdirTemp("", "build") // the sandbox's user must get there, which t.TempDir does not allow
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	b, err := New(t.Context(), c, box, dir, nil)
	require.NoError(t, err)
	return b, c
}

// Policy refuses what follows before it gets here. Should it ever miss something, the build fails all the same. Only
// unsafe is policy's alone: the compiler has it built in.
func TestCompileAloneIsAWall(t *testing.T) {
	b, c := newBuilder(t)
	l := c.Lessons[0]
	require.Equal(t, "01-first-sse", l.ID)
	right, err := l.Reference()
	require.NoError(t, err)
	for _, test := range []struct {
		name, file, source string
		words              string // of the compiler; "" where it compiles
	}{
		{"nothing more", "extra.go", "", ""},
		{"os", "extra.go", `import _ "os"`, "extra.go:2:10: could not import os (open"},
		{"cgo", "extra.go", `import "C"`, `extra.go:2:8: could not import C`},
		{"another lesson", "extra.go", `import _ "wirelab/lessons/10-echo"`, "could not import wirelab/lessons/10-echo (open"},
		{"the harness", "extra.go", `import _ "wirelab/grader/harness"`, "could not import wirelab/grader/harness (open"},
		{"a library of other lessons", "extra.go", `import _ "github.com/gorilla/websocket"`, "could not import github.com/gorilla/websocket (open"},
		{"embed", "extra.go", "import _ \"embed\"\n//go:embed firstsse.go\nvar s string", "could not import embed (open"},
		{"linkname", "extra.go", "//go:linkname exit os.Exit\nfunc exit(int)", "extra.go:2:3: //go:linkname only allowed in Go files that import \"unsafe\""},
		{"a function of assembler", "extra.go", "func exit(int)", "extra.go:2:6: missing function body"},
		{"a given file of one's own", "subject.go", "not Go", ""},
		{"a path in the words", "extra.go", `var s int = "../x"`, `cannot use "../x" (untyped string constant) as int value in variable declaration`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := maps.Clone(right)
			files[test.file] = []byte("package firstsse\n" + test.source + "\n")
			o, failure, err := b.Compile(t.Context(), l, files, true)
			require.NoError(t, err)
			if test.words == "" {
				require.Nil(t, failure)
				require.FileExists(t, o.archive)
				b.Discard([]*Object{o})
				require.NoFileExists(t, o.archive)
				return
			}
			require.Nil(t, o)
			require.NotNil(t, failure)
			require.True(t, failure.Compiler)
			require.Contains(t, failure.Text.EN, test.words)
			require.Equal(t, failure.Text.EN, failure.Text.ES, "the compiler speaks English")
			require.NotContains(t, failure.Text.EN, b.dir, "nobody needs to know where it was compiled")
		})
	}
	left, err := filepath.Glob(filepath.Join(b.dir, "src-*"))
	require.NoError(t, err)
	require.Empty(t, left, "sources are gone once they are compiled")
}

// Quiet lessons share a program; one that runs code at its start has one of its own.
func TestLink(t *testing.T) {
	b, c := newBuilder(t)
	var objects []*Object
	for _, l := range c.Lessons[:3] {
		files, err := l.Reference()
		require.NoError(t, err)
		clean, refusal := policy.Check(l, files)
		require.Nil(t, refusal)
		o, failure, err := b.Compile(t.Context(), l, clean.Files, len(objects) != 1)
		require.NoError(t, err)
		require.Nil(t, failure)
		objects = append(objects, o)
	}
	programs, failures, err := b.Link(t.Context(), objects)
	require.NoError(t, err)
	require.Empty(t, failures)
	require.Len(t, programs, 3)
	a, loud, z := programs[objects[0].Lesson], programs[objects[1].Lesson], programs[objects[2].Lesson]
	require.Equal(t, a.Path, z.Path)
	require.NotEqual(t, a.Path, loud.Path)
	require.FileExists(t, a.Path)
	b.DiscardPrograms(programs)
	require.NoFileExists(t, a.Path)
	require.NoFileExists(t, loud.Path)
}

// The hidden tests of a grading hold nothing of the lesson: they would not compile where it does not.
func TestHidden(t *testing.T) {
	b, c := newBuilder(t)
	l := c.Lessons[0]
	bin, err := b.Hidden(t.Context(), l)
	require.NoError(t, err)
	text, err := os.ReadFile(bin)
	require.NoError(t, err)
	require.NotContains(t, string(text), "wirelab/lessons/"+l.ID+".")
	require.Contains(t, string(text), "wirelab/lessons/"+l.ID+"/hidden.")
}

// An archive may be a link into the go command's cache: writing over it would spoil the cache.
func TestPlaceOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "cache"), filepath.Join(dir, "0.a")
	require.NoError(t, os.WriteFile(from, []byte("precious"), 0o600))
	require.NoError(t, place(from, to))
	require.ErrorIs(t, place(from, to), os.ErrExist)
	for _, path := range []string{from, to} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "precious", string(text))
	}
}

func TestCheckOutput(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lesson.a"), nil, 0o600))
	require.NoError(t, checkOutput(dir))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "link")))
	require.ErrorContains(t, checkOutput(dir), "not a file: link")
}

// A full disk is not the work's fault, whatever the work says of disks.
func TestNoRoomIsNobodysFault(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	for name, c := range map[string]struct {
		source string
		want   error
	}{
		"a full disk":             {"package a", syscall.ENOSPC},
		"the work speaks of disk": {"package a\nvar _ int = `\nwriting: no space left on device\n`", nil},
	} {
		dir := t.TempDir()
		source, full := filepath.Join(dir, "a.go"), filepath.Join(dir, "full")
		require.NoError(t, os.WriteFile(source, []byte(c.source), 0o644))
		require.NoError(t, os.Symlink("/dev/full", full)) // the compiler removes what it could not write
		words, err := exec.CommandContext(t.Context(), "go", "tool", "compile", "-p", "a", "-pack", "-o", full, source).CombinedOutput()
		require.Error(t, err)
		require.Equal(t, c.want, noRoom(string(words)), "%s: %s", name, words)
	}
	require.Equal(t, syscall.ENOSPC, noRoom("/usr/local/go/pkg/tool/link: mapping output file failed: no space left on device"))
}

// What was compiled once is compiled no more, nor is what did not compile; the archive is a copy, as that of a fresh one.
func TestCompiledOnce(t *testing.T) {
	b, c := newBuilder(t)
	t.Setenv("WIRELAB_CACHE", t.TempDir())
	objects, err := cache.Open("objects")
	require.NoError(t, err)
	b.objects = &objects
	l := c.Lessons[0]
	right, err := l.Reference()
	require.NoError(t, err)
	wrong := maps.Clone(right)
	wrong[l.Files[0]] = append(slices.Clone(right[l.Files[0]]), "\nvar _ = nothing\n"...)

	first, failure, err := b.Compile(t.Context(), l, right, true)
	require.NoError(t, err)
	require.Nil(t, failure)
	want, err := os.ReadFile(first.archive)
	require.NoError(t, err)
	_, why, err := b.Compile(t.Context(), l, wrong, true)
	require.NoError(t, err)
	require.True(t, why.Compiler)

	compiler := b.tools.compile
	b.tools.compile = "/nowhere"
	second, failure, err := b.Compile(t.Context(), l, right, false)
	require.NoError(t, err)
	require.Nil(t, failure)
	require.False(t, second.Quiet, "that is for policy to say, each time")
	require.NotEqual(t, first.archive, second.archive)
	got, err := os.ReadFile(second.archive)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, again, err := b.Compile(t.Context(), l, wrong, true)
	require.NoError(t, err)
	require.Equal(t, why, again)

	b.tools.compile = compiler
	kept, err := os.ReadDir(objects.Path())
	require.NoError(t, err)
	require.Len(t, kept, 2)
	for _, entry := range kept {
		require.NoError(t, os.Truncate(filepath.Join(objects.Path(), entry.Name()), 0)) // as a machine that loses its power does
	}
	third, failure, err := b.Compile(t.Context(), l, right, true)
	require.NoError(t, err)
	require.Nil(t, failure)
	got, err = os.ReadFile(third.archive)
	require.NoError(t, err)
	require.Equal(t, want, got)
	kept, err = os.ReadDir(objects.Path())
	require.NoError(t, err)
	require.Len(t, kept, 1, "what could not be read is gone")
	b.tools.compile = "/nowhere"

	right[l.Files[0]] = append(right[l.Files[0]], "\n// Handed in once more.\n"...)
	_, _, err = b.Compile(t.Context(), l, right, true)
	require.Error(t, err, "another source, another object")
}
