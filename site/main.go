// Command site shows the course: its lessons' notes, the webography and the glossary, in English and Spanish.
//
//	go run ./site                    serve it on http://127.0.0.1:8013/
//	go run ./site build --out DIR    write the same as files, for any web server or none
//	go run ./site linkcheck          find links that lead nowhere
//
// In the repository it reads lessons/ as it is on disk and renders again whatever changes there; anywhere else it
// shows the notes that it was built with.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"wirelab/lessons"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes a command line and returns its exit code: 0 done, 1 it could not be done, 2 wrong use.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := serveCommand()
	root.AddCommand(buildCommand(), linkcheckCommand())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "error: %v\n", err)
	if errors.As(err, new(failure)) {
		return 1
	}
	fmt.Fprintln(stderr, "hint: go run ./site --help")
	return 2
}

// A failure is an error of a command's own work; every other error is one of use.
type failure struct{ error }

// Unwrap gives errors.Is and errors.As the cause.
func (f failure) Unwrap() error { return f.error }

func failed(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

// notesDir is where the notes lie when the command runs in the repository.
const notesDir = "lessons"

// source returns the lessons to show, and whether they are files that may change.
func source() (notes fs.FS, live bool) {
	if _, err := os.Stat(notesDir + "/lessons.go"); err != nil {
		return lessons.FS, false
	}
	return os.DirFS(notesDir), true
}
