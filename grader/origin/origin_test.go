package origin

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/lessons"
)

// repo is a git repository in a folder of the test.
type repo struct {
	*testing.T
	dir string
}

func (r repo) git(args ...string) string {
	r.Helper()
	cmd := exec.CommandContext(r.Context(), "git", append([]string{
		"-C", r.dir, "-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main",
	}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	out, err := cmd.CombinedOutput()
	require.NoError(r, err, "git %s: %s", strings.Join(args, " "), out)
	return string(out)
}

// commit writes files, by path, and commits them.
func (r repo) commit(files map[string]string) {
	r.Helper()
	for name, text := range files {
		at := filepath.Join(r.dir, filepath.FromSlash(name))
		require.NoError(r, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(r, os.WriteFile(at, []byte(text), 0o644))
	}
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", "more")
}

func (r repo) clone() repo {
	r.Helper()
	c := repo{r.T, r.TempDir()}
	c.git("clone", "--quiet", r.dir, ".")
	return c
}

// changes opens what was handed out of the course in the repository, and tells what differs: "16-hub/hub.go: old → new".
func (r repo) changes() (all []string) {
	r.Helper()
	c := &course.Course{Root: r.dir}
	entries, err := os.ReadDir(filepath.Join(r.dir, "lessons"))
	require.NoError(r, err)
	for _, e := range entries {
		c.Lessons = append(c.Lessons, course.Lesson{Lesson: lessons.Lesson{ID: e.Name()}, Dir: filepath.Join(r.dir, "lessons", e.Name())})
	}
	o, err := Open(r.Context(), c)
	require.NoError(r, err)
	defer func() { assert.NoError(r, o.Close()) }()
	for _, l := range c.Lessons {
		changes, err := o.Changes(l)
		require.NoError(r, err)
		for _, c := range changes {
			all = append(all, l.ID+"/"+c.Name+": "+strings.TrimSpace(string(c.Old))+" → "+strings.TrimSpace(string(c.New)))
		}
	}
	return all
}

// newCourse is a course, as its writers have it, with a commit that was not the first.
func newCourse(t *testing.T) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "git is not installed: %v", err)
		t.Skip(err)
	}
	r := repo{t, t.TempDir()}
	r.git("init", "--quiet")
	r.commit(map[string]string{
		"grader/main.go": "1", "lessons/10-echo/echo.go": "first", "lessons/16-hub/hub.go": "first", "lessons/16-hub/hub_test.go": "test",
		"lessons/16-hub/hidden/hidden_test.go": "1",
	})
	r.commit(map[string]string{"grader/main.go": "2", "lessons/10-echo/echo.go": "starter", "lessons/16-hub/hub.go": "starter"})
	return r
}

// Whoever commits their work in a clone of the course still has done it, wherever they push it.
func TestCommittedWorkIsTheirs(t *testing.T) {
	student := newCourse(t).clone()
	require.Empty(t, student.changes())
	student.commit(map[string]string{"lessons/16-hub/hub.go": "mine"})
	student.commit(map[string]string{"lessons/16-hub/hub.go": "mine, better", "notes.txt": "n", "lessons/16-hub/extra.go": "more"})
	want := []string{"16-hub/hub.go: starter → mine, better", "16-hub/extra.go:  → more"}
	require.Equal(t, want, student.changes())

	fork := repo{t, t.TempDir()}
	fork.git("init", "--quiet", "--bare")
	student.git("remote", "set-url", "origin", fork.dir)
	student.git("push", "--quiet", "--set-upstream", "origin", "main")
	require.Equal(t, want, student.changes(), "a fork of their own has it too")
	require.Equal(t, want, fork.clone().changes(), "on another machine")
}

// After a pull the newest starters are those to compare with, merged or not.
func TestPulledStartersAreTheCourses(t *testing.T) {
	for _, how := range []string{"--no-rebase", "--rebase"} {
		t.Run(how, func(t *testing.T) {
			c := newCourse(t)
			student := c.clone()
			student.commit(map[string]string{"lessons/16-hub/hub.go": "mine"})
			c.commit(map[string]string{"lessons/10-echo/echo.go": "newer", "lessons/16-hub/hidden/hidden_test.go": "2", "lessons/16-hub/hub_test.go": "newer"})
			student.git("pull", "--quiet", "--no-edit", how)
			require.Equal(t, []string{"16-hub/hub.go: starter → mine"}, student.changes())
			student.commit(map[string]string{"lessons/10-echo/echo.go": "mine too"})
			require.Equal(t, []string{"10-echo/echo.go: newer → mine too", "16-hub/hub.go: starter → mine"}, student.changes())
		})
	}
}

// Two changes that the course's writers have merged are both handed out.
func TestMergedChangesOfTheCourse(t *testing.T) {
	c := newCourse(t)
	c.git("checkout", "--quiet", "-b", "side")
	c.commit(map[string]string{"lessons/10-echo/echo.go": "newer", "solutions/10-echo/echo.go": "1"})
	c.git("checkout", "--quiet", "main")
	c.commit(map[string]string{"grader/main.go": "3"})
	c.git("merge", "--quiet", "--no-edit", "side")
	require.Empty(t, c.clone().changes())
}

// A copy of a lesson that somebody keeps was not handed out, and is no reason to say nothing of the others.
func TestACopyOfALesson(t *testing.T) {
	student := newCourse(t).clone()
	require.NoError(t, os.CopyFS(filepath.Join(student.dir, "lessons", "10-echo-old"), os.DirFS(filepath.Join(student.dir, "lessons", "10-echo"))))
	student.commit(map[string]string{"lessons/16-hub/hub.go": "mine"})
	require.Equal(t, []string{"10-echo-old/echo.go:  → starter", "16-hub/hub.go: starter → mine"}, student.changes())
}

// In a handout the folder that it came with says it, whatever git knows.
func TestHandout(t *testing.T) {
	student := newCourse(t).clone()
	student.commit(map[string]string{Lessons + "/16-hub/hub.go": "given", "lessons/16-hub/hub.go": "mine"})
	require.Contains(t, student.changes(), "16-hub/hub.go: given → mine")
}

func TestNothingTells(t *testing.T) {
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(t.TempDir()))
	_, err := Open(t.Context(), &course.Course{Root: t.TempDir()})
	var e *course.Error
	require.ErrorAs(t, err, &e)
	text, tip := e.In("es")
	require.Contains(t, text, "nada dice cómo se entregaron")
	require.Contains(t, tip, "trabaja en el material para entregar")
}
