// Package handin makes what a student hands in: a zip with the lessons that they have worked on, and in it exactly the
// files that a batch would take of them. It asks package intake and package policy what that is, so that nothing is
// refused later which was not refused here, for the same reason.
package handin

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/origin"
	"wirelab/grader/policy"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Work is what a student has done.
type Work struct {
	Lessons  []Lesson       // to be handed in, in the order of the course
	Refused  []lessons.Text // why some of it cannot be, one line each, with the place
	Apart    []string       // changed, but handed in by nobody: given files, tests, copies of lessons; from the course's root
	NotBegun []string       // IDs of lessons that are as they were handed out
}

// Lesson is what is handed in of one lesson.
type Lesson struct {
	ID    string
	Files map[string][]byte // with Unix line ends
}

// Collect finds out what can be handed in of the chosen lessons of c, as o knows them.
func Collect(ctx context.Context, c *course.Course, o *origin.Origin, chosen []course.Lesson) (Work, error) {
	class, err := os.MkdirTemp("", "wirelab-submit-")
	if err != nil {
		return Work{}, err
	}
	defer os.RemoveAll(class)
	var w Work
	var known []course.Lesson
	for _, l := range chosen {
		if !o.Has(l) {
			w.Apart = append(w.Apart, "lessons/"+l.ID)
			continue
		}
		known = append(known, l)
		if err := stage(l, filepath.Join(class, "you", l.ID)); err != nil {
			return Work{}, fmt.Errorf("%s: %w", l.ID, err)
		}
	}
	if len(known) == 0 {
		return w, nil
	}
	read, err := intake.Read(ctx, class, o.Course(c))
	if err != nil {
		return Work{}, err
	}
	s := read.Submissions[0]
	if s.Problem != nil {
		w.Refused = append(w.Refused, s.Problem.Text)
	}
	for _, l := range known {
		if err := w.add(s, o, l); err != nil {
			return Work{}, err
		}
	}
	return w, nil
}

// add sorts one lesson in.
func (w *Work) add(s intake.Submission, o *origin.Origin, l course.Lesson) error {
	if decided, ok := s.Decided[l.ID]; ok {
		if decided.Status == verdict.NotSubmitted {
			w.NotBegun = append(w.NotBegun, l.ID)
		} else {
			w.Refused = append(w.Refused, decided.Message)
		}
		return nil
	}
	files, ok := s.Lessons[l.ID]
	if !ok {
		w.NotBegun = append(w.NotBegun, l.ID) // not even a Go file is there
		return nil
	}
	if _, refusal := policy.Check(l, files); refusal != nil {
		where := "lessons/" + l.ID + "/"
		w.Refused = append(w.Refused, lessons.Text{EN: where + refusal.Text.EN, ES: where + refusal.Text.ES})
		return nil
	}
	w.Lessons = append(w.Lessons, Lesson{ID: l.ID, Files: files})
	changes, err := o.Changes(l)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if _, in := files[change.Name]; !in && change.New != nil {
			w.Apart = append(w.Apart, "lessons/"+l.ID+"/"+change.Name)
		}
	}
	return nil
}

// stage copies a lesson's folder as it is, without folders within it: links stay links, for intake to see.
func stage(l course.Lesson, dir string) error {
	entries, err := os.ReadDir(l.Dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		from, to := filepath.Join(l.Dir, e.Name()), filepath.Join(dir, e.Name())
		switch {
		case e.Type().IsRegular():
			src, err := os.ReadFile(from)
			if err := errors.Join(err, os.WriteFile(to, src, 0o600)); err != nil {
				return err
			}
		case e.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(from)
			if err := errors.Join(err, os.Symlink(target, to)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Zip is the archive to hand in: a folder for each lesson. The same work gives the same bytes.
func (w Work) Zip() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, l := range w.Lessons {
		for _, name := range slices.Sorted(maps.Keys(l.Files)) {
			f, err := z.Create(l.ID + "/" + name)
			if err != nil {
				return nil, err
			}
			if _, err := f.Write(l.Files[name]); err != nil {
				return nil, err
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
