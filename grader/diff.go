package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/lessons"
)

func newDiff() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "diff [LESSON...]",
		Short: "Show what you have changed in a lesson, or in all of them",
		Long: `Diff compares the Go files of a lesson with those that you got: lines that you wrote
begin with +, lines that you removed with -.`,
		Example: `  go run ./grader diff 16-hub
  go run ./grader diff`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return showDiff(cmd, args, lang) },
	}
	langFlag(cmd, &lang)
	return cmd
}

func showDiff(cmd *cobra.Command, names []string, lang string) (err error) {
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
	out := cmd.OutOrStdout()
	tty, _ := isTerminal(out)
	some := false
	for _, l := range chosen {
		changes, err := o.Changes(l)
		if err != nil {
			return err
		}
		for _, change := range changes {
			some = true
			if err := printDiff(out, change.Diff(l), tty && os.Getenv("NO_COLOR") == ""); err != nil {
				return err
			}
		}
	}
	if !some {
		fmt.Fprintln(out, lessons.Text{EN: "nothing is changed", ES: "no hay cambios"}.In(lang))
	}
	return nil
}

// printDiff prints a unified diff, without the line that only programs read, in colour where there is one.
func printDiff(w io.Writer, diff []byte, color bool) error {
	var b bytes.Buffer
	_, diff, _ = bytes.Cut(diff, []byte("\n"))
	for line := range bytes.Lines(diff) {
		paint := ""
		switch {
		case !color:
		case line[0] == '+':
			paint = "\x1b[32m"
		case line[0] == '-':
			paint = "\x1b[31m"
		case line[0] == '@':
			paint = "\x1b[36m"
		}
		if paint == "" {
			b.Write(line)
			continue
		}
		b.WriteString(paint)
		b.Write(bytes.TrimSuffix(line, []byte("\n")))
		b.WriteString("\x1b[0m\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// findOrigin loads the course around the working directory, and how it was handed out.
func findOrigin(cmd *cobra.Command) (*course.Course, *origin.Origin, error) {
	c, err := find()
	if err != nil {
		return nil, nil, err
	}
	o, err := origin.Open(cmd.Context(), c)
	return c, o, err
}
