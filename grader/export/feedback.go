package export

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// MoodleFeedback writes the zip that Moodle takes as "Upload multiple feedback files in a zip": for each student a
// folder with the name that the folder has in "Download all submissions", and in it the student's page and the same as
// Markdown. Whose folder is whose comes from the filled worksheet, or, if that is nil, from the number that the
// submission had in Moodle's zip. It returns how many students are in it. The error is a [*course.Error] where there
// is something to do about it.
func MoodleFeedback(w io.Writer, b *Batch, worksheet *Filled) (int, error) {
	rows := b.moodleRows(worksheet)
	if len(rows) == 0 {
		return 0, &course.Error{
			Text: "it is not known who the students are in Moodle",
			Tip:  "give the grading worksheet too, with --worksheet, or grade Moodle's own zip of submissions",
			ES:   course.Spanish{Text: "no se sabe quién es cada estudiante en Moodle", Tip: "da también la hoja de calificaciones, con --worksheet, o califica el zip de entregas del propio Moodle"},
		}
	}
	z := zip.NewWriter(w)
	for _, r := range rows {
		for _, kind := range []string{"html", "md"} {
			text, err := b.page(r.student, kind)
			if err != nil {
				return 0, err
			}
			f, err := z.CreateHeader(&zip.FileHeader{Name: moodleFolder(r) + "/feedback." + kind, Method: zip.Deflate, Modified: b.Graded})
			if err != nil {
				return 0, err
			}
			if _, err := f.Write(text); err != nil {
				return 0, err
			}
		}
	}
	return len(rows), z.Close()
}

func (b *Batch) moodleRows(worksheet *Filled) []moodleRow {
	if worksheet != nil {
		return worksheet.rows
	}
	var rows []moodleRow
	for i, p := range b.people(verdict.Moodle) {
		if p.number != "" {
			rows = append(rows, moodleRow{student: i, name: p.name, number: p.number})
		}
	}
	return rows
}

// moodleFolder is the name that Moodle gives the folder of a submission. Moodle splits it at underscores and looks at
// the second part alone; so there must be none in the name, and the one at the end is for versions before 4.1.
func moodleFolder(r moodleRow) string {
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune(`_/\:*?"<>|`, c) {
			return ' '
		}
		return c
	}, report.Visible(r.name, false))
	name = strings.Trim(cut(strings.Join(strings.Fields(name), " "), 100), " .~\n…")
	if name == "" {
		name = "Participant"
	}
	return fmt.Sprintf("%s_%s_assignsubmission_file_", name, r.number)
}

// back matches a page's link to the class, which leads nowhere for a student.
var back = regexp.MustCompile(`<p class="back">.*?</p>`)

// page returns a file of student i.
func (b *Batch) page(i int, kind string) ([]byte, error) {
	name := filepath.Join(b.Dir, "students", b.Names[i]+"."+kind)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &course.Error{
			Text: fmt.Sprintf("%s is not there", name),
			Tip:  "grade the class again: the pages of its students were taken away",
			ES:   course.Spanish{Text: fmt.Sprintf("falta %s", name), Tip: "califica la clase de nuevo: alguien quitó las páginas de sus estudiantes"},
		}
	}
	if err != nil {
		return nil, err
	}
	if kind == "html" {
		text = back.ReplaceAll(text, nil)
	}
	return text, nil
}
