// Package handout makes what students get: the course without its solutions, its hidden tests, and whatever of the
// grader only instructors need. It reads the course and writes a folder; nothing is downloaded for it.
//
// What goes into a handout is listed, never filtered: the lessons' own files, the packages that the program of the
// tag "handout" (see grader/student.go) and the site consist of, and a few files that are written for students.
package handout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"wirelab/grader/course"
	"wirelab/grader/origin"
)

// Files are the contents of a handout by path, with slashes.
type Files map[string][]byte

// Of returns everything that the handout of c consists of, but the list of its own files.
func Of(ctx context.Context, c *course.Course) (Files, error) {
	files := Files{}
	modules, err := files.addPrograms(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, l := range c.Lessons {
		if err := files.addLesson(c, l); err != nil {
			return nil, fmt.Errorf("lesson %s: %w", l.ID, err)
		}
	}
	if err := files.addModule(c, modules); err != nil {
		return nil, err
	}
	license, err := os.ReadFile(filepath.Join(c.Root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	files["LICENSE"] = license
	return files, files.addReadme(c)
}

// Report says what became of a folder, by path with slashes, in order.
type Report struct {
	Fresh   bool     // there was no handout before
	Added   []string // files that were not there
	Updated []string // files that changed in the course, and that the student had left alone
	Removed []string // files that are no longer part of the course, likewise
	Kept    []string // files that changed in the course, or left it, and that the student has changed too: they stay theirs
}

// Write makes the folder dir a handout of these files, or brings one that is older up to date: what a student has
// changed stays as it is. A folder that holds anything else is a [*course.Error].
func (files Files) Write(dir string) (Report, error) {
	before, err := origin.ReadManifest(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return Report{}, err
	}
	if fresh {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return Report{}, &course.Error{
				Text: fmt.Sprintf("%q is neither empty nor a handout", dir),
				Tip:  "name a folder that is not there yet, or an older handout",
				ES: course.Spanish{
					Text: fmt.Sprintf("%q no está vacía ni es un material para entregar", dir),
					Tip:  "nombra una carpeta que aún no exista, o un material anterior",
				},
			}
		}
	}
	report := Report{Fresh: fresh}
	now := origin.Manifest{Files: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		now.Files[name] = origin.Sum(files[name])
		if err := report.put(dir, name, files[name], before.Files[name]); err != nil {
			return report, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before.Files)) {
		if _, still := files[name]; !still {
			if err := report.drop(dir, name, before.Files[name]); err != nil {
				return report, err
			}
		}
	}
	return report, now.Write(dir)
}

// put writes one file, unless a student has changed it. before is the checksum of what was handed out under this
// name, if anything was.
func (r *Report) put(dir, name string, contents []byte, before string) error {
	at := filepath.Join(dir, filepath.FromSlash(name))
	now := origin.Sum(contents)
	there, err := os.ReadFile(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.Added = append(r.Added, name)
	case err != nil:
		return err
	case origin.Sum(there) == now:
		return nil
	case origin.Sum(there) == before:
		r.Updated = append(r.Updated, name)
	default:
		if before != now {
			r.Kept = append(r.Kept, name)
		}
		return nil
	}
	return errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, contents, 0o644))
}

// drop removes a file that is no longer part of the course, unless a student has changed it.
func (r *Report) drop(dir, name, before string) error {
	at := filepath.Join(dir, filepath.FromSlash(name))
	there, err := os.ReadFile(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case origin.Sum(there) != before:
		r.Kept = append(r.Kept, name)
		return nil
	}
	r.Removed = append(r.Removed, name)
	return os.Remove(at)
}
