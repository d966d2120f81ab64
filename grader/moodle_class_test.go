package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
)

// A class of 300 in one Moodle zip goes in, a filled worksheet and a feedback zip come out, with two commands: as Moodle
// names things since 4.1, as it did before, and where it hides who is who.
func TestMoodleClassOfHundreds(t *testing.T) {
	if testing.Short() {
		t.Skip("grades a class")
	}
	needsGrader(t)
	for name, m := range map[string]moodleClass{
		"since 4.1":                {mark: "\ufeff"},
		"before 4.1, in Spanish":   {mark: "\ufeff", before41: true, spanish: true},
		"blind, in loose archives": {blind: true},
	} {
		t.Run(name, func(t *testing.T) { m.test(t) })
	}
}

// moodleClass is how a Moodle site hands out a class.
type moodleClass struct {
	mark                     string // at the beginning of its worksheet
	before41, spanish, blind bool
}

const (
	moodleStudents = 300
	moodleLesson   = "01-first-sse"
)

// participant is student i as the site has them: two of one name in every fifty, and every seventh handed in nothing.
type participant struct {
	number, name string
	work         int // 0 the reference, or the mutant of this number
	absent       bool
}

func participants(mutants int) []participant {
	first := []string{"Ana", "Bo", "Zoë", "María José", "O'Brian", "李", "Søren", "Noor", "João", "Łucja"}
	last := []string{"García López", "Smith", "van der Berg", "da Silva", "Nguyễn"}
	var all []participant
	for i := range moodleStudents {
		p := participant{
			number: fmt.Sprint(4000 + 7*i), name: fmt.Sprintf("%s %s %d", first[i%10], last[i/10%5], i/50),
			work: i % (mutants + 1), absent: i%7 == 6,
		}
		if i%50 == 49 {
			p.name = all[i-1].name // only their numbers tell them apart
		}
		all = append(all, p)
	}
	return all
}

func (m moodleClass) test(t *testing.T) {
	c, err := course.Find(".")
	require.NoError(t, err)
	chosen, err := c.Select(moodleLesson)
	require.NoError(t, err)
	all := participants(min(3, len(chosen[0].Mutants)))
	dir := t.TempDir()
	class, sheet := filepath.Join(dir, "WEB-Hub-4711.zip"), filepath.Join(dir, "Grades-WEB.csv")
	m.pack(t, class, chosen[0], all)
	require.NoError(t, os.WriteFile(sheet, m.worksheet(t, all), 0o600))

	out, filled, feedback := filepath.Join(dir, "out"), filepath.Join(dir, "filled.csv"), filepath.Join(dir, "feedback.zip")
	m.command(t, "batch", class, "--out", out, "--lesson", moodleLesson, "--lang", "en")
	m.command(t, "export", "moodle", "--out", out, "--worksheet", sheet, "--to", filled, "--feedback", feedback)

	scores := map[string]string{} // by number
	for _, s := range readReport(t, out).Students {
		require.NotNil(t, s.LMS)
		scores[s.LMS.ID] = fmt.Sprintf("%.2f", 10*float64(s.Score)/float64(s.Points))
	}
	before, after := m.rows(t, sheet), m.rows(t, filled)
	require.Len(t, after, moodleStudents+1)
	distinct := map[string]bool{}
	for i, p := range all {
		was, is := before[i+1], after[i+1]
		grade := len(is) - 5
		if p.absent {
			assert.Equal(t, was, is)
			continue
		}
		assert.Equal(t, scores[p.number], strings.Replace(is[grade], ",", ".", 1), is)
		assert.Contains(t, is[len(is)-1], "<li>")
		assert.Equal(t, was[:grade], is[:grade])
		if p.work == 0 {
			assert.Equal(t, "10.00", scores[p.number])
		}
		distinct[is[grade]] = true
	}
	assert.Greater(t, len(distinct), 2, "the class is one in which everybody has the same score")
	m.requireFeedback(t, feedback, all)
}

func (m moodleClass) command(t *testing.T, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run(args, &stdout, &stderr), "%s", &stderr)
}

// folder is what the site calls a student's folder in its zip.
func (m moodleClass) folder(p participant) string {
	name := p.name
	if m.blind {
		name = "Participant"
	}
	ending := map[bool]string{true: "_", false: ""}[m.before41]
	return fmt.Sprintf("%s_%s_assignsubmission_file%s", name, p.number, ending)
}

// pack makes the site's zip of all submissions.
func (m moodleClass) pack(t *testing.T, path string, l course.Lesson, all []participant) {
	t.Helper()
	reference, err := l.Reference()
	require.NoError(t, err)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, p := range all {
		if p.absent {
			continue
		}
		files := reference
		if p.work > 0 {
			files, err = l.Mutants[p.work-1].Apply(reference)
			require.NoError(t, err)
		}
		into, prefix, done := z, m.folder(p)+"/", func() {}
		if m.blind && i%2 == 0 { // a zip within
			var own bytes.Buffer
			inner := zip.NewWriter(&own)
			into, prefix = inner, ""
			done = func() {
				require.NoError(t, inner.Close())
				w, err := z.Create(m.folder(p) + "/my work.zip")
				require.NoError(t, err)
				_, err = w.Write(own.Bytes())
				require.NoError(t, err)
			}
		}
		for name, text := range files {
			w, err := into.Create(prefix + l.ID + "/" + name)
			require.NoError(t, err)
			_, err = w.Write(text)
			require.NoError(t, err)
		}
		done()
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// worksheet is the site's grading worksheet.
func (m moodleClass) worksheet(t *testing.T, all []participant) []byte {
	t.Helper()
	head := []string{
		"Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Grade can be changed",
		"Last modified (grade)", "Feedback comments",
	}
	participant, most := "Participant ", "10.00"
	if m.spanish {
		head = []string{
			"Identificador", "Nombre completo", "Dirección de correo", "Estado", "Calificación", "Calificación máxima",
			"La calificación puede ser cambiada", "Última modificación (calificación)", "Comentarios de retroalimentación",
		}
		participant, most = "Participante", "10,00"
	}
	var b bytes.Buffer
	b.WriteString(m.mark)
	w := csv.NewWriter(&b)
	row := func(cells []string) {
		if m.blind {
			cells = append(cells[:1:1], cells[3:]...) // neither name nor address
		}
		require.NoError(t, w.Write(cells))
	}
	row(head)
	for i, p := range all {
		row([]string{
			participant + p.number, p.name, fmt.Sprintf("s%03d@example.org", i), "Submitted for grading - ", "", most, "Yes", "-", "",
		})
	}
	w.Flush()
	require.NoError(t, w.Error())
	return b.Bytes()
}

// rows reads a worksheet, whose byte order mark must be as it was.
func (m moodleClass) rows(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	rest, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	assert.Equal(t, m.mark != "", marked)
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	require.NoError(t, err)
	return rows
}

func (m moodleClass) requireFeedback(t *testing.T, path string, all []participant) {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	files := map[string]bool{}
	for _, f := range z.File {
		parts := strings.Split(f.Name, "_")
		require.GreaterOrEqual(t, len(parts), 4, f.Name)
		files[parts[1]+filepath.Ext(f.Name)] = true
	}
	handed := 0
	for _, p := range all {
		if p.absent {
			continue
		}
		handed++
		assert.True(t, files[p.number+".html"] && files[p.number+".md"], p.number)
	}
	assert.Len(t, z.File, 2*handed, "nobody else has feedback")
}
