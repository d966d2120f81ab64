//go:build handout

package main

import "github.com/spf13/cobra"

const about = `Grader is with you while you work on the lessons: it runs their tests when you save, and
makes what you hand in. The graded tests are with your instructor.

Exit status: 0 done, 1 something failed, 2 wrong use.`

// commands are those that students have.
func commands() []*cobra.Command {
	return []*cobra.Command{newWatch(), newRun(), newServe(), newDiff(), newNew(), newSubmit()}
}

// solutionFlag adds nothing: there is no reference in a handout.
func solutionFlag(*cobra.Command, *bool) {}

// before has nothing to do here.
func before() {}

// hintOf knows of no errors but those that bring their own.
func hintOf(error) string { return "" }

// batchLang knows of no batches.
func batchLang(*cobra.Command) string { return "" }
