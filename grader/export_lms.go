//go:build !handout

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/export"
	"wirelab/grader/report"
	"wirelab/lessons"
)

func newExportMoodle(e *exporting) *cobra.Command {
	var worksheet, feedback string
	cmd := &cobra.Command{
		Use:   "moodle",
		Short: "Moodle: fills the grading worksheet; a zip of feedback files",
		Long: `Fills the grading worksheet of a Moodle assignment, in whatever language it is, and writes
a zip of feedback files. Grades are scaled to the worksheet's maximum. If it has a column
of feedback comments, those that are empty get the score of each lesson; what somebody wrote
there stays. So does the row of whoever has a lesson that could not be graded: somebody has to
look at that first; and one that says that its grade cannot be changed. A grade that is there
already is replaced, and it is said how many were. Every other byte stays what it was.

Whose row is whose: by the number that the submission had in Moodle's zip, by full name, then
by e-mail or whatever else the worksheet shows of a person. Who is left over on either side
is listed; two people who cannot be told apart are an error.

In the assignment's settings, turn on "Offline grading worksheet", "Feedback files" and
"Feedback comments". Download with "Download grading worksheet", give back with "Upload
grading worksheet" and "Upload multiple feedback files in a zip".`,
		Example: `  go run ./grader export moodle --worksheet Grades-WEB.csv --to filled.csv
  go run ./grader export moodle --worksheet Grades-WEB.csv --to filled.csv --feedback feedback.zip
  go run ./grader export moodle --feedback feedback.zip`,
		RunE: func(cmd *cobra.Command, _ []string) error { return exportMoodle(cmd, e, worksheet, feedback) },
	}
	e.toFile(cmd)
	cmd.Flags().StringVar(&worksheet, "worksheet", "", "grading worksheet as it was downloaded")
	cmd.Flags().StringVar(&feedback, "feedback", "", "zip of feedback files to write")
	return cmd
}

func exportMoodle(cmd *cobra.Command, e *exporting, worksheet, feedback string) error {
	if worksheet == "" && (feedback == "" || e.to != "") {
		return usageError{&course.Error{
			Text: "no worksheet to fill",
			Tip:  "give the file that Moodle's \"Download grading worksheet\" gave you with --worksheet",
			ES: course.Spanish{
				Text: "no hay ninguna hoja de calificaciones que llenar",
				Tip:  "da con --worksheet el archivo que te dio \"Descargar hoja de calificaciones\" de Moodle",
			},
		}}
	}
	b, err := e.open()
	if err != nil {
		return err
	}
	var filled *export.Filled
	if worksheet == "" {
		note(cmd, b.Lang, b.Warnings())
	} else {
		if filled, err = export.Moodle(b, worksheet); err != nil {
			return err
		}
		if err := e.fill(cmd, b, filled); err != nil {
			return err
		}
	}
	if feedback == "" {
		return nil
	}
	n := 0
	if err := report.WriteFile(feedback, true, func(w io.Writer) (err error) {
		n, err = export.MoodleFeedback(w, b, filled)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), lessons.Text{
		EN: "wrote %s, with feedback for %d students\n", ES: "se escribió %s, con comentarios para %d estudiantes\n",
	}.In(b.Lang), feedback, n)
	return nil
}

// fill writes a file that was filled, and says who was left over and who keeps the grade that was there.
func (e *exporting) fill(cmd *cobra.Command, b *export.Batch, f *export.Filled) error {
	note(cmd, b.Lang, f.Notes)
	if err := e.write(cmd, b, func(w io.Writer) error {
		_, err := w.Write(f.Data)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), lessons.Text{
		EN: "found %d students in the file; grades left as they were: %d; replaced by another: %d\n",
		ES: "%d estudiantes encontrados en el archivo; calificaciones que se dejaron como estaban: %d; sustituidas por otra: %d\n",
	}.In(b.Lang), f.Count, f.Left, f.Replaced)
	return nil
}

func newExportCanvas(e *exporting) *cobra.Command {
	var gradebook, assignment string
	cmd := &cobra.Command{
		Use:   "canvas",
		Short: "Canvas: fills a column of the gradebook",
		Long: `Fills the column of an assignment in the gradebook that you exported from Canvas, scaled to
its "Points Possible". Whoever is excused (EX) or does not have the assignment (N/A) stays
so, and so does the cell of whoever has a lesson that could not be graded: somebody has to look
at that first. Every other byte stays what it was.

Whose row is whose: by Canvas' number, by name, then by SIS Login ID, SIS User ID or ID. Who is
left over on either side is listed; two people who cannot be told apart are an error.

In Canvas: Grades, Export, "Export Entire Gradebook"; give back with Import.`,
		Example: `  go run ./grader export canvas --gradebook Grades-WEB.csv --assignment "Wirelab (98765)" --to filled.csv
  go run ./grader export canvas --gradebook Grades-WEB.csv --assignment 98765 > filled.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if gradebook == "" || assignment == "" {
				return usageError{&course.Error{
					Text: "which column of which gradebook?",
					Tip:  `--gradebook FILE.csv --assignment "Name (123)", as in its first line`,
					ES: course.Spanish{
						Text: "¿qué columna de qué libro de calificaciones?",
						Tip:  `--gradebook ARCHIVO.csv --assignment "Nombre (123)", como en su primera línea`,
					},
				}}
			}
			b, err := e.open()
			if err != nil {
				return err
			}
			filled, err := export.Canvas(b, gradebook, assignment)
			if err != nil {
				return err
			}
			return e.fill(cmd, b, filled)
		},
	}
	e.toFile(cmd)
	cmd.Flags().StringVar(&gradebook, "gradebook", "", "gradebook as Canvas exported it")
	cmd.Flags().StringVar(&assignment, "assignment", "", `title of its column, "Name (123)", or the name or number alone`)
	return cmd
}
