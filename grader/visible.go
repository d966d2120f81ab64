//go:build handout

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"wirelab/grader/watch"
	"wirelab/lessons"
)

// newRun is what students have in place of the command that grades: the notes name it, and the hidden tests are not
// theirs.
func newRun() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "run LESSON",
		Short: "Run the visible tests of a lesson, up to the first failure",
		Long: `Run runs the visible tests of a lesson once, as watch does. The graded tests are with
your instructor: hand in your work with submit.`,
		Example: "  go run ./grader run 16-hub",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runVisible(cmd, args[0], lang) },
	}
	langFlag(cmd, &lang)
	return cmd
}

func runVisible(cmd *cobra.Command, name, lang string) error {
	if err := checkLang(lang); err != nil {
		return err
	}
	c, err := find()
	if err != nil {
		return err
	}
	chosen, err := choose(c, name)
	if err != nil {
		return err
	}
	r, err := watch.Run(cmd.Context(), c, chosen[0], lang)
	if err != nil {
		return interruptible(cmd.Context(), err)
	}
	out := cmd.OutOrStdout()
	watch.Plain(out, chosen[0], r, lang)
	if !r.Green() {
		return errFailed
	}
	fmt.Fprintln(out, lessons.Text{
		EN: "These are the visible tests. The graded ones are with your instructor: go run ./grader submit makes what you hand in.",
		ES: "Estas son las pruebas visibles. Las que califican las tiene quien te enseña: go run ./grader submit prepara lo que entregas.",
	}.In(lang))
	return nil
}
