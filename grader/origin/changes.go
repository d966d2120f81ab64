package origin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"wirelab/grader/course"
)

// A Change is a Go file of a lesson that is not as it was handed out.
type Change struct {
	Name string
	Old  []byte // nil for a file that the student added
	New  []byte // nil for one that is gone
}

// Diff is the change as a unified diff. Paths are those from the course's root.
func (c Change) Diff(l course.Lesson) []byte {
	name := "lessons/" + l.ID + "/" + c.Name
	old, now := name+" (as handed out)", name
	if c.Old == nil {
		old = "(no file)"
	}
	if c.New == nil {
		now = "(no file)"
	}
	return diff.Diff(old, c.Old, now, c.New)
}

// Changes returns what differs in a lesson from what was handed out, by name.
func (o *Origin) Changes(l course.Lesson) ([]Change, error) {
	before, err := o.Files(l)
	if err != nil {
		return nil, err
	}
	now, err := sources(l.Dir)
	if err != nil {
		return nil, err
	}
	var all []Change
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if src, ok := now[name]; !ok || !bytes.Equal(src, before[name]) {
			all = append(all, Change{Name: name, Old: before[name], New: src})
		}
		delete(now, name)
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		all = append(all, Change{Name: name, New: now[name]})
	}
	return all, nil
}

// Restore puts a lesson's Go files back as they were handed out. What is replaced or taken away is kept in the folder
// whose path it returns, from root, with slashes.
func (o *Origin) Restore(root string, l course.Lesson, changes []Change, now time.Time) (kept string, err error) {
	kept = Dir + "/before/" + l.ID + "-" + now.Format("20060102-150405")
	dir := filepath.Join(root, filepath.FromSlash(kept))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, c := range changes { // everything is safe before anything is replaced
		src, err := os.ReadFile(filepath.Join(l.Dir, c.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, c.Name), src, 0o644)); err != nil {
			return "", fmt.Errorf("keep %s: %w", c.Name, err)
		}
	}
	for _, c := range changes {
		at := filepath.Join(l.Dir, c.Name)
		if c.Old == nil {
			err = os.Remove(at)
		} else {
			err = os.WriteFile(at, c.Old, 0o644)
		}
		if err != nil {
			return kept, err
		}
	}
	return kept, nil
}
