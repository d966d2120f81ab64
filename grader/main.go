// Command grader grades the course's lessons: a class of students (batch), one lesson of the working copy (run),
// and the course itself (check). It makes what students get (handout), and is with them while they work: watch, new,
// diff, submit, and serve to talk to an exercise with other clients.
//
// Each command has a file of its own here; the stages that they share are the packages below: intake, policy,
// build, run and report, put together by pipeline.
//
// A handout has this program too, built with the tag handout: student.go instead of instructor.go and of all that
// only instructors need.
//
// The exit status is 0 if everything was graded, whatever the scores; 1 if something could not be graded, or does
// not hold; 2 for wrong use.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/lessons"
)

func main() {
	before()
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

// stopped is an interruption after which there is something to do.
type stopped struct {
	error
	tip lessons.Text
}

func (s stopped) Unwrap() error { return s.error }

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	in := spoken(cmd)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		explain(stderr, err, in)
		return exitUsage
	case ctx.Err() != nil:
		var s stopped
		errors.As(err, &s)
		explain(stderr, &course.Error{Text: "interrupted", Tip: s.tip.EN, ES: course.Spanish{Text: "interrumpido", Tip: s.tip.ES}}, in)
		return exitFailed
	}
	explain(stderr, err, in)
	return exitFailed
}

// spoken is the language that cmd was asked for, or that of the batch that it is about, or else that of the person at the
// terminal.
func spoken(cmd *cobra.Command) string {
	if given := cmd.Flag("lang"); given != nil && checkLang(given.Value.String()) == nil {
		return given.Value.String()
	}
	return cmp.Or(batchLang(cmd), lang())
}

// explain prints an error, and what to do about it, in a language.
func explain(w io.Writer, err error, in string) {
	said := err.Error()
	hint := cmp.Or(hintOf(err), systemHint(err).In(in))
	var c *course.Error
	var usage usageError
	if errors.As(err, &usage) {
		hint = lessons.Text{EN: "every command explains itself with --help", ES: "cada comando se explica con --help"}.In(in)
	}
	if errors.As(err, &c) {
		text, tip := c.In(in)
		said, hint = strings.Replace(said, c.Text, text, 1), cmp.Or(tip, hint)
	}
	fmt.Fprintln(w, "grader:", said)
	if hint != "" {
		hintWord := lessons.Text{EN: "hint:", ES: "pista:"}.In(in)
		fmt.Fprintln(w, hintWord, hint)
	}
}

// systemHint is what to do about an error of the system that any command may meet; empty for any other.
func systemHint(err error) lessons.Text {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return lessons.Text{
			EN: "make room on that disk and give the same command again; what was graded until now is kept",
			ES: "libera espacio en ese disco y repite el mismo comando; lo calificado hasta ahora se conserva",
		}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return lessons.Text{
			EN: "choose a folder that you may write: --out or --to for what is written, WIRELAB_CACHE for verdicts, TMPDIR for what is built",
			ES: "elige una carpeta en la que puedas escribir: --out o --to para lo que se escribe, WIRELAB_CACHE para los veredictos, TMPDIR para lo que se compila",
		}
	}
	return lessons.Text{}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "grader",
		Short:         "Grade exercises about WebSockets and Server-Sent Events",
		Long:          about,
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
	root.AddCommand(commands()...)
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

// interruptible is what a command returns when ctx ended while it worked.
func interruptible(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
