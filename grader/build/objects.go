package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"wirelab/grader/course"
	"wirelab/grader/policy"
)

// archiveMark begins every archive; what begins otherwise, among kept objects, is a [Failure].
const archiveMark = "!<arch>\n"

// kept returns the archive of a lesson with these files, or why there is none, from the cache; build makes it if nobody
// has compiled that before. Archives come as copies, since the linker is to see those that it needs and no others.
func (b *Builder) kept(ctx context.Context, l course.Lesson, files map[string][]byte,
	build func(context.Context) (string, *Failure, error),
) (archive string, failure *Failure, err error) {
	built := false
	path, noRoom := b.objects.File(b.objectName(l, files), func(path string) error {
		built = true
		archive, failure, err = build(ctx)
		switch {
		case err != nil:
			return err
		case failure == nil:
			return place(archive, path)
		case !failure.Compiler:
			return errors.New("a limit was reached: another time it may not be")
		}
		words, cannot := json.Marshal(failure)
		return errors.Join(cannot, os.WriteFile(path, words, 0o644))
	})
	if built {
		return archive, failure, err // whether it could be kept or not
	}
	if noRoom != nil {
		return build(ctx)
	}
	switch archive, failure, err = b.take(path); {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT): // for the copy
		return "", nil, err
	case err != nil: // it was cut short, as by a loss of power
		_ = os.Remove(path)
		return build(ctx)
	}
	return archive, failure, nil
}

// take copies an archive from the cache, or reads the failure that lies in its place.
func (b *Builder) take(path string) (string, *Failure, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	head := make([]byte, len(archiveMark))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != archiveMark {
		var failure Failure
		if err := json.NewDecoder(io.MultiReader(bytes.NewReader(head), f)).Decode(&failure); err != nil {
			return "", nil, err
		}
		return "", &failure, nil
	}
	out, err := b.scratch("obj")
	if err != nil {
		return "", nil, err
	}
	archive := filepath.Join(out, "lesson.a")
	return archive, nil, place(path, archive)
}

// objectName is the fingerprint of all that an archive is made from: the compiler, the packages, the files.
func (b *Builder) objectName(l course.Lesson, files map[string][]byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q", []any{b.tools.version, b.tools.race, compileFlags, l.ID})
	for _, path := range policy.Imports(l.Library) {
		fmt.Fprintf(h, "%q", []string{path, b.tools.content[path]})
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%q%q", name, files[name])
	}
	return l.ID + "-" + hex.EncodeToString(h.Sum(nil))[:32]
}
