package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/lessons"
)

func newNew() *cobra.Command {
	var lang string
	var yes bool
	cmd := &cobra.Command{
		Use:   "new LESSON",
		Short: "Start over with a lesson",
		Long: `New puts the Go files of a lesson back as you got them, after asking. What you had is
kept in a folder below .wirelab/before.`,
		Example: `  go run ./grader new 16-hub
  go run ./grader new 16 --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return startOver(cmd, args[0], lang, yes) },
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	langFlag(cmd, &lang)
	return cmd
}

func startOver(cmd *cobra.Command, name, lang string, yes bool) (err error) {
	if err := checkLang(lang); err != nil {
		return err
	}
	c, o, err := findOrigin(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	chosen, err := choose(c, name)
	if err != nil {
		return err
	}
	l, out := chosen[0], cmd.OutOrStdout()
	if !o.Has(l) {
		return &course.Error{
			Text: l.ID + " is none of the lessons that you got: there is nothing to start over from",
			Tip:  "a copy that you no longer need is yours to remove: lessons/" + l.ID,
			ES: course.Spanish{
				Text: l.ID + " no es ninguna de las lecciones que recibiste: no hay desde dónde volver a empezar",
				Tip:  "una copia que ya no necesitas la puedes borrar: lessons/" + l.ID,
			},
		}
	}
	changes, err := o.Changes(l)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintln(out, lessons.Text{EN: l.ID + " is as you got it", ES: l.ID + " está como la recibiste"}.In(lang))
		return nil
	}
	if !yes && !confirmed(cmd.InOrStdin(), out, l, changes, lang) {
		fmt.Fprintln(out, lessons.Text{EN: "nothing was done", ES: "no se hizo nada"}.In(lang))
		return nil
	}
	kept, err := o.Restore(c.Root, l, changes, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(out, lessons.Text{
		EN: l.ID + " is as you got it. What you had is in " + kept,
		ES: l.ID + " está como la recibiste. Lo que tenías está en " + kept,
	}.In(lang))
	return nil
}

// confirmed asks. Only a yes is one.
func confirmed(in io.Reader, out io.Writer, l course.Lesson, changes []origin.Change, lang string) bool {
	var names []string
	for _, c := range changes {
		names = append(names, c.Name)
	}
	fmt.Fprint(out, lessons.Text{
		EN: fmt.Sprintf("Start over with %s, without your changes to %s? [y/N] ", l.ID, strings.Join(names, ", ")),
		ES: fmt.Sprintf("¿Volver a empezar %s, sin tus cambios en %s? [s/N] ", l.ID, strings.Join(names, ", ")),
	}.In(lang))
	answer, _ := bufio.NewReader(in).ReadString('\n') // no answer is no
	fmt.Fprintln(out)
	return slices.Contains([]string{"y", "yes", "s", "si", "sí"}, strings.ToLower(strings.TrimSpace(answer)))
}
