//go:build !handout

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/handout"
)

func newHandout() *cobra.Command {
	var git bool
	cmd := &cobra.Command{
		Use:   "handout DIR",
		Short: "Make what students get: the course without solutions and hidden tests",
		Long: `Handout writes a copy of the course for students into DIR: lessons with their visible
tests, the site, and the commands that they use (watch, run, serve, diff, new, submit).
No reference, no mutant and no hidden test is in it.

Made again over an older handout it brings what is new. Whatever was changed there
stays as it is; what changed in the course as well is listed.`,
		Example: `  go run ./grader handout ../wirelab-students --git
  go run ./grader handout ../wirelab-students`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return makeHandout(cmd, args[0], git) },
	}
	cmd.Flags().BoolVar(&git, "git", false, "make it a git repository with one commit")
	return cmd
}

func makeHandout(cmd *cobra.Command, dir string, git bool) error {
	ctx, stdout := cmd.Context(), cmd.OutOrStdout()
	c, err := find()
	if err != nil {
		return err
	}
	if inside, err := within(dir, c.Root); err != nil {
		return err
	} else if inside {
		return usageError{fmt.Errorf("%q lies in the course itself", dir)}
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil && git {
		return usageError{fmt.Errorf("%q is a git repository already; leave --git out, and commit there what came", dir)}
	}
	uncommitted(ctx, cmd.ErrOrStderr(), c)
	files, err := handout.Of(ctx, c)
	if err != nil {
		return interruptible(ctx, err)
	}
	report, err := files.Write(dir)
	if err != nil {
		return err
	}
	if report.Fresh {
		fmt.Fprintf(stdout, "%d lessons in %d files: %s\n", len(c.Lessons), len(files), dir)
	} else {
		listFiles(stdout, "new", report.Added)
		listFiles(stdout, "brought up to date", report.Updated)
		listFiles(stdout, "removed", report.Removed)
		listFiles(stdout, "changed in the course, and here too, so left alone", report.Kept)
		if len(report.Added)+len(report.Updated)+len(report.Removed)+len(report.Kept) == 0 {
			fmt.Fprintln(stdout, "nothing has changed")
		}
	}
	if git {
		return commit(ctx, dir)
	}
	return nil
}

// within reports whether dir is root or lies in it.
func within(dir, root string) (bool, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(root, abs)
	return err == nil && filepath.IsLocal(rel), nil //nolint:nilerr // another volume is not within
}

// uncommitted warns of lessons that are not as they were committed: somebody may have solved one in place.
func uncommitted(ctx context.Context, w io.Writer, c *course.Course) {
	out, err := exec.CommandContext(ctx, "git", "-C", c.Root, "status", "--porcelain", "--", "lessons").Output()
	if err != nil {
		return // no repository, so nothing to compare with
	}
	for line := range strings.Lines(string(out)) {
		fmt.Fprintf(w, "· not committed, and handed out as it is now: %s\n", strings.TrimSpace(line[2:]))
	}
}

func listFiles(w io.Writer, what string, names []string) {
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(w, "%s:\n", what)
	for _, name := range names {
		fmt.Fprintln(w, "  "+name)
	}
}

// commit makes the folder a repository with one commit, whoever is known to git here.
func commit(ctx context.Context, dir string) error {
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=Wirelab", "-c", "user.email=wirelab@localhost", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "The course"},
	} {
		cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			said := strings.TrimSpace(string(out))
			return &course.Error{
				Text: fmt.Sprintf("the handout is complete, but git failed: %v\n%s", err, said),
				Tip:  "is git installed? go run ./grader handout DIR without --git needs none",
				ES: course.Spanish{
					Text: fmt.Sprintf("el material para entregar está completo, pero git falló: %v\n%s", err, said),
					Tip:  "¿está instalado git? go run ./grader handout DIR sin --git no lo necesita",
				},
			}
		}
	}
	return nil
}
