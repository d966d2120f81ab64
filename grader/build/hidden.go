package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"wirelab/grader/cache"
	"wirelab/grader/course"
)

// Hidden compiles the hidden tests of a lesson, without anything of the lesson itself, and returns the path of
// the test binary; what was compiled before comes from the cache. It runs outside of the sandbox: it is ours.
func (b *Builder) Hidden(ctx context.Context, l course.Lesson) (string, error) {
	pkg := "wirelab/lessons/" + l.ID + "/hidden"
	sources, err := b.course.Fingerprint(true, pkg)
	if err != nil {
		return "", err
	}
	tests, err := cache.Open("hidden")
	if err != nil {
		return "", err
	}
	args := []string{"test", "-c", "-ldflags=-s -w", "-tags", "wirelab_graded", pkg, "-o"}
	made := sha256.Sum256(fmt.Append(nil, b.tools.version, args, sources))
	return tests.File(l.ID+"-"+hex.EncodeToString(made[:])[:32]+".test", func(path string) error {
		_, err := b.tools.goCommand(ctx, append(args, path)...)
		return err
	})
}
