package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/local"
	grading "wirelab/grader/run"
	"wirelab/grader/sandbox"
	"wirelab/grader/verdict"
)

// grounds are where attacks run that no door has stopped: they were compiled by the go command as it is, without
// policy and without limits.
type grounds struct {
	*corpus
	builder *build.Builder
	runner  *grading.Runner
	dir     string
}

func newGrounds(t *testing.T, o sandbox.Options) *grounds {
	t.Helper()
	g := &grounds{corpus: newCorpus(t), dir: publicDir(t)}
	box, err := sandbox.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, box.Close()) })
	g.builder, err = build.New(t.Context(), g.course, box, g.dir, nil)
	require.NoError(t, err)
	sockets := filepath.Join(g.dir, "s")
	require.NoError(t, os.Mkdir(sockets, 0o755))
	g.runner = grading.New(box, grading.Options{Race: true, Subjects: 8, Lang: "en", Dir: sockets})
	return g
}

// goCommand runs the go command on a course that has an attack, and its honest part, in the place of a lesson.
func (g *grounds) goCommand(t *testing.T, a attack, l course.Lesson, verb string, args ...string) ([]byte, error) {
	t.Helper()
	dir := filepath.Join(g.dir, a.name)
	files := g.submission(t, a)
	put(t, dir, files)
	put(t, dir, map[string][]byte{"main.go": local.MainFile(l.ID)})
	replace := map[string]string{filepath.Join(g.course.Root, "grader", "attack", "main.go"): filepath.Join(dir, "main.go")}
	for name := range files {
		replace[filepath.Join(g.course.Root, "lessons", name)] = filepath.Join(dir, name)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	put(t, dir, map[string][]byte{"overlay.json": overlay})
	cmd := exec.CommandContext(t.Context(), "go", append([]string{verb, "-overlay", filepath.Join(dir, "overlay.json")}, args...)...)
	cmd.Dir = g.course.Root
	return cmd.CombinedOutput()
}

// compile makes a program of an attack and its honest part.
func (g *grounds) compile(t *testing.T, a attack, l course.Lesson) build.Program {
	t.Helper()
	program := filepath.Join(g.dir, a.name, "subject")
	out, err := g.goCommand(t, a, l, "build", "-race", "-ldflags=-s -w", "-o", program, "./grader/attack")
	require.NoError(t, err, "%s", out)
	binds, err := sandbox.LibBinds(program)
	require.NoError(t, err)
	return build.Program{Path: program, Binds: binds}
}

// grade runs the hidden tests on an attack's program; some names the tests, all of the lesson's if there is none.
func (g *grounds) grade(t *testing.T, a attack, some ...string) verdict.LessonResult {
	t.Helper()
	l := g.lesson(a)
	p := g.compile(t, a, l)
	if len(some) > 0 {
		l.Tests = slices.DeleteFunc(slices.Clone(l.Tests), func(t verdict.Test) bool { return !slices.Contains(some, t.Name) })
	}
	hidden, err := g.builder.Hidden(t.Context(), l)
	require.NoError(t, err)
	res, err := g.runner.Lesson(t.Context(), l, hidden, p, nil)
	require.NoError(t, err)
	return res
}

// What the policy refuses is held by the sandbox alone as well. "door" in an attack's head says what becomes of it.
func TestAttacksBehindTheDoor(t *testing.T) {
	g := newGrounds(t, sandbox.Options{})
	for _, a := range g.attacks {
		door := a.first("door", "")
		if door == "" {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			status, passes, _ := strings.Cut(door, " ")
			res := g.grade(t, a)
			assertResult(t, res, verdict.Status(status), passes)
			assertSaid(t, res, g.named(a.head["door.message"]), g.named(a.head["door.output"]))
			assert.NotContains(t, output(res), "through: ")
			g.at.assertUntouched(t)
		})
	}
}

// What the walls hold must be something that happens without them. "bare" in an attack's head says what does; those
// that have none are either seen to work by the limit that ends them (spins, four-gigabytes, …), or would harm this
// machine (mounts).
func TestAttacksWorkWithoutWalls(t *testing.T) {
	g := newGrounds(t, sandbox.Options{Off: true})
	g.at.many = "16"
	g.at.other = g.at.canary
	for _, a := range g.attacks {
		if len(a.head["bare"]) == 0 {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			res := g.grade(t, a, "TestRefusesOtherMethods")
			for _, effect := range g.named(a.head["bare"]) {
				g.assertEffect(t, res, effect)
			}
		})
	}
}

// assertEffect checks what a witness noticed.
func (g *grounds) assertEffect(t *testing.T, res verdict.LessonResult, effect string) {
	t.Helper()
	what, text, _ := strings.Cut(effect, " ")
	switch what {
	case "output":
		assert.Contains(t, output(res), text)
	case "secret":
		assert.Contains(t, output(res), g.at.secret)
	case "called":
		assert.EqualValues(t, 2, g.at.called.Load(), "loopback and abstract socket")
	case "dropped":
		for _, name := range g.at.dropped(t) {
			require.NoError(t, os.Remove(filepath.Join(g.at.drop, name)))
			return
		}
		assert.Fail(t, "nothing was written")
	case "harm":
		assert.NotEmpty(t, g.at.harm(t))
	case "signalled":
		select {
		case <-g.at.signals:
		default:
			assert.Fail(t, "no signal came")
		}
	case "survivor":
		pids := g.at.survivors(t)
		assert.NotEmpty(t, pids, "it ended with its program")
		for _, pid := range pids {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		}
	default:
		assert.Fail(t, "no such effect", effect)
	}
}

// named puts in the names of the witnesses.
func (c *corpus) named(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, source(text, c.at.names()))
	}
	return all
}

// Who knows the visible tests by heart passes them. The hidden ones are another matter.
func TestAttacksPassVisibleTests(t *testing.T) {
	g := newGrounds(t, sandbox.Options{Off: true})
	for _, a := range g.attacks {
		if a.first("visible", "") != "pass" {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			l := g.lesson(a)
			out, err := g.goCommand(t, a, l, "test", "-count=1", "./lessons/"+l.ID)
			assert.NoError(t, err, "%s", out)
		})
	}
}
