// Package intake finds out what each student of a class handed in: it reads a folder of submissions and returns
// their Go files by lesson. It is the first stage of a batch.
//
// A class is a folder with one folder for each student. Below that, at any depth, lesson folders are known by
// their names ("16-hub"), whether they lie there by themselves or in a whole copy of the course. Files of a lesson
// are those that a student writes; what the course gives (subject.go, tests, notes) is left out, and said so where
// it was changed.
//
// # What it trusts
//
// Nothing. A student's folder is opened as an [os.Root]; only folders and regular files are opened, never through
// a symbolic link, and what was opened is compared with what was looked at, so that a folder that changes meanwhile
// leads nowhere else. Reading is bounded: see the Max constants. What is wrong with a submission is told with that
// submission and never stops the others.
//
// The reading itself works on an [fs.FS], for a student's files need not lie in a folder.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Bounds of what is read of one submission. Honest work stays a factor of ten and more below each.
const (
	MaxSource  = 256 << 10 // bytes of Go in one lesson, all its files together
	MaxFiles   = 64        // Go files of one lesson
	MaxEntries = 20_000    // files and folders of one submission, those that are ignored among them
	MaxDepth   = 16        // folders within folders
)

// Submission is what one student handed in.
type Submission struct {
	ID string // the folder's name, printable, never a path, unique in the class

	Lessons map[string]Files // by lesson ID: what can go on to the next stage

	// Decided holds the lessons about which there is nothing more to find out, by ID, without tests: an untouched
	// starter ([verdict.NotSubmitted]), a file that cannot be read ([verdict.NotGradable]). No lesson is both here
	// and in Lessons; one that is in neither was not handed in.
	Decided map[string]verdict.LessonResult

	Notes   []lessons.Text // what was ignored or put back, one sentence each, in a fixed order
	Problem *Problem       // why nothing of the submission can be graded; Lessons and Decided are then empty
}

// Files are Go sources by name, in UTF-8 with Unix line ends. A file of another kind that the go command would
// build in (assembler, C) is there with nil contents, for package policy to refuse.
type Files map[string][]byte

// Problem is why a whole submission cannot be graded, and what to do about it.
type Problem struct {
	Text lessons.Text
}

// Read reads the class in dir, ordered by ID with numbers compared as numbers. The error is about dir itself, or
// ctx's; it is a [*course.Error] where there is something to do about it.
func Read(ctx context.Context, dir string, c *course.Course) ([]Submission, error) {
	known, err := learn(c)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	class, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &course.Error{
			Text: fmt.Sprintf("no folder %q", dir),
			Tip:  "name the folder that holds one folder for each student",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	defer class.Close()
	entries, err := fs.ReadDir(class.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("intake: read %q: %w", dir, err)
	}
	var all []Submission
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := e.Name()
		if isLesson := known.lessons[name] != nil; isLesson || e.IsDir() && name == "lessons" {
			return nil, &course.Error{
				Text: fmt.Sprintf("%q looks like one submission, not like a class: there is %q in it", dir, name),
				Tip:  "name the folder above it, the one that holds a folder for each student",
			}
		}
		switch {
		case strings.HasPrefix(name, "."), name == "__MACOSX":
		case e.IsDir():
			s, err := readStudent(ctx, class, name, known)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		case e.Type()&fs.ModeSymlink != 0:
			all = append(all, spoiled(name, "the folder is a symbolic link, and those are not followed; put the folder itself here",
				"la carpeta es un enlace simbólico, y esos no se siguen; pon aquí la carpeta misma"))
		case isArchive(name):
			all = append(all, spoiled(name, "it is an archive, not a folder; unpack it here",
				"es un archivo comprimido, no una carpeta; descomprímelo aquí"))
		}
	}
	if len(all) == 0 {
		return nil, &course.Error{
			Text: fmt.Sprintf("no submissions in %q", dir),
			Tip:  "it must hold one folder for each student",
		}
	}
	slices.SortStableFunc(all, func(a, b Submission) int { return natural(a.ID, b.ID) })
	distinct(all)
	return all, nil
}

// readStudent reads the folder name of the class. The error is ctx's alone.
func readStudent(ctx context.Context, class *os.Root, name string, known *catalog) (Submission, error) {
	files, err := openTree(class, name)
	if err != nil {
		why := cause(err)
		return spoiled(name, "the folder cannot be read: "+why.EN, "la carpeta no se puede leer: "+why.ES), nil
	}
	defer files.Close()
	s, err := collect(ctx, files, known)
	s.ID = printable(name)
	return s, err
}

// spoiled is a submission of which nothing can be graded.
func spoiled(name, en, es string) Submission {
	return Submission{ID: printable(name), Problem: &Problem{lessons.Text{EN: en, ES: es}}}
}

// isArchive recognizes files that people hand in instead of a folder.
func isArchive(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"},
		func(ext string) bool { return strings.HasSuffix(name, ext) })
}
