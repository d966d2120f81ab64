//go:build unix

package intake

import (
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

const secret = "package hub // another student's, or /etc/passwd\n"

// A thing that is no file stands where a file of the lesson belongs.
func TestNoFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		put  func(t *testing.T, at, outside string)
		want string
	}{
		"symbolic link out of the folder": {
			func(t *testing.T, at, outside string) { require.NoError(t, os.Symlink(outside, at)) },
			"it is a symbolic link",
		},
		"symbolic link within the folder": {
			func(t *testing.T, at, _ string) { require.NoError(t, os.Symlink("room.go", at)) },
			"it is a symbolic link",
		},
		"named pipe": {
			func(t *testing.T, at, _ string) { require.NoError(t, syscall.Mkfifo(at, 0o644)) },
			"it is a named pipe",
		},
		"socket": {
			func(t *testing.T, at, _ string) {
				t.Chdir(filepath.Dir(at)) // a socket's path must be short
				ln, err := net.Listen("unix", filepath.Base(at))
				require.NoError(t, err)
				t.Cleanup(func() { ln.Close() })
			},
			"it is a socket",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCourse(t)
			dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret.go")
			require.NoError(t, os.WriteFile(outside, []byte(secret), 0o644))
			put(t, dir, map[string]string{"ana/16-hub/room.go": work, "ana/10-echo/echo.go": "package echo // done\n", "luz/16-hub/hub.go": work})
			tt.put(t, filepath.Join(dir, "ana", "16-hub", "hub.go"), outside)

			class, err := Read(t.Context(), dir, c)
			require.NoError(t, err)
			all := class.Submissions
			assert.Equal(t, verdict.NotGradable, all[0].Decided["16-hub"].Status)
			assert.Contains(t, all[0].Decided["16-hub"].Message.EN, "16-hub/hub.go: "+tt.want)
			assert.NotContains(t, all[0].Lessons, "16-hub")
			assert.Contains(t, all[0].Lessons, "10-echo")
			assert.Contains(t, all[1].Lessons, "16-hub")
		})
	}
}

func TestLinkedFolders(t *testing.T) {
	c := newCourse(t)
	dir, outside := t.TempDir(), t.TempDir()
	put(t, outside, map[string]string{"16-hub/hub.go": secret})
	put(t, dir, map[string]string{"ana/10-echo/echo.go": "package echo // done\n", "luz/10-echo/echo.go": "package echo // done\n"})
	require.NoError(t, os.Symlink(filepath.Join(outside, "16-hub"), filepath.Join(dir, "ana", "16-hub")))
	require.NoError(t, os.Symlink("..", filepath.Join(dir, "ana", "up")))
	require.NoError(t, os.Symlink("../luz", filepath.Join(dir, "ana", "lessons")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "eva")))

	class, err := Read(t.Context(), dir, c)
	require.NoError(t, err)
	all := class.Submissions
	require.Len(t, all, 3)
	assert.Len(t, all[0].Lessons, 1)
	assert.Equal(t, "symbolic links, which are not followed: 16-hub, lessons, up\n", texts(all[0]))
	assert.Equal(t, "eva", all[1].ID)
	require.NotNil(t, all[1].Problem)
	assert.Contains(t, all[1].Problem.Text.EN, "is a symbolic link")
	assert.Empty(t, all[1].Lessons)
}

// Where an archive belongs stands a pipe, which would never end.
func TestPipesForArchives(t *testing.T) {
	c := newCourse(t)
	dir := t.TempDir()
	put(t, dir, map[string]string{"luz/16-hub/hub.go": work, "zoe/x": ""})
	for _, name := range []string{"ana.zip", "garciaana_12_345_hub.go", "zoe/work.zip"} {
		require.NoError(t, syscall.Mkfifo(filepath.Join(dir, name), 0o644))
	}
	class, err := Read(t.Context(), dir, c)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"ana.zip: the submission cannot be read: it is a named pipe, not a file",
		`garciaana (canvas 12): no lesson was found: no folder has the name of one, such as "16-hub", and Go files in it`,
		"luz: 16-hub",
		`zoe: no lesson was found outside of work.zip, which is not opened: only a zip is, and none within a zip; hand in one zip of the lesson folders`,
	}, summary(class.Submissions))

	_, err = Read(t.Context(), filepath.Join(dir, "ana.zip"), c)
	var e *course.Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, e.Error(), "neither a folder nor a file")
}

// A hard link is a file like any other: what it holds was there to be read.
func TestHardLink(t *testing.T) {
	c := newCourse(t)
	dir := t.TempDir()
	put(t, dir, map[string]string{"ana/16-hub/hub.go": work})
	require.NoError(t, os.Link(filepath.Join(dir, "ana", "16-hub", "hub.go"), filepath.Join(dir, "ana", "same.go")))
	class, err := Read(t.Context(), dir, c)
	require.NoError(t, err)
	all := class.Submissions
	assert.Equal(t, Files{"hub.go": []byte(work)}, all[0].Lessons["16-hub"])
}

func TestNameOfAFolder(t *testing.T) {
	c := newCourse(t)
	dir := t.TempDir()
	put(t, dir, map[string]string{"\x1b[2J\n..\\up/16-hub/hub.go": work})
	class, err := Read(t.Context(), dir, c)
	require.NoError(t, err)
	all := class.Submissions
	assert.Equal(t, "(U+001B)[2J(U+000A)..(U+005C)up", all[0].ID)
	assert.Contains(t, all[0].Lessons, "16-hub")
}

// The work is exchanged for a link to a secret, a pipe and back, all the while it is read.
func TestChangesWhileItIsRead(t *testing.T) {
	c := newCourse(t)
	dir, outside := t.TempDir(), t.TempDir()
	put(t, outside, map[string]string{"16-hub/hub.go": secret})
	put(t, dir, map[string]string{"ana/16-hub/hub.go": work})
	lesson, spare := filepath.Join(dir, "ana", "16-hub"), filepath.Join(dir, "ana", "spare")

	done := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		file := filepath.Join(lesson, "hub.go")
		for {
			select {
			case <-done:
				return
			default:
			}
			// Errors are part of the game: what counts is what the reader makes of it.
			_ = os.Remove(file)
			_ = os.Symlink(filepath.Join(outside, "16-hub", "hub.go"), file)
			_ = os.Remove(file)
			_ = syscall.Mkfifo(file, 0o644)
			_ = os.Remove(file)
			_ = os.WriteFile(file, []byte(work), 0o644)
			_ = os.Rename(lesson, spare)
			_ = os.Symlink(filepath.Join(outside, "16-hub"), lesson)
			_ = os.Remove(lesson)
			_ = os.Rename(spare, lesson)
		}
	})
	defer swapping.Wait()
	defer close(done)
	for range 2000 {
		class, err := Read(t.Context(), dir, c)
		require.NoError(t, err)
		all := class.Submissions
		for _, files := range all[0].Lessons {
			require.NotContains(t, string(files["hub.go"]), "another student's")
		}
	}
}

func TestTreeOpensFilesAndFoldersOnly(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"ana/hub.go": work})
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "ana", "pipe"), 0o644))
	require.NoError(t, os.Symlink("hub.go", filepath.Join(dir, "ana", "link")))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	files, err := openTree(root, "ana")
	require.NoError(t, err)
	defer files.Close()
	for _, name := range []string{"pipe", "link"} {
		_, err := files.Open(name)
		assert.ErrorIs(t, err, errKind, name)
	}
	for _, name := range []string{"../ana/hub.go", "/etc/passwd", "none"} {
		_, err := files.Open(name)
		assert.Error(t, err, name)
	}
	f, err := files.Open("hub.go")
	require.NoError(t, err)
	require.NoError(t, f.Close())
}
