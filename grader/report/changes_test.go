package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

func TestChanges(t *testing.T) {
	first, echo, hub := madeUpLessons()[0], madeUpLessons()[1], madeUpLessons()[2]
	class := func(students ...verdict.Student) Report {
		return New(verdict.Class{Lessons: []verdict.Lesson{first, echo, hub}, Students: students}, "en")
	}
	before := class(
		verdict.Student{ID: "ana", Lessons: []verdict.LessonResult{graded(first), broken(echo, verdict.DoesNotCompile, text("x", "x")), graded(hub, stalled())}},
		verdict.Student{ID: "luz", Lessons: []verdict.LessonResult{graded(first), graded(echo), graded(hub, race())}},
	)
	slower := graded(first) // times are no change
	slower.Tests[0].Seconds = 3
	after := class(
		verdict.Student{ID: "ana", Lessons: []verdict.LessonResult{slower, graded(echo, wrongClose()), graded(hub, race())}},
		verdict.Student{ID: "luz", Lessons: []verdict.LessonResult{graded(first), graded(echo), graded(hub)}},
	)
	var b strings.Builder
	require.NoError(t, Changes(&b, before, after, "ana", []string{"01-first-sse", "10-echo", "16-hub"}, Style{Width: 90}))
	assert.Equal(t, `
ana                                                                        15 of 19 points

01-first-sse  6 of 6, as before

10-echo  does not compile → 2 of 4
  ✔ TestText passes now
  ✔ TestBinary passes now
  ✘ TestCloseCode fails now: The server answers a close frame with the same code.

16-hub  6 of 9 → 7 of 9
  ✔ TestSlowReaderDoesNotStall passes now
  ✘ TestNoRace fails now: People may come and go while others talk.

! what else has changed: the results of 1 student
`, "\n"+b.String())
}
