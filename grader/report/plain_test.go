package report

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"wirelab/grader/verdict"
)

func TestPlainSaysWhatHappened(t *testing.T) {
	bruno := New(madeUp(), "es").Students[3]
	said := Plain(bruno.Lessons[0].Tests[1], "es")
	assert.Contains(t, said, "llegó        nada en 10s")
	assert.Regexp(t, `(?m)^ +10\.002  sse1 +· +nota +10s passed  ◀ `, said)
	assert.Contains(t, said, "Pista: ¿Quién vacía el búfer")
	assert.Empty(t, Plain(bruno.Lessons[0].Tests[0], "es"), "it passed")
	assert.Equal(t, "not run", Plain(TestResult{Status: verdict.NotRun}, "en"))
}

func TestPlainLessonSaysWhatToDo(t *testing.T) {
	r := New(madeUp(), "en")
	assert.Regexp(t, `^refused: echo.go:5: import "unsafe" is not allowed.*\n\nThis lesson does not allow`, PlainLesson(r.Students[5].Lessons[1], "en"))
	assert.Empty(t, PlainLesson(r.Students[5].Lessons[0], "en"))
}

func TestPlainHidesNothing(t *testing.T) {
	for _, s := range New(madeUp(), "en").Students {
		for _, l := range s.Lessons {
			assert.NotRegexp(t, "[\x00-\x08\x0b-\x1f\x7f\u202e]", PlainLesson(l, "en"))
			for _, one := range l.Tests {
				assert.NotRegexp(t, "[\x00-\x08\x0b-\x1f\x7f\u202e]", Plain(one, "en"))
			}
		}
	}
}
