// Command grader grades the course's lessons: a class of students (batch), one lesson of the working copy (run),
// and the course itself (check). It also serves an exercise for other clients to talk to (serve).
//
// Each command has a file of its own here; the stages that they share are the packages below: intake, policy,
// build, run and report, put together by pipeline.
//
// The exit status is 0 if everything was graded, whatever the scores; 1 if something could not be graded, or does
// not hold; 2 for wrong use.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/sandbox"
)

func main() {
	sandbox.Main() // the inner stage of a sandbox is this same program
	if os.Getenv(burnEnv) != "" {
		burn()
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// errFailed ends a command whose output has already said what is wrong.
var errFailed = errors.New("failed")

// usageError is wrong use of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		explain(stderr, err)
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "grader: interrupted")
		return exitFailed
	}
	explain(stderr, err)
	return exitFailed
}

// explain prints an error, and what to do about it.
func explain(w io.Writer, err error) {
	fmt.Fprintln(w, "grader:", err)
	var c *course.Error
	var wall *sandbox.WallError
	var usage usageError
	switch {
	case errors.As(err, &c) && c.Tip != "":
		fmt.Fprintln(w, "hint:", c.Tip)
	case errors.As(err, &wall):
		fmt.Fprintln(w, "hint:", wall.Hint.In(lang()))
	case errors.As(err, &usage):
		fmt.Fprintln(w, "hint: every command explains itself with --help")
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "grader",
		Short: "Grade exercises about WebSockets and Server-Sent Events",
		Long: `Grader runs the hidden tests of the course: over a class of students, over one lesson
of your working copy, or over the course itself to prove that its tests can be trusted.

Student code runs only in a sandbox. Exit status: 0 graded (whatever the scores),
1 something could not be graded or does not hold, 2 wrong use.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q", args[0])}
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newBatch(), newRun(), newCheck(), newServe())
	for _, c := range root.Commands() {
		check := c.Args
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return root
}

// choose picks the lessons that the command line names; all of them where it names none.
func choose(c *course.Course, names ...string) ([]course.Lesson, error) {
	chosen, err := c.Select(names...)
	if err != nil {
		return nil, usageError{err}
	}
	return chosen, nil
}

// find loads the course around the working directory.
func find() (*course.Course, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	return course.Find(dir)
}
