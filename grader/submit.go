package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/handin"
	"wirelab/lessons"
)

func newSubmit() *cobra.Command {
	var lang, out string
	cmd := &cobra.Command{
		Use:   "submit [LESSON...]",
		Short: "Make the file that you hand in",
		Long: `Submit writes submission.zip: the lessons that you have worked on, and of each the Go
files that you write. Tests and given files stay with you.

What could not be graded is refused here already, with the reason; then no file is
written.`,
		Example: `  go run ./grader submit
  go run ./grader submit 01 10 --out garcia-lopez-ana.zip`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return submit(cmd, args, out, lang) },
	}
	cmd.Flags().StringVar(&out, "out", "submission.zip", "file to write")
	langFlag(cmd, &lang)
	return cmd
}

func submit(cmd *cobra.Command, names []string, out, lang string) (err error) {
	if err := checkLang(lang); err != nil {
		return err
	}
	c, o, err := findOrigin(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	chosen, err := choose(c, names...)
	if err != nil {
		return err
	}
	work, err := handin.Collect(cmd.Context(), c, o, chosen)
	if err != nil {
		return interruptible(cmd.Context(), err)
	}
	if err := refused(work, lang); err != nil {
		return err
	}
	archive, err := work.Zip()
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, archive, 0o644); err != nil {
		return err
	}
	printWork(cmd, work, out, lang)
	return nil
}

// refused is an error if the work cannot be handed in.
func refused(work handin.Work, lang string) error {
	if len(work.Refused) > 0 {
		var why []string
		for _, text := range work.Refused {
			why = append(why, text.In(lang))
		}
		return &course.Error{
			Text: lessons.Text{EN: "this cannot be handed in:\n", ES: "esto no se puede entregar:\n"}.In(lang) + "  " + strings.Join(why, "\n  "),
			Tip: lessons.Text{
				EN: "mend it, or name the lessons to hand in without it: go run ./grader submit 01 10",
				ES: "corrígelo, o nombra las lecciones que entregas sin eso: go run ./grader submit 01 10",
			}.In(lang),
		}
	}
	if len(work.Lessons) == 0 {
		return &course.Error{
			Text: lessons.Text{EN: "there is nothing to hand in: every lesson is as you got it", ES: "no hay nada que entregar: todas las lecciones están como las recibiste"}.In(lang),
			Tip:  lessons.Text{EN: "begin with go run ./grader watch", ES: "empieza con go run ./grader watch"}.In(lang),
		}
	}
	return nil
}

// printWork says what is in the file, and what is not.
func printWork(cmd *cobra.Command, work handin.Work, out, lang string) {
	w := cmd.OutOrStdout()
	say := func(en, es string) { fmt.Fprintln(w, lessons.Text{EN: en, ES: es}.In(lang)) }
	say(fmt.Sprintf("%s holds what you hand in:", filepath.Base(out)), fmt.Sprintf("%s contiene lo que entregas:", filepath.Base(out)))
	for _, l := range work.Lessons {
		var files []string
		for _, name := range slices.Sorted(maps.Keys(l.Files)) {
			files = append(files, fmt.Sprintf("%s (%d B)", name, len(l.Files[name])))
		}
		fmt.Fprintf(w, "  %-20s %s\n", l.ID, strings.Join(files, ", "))
	}
	if len(work.NotBegun) > 0 {
		list := strings.Join(work.NotBegun, ", ")
		say("not begun, and not in it: "+list, "sin empezar, y no está ahí: "+list)
	}
	if len(work.Apart) > 0 {
		list := strings.Join(work.Apart, ", ")
		say("changed, but never part of what is handed in: "+list, "cambiado, pero nunca es parte de lo que se entrega: "+list)
	}
}
