//go:build !handout

package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/export"
	"wirelab/grader/intake"
	"wirelab/grader/report"
	"wirelab/lessons"
)

// exporting is what the formats have in common on the command line.
type exporting struct {
	out     string // folder of the batch
	to      string // file or folder to write; "" is stdout
	student string // this one alone, to stdout
}

func newExport() *cobra.Command {
	e := &exporting{}
	cmd := &cobra.Command{
		Use:   "export FORMAT",
		Short: "Turn a finished batch into what Moodle, Canvas, Gradescope and others take",
		Long: `Export reads a finished batch and writes it in the format of another system. Nothing
is graded again. Files that you downloaded are filled and never changed otherwise: give
back to the system what comes out.`,
		Example: `  go run ./grader export moodle --worksheet Grades-WEB.csv --to filled.csv --feedback feedback.zip
  go run ./grader export canvas --gradebook Grades-WEB.csv --assignment "Wirelab (98765)" --to filled.csv
  go run ./grader export gradescope --to results/
  go run ./grader export markdown --out out/ | less`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return usageError{unknownFormat(cmd, args[0])}
		},
	}
	cmd.PersistentFlags().StringVar(&e.out, "out", "out", "folder that the batch was written into")
	cmd.AddCommand(
		newExportGradescope(e), newExportMoodle(e), newExportCanvas(e), newExportClassroom50(e),
		newExportPrairieLearn(e), newExportExercism(e),
		e.class("junit", "JUnit XML: a suite for each lesson of each student", export.JUnit),
		e.class("csv", "The gradebook: a line for each student", func(w io.Writer, b *export.Batch) error { return report.WriteCSV(w, b.Report) }),
		e.class("markdown", "A table of the class, for an issue, a wiki or a chat", export.Markdown),
	)
	for _, c := range cmd.Commands() {
		c.Args = func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown argument %q", args[0])}
			}
			return nil
		}
	}
	return cmd
}

func unknownFormat(cmd *cobra.Command, name string) error {
	var all []string
	for _, c := range cmd.Commands() {
		if strings.HasPrefix(c.Name(), name) {
			return &course.Error{
				Text: fmt.Sprintf("unknown format %q", name),
				Tip:  fmt.Sprintf("did you mean %q?", c.Name()),
				ES:   course.Spanish{Text: fmt.Sprintf("formato desconocido: %q", name), Tip: fmt.Sprintf("¿quisiste decir %q?", c.Name())},
			}
		}
		all = append(all, c.Name())
	}
	return &course.Error{
		Text: fmt.Sprintf("unknown format %q", name),
		Tip:  "there is " + strings.Join(all, ", "),
		ES:   course.Spanish{Text: fmt.Sprintf("formato desconocido: %q", name), Tip: "hay " + strings.Join(all, ", ")},
	}
}

// class makes the command of a format that holds the whole class in one file.
func (e *exporting) class(name, short string, write func(io.Writer, *export.Batch) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: name, Short: short,
		Example: fmt.Sprintf("  go run ./grader export %s --to class.%s", name, map[string]string{"junit": "xml", "csv": "csv", "markdown": "md"}[name]),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := e.open()
			if err != nil {
				return err
			}
			note(cmd, b.Lang, b.Warnings())
			return e.write(cmd, b, func(w io.Writer) error { return write(w, b) })
		},
	}
	e.toFile(cmd)
	return cmd
}

func (e *exporting) toFile(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.to, "to", "", "file to write (default standard output)")
}

// toFolder adds the flags of a format that has a file for each student, called name.
func (e *exporting) toFolder(cmd *cobra.Command, name string) {
	cmd.Flags().StringVar(&e.to, "to", "", "folder for STUDENT/"+name+"; made if it is not there")
	cmd.Flags().StringVar(&e.student, "student", "", "write this student alone, to standard output")
}

// open reads the batch.
func (e *exporting) open() (*export.Batch, error) {
	r, err := finished(e.out)
	if err != nil {
		return nil, err
	}
	return export.Open(e.out, r)
}

// note prints what is in lang.
func note(cmd *cobra.Command, lang string, lines []string) {
	for _, line := range lines {
		fmt.Fprintln(cmd.ErrOrStderr(), lessons.Text{EN: "note:", ES: "nota:"}.In(lang), line)
	}
}

// write writes to the file that --to names, whole or not at all, or to stdout.
func (e *exporting) write(cmd *cobra.Command, b *export.Batch, write func(io.Writer) error) error {
	if e.to == "" {
		return write(cmd.OutOrStdout())
	}
	if err := report.WriteFile(e.to, true, write); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), lessons.Text{EN: "wrote", ES: "se escribió"}.In(b.Lang), e.to)
	return nil
}

// A studentFile is a file that a format has for each student.
type studentFile struct {
	name string
	make func(b *export.Batch, i int) ([]byte, error)
}

// one is a format that has a single file for each student.
func one(name string, make func(b *export.Batch, i int) ([]byte, error)) func(*export.Batch) ([]studentFile, error) {
	return func(*export.Batch) ([]studentFile, error) { return []studentFile{{name, make}}, nil }
}

// each writes files for each student, or the single one of one student to stdout.
func (e *exporting) each(cmd *cobra.Command, choose func(*export.Batch) ([]studentFile, error)) error {
	if (e.to == "") == (e.student == "") {
		return usageError{&course.Error{
			Text: "there is a file for each student, and no single place for them",
			Tip:  "either --to FOLDER, or --student ID for one on standard output",
			ES: course.Spanish{
				Text: "hay un archivo por estudiante, y ningún lugar único para ellos",
				Tip:  "o bien --to CARPETA, o bien --student ID para uno por la salida estándar",
			},
		}}
	}
	b, err := e.open()
	if err != nil {
		return err
	}
	if e.student == "" { // of one student the file says it
		note(cmd, b.Lang, b.Warnings())
	}
	files, err := choose(b)
	if err != nil {
		return err
	}
	if e.student != "" {
		i, err := who(b.Report, e.student, e.out)
		if err != nil {
			return usageError{err}
		}
		text, err := files[0].make(b, i)
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	for i := range b.Students {
		for _, f := range files {
			text, err := f.make(b, i)
			if err != nil {
				return err
			}
			if err := writeInto(filepath.Join(e.to, b.Names[i], f.name), text); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), lessons.Text{EN: "wrote %d students into %s\n", ES: "%d estudiantes escritos en %s\n"}.In(b.Lang), len(b.Students), e.to)
	return nil
}

func writeInto(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return report.WriteFile(path, false, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

func newExportGradescope(e *exporting) *cobra.Command {
	var visibility, autograder string
	cmd := &cobra.Command{
		Use:   "gradescope",
		Short: "Gradescope: results.json; or the grader as an autograder",
		Long: `Gradescope's results.json for each student, with every test and what went over the wire.

To let Gradescope grade every submission by itself, --autograder writes the two scripts
that it asks for. Put the course beside them, without its solutions, and zip what is in the
folder, not the folder:

  go run ./grader export gradescope --autograder autograder/
  mkdir autograder/course
  git archive HEAD -- . ':!solutions' | tar -xf - -C autograder/course
  cd autograder && zip -qr ../autograder.zip .

Upload autograder.zip under "Configure Autograder", on Ubuntu 22.04 or later. Students
upload their lesson folders, a zip of them, or the files alone, if they keep their names. The
settings of run_autograder (language, visibility, sandbox) are at its top. Its container may
not allow namespaces: then the grader goes on with weaker walls, and the results say so. Where
it has none at all, nothing is graded: Gradescope shows that the autograder failed, nobody gets
0 points for it, and the output says what is missing.`,
		Example: `  go run ./grader export gradescope --to results/ --visibility after_published
  go run ./grader export gradescope --student garcia-lopez-ana > results.json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(export.Visibilities(), visibility) {
				return usageError{fmt.Errorf("--visibility %q: one of %s", visibility, strings.Join(export.Visibilities(), ", "))}
			}
			if autograder != "" {
				if err := export.Autograder(autograder); err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s and run_autograder; what is left to do: grader export gradescope --help\n", filepath.Join(autograder, "setup.sh"))
				return nil
			}
			return e.each(cmd, one("results.json", func(b *export.Batch, i int) ([]byte, error) { return export.Gradescope(b, i, visibility) }))
		},
	}
	e.toFolder(cmd, "results.json")
	cmd.Flags().StringVar(&visibility, "visibility", "visible", "when students see it: "+strings.Join(export.Visibilities(), ", "))
	cmd.Flags().StringVar(&autograder, "autograder", "", "write the scripts of an autograder into this folder instead")
	return cmd
}

func newExportClassroom50(e *exporting) *cobra.Command {
	var from export.Classroom50Source
	var when string
	cmd := &cobra.Command{
		Use:   "classroom50",
		Short: "Classroom 50: result.json",
		Long: `A result.json of Classroom 50 (classroom50/result/v1) for each student. In its runner, what it
asks for is in the environment, and this is the end of an autograder.py that has put the
student's files into class/` + intake.Autograded + `:

  grader batch class/ --out out
  grader export classroom50 --student ` + intake.Autograded + ` > result.json

By the folder's name the grader knows that all in it is one student's.

Elsewhere give the flags; {student} in them stands for the student's ID. Of repositories that
were cloned from an https:// address, all but classroom and assignment is known.`,
		Example: `  go run ./grader export classroom50 --to results/ --classroom web --assignment wirelab \
    --submission submit/2026-11-20T23-59-00Z-a1b2c3d \
    --commit https://github.com/ORG/web-wirelab-{student}/commit/a1b2c3d \
    --release https://github.com/ORG/web-wirelab-{student}/releases/tag/submit%2F2026-11-20T23-59-00Z-a1b2c3d`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if when != "" {
				if from.Time, err = time.Parse(time.RFC3339, when); err != nil {
					return usageError{fmt.Errorf("--datetime %q: a time like 2026-11-20T23:59:00-05:00", when)}
				}
			}
			return e.each(cmd, one("result.json", func(b *export.Batch, i int) ([]byte, error) { return export.Classroom50(b, i, from) }))
		},
	}
	e.toFolder(cmd, "result.json")
	f := cmd.Flags()
	for _, flag := range []struct {
		to                 *string
		name, env, or, use string
	}{
		{&from.Classroom, "classroom", "CLASSROOM", "", "short name of the classroom"},
		{&from.Assignment, "assignment", "ASSIGNMENT", "", "slug of the assignment"},
		{&from.Type, "type", "ASSIGNMENT_TYPE", "individual", "individual, group or team"},
		{&from.Owner, "owner", "OWNER", "", "owner of the repository (default the student)"},
		{&from.Submission, "submission", "SUBMISSION_TAG", "", "tag of the submission, submit/…"},
		{&from.Commit, "commit", "COMMIT_URL", "", "address of the commit"},
		{&from.Release, "release", "RELEASE_URL", "", "address of the release"},
		{&from.Review, "review", "REVIEW_URL", "", "address of the whole difference (default the commit)"},
	} {
		f.StringVar(flag.to, flag.name, cmp.Or(os.Getenv(flag.env), flag.or), flag.use+"; "+flag.env+" in the environment")
	}
	f.StringVar(&when, "datetime", "", "when it was handed in (default the commit's time, or when the batch ended)")
	return cmd
}

func newExportPrairieLearn(e *exporting) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prairielearn",
		Short: "PrairieLearn: results.json of an external grader",
		Long: `PrairieLearn's results.json for each student, of at most 1 MB. Work of which nothing could
run (not handed in, refused, does not compile) is "not gradable" there: it costs no attempt.

In an external grader's container this grades what is in /grade/student; by the folder's name
the grader knows that all of it is one student's, and that files may come without folders:

  mkdir class && cp -R /grade/student class/` + intake.Autograded + `
  grader batch class/ --out out
  grader export prairielearn --student ` + intake.Autograded + ` > /grade/results/results.json`,
		Example: `  go run ./grader export prairielearn --to results/
  go run ./grader export prairielearn --student garcia-lopez-ana > results.json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.each(cmd, one("results.json", export.PrairieLearn))
		},
	}
	e.toFolder(cmd, "results.json")
	return cmd
}

func newExportExercism(e *exporting) *cobra.Command {
	var lesson string
	cmd := &cobra.Command{
		Use:   "exercism",
		Short: "Exercism: results.json of a test runner, version 3",
		Long: `The results.json of Exercism's test runners (version 3). There an exercise is on its own, so
each lesson of each student has a file.`,
		Example: `  go run ./grader export exercism --to results/
  go run ./grader export exercism --student garcia-lopez-ana --lesson 16-hub > results.json`,
		RunE: func(cmd *cobra.Command, _ []string) error { return exportExercism(cmd, e, lesson) },
	}
	e.toFolder(cmd, "LESSON/results.json")
	cmd.Flags().StringVar(&lesson, "lesson", "", "this lesson alone; with --student it must be said unless there is only one")
	return cmd
}

func exportExercism(cmd *cobra.Command, e *exporting, lesson string) error {
	return e.each(cmd, func(b *export.Batch) ([]studentFile, error) {
		var names []string
		if lesson != "" {
			names = []string{lesson}
		}
		ids, err := which(b.Report, names)
		if err != nil {
			return nil, usageError{err}
		}
		var files []studentFile
		for j, l := range b.Lessons {
			if ids == nil || slices.Contains(ids, l.ID) {
				files = append(files, studentFile{
					name: filepath.Join(l.ID, "results.json"),
					make: func(b *export.Batch, i int) ([]byte, error) { return export.Exercism(b, i, j) },
				})
			}
		}
		if len(files) != 1 && e.student != "" {
			return nil, usageError{&course.Error{
				Text: fmt.Sprintf("the batch has %d lessons, and Exercism's file is about one", len(files)),
				Tip:  "say which with --lesson, or write all of them into a folder with --to",
				ES: course.Spanish{
					Text: fmt.Sprintf("la clase tiene %d lecciones, y el archivo de Exercism es de una sola", len(files)),
					Tip:  "di cuál con --lesson, o escríbelas todas en una carpeta con --to",
				},
			}}
		}
		return files, nil
	})
}
