package report

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

// A second batch into the same folder says who moved, and which tests became easier; a third that finds the same still
// says so.
func TestComparisonWithTheBatchBefore(t *testing.T) {
	first, hub := madeUpLessons()[0], madeUpLessons()[2]
	class := func(students ...verdict.Student) verdict.Class {
		return verdict.Class{Lessons: []verdict.Lesson{first, hub}, Students: students}
	}
	one := func(id string, results ...verdict.LessonResult) verdict.Student {
		return verdict.Student{ID: id, Lessons: results}
	}
	dir := t.TempDir()
	require.NoError(t, Write(dir, class(
		one("ana", graded(first, notFlushed()), graded(hub)),
		one("eva", graded(first), broken(hub, verdict.NotGradable, text("x", "x"))),
		one("ivo", graded(first), graded(hub)),
		one("leo", graded(first), graded(hub, stalled(), race())),
	), "en"))
	assert.Empty(t, ids(page(t, dir, "index.html"), "#since"), "there is nothing to compare with")
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "report.json"), at, at))

	second := class(
		one("ana", graded(first), graded(hub)),
		one("eva", graded(first), graded(hub)), // could not be graded before: that is no move
		one("leo", graded(first), graded(hub, race(), wrongBinary())),
		one("sol", graded(first), graded(hub)),
	)
	for range 2 {
		require.NoError(t, Write(dir, second, "en"))
		r, err := Read(dir)
		require.NoError(t, err)
		require.NotNil(t, r.Before)
		assert.True(t, at.Equal(r.Before.At))
		doc := page(t, dir, "index.html")
		assert.Equal(t, []string{"Since the batch of " + at.Local().Format("2006-01-02 15:04")}, all(doc, "#since h2"))
		assert.Equal(t, []string{"ana +3 12 → 15", "leo +1 10 → 11"}, all(doc, "#since .moves li"))
		assert.Equal(t, []string{"sol", "ivo"}, all(doc, "#since .names li"))
		assert.Equal(t, []string{
			"easier 1 of 3 → 0 of 4 16-hub TestSlowReaderDoesNotStall",
			"easier 1 of 4 → 0 of 4 01-first-sse TestFlushes",
			"harder 0 of 3 → 1 of 4 16-hub TestEverybodyReceives",
			"easier 1 of 3 → 1 of 4 16-hub TestNoRace",
		}, all(doc, "#since .shifts .from"))
	}
}

// Neither a batch that was interrupted nor a student graded anew is another batch: what follows is compared with what
// an undisturbed batch would be.
func TestComparisonSkipsWhatIsNoOtherBatch(t *testing.T) {
	first := madeUpLessons()[0]
	class := func(ana, eva verdict.LessonResult) verdict.Class {
		return verdict.Class{Lessons: []verdict.Lesson{first}, Students: []verdict.Student{
			{ID: "ana", Lessons: []verdict.LessonResult{ana}}, {ID: "eva", Lessons: []verdict.LessonResult{eva}},
		}}
	}
	half := func(c verdict.Class) verdict.Class {
		c.Students, c.Interrupted = slices.Clone(c.Students), true
		c.Students[1].Lessons = nil
		return c
	}
	regraded := func(c verdict.Class) verdict.Class {
		c.Regraded = true
		return c
	}
	week0 := class(graded(first, notFlushed()), graded(first, notFlushed()))
	week1 := class(graded(first, notFlushed()), graded(first))
	week2 := class(graded(first), graded(first))
	week3 := class(graded(first), graded(first, notFlushed()))
	for name, c := range map[string]struct {
		batches []verdict.Class
		want    int // the batch that the last one is compared with; -1 for none
	}{
		"a week, and the next":                    {[]verdict.Class{week1, week2}, 0},
		"interrupted, and resumed":                {[]verdict.Class{week1, half(week2), week2}, 0},
		"interrupted":                             {[]verdict.Class{week1, half(week2)}, 0},
		"interrupted twice, and resumed":          {[]verdict.Class{week1, half(week2), half(week2), week2}, 0},
		"the first interrupted, and resumed":      {[]verdict.Class{half(week1), week1}, -1},
		"interrupted and resumed, and a week":     {[]verdict.Class{half(week1), week1, half(week2), week2, week0}, 3},
		"interrupted, resumed with the same":      {[]verdict.Class{week0, week1, half(week1), week1}, 0},
		"interrupted, completed by a regrade":     {[]verdict.Class{week1, half(week2), regraded(week2)}, 0},
		"regraded, with another score":            {[]verdict.Class{week0, week1, regraded(week2)}, 0},
		"regraded, when others were new as well":  {[]verdict.Class{week0, week1, regraded(week3)}, 1},
		"the only one regraded":                   {[]verdict.Class{week1, regraded(week2)}, -1},
		"the only one regraded, and a week later": {[]verdict.Class{week1, regraded(week2), week0}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir, at := t.TempDir(), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
			for i, b := range c.batches {
				require.NoError(t, Write(dir, b, "en"))
				when := at.AddDate(0, 0, i)
				require.NoError(t, os.Chtimes(filepath.Join(dir, "report.json"), when, when))
			}
			r, err := Read(dir)
			require.NoError(t, err)
			if c.want < 0 {
				assert.Nil(t, r.Before)
				return
			}
			want := summed(New(c.batches[c.want], "en"))
			require.NotNil(t, r.Before)
			assert.True(t, want.same(r.Before))
			assert.Equal(t, at.AddDate(0, 0, c.want), r.Before.At)
			assert.True(t, r.Interrupted || r.Before.Before == nil, "one is enough once a batch is over")
		})
	}
}

func TestAnotherClassIsNotCompared(t *testing.T) {
	l := madeUpLessons()[0]
	dir := t.TempDir()
	for _, id := range []string{"ana", "luz"} {
		require.NoError(t, Write(dir, verdict.Class{Lessons: []verdict.Lesson{l}, Students: []verdict.Student{
			{ID: id, Lessons: []verdict.LessonResult{graded(l)}},
		}}, "en"))
	}
	r, err := Read(dir)
	require.NoError(t, err)
	assert.Nil(t, r.Before)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte("{"), 0o600))
	require.NoError(t, Write(dir, madeUp(), "en"), "a broken report is in nobody's way")
}
