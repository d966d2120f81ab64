package course

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Starter returns the files that the student is given to write, by name, as the course hands them out.
func (l Lesson) Starter() (map[string][]byte, error) {
	return readFiles(l.Dir, l.Files)
}

// Reference returns the reference's version of the same files. It is an error where the course has no solutions,
// as in a handout.
func (l Lesson) Reference() (map[string][]byte, error) {
	if _, err := os.Stat(l.SolutionDir); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Text: fmt.Sprintf("no reference of lesson %s: %s does not exist", l.ID, l.SolutionDir),
			Tip:  "a handout has no solutions; run this in the instructor's copy of the course",
		}
	}
	return readFiles(l.SolutionDir, l.Files)
}

// Given returns the Go files of the lesson that students get and never hand in, by name: subject.go and all others
// that are neither theirs to write nor tests.
func (l Lesson) Given() (map[string][]byte, error) {
	entries, err := os.ReadDir(l.Dir)
	if err != nil {
		return nil, fmt.Errorf("lesson %s: %w", l.ID, err)
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if e.Type().IsRegular() && IsSource(name) && !strings.HasSuffix(name, "_test.go") &&
			!slices.Contains(l.Files, name) {
			names = append(names, name)
		}
	}
	return readFiles(l.Dir, names)
}

// IsSource reports whether the go command takes a file of this name for part of a package. Notes in _old.go are none,
// and .#echo.go is what Emacs puts beside a file that is being edited: a link that leads nowhere.
func IsSource(name string) bool {
	return strings.HasSuffix(name, ".go") && name[0] != '.' && name[0] != '_'
}

func readFiles(dir string, names []string) (map[string][]byte, error) {
	files := make(map[string][]byte, len(names))
	for _, name := range names {
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read the lesson's files: %w", err)
		}
		files[name] = Plain(src)
	}
	return files, nil
}

// Plain returns source text as the grader compares and compiles it: without a byte order mark, and with line ends
// as Unix writes them. So a checkout on Windows, or an editor there, changes nothing.
func Plain(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	return bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
}

// readPackage finds out the package's name, from the first of the lesson's files that has one.
func readPackage(l *Lesson, root string) error {
	l.Package = strings.ReplaceAll(l.Slug(), "-", "") // what the starter should say
	if len(l.Files) == 0 {
		l.problem(root, filepath.Join(l.Dir, "README.md"), 0,
			"front matter: files names nothing for the student to write",
			"cabecera: files no nombra nada que el estudiante deba escribir")
	}
	found := false
	for _, name := range l.Files {
		file := filepath.Join(l.Dir, name)
		src, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			l.problem(root, file, 0, "front matter names %q, which is not there", "la cabecera nombra %q, que no está", name)
			continue
		}
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.PackageClauseOnly)
		if err != nil {
			return fmt.Errorf("starter: %w", err)
		}
		if !found {
			l.Package, found = f.Name.Name, true
		}
	}
	return nil
}
