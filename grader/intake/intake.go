// Package intake finds out what each student of a class handed in, and returns their Go files by lesson. It is the
// first stage of a batch.
//
// # What a class is
//
// A folder or a zip, with a folder or a zip for each student in it, or what Moodle or Canvas make when all submissions
// are downloaded, packed or unpacked; or repositories, in a folder or by a list, of each one commit. In a student's
// folder lesson folders are known by their names ("16-hub", also "16_hub (1)"), at any depth, whether they lie there by
// themselves or in a whole copy of the course. For lessons that are not there, zips in it are opened and searched the
// same way; a zip within a zip within a zip is not. What is still missing may be a file without its folder, known by its
// name. Files of a lesson are those that a student writes; what the course gives (subject.go, tests,
// notes) is left out, and said so where it was changed.
//
// A folder or a zip around a whole class is looked through, and a note says so. It is one if it lies there alone, and
// in it lie what Moodle or Canvas make, two repositories, or two folders or zips with the same lesson at any depth, and
// no lesson beside them. A class of one whose student keeps two copies of a lesson in two folders looks the same, and is
// taken for two students: put a second, empty folder beside the student's, or leave one copy.
//
// # What it trusts
//
// Nothing. A student's folder is opened as an [os.Root]; only folders and regular files are opened, never through
// a symbolic link, and what was opened is compared with what was looked at, so that a folder that changes meanwhile
// leads nowhere else. Archives are never unpacked onto a disk. Reading is bounded: see the Max constants. What is wrong
// with a submission is told with that submission and never stops the others.
//
// The reading itself works on an [fs.FS], for a student's files need not lie in a folder.
package intake

import (
	"context"
	"fmt"
	"os"
	"time"

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
	MaxTotal   = 32 << 20  // bytes read of one submission, those that are only compared among them
	MaxArchive = 64 << 20  // bytes of a student's archives
)

// maxClassEntries bounds the archive of a whole class, which comes from a learning platform or from whoever grades.
const maxClassEntries = 500_000

// Submission is what one student handed in.
type Submission struct {
	// ID is the student's name where it is known, and otherwise that of the folder or archive: printable, never a
	// path, unique in the class, and the same each time the class is read.
	ID     string
	Origin verdict.Origin
	Clone  bool // the files are those of a repository as they lie there, and not of a commit

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

// Class is what lies in one place.
type Class struct {
	Submissions []Submission   // by ID, with numbers compared as numbers
	Notes       []lessons.Text // what was ignored beside the submissions

	known *catalog
}

// Read reads the class in a folder, a zip or a list of repositories. The error is about that itself, or ctx's; it is a
// [*course.Error] where there is something to do about it.
func Read(ctx context.Context, from string, c *course.Course) (Class, error) {
	return ReadAt(ctx, from, c, time.Time{})
}

// ReadAt reads a class of repositories as it was at a time: of each the last commit on its default branch that is not
// later. At the zero time it is Read, to which the folders in a folder are files as they lie there, unless they are
// bare repositories.
func ReadAt(ctx context.Context, from string, c *course.Course, at time.Time) (Class, error) {
	known, err := learn(c)
	if err != nil {
		return Class{}, fmt.Errorf("intake: %w", err)
	}
	r := &reading{from: from, known: known, at: at, haste: haste}
	info, err := os.Stat(from)
	if err != nil {
		return Class{}, notThere(from, err)
	}
	if info.IsDir() {
		return r.onDisk(ctx)
	}
	if !info.Mode().IsRegular() {
		return Class{}, &course.Error{
			Text: fmt.Sprintf("%q is neither a folder nor a file", from),
			Tip:  "name a folder, a zip, or a list of repositories",
			ES:   course.Spanish{Text: fmt.Sprintf("%q no es ni una carpeta ni un archivo", from), Tip: "nombra una carpeta, un zip o una lista de repositorios"},
		}
	}
	list, err := isList(from)
	if err != nil {
		return Class{}, fmt.Errorf("intake: %w", err)
	}
	if list {
		all, err := readList(from)
		if err != nil {
			return Class{}, err
		}
		r.listed = true
		return r.each(ctx, all)
	}
	if !at.IsZero() {
		return Class{}, &course.Error{
			Text: fmt.Sprintf("%q is an archive, which does not know what was there when", from),
			Tip:  "a state at a date is for a folder of clones, or a list of repositories",
			ES:   course.Spanish{Text: fmt.Sprintf("%q es un archivo comprimido, y ese no sabe qué había en qué momento", from), Tip: "el estado a una fecha es para una carpeta de clones o una lista de repositorios"},
		}
	}
	return r.zip(ctx)
}

// onDisk reads a class that is a folder.
func (r *reading) onDisk(ctx context.Context) (Class, error) {
	class, err := os.OpenRoot(r.from)
	if err != nil {
		return Class{}, fmt.Errorf("intake: %w", err)
	}
	defer r.close()
	all, err := r.folderItems(class)
	if err != nil {
		return Class{}, fmt.Errorf("intake: read %q: %w", r.from, err)
	}
	return r.class(ctx, all)
}

// zip reads a class that is an archive.
func (r *reading) zip(ctx context.Context) (Class, error) {
	all, contents, done, err := openClass(r.from)
	if err != nil {
		return Class{}, err
	}
	defer done()
	r.strays(all, contents.Outside)
	return r.class(ctx, all)
}
