//go:build !handout

package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"wirelab/grader/report"
	"wirelab/grader/sandbox"
)

const about = `Grader runs the hidden tests of the course: over a class of students, over one lesson
of your working copy, or over the course itself to prove that its tests can be trusted.

Student code runs only in a sandbox. Exit status: 0 graded (whatever the scores),
1 something could not be graded or does not hold, 2 wrong use.`

// commands are those of the course as instructors have it.
func commands() []*cobra.Command {
	return []*cobra.Command{newBatch(), newRun(), newCheck(), newExport(), newShow(), newRegrade(), newHandout(), newServe(), newWatch(), newNew(), newDiff(), newSubmit()}
}

// solutionFlag lets serve show the reference.
func solutionFlag(serve *cobra.Command, solution *bool) {
	serve.Flags().BoolVar(solution, "solution", false, "serve the reference instead of the working copy")
}

// before does what must come before anything else in this program.
func before() {
	sandbox.Main() // the inner stage of a sandbox is this same program
	if os.Getenv(burnEnv) != "" {
		burn()
	}
}

// hintOf is what to do about an error that only instructors meet.
func hintOf(err error) string {
	var wall *sandbox.WallError
	if errors.As(err, &wall) {
		return wall.Hint.In(lang())
	}
	return ""
}

// batchLang is the language of the finished batch that cmd is about; "" where there is none.
func batchLang(cmd *cobra.Command) string {
	out := cmd.Flag("out")
	if out == nil {
		return ""
	}
	r, err := report.Read(out.Value.String())
	if err != nil || checkLang(r.Lang) != nil {
		return ""
	}
	return r.Lang
}
