//go:build !handout

package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/report"
)

func newRegrade() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "regrade STUDENT [LESSON]",
		Short: "Grade a student of a finished batch once more",
		Long: `Regrade reads the class again as the batch did, from the same place and with the same
flags, and grades this student's work anew, whether or not it has changed; of everybody
else, what has changed since. It writes the reports again and says what is different;
stopped by Ctrl-C, it leaves them as they are.

STUDENT is the ID in the report, its beginning, or any words of it; case and accents do
not count.`,
		Example: `  go run ./grader regrade ana
  go run ./grader regrade "garcia lopez" 16-hub --out grades`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return regrade(cmd, out, args[0], args[1:]) },
	}
	batchFlag(cmd, &out)
	return cmd
}

func regrade(cmd *cobra.Command, out, student string, lesson []string) error {
	before, err := finished(out)
	if err != nil {
		return err
	}
	i, err := who(before, student, out)
	if err != nil {
		return usageError{err}
	}
	ids, err := which(before, lesson)
	if err != nil {
		return usageError{err}
	}
	if len(ids) == 0 {
		for _, l := range before.Lessons {
			ids = append(ids, l.ID)
		}
	}
	f, dir, err := repeat(before)
	if err != nil {
		return err
	}
	id := before.Students[i].ID
	f.out = out
	f.again = func(s, l string) bool { return s == id && slices.Contains(ids, l) }
	class, interrupted := gradeClass(cmd, dir, f, before.Batch)
	if class.Students == nil {
		return interrupted
	}
	after := report.New(class, f.lang)
	if !slices.ContainsFunc(after.Students, func(s report.Student) bool { return s.ID == id }) {
		return &course.Error{
			Text: fmt.Sprintf("%q is not in %q any more", report.Visible(id, false), dir),
			Tip:  "the reports now say what is there; put the submission back and grade the class again",
			ES:   course.Spanish{Text: fmt.Sprintf("%q ya no está en %q", report.Visible(id, false), dir), Tip: "los informes dicen ahora lo que hay; devuelve la entrega a su lugar y califica la clase de nuevo"},
		}
	}
	if err := report.Changes(cmd.OutOrStdout(), before, after, id, ids, style(cmd.OutOrStdout(), f.lang)); err != nil {
		return err
	}
	return graderFailed(class)
}

// repeat are the flags of the batch that left a report, and the class that it read.
func repeat(r report.Report) (f batchFlags, dir string, err error) {
	batch := &cobra.Command{}
	f.add(batch)
	if err := batch.ParseFlags(r.Batch); err == nil && batch.Flags().NArg() == 1 {
		return f, batch.Flags().Arg(0), nil
	}
	return f, "", &course.Error{
		Text: "the report does not say how the class was graded",
		Tip:  "it is of another version of the grader: grade the class again, go run ./grader batch DIR",
		ES:   course.Spanish{Text: "el informe no dice cómo se calificó la clase", Tip: "es de otra versión del calificador: califica la clase de nuevo, go run ./grader batch DIR"},
	}
}
