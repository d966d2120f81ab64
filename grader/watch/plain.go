package watch

import (
	"context"
	"fmt"
	"io"
	"strings"

	"wirelab/grader/course"
)

// Plain prints a result in lines, for whoever has no terminal.
func Plain(w io.Writer, l course.Lesson, r Result, lang string) {
	say := words{lang}
	if r.Green() {
		fmt.Fprintf(w, "✔ %s: %s (%.1f s)\n", l.ID, say.passed(r.Passed, r.Total), r.Took.Seconds())
		return
	}
	fmt.Fprintf(w, "✘ %s: %s (%.1f s)\n\n", l.ID, say.passed(r.Passed, r.Total), r.Took.Seconds())
	fmt.Fprintln(w, "  "+title(r, say))
	if len(r.Text) > 0 {
		fmt.Fprintf(w, "\n  %s\n", strings.ReplaceAll(strings.Join(r.Text, "\n"), "\n", "\n  "))
	}
	if hint := r.Test.Hint.In(lang); hint != "" {
		fmt.Fprintf(w, "\n  %s: %s\n", say.hint(), hint)
	}
	fmt.Fprintln(w)
}

// title is the failure in one line.
func title(r Result, say words) string {
	text := r.Test.Text.In(say.lang)
	switch {
	case r.Broken:
		return say.broken()
	case r.Died && r.Test.Name == "":
		return say.ended()
	case text == "":
		return r.Test.Name
	}
	return text + " (" + r.Test.Name + ")"
}

// Lines runs the tests of the first lesson that is not green, each time that changed says so, and goes on to the next
// one by itself. It returns when all are green, or when ctx ends.
func (s *Session) Lines(ctx context.Context, w io.Writer, changed <-chan struct{}) error {
	green := map[string]bool{} // lessons of which this is known, and need not be said again
	for {
		at, r, err := s.firstRed(ctx, func(l course.Lesson, r Result) {
			if !r.Green() || !green[l.ID] {
				Plain(w, l, r, s.Lang)
			}
			green[l.ID] = r.Green()
		})
		switch {
		case err != nil:
			return err
		case at < 0:
			fmt.Fprintln(w, words{s.Lang}.done())
			return nil
		case r == nil: // not begun
			l := s.Course.Lessons[at]
			r, err := s.Run(ctx, l)
			if err != nil {
				return err
			}
			Plain(w, l, r, s.Lang)
		}
		fmt.Fprintf(w, "· %s\n", words{s.Lang}.waiting())
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
