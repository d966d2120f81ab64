package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

func written(t *testing.T, lang string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	require.NoError(t, Write(dir, madeUp(), lang))
	return dir
}

func TestJSONIsWhatTheSchemaSays(t *testing.T) {
	f, err := os.Open(filepath.Join(written(t, "en"), "report.json"))
	require.NoError(t, err)
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	var r Report
	require.NoError(t, dec.Decode(&r))

	assert.Equal(t, "wirelab/report/1", r.Schema)
	assert.Equal(t, "en", r.Lang)
	assert.Len(t, r.Head, 2)
	require.Len(t, r.Lessons, 3)
	assert.Equal(t, Test{"TestFlushes", 3, "An event leaves the server when it happens, not when a buffer is full."}, r.Lessons[0].Tests[1])
	assert.Equal(t, 9, r.Lessons[2].Points)

	ids := []string{}
	for _, s := range r.Students {
		ids = append(ids, s.ID)
		assert.Equal(t, 19, s.Points, s.ID)
		require.Len(t, s.Lessons, 3, s.ID)
		for i, l := range s.Lessons {
			assert.Len(t, l.Tests, len(r.Lessons[i].Tests), "%s %s", s.ID, l.ID)
		}
	}
	assert.Equal(t, []string{"=cmd|'/c calc'!A1 " + hostile, "ana-lucía", "Ana-Lucía", "bruno", "carla", "diego", "ema", "félix"}, ids)

	bruno := r.Students[3]
	assert.Equal(t, 3+2+4, bruno.Score)
	failed := bruno.Lessons[0].Tests[1]
	assert.Equal(t, verdict.Failed, failed.Status)
	assert.Equal(t, "Who empties the buffer between your handler and the socket?", failed.Hint)
	assert.Equal(t, notFlushed().Transcript, failed.Transcript)
	assert.Empty(t, bruno.Lessons[0].Tests[0].Hint, "a hint for what passed")
}

func TestJSONHasEveryFieldAndNoNull(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(written(t, "en"), "report.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "null")
	var r map[string]any
	require.NoError(t, json.Unmarshal(raw, &r))
	keys := func(v any) (all []string) {
		for k := range v.(map[string]any) {
			all = append(all, k)
		}
		return all
	}
	lesson := r["students"].([]any)[1].(map[string]any)["lessons"].([]any)[0]
	assert.ElementsMatch(t, []string{"id", "status", "score", "points", "message", "tests"}, keys(lesson))
	test := lesson.(map[string]any)["tests"].([]any)[0]
	assert.ElementsMatch(t, []string{"name", "status", "score", "points", "message", "hint", "seconds", "transcript"}, keys(test))
}

// A student at a time must come to the same as all in one piece.
func TestJSONIsThatOfTheWholeReport(t *testing.T) {
	whole := New(madeUp(), "es")
	whole.Before = &Before{Students: []BeforeStudent{}, Tests: []BeforeTest{}}
	whole.Head = []string{`"students": []`}
	one, nobody := whole, whole
	one.Students, nobody.Students = whole.Students[:1], []Student{}
	for _, r := range []Report{whole, one, nobody} {
		want, err := indented(r, "")
		require.NoError(t, err)
		var got bytes.Buffer
		require.NoError(t, writeJSON(&got, r))
		assert.Equal(t, string(want), got.String())
	}
}

func TestGapsEarnNothing(t *testing.T) {
	l := madeUpLessons()[0]
	half := graded(l)
	half.Tests = half.Tests[:1]
	liar := graded(l) // passed tests of a lesson that was not graded
	liar.Status = verdict.Crashed
	r := New(verdict.Class{Lessons: []verdict.Lesson{l}, Students: []verdict.Student{
		{ID: "a"}, {ID: "b", Lessons: []verdict.LessonResult{half}}, {ID: "c", Lessons: []verdict.LessonResult{liar}},
	}}, "es")
	none, some, zero := r.Students[0].Lessons[0], r.Students[1].Lessons[0], r.Students[2].Lessons[0]
	assert.Equal(t, verdict.NotGradable, none.Status)
	assert.Contains(t, none.Message, "terminó antes")
	assert.Equal(t, 1, some.Score)
	assert.Equal(t, verdict.NotRun, some.Tests[2].Status)
	assert.Zero(t, zero.Score)
	assert.Equal(t, 6, r.Students[2].Points)
}

func TestGradebook(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(written(t, "es"), "gradebook.csv"))
	require.NoError(t, err)
	lines, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 9)
	assert.Equal(t, []string{"student", "01-first-sse", "10-echo", "16-hub", "total", "points"}, lines[0])
	assert.Equal(t, "'=cmd|'/c calc'!A1 "+hostile, lines[1][0], "a spreadsheet would run this name")
	assert.Equal(t, []string{"bruno", "3", "2", "4", "9", "19"}, lines[4])
	assert.Equal(t, []string{"félix", "0", "0", "0", "0", "19"}, lines[8])
}

func TestFormulaGuard(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "ana": "ana", "a=b": "a=b", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx",
	} {
		assert.Equal(t, want, GuardFormula(name))
	}
}

// A spreadsheet in Spanish takes semicolons for what separates cells, and so a formula may begin within a name.
func TestGradebookWhereSemicolonsSeparate(t *testing.T) {
	var b strings.Builder
	require.NoError(t, WriteCSV(&b, Report{Students: []Student{{ID: `x;=1+1`}, {ID: `y"`}, {ID: "Ruiz, Ana"}, {ID: "z"}}}))
	assert.Equal(t, "student,total,points\n\"x;=1+1\",0,0\n\"y\"\"\",0,0\n\"Ruiz, Ana\",0,0\nz,0,0\n", b.String())
}

func TestWriteReplacesAndLeavesNothingElse(t *testing.T) {
	dir := written(t, "en")
	before, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	for _, half := range []string{".tmp-1", "students/.tmp-2"} { // of a grader that was killed
		require.NoError(t, os.WriteFile(filepath.Join(dir, half), []byte("{"), 0o600))
	}
	require.NoError(t, Write(dir, madeUp(), "en"))
	after, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "the same class gives the same bytes")
	left, err := filepath.Glob(filepath.Join(dir, "*", ".tmp-*"))
	require.NoError(t, err)
	more, err := filepath.Glob(filepath.Join(dir, ".tmp-*"))
	require.NoError(t, err)
	assert.Empty(t, append(left, more...))
}

func TestWriteSaysWhichFileItCouldNotWrite(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "gradebook.csv", "in the way"), 0o755))
	assert.ErrorContains(t, Write(dir, madeUp(), "en"), "gradebook.csv")
	assert.ErrorContains(t, Write(t.TempDir(), madeUp(), "fr"), `"fr"`)
}
