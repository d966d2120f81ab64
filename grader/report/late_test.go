package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

// lateClass is the made-up class, some of which came late.
func lateClass() verdict.Class {
	c := madeUp()
	handed := time.Date(2026, 11, 22, 8, 0, 0, 0, time.FixedZone("", -5*3600))
	for i := range c.Students {
		c.Students[i].Origin.Late = &verdict.Late{Source: verdict.Unknown}
	}
	c.Students[0].Origin = verdict.Origin{
		LMS:    &verdict.LMS{System: verdict.Moodle, ID: "101", Name: "Ana Lucía"},
		Person: &verdict.Person{Name: "ana-lucía", ID: "7", Email: "ana@example.org"},
		Commit: &verdict.Commit{Repository: "https://example.org/ana", Branch: "main", Hash: strings.Repeat("a", 40), Time: handed},
		Late:   &verdict.Late{Source: verdict.FromGit, Handed: handed, Days: 2, Percent: 15},
	}
	c.Students[1].Origin = verdict.Origin{Late: &verdict.Late{Source: verdict.FromCanvas, Days: 1, Percent: 100}}
	return c
}

func TestLateInJSON(t *testing.T) {
	r := New(lateClass(), "en")
	at := indexOf(r, "ana-lucía")
	var b bytes.Buffer
	require.NoError(t, writeJSON(&b, Report{Students: r.Students[at : at+1]}))
	text := strings.Join(strings.Fields(b.String()), " ")
	assert.Contains(t, text, `"lms": { "system": "moodle", "id": "101", "name": "Ana Lucía" }, `+
		`"person": { "name": "ana-lucía", "id": "7", "email": "ana@example.org" }, `+
		`"commit": { "repository": "https://example.org/ana", "branch": "main", "hash": "`+strings.Repeat("a", 40)+`", "time": "2026-11-22T08:00:00-05:00" }, `+
		`"late": { "source": "git", "handed_in": "2026-11-22T08:00:00-05:00", "days": 2, "percent": 15, "score": 16.15 }, "score": 19,`)
	b.Reset()
	require.NoError(t, writeJSON(&b, New(madeUp(), "en")))
	for _, key := range []string{`"lms"`, `"person"`, `"commit"`, `"late"`} {
		assert.NotContains(t, b.String(), key, "nothing is said where nothing is known")
	}
}

func indexOf(r Report, id string) int {
	for i, s := range r.Students {
		if s.ID == id {
			return i
		}
	}
	return -1
}

func TestLateInTheGradebook(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteCSV(&b, New(lateClass(), "en")))
	lines := strings.Split(b.String(), "\n")
	assert.Equal(t, "student,01-first-sse,10-echo,16-hub,total,points,late_days,penalty,final", lines[0])
	assert.Contains(t, lines, "ana-lucía,6,4,9,19,19,2,15,16.15")
	assert.Contains(t, lines, "bruno,3,2,4,9,19,1,100,0")
	assert.Contains(t, lines, "carla,3,0,6,9,19,,0,9")
	b.Reset()
	require.NoError(t, WriteCSV(&b, New(madeUp(), "en")))
	assert.True(t, strings.HasPrefix(b.String(), "student,01-first-sse,10-echo,16-hub,total,points\n"))
}

func TestLateOnPages(t *testing.T) {
	for lang, says := range map[string]string{"en": "2 days late: 15 % less than the 19 before", "es": "2 días de retraso: un 15 % menos que los 19 de antes"} {
		dir := t.TempDir()
		require.NoError(t, Write(dir, lateClass(), lang))
		names, r := []string{}, New(lateClass(), lang)
		names = append(names, FileNames(r.Students)...)
		for _, ending := range []string{".html", ".md"} {
			text, err := os.ReadFile(filepath.Join(dir, "students", names[indexOf(r, "ana-lucía")]+ending))
			require.NoError(t, err)
			assert.Contains(t, string(text), says)
			assert.Contains(t, string(text), "16.15")
			text, err = os.ReadFile(filepath.Join(dir, "students", names[indexOf(r, "carla")]+ending))
			require.NoError(t, err)
			assert.NotContains(t, string(text), wordsIn(lang).Before)
		}
		index, err := os.ReadFile(filepath.Join(dir, "index.html"))
		require.NoError(t, err)
		assert.Contains(t, string(index), `title="`+says+`"`)
		assert.Contains(t, string(index), `<b>16.15</b><s>19<span class="vh">`)
		doc := page(t, dir, "index.html")
		assert.Equal(t, "6.8", all(doc, ".grid tfoot tr:first-child .total")[0], "the mean of what counts")
		assert.Equal(t, []string{"6.8", "6.5"}, all(doc, ".facts b")[2:4])
		assert.Equal(t, []string{"2", "3", "1", "1", "1"}, all(doc, ".histogram .count"))
		var b bytes.Buffer
		require.NoError(t, Summary(&b, lateClass(), dir, Style{Lang: lang, Width: 80}))
		assert.Contains(t, b.String(), "16.15/19")
	}
}
