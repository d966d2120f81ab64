package build

import (
	"context"
	"path/filepath"

	"wirelab/grader/course"
)

// Hidden compiles the hidden tests of a lesson, without anything of the lesson itself, and returns the path of
// the test binary. It runs outside of the sandbox: it is ours.
func (b *Builder) Hidden(ctx context.Context, l course.Lesson) (string, error) {
	dir, err := b.scratch("hidden")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, l.ID+".test")
	_, err = b.tools.goCommand(ctx, "test", "-c", "-ldflags=-s -w", "-tags", "wirelab_graded", "-o", bin, "./lessons/"+l.ID+"/hidden")
	return bin, err
}
