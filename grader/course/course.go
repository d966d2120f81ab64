// Package course is what the grader knows of the course on disk: the lessons of the working copy, their hidden
// tests as their sources describe them, the references, and the mutants. Every command of the grader starts with
// [Find]; the stages of a batch get the [Lesson] they work on.
//
// A handout has no solutions and no hidden tests: its lessons load with neither.
//
// Whatever a lesson's writer forgot (a hidden test without points, a patch without its trailer) does not keep the
// course from loading: it is collected in [Lesson.Problems], for `grader check` to print. This package reads the
// course only; it never reads a submission and never writes.
package course

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Course is the working copy.
type Course struct {
	Root    string // absolute path of the folder that holds go.mod
	Lessons []Lesson
}

// Lesson is one lesson of the course, with all that is graded in it.
type Lesson struct {
	lessons.Lesson

	Package string         // name in the package clause of the starter
	Tests   []verdict.Test // hidden tests in source order, files sorted; empty in a handout
	Mutants []Mutant       // by name; empty in a handout

	Dir         string // lessons/NN-slug, absolute, as the two below; it always exists
	HiddenDir   string // lessons/NN-slug/hidden
	SolutionDir string // solutions/NN-slug

	Problems []Problem // what is wrong with the lesson's own sources, in the order of its files
}

// Problem is something that the writer of a lesson left out or got wrong.
type Problem struct {
	File string // from the course's root, with slashes
	Line int    // from 1; 0 where it concerns the whole file
	Text lessons.Text
}

// Error is a failure that comes with a way out.
type Error struct {
	Text string // what is wrong
	Tip  string // what to do about it
	ES   Spanish
}

// Spanish is an [Error] in Spanish; empty where that has yet to be written.
type Spanish struct{ Text, Tip string }

// In is what is wrong and what to do about it, in lang ("en" or "es").
func (e *Error) In(lang string) (text, tip string) {
	if lang == "es" && e.ES.Text != "" {
		return e.ES.Text, e.ES.Tip
	}
	return e.Text, e.Tip
}

// Error says what is wrong, without the hint.
func (e *Error) Error() string { return e.Text }

// Hint says what to do about it; a command prints it on a line of its own.
func (e *Error) Hint() string { return e.Tip }

// Find reads the course that dir lies in: it walks up from dir to the go.mod of module wirelab. The error is an
// [*Error] where there is none, and names file and line where a source cannot be parsed.
func Find(dir string) (*Course, error) {
	root, err := findRoot(dir)
	if err != nil {
		return nil, err
	}
	all, err := lessons.Load(os.DirFS(filepath.Join(root, "lessons")))
	if err != nil {
		return nil, err
	}
	c := &Course{Root: root}
	for _, l := range all {
		loaded, err := load(root, l)
		if err != nil {
			return nil, fmt.Errorf("lesson %s: %w", l.ID, err)
		}
		c.Lessons = append(c.Lessons, loaded)
	}
	return c, nil
}

// findRoot walks up to the folder whose go.mod declares this module.
func findRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the course: %w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		src, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && modulePath(string(src)) == "wirelab" {
			return at, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find the course: %w", err)
		}
		if at == filepath.Dir(at) {
			return "", &Error{
				Text: fmt.Sprintf("no course in %q or any folder above it: no go.mod of module wirelab", start),
				Tip:  "change to the folder that you cloned, the one with go.mod and lessons, and try again",
				ES: Spanish{
					Text: fmt.Sprintf("no hay ningún curso en %q ni en las carpetas de arriba: ningún go.mod del módulo wirelab", start),
					Tip:  "cambia a la carpeta que clonaste, la que tiene go.mod y lessons, e inténtalo otra vez",
				},
			}
		}
	}
}

// modulePath returns what the module directive of a go.mod names; "" where there is none.
func modulePath(src string) string {
	for line := range strings.Lines(src) {
		line, _, _ = strings.Cut(line, "//")
		if f := strings.Fields(line); len(f) == 2 && f[0] == "module" {
			return strings.Trim(f[1], "\"`")
		}
	}
	return ""
}

// load reads all that belongs to one lesson.
func load(root string, l lessons.Lesson) (Lesson, error) {
	dir := filepath.Join(root, "lessons", l.ID)
	got := Lesson{
		Lesson: l, Dir: dir,
		HiddenDir:   filepath.Join(dir, "hidden"),
		SolutionDir: filepath.Join(root, "solutions", l.ID),
	}
	for _, part := range []func(*Lesson, string) error{readPackage, readTests, readMutants} {
		if err := part(&got, root); err != nil {
			return Lesson{}, err
		}
	}
	return got, nil
}

// problem adds to what is wrong with the lesson; file is a path on disk.
func (l *Lesson) problem(root, file string, line int, en, es string, args ...any) {
	if rel, err := filepath.Rel(root, file); err == nil {
		file = rel
	}
	l.Problems = append(l.Problems, Problem{
		File: filepath.ToSlash(file), Line: line,
		Text: lessons.Text{EN: fmt.Sprintf(en, args...), ES: fmt.Sprintf(es, args...)},
	})
}
