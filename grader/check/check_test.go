package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/check"
	"wirelab/grader/course"
	"wirelab/grader/pipeline"
	"wirelab/grader/sandbox"
	"wirelab/grader/verdict"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// small is a lesson of the course with two of its tests and the mutants that these kill.
func small(t *testing.T) (*course.Course, course.Lesson) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles every version of a lesson and starts sandboxes")
	}
	c, err := course.Find(".")
	require.NoError(t, err)
	l := c.Lessons[slices.IndexFunc(c.Lessons, func(l course.Lesson) bool { return l.ID == "01-first-sse" })]
	keep := []string{"TestContentType", "TestIsNotCached"}
	l.Tests = slices.DeleteFunc(l.Tests, func(t verdict.Test) bool { return !slices.Contains(keep, t.Name) })
	l.Mutants = slices.DeleteFunc(l.Mutants, func(m course.Mutant) bool { return !slices.Contains(keep, m.KilledBy) })
	require.Len(t, l.Tests, 2)
	require.NotEmpty(t, l.Mutants)
	return c, l
}

func prove(t *testing.T, c *course.Course, l course.Lesson) check.Proof {
	t.Helper()
	pipe, err := pipeline.Open(t.Context(), c, []course.Lesson{l}, pipeline.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pipe.Close()) })
	dir, err := os.MkdirTemp("", "check")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	proof, err := check.Lesson(t.Context(), c, l, pipe, dir, check.Options{})
	require.NoError(t, err)
	return proof
}

// tooSmall tells the problems that come of having made the lesson small.
func tooSmall(problem string) bool {
	return strings.HasSuffix(problem, "wanted") && (strings.Contains(problem, "hidden tests") || strings.Contains(problem, "mutants"))
}

func TestLessonThatHolds(t *testing.T) {
	c, l := small(t)
	proof := prove(t, c, l)
	require.Empty(t, slices.DeleteFunc(proof.Problems, tooSmall))
	require.Equal(t, l.ID, proof.Lesson)
	require.Equal(t, 2, proof.Tests)
	require.Equal(t, len(l.Mutants), proof.Mutants)
	require.Equal(t, 2, proof.Gradings, "in process and sandboxed")
	require.Positive(t, proof.Points)
}

// Every kind of problem is found, in one proof.
func TestLessonThatDoesNotHold(t *testing.T) {
	c, l := small(t)
	l.Title.ES = ""
	l.Minutes = 5
	l.Notes.ES += "\n## Uno más\n"
	survivor := l.Mutants[0]
	survivor.KilledBy = l.Tests[0].Name
	if l.Mutants[0].KilledBy == survivor.KilledBy {
		survivor.KilledBy = l.Tests[1].Name
	}
	stranger := l.Mutants[0]
	stranger.Name, stranger.KilledBy = "stranger", "TestNobody"
	l.Mutants = []course.Mutant{survivor, stranger}

	problems := strings.Join(prove(t, c, l).Problems, "\n")
	for _, want := range []string{
		"front matter: title is missing in a language",
		"front matter: minutes is 5, not 30 to 90",
		"headings differ",
		"2 hidden tests, at least 6 wanted",
		"2 mutants, at least 8 wanted",
		`mutant stranger is to be killed by "TestNobody", which is no test of the lesson`,
		"mutant " + survivor.Name + " survives " + survivor.KilledBy + ", in process",
		"mutant " + survivor.Name + " survives " + survivor.KilledBy + ", sandboxed",
	} {
		require.Contains(t, problems, want)
	}
}

// A reference that is the starter fails what it must pass.
func TestReferenceThatIsNone(t *testing.T) {
	c, l := small(t)
	starter, err := l.Starter()
	require.NoError(t, err)
	l.SolutionDir = t.TempDir()
	for name, text := range starter {
		require.NoError(t, os.WriteFile(filepath.Join(l.SolutionDir, name), text, 0o600))
	}
	l.Mutants = nil
	problems := strings.Join(prove(t, c, l).Problems, "\n")
	for _, want := range []string{
		"the reference fails a visible test",
		"reference, in process: TestContentType failed",
		"reference, sandboxed: TestContentType failed",
	} {
		require.Contains(t, problems, want)
	}
}
