//go:build !handout

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/lessons"
)

func newShow() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "show STUDENT [LESSON]",
		Short: "Show what a finished batch found out about a student",
		Long: `Show prints a student's results as run prints yours: each test, and of each that failed
what was expected, what came, and what went over the wire. Nothing is graded again.

STUDENT is the ID in the report, its beginning, or any words of it; case and accents do
not count. The language is that of the batch.`,
		Example: `  go run ./grader show ana
  go run ./grader show "garcia lopez" 16-hub
  go run ./grader show ana 16 --out grades`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return show(cmd, out, args[0], args[1:]) },
	}
	batchFlag(cmd, &out)
	return cmd
}

// batchFlag adds --out to a command about a finished batch.
func batchFlag(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVar(out, "out", "out", "folder that the batch was written into")
}

func show(cmd *cobra.Command, out, student string, lesson []string) error {
	r, err := left(out)
	if err != nil {
		return err
	}
	if r.Interrupted {
		note(cmd, r.Lang, []string{lessons.Text{
			EN: "the batch was interrupted: what it did not come to is shown as not gradable",
			ES: "la calificación se interrumpió: lo que faltaba aparece como no calificable",
		}.In(r.Lang)})
	}
	i, err := who(r, student, out)
	if err != nil {
		return usageError{err}
	}
	ids, err := which(r, lesson)
	if err != nil {
		return usageError{err}
	}
	return report.Show(cmd.OutOrStdout(), r, i, ids, style(cmd.OutOrStdout(), r.Lang))
}

// finished reads the report that a batch left which came to its end: of another, a score says nothing.
func finished(out string) (report.Report, error) {
	r, err := left(out)
	if err == nil && r.Interrupted {
		err = &course.Error{
			Text: fmt.Sprintf("the batch in %q was interrupted: not all work in it is graded", out),
			Tip:  "run the same batch again, go run ./grader batch DIR: it goes on where it stopped",
			ES: course.Spanish{
				Text: fmt.Sprintf("la calificación en %q se interrumpió: falta trabajo por calificar", out),
				Tip:  "ejecuta otra vez el mismo comando, go run ./grader batch DIR: sigue donde se detuvo",
			},
		}
	}
	return r, err
}

// left reads the report that a batch left.
func left(out string) (report.Report, error) {
	r, err := report.Read(out)
	if errors.Is(err, fs.ErrNotExist) {
		return r, &course.Error{
			Text: fmt.Sprintf("no finished batch in %q: there is no report.json", out),
			Tip:  "grade the class first, go run ./grader batch DIR, or name its folder with --out",
			ES: course.Spanish{
				Text: fmt.Sprintf("no hay ninguna clase calificada en %q: no hay report.json", out),
				Tip:  "califica primero la clase, go run ./grader batch DIR, o nombra su carpeta con --out",
			},
		}
	}
	if err != nil {
		return r, &course.Error{
			Text: err.Error(),
			Tip:  "grade the class again with this version of the course",
			ES:   course.Spanish{Text: err.Error(), Tip: "califica la clase de nuevo con esta versión del curso"},
		}
	}
	return r, nil
}

// shownCandidates is how many names a hint lists.
const shownCandidates = 8

// who returns the position of the one student whom name means.
func who(r report.Report, name, out string) (int, error) {
	found := r.Find(name)
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) > 1 {
		return 0, &course.Error{
			Text: fmt.Sprintf("%q may be any of %d students", name, len(found)),
			Tip:  "there is " + candidates(r, found, "and %d more"),
			ES: course.Spanish{
				Text: fmt.Sprintf("%q puede ser cualquiera de %d estudiantes", name, len(found)),
				Tip:  "hay " + candidates(r, found, "y %d más"),
			},
		}
	}
	nobody := &course.Error{
		Text: fmt.Sprintf("no student %q in %q", name, out),
		Tip:  "the class is empty",
		ES:   course.Spanish{Text: fmt.Sprintf("no hay ningún estudiante %q en %q", name, out), Tip: "la clase está vacía"},
	}
	if len(r.Students) > 0 {
		everybody := make([]int, len(r.Students))
		for i := range everybody {
			everybody[i] = i
		}
		nobody.Tip, nobody.ES.Tip = "there is "+candidates(r, everybody, "and %d more"), "hay "+candidates(r, everybody, "y %d más")
	}
	return 0, nobody
}

// candidates lists students; more says how many are left out.
func candidates(r report.Report, which []int, more string) string {
	var names []string
	for _, i := range which[:min(len(which), shownCandidates)] {
		names = append(names, strconv.Quote(report.Visible(r.Students[i].ID, false)))
	}
	if left := len(which) - len(names); left > 0 {
		names = append(names, fmt.Sprintf(more, left))
	}
	return strings.Join(names, ", ")
}

// which returns the IDs of the lessons of a report that the command line names; none where it names none.
func which(r report.Report, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var reported course.Course // the report's lessons, whatever the course has by now
	for _, l := range r.Lessons {
		var one course.Lesson
		number, _, _ := strings.Cut(l.ID, "-")
		one.ID = l.ID
		one.Number, _ = strconv.Atoi(number) // 0 names none
		reported.Lessons = append(reported.Lessons, one)
	}
	chosen, err := reported.Select(names...)
	if err != nil {
		return nil, cmp.Or(notInBatch(reported, names), err)
	}
	var ids []string
	for _, l := range chosen {
		ids = append(ids, l.ID)
	}
	return ids, nil
}

// notInBatch is the error about a lesson that the course has and a batch has not; nil where there is none such.
func notInBatch(reported course.Course, names []string) error {
	c, err := find()
	if err != nil {
		return nil
	}
	var all []string
	for _, l := range reported.Lessons {
		all = append(all, l.ID)
	}
	for _, name := range names {
		chosen, err := c.Select(name)
		if err != nil || slices.Contains(all, chosen[0].ID) {
			continue
		}
		id, list := chosen[0].ID, strings.Join(all, ", ")
		return &course.Error{
			Text: fmt.Sprintf("lesson %q was not graded in this batch", id),
			Tip:  "those that were are " + list,
			ES:   course.Spanish{Text: fmt.Sprintf("la lección %q no se calificó en esta clase", id), Tip: "las que se calificaron son " + list},
		}
	}
	return nil
}
