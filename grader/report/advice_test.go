package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// oneEach is a class of students to whom one and the same happened in every lesson.
func oneEach(happened map[string]verdict.LessonResult) verdict.Class {
	c := verdict.Class{Lessons: madeUpLessons()}
	for id, h := range happened {
		s := verdict.Student{ID: id}
		for _, l := range c.Lessons {
			res := broken(l, h.Status, h.Message)
			res.Cause = h.Cause
			s.Lessons = append(s.Lessons, res)
		}
		c.Students = append(c.Students, s)
	}
	return c
}

// What to do about a lesson without a score depends on why it has none.
func TestAdviceFitsWhatHappened(t *testing.T) {
	c := oneEach(map[string]verdict.LessonResult{
		"ana": {Status: verdict.NotSubmitted, Message: text("the starter, unchanged", "el código inicial, sin cambios")},
		"eva": {Status: verdict.NotSubmitted},
		"ivo": {Status: verdict.NotGradable, Cause: verdict.Submission, Message: text("work.rar is of a kind that is not read", "work.rar es de un tipo que no se lee")},
		"leo": {Status: verdict.NotGradable, Cause: verdict.Unreadable, Message: text("hub.go: not UTF-8", "hub.go: no es UTF-8")},
		"pía": {Status: verdict.NotGradable, Cause: verdict.Grader, Message: text("the grader failed", "el calificador falló")},
		"sol": {Status: verdict.NotGradable, Message: text("the compiler was killed", "el compilador se detuvo")},
	})
	dir := t.TempDir()
	require.NoError(t, Write(dir, c, "en"))
	doc := page(t, dir, "index.html")
	assert.Equal(t, []string{
		"the grader failed 1", "unreadable submission 1", "unreadable lesson 1", "not gradable 1", "the starter, unchanged 1", "no lesson folder 1",
	}, all(doc, ".trouble summary"))
	advice := all(doc, ".trouble .advice")
	require.Len(t, advice, 6)
	for i, want := range []string{"grade the class again", "Ask for it again", "hands in again", "more than honest work", "their own version", "right folder"} {
		assert.Contains(t, advice[i], want)
	}
	assert.Equal(t, "ivo 3 lessons work.rar is of a kind that is not read", all(doc, ".trouble .cases li")[1], "once, for all of its lessons")
	assert.Equal(t, []string{"10 not graded"}, all(doc, ".facts .bad"), "a submission, and three lessons of three")

	for id, want := range map[string]string{
		"ana": "your own version", "eva": "No file of this lesson was found", "ivo": "Hand in again, in the way",
		"leo": "Put right what the message names", "pía": "not your fault", "sol": "more than honest work",
	} {
		steps := all(page(t, dir, "students/"+id+".html"), ".status .advice")
		require.Len(t, steps, 3)
		assert.Contains(t, steps[0], want, id)
		text, err := os.ReadFile(filepath.Join(dir, "students", id+".md"))
		require.NoError(t, err)
		assert.Contains(t, string(text), want, id)
	}
	var out bytes.Buffer
	require.NoError(t, Summary(&out, c, "out", Style{Lang: "es", Width: 200}))
	assert.Contains(t, out.String(), "1 entrega y 9 lecciones sin calificar")
}

// Both languages say something about every cause.
func TestEveryCauseHasWords(t *testing.T) {
	en, es := english(), spanish()
	for _, cause := range []verdict.Cause{verdict.Submission, verdict.Unreadable, verdict.Grader, verdict.Interrupted} {
		for _, w := range []words{en, es} {
			assert.NotEmpty(t, w.Causes[cause].Name, cause)
			assert.NotEmpty(t, w.Causes[cause].Advice, cause)
			assert.NotEmpty(t, w.Causes[cause].NextStep, cause)
		}
		assert.NotEqual(t, en.Causes[cause], es.Causes[cause])
	}
}

// An interrupted batch says so, and what to do; it blames nobody's program, and compares with nothing.
func TestAnInterruptedBatchSaysSo(t *testing.T) {
	first := madeUpLessons()[0]
	done := func(id string) verdict.Student {
		return verdict.Student{ID: id, Lessons: []verdict.LessonResult{graded(first, notFlushed())}}
	}
	whole := verdict.Class{Lessons: []verdict.Lesson{first}, Students: []verdict.Student{done("ana"), done("beto"), done("eva")}}
	half := verdict.Class{Lessons: whole.Lessons, Interrupted: true, Students: []verdict.Student{done("ana")}}
	for _, id := range []string{"beto", "eva"} {
		res := broken(first, verdict.NotGradable, lessons.Text{EN: "interrupted", ES: "interrumpida"})
		res.Cause = verdict.Interrupted
		half.Students = append(half.Students, verdict.Student{ID: id, Lessons: []verdict.LessonResult{res}})
	}
	for lang, want := range map[string]string{
		"en": "still to be graded: 2 of 3 students. The same command again, without --fresh, goes on where it stopped.",
		"es": "estudiantes que faltan: 2 de 3. El mismo comando, sin --fresh, sigue donde se quedó.",
	} {
		dir := t.TempDir()
		require.NoError(t, Write(dir, whole, lang))
		require.NoError(t, Write(dir, half, lang))
		doc := page(t, dir, "index.html")
		require.Len(t, all(doc, "#head li"), 1)
		assert.Contains(t, all(doc, "#head li")[0], want)
		assert.Empty(t, ids(doc, "#since"), "who is not graded yet has lost nothing")
		assert.Empty(t, all(doc, ".facts .bad"), "nobody has to look at them")
		require.Len(t, all(doc, ".trouble .advice"), 1)
		assert.Contains(t, all(doc, ".trouble .advice")[0], "--fresh")
		r, err := Read(dir)
		require.NoError(t, err)
		assert.NotNil(t, r.Before, "the batch that goes on needs it")

		var out bytes.Buffer
		require.NoError(t, Summary(&out, half, "out", Style{Lang: lang, Width: 300}))
		assert.Contains(t, out.String(), want)
		assert.NotRegexp(t, "what to do about it|qué hacer", out.String(), "nothing but to go on")

		require.NoError(t, Write(dir, whole, lang))
		assert.NotContains(t, all(page(t, dir, "index.html"), "#head li"), want)
	}
}

// What a program printed stands in a line of its own, which is named in the reader's language; no connection is renamed.
func TestOutputIsNamedInTheReadersLanguage(t *testing.T) {
	printed := wire.Entry{Conn: wire.Output, Kind: wire.KindNote, Data: "hello"}
	assert.Equal(t, "salida", rows([]wire.Entry{printed}, spanish())[0].Conn)
	assert.Equal(t, "output", rows([]wire.Entry{printed}, english())[0].Conn)
	printed.Kind = wire.KindText
	assert.Equal(t, "output", rows([]wire.Entry{printed}, spanish())[0].Conn)
}
