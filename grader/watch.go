package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/grader/watch"
	files "wirelab/site/watch"
)

func newWatch() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Run the visible tests whenever you save, and show what to do next",
		Long: `Watch opens the first lesson that is not done, runs its tests each time that you save a
file, and shows the one failure that matters now, with what went over the wire.

  h  a hint          n  the notes          l  the list of lessons
  enter  goes on when a lesson is green    q  ends it

Where there is no terminal it prints lines, and goes on by itself.`,
		Example: `  go run ./grader watch
  go run ./grader watch --lang es`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return watchCourse(cmd, lang) },
	}
	langFlag(cmd, &lang)
	return cmd
}

func watchCourse(cmd *cobra.Command, lang string) (err error) {
	if err := checkLang(lang); err != nil {
		return err
	}
	c, o, err := findOrigin(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	changed := make(chan struct{}, 1)
	err = files.Folder(ctx, filepath.Join(c.Root, "lessons"), 100*time.Millisecond, func() {
		select {
		case changed <- struct{}{}:
		default: // the next run sees this change as well
		}
	})
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	tty, _ := isTerminal(out)
	s := session(c, o, lang, tty && os.Getenv("NO_COLOR") == "")
	show := func() error { return s.Lines(ctx, out, changed) }
	if tty {
		show = func() error { return s.Terminal(ctx, cmd.InOrStdin(), out, changed) }
	}
	if err := show(); cmd.Context().Err() == nil {
		return err
	}
	return nil // Ctrl-C is how one ends it
}

// session is a student's course as package watch wants it.
func session(c *course.Course, o *origin.Origin, lang string, color bool) *watch.Session {
	return &watch.Session{
		Course: c, Lang: lang, Color: color,
		Run: func(ctx context.Context, l course.Lesson) (watch.Result, error) { return watch.Run(ctx, c, l, lang) },
		Touched: func(l course.Lesson) bool {
			changes, err := o.Changes(l)
			return err != nil || len(changes) > 0 // in doubt its tests tell
		},
	}
}
