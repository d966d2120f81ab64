package course

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"wirelab/grader/verdict"
)

// maxPoints is the most that one test can be worth: enough for any, and it catches a slip of the finger.
const maxPoints = 100

// readTests finds the lesson's hidden tests by parsing their sources.
func readTests(l *Lesson, root string) error {
	err := eachFunc(l.HiddenDir, func(fset *token.FileSet, fn *ast.FuncDecl) {
		if isTest(fn) {
			l.Tests = append(l.Tests, l.describe(root, fset, fn))
		}
	})
	if err != nil {
		return fmt.Errorf("hidden tests: %w", err)
	}
	return nil
}

// Visible returns the tests that the student has, as they are now: source order, files sorted. They have no points;
// fuzz tests and examples count, for go test runs them. It is an error if a file cannot be parsed.
func (l Lesson) Visible() ([]verdict.Test, error) {
	var all []verdict.Test
	var notes Lesson // nobody asks for what is missing: these tests are the student's to change
	err := eachFunc(l.Dir, func(fset *token.FileSet, fn *ast.FuncDecl) {
		if name := fn.Name.Name; isTest(fn) || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example") {
			all = append(all, notes.describe("", fset, fn))
		}
	})
	return all, err
}

// eachFunc parses the test files of a folder, which need not be there, and looks at each of their functions.
func eachFunc(dir string, look func(*token.FileSet, *ast.FuncDecl)) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !IsSource(e.Name()) || !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, filepath.Join(dir, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				look(fset, fn)
			}
		}
	}
	return nil
}

var testName = regexp.MustCompile(`^Test([^\p{Ll}].*)?$`)

// isTest reports whether go test would run fn: TestXxx of one parameter, and not TestMain.
func isTest(fn *ast.FuncDecl) bool {
	return fn.Recv == nil && testName.MatchString(fn.Name.Name) && fn.Name.Name != "TestMain" &&
		fn.Type.Params.NumFields() == 1
}

// describe reads a test's doc comment: its text, and the directives.
func (l *Lesson) describe(root string, fset *token.FileSet, fn *ast.FuncDecl) verdict.Test {
	t := verdict.Test{Name: fn.Name.Name}
	at := fset.Position(fn.Pos())
	if fn.Doc != nil {
		t.Text.EN = joinLines(fn.Doc.Text()) // leaves directives out
		for _, c := range fn.Doc.List {
			key, value, ok := directive(c.Text)
			if !ok {
				continue
			}
			line := fset.Position(c.Pos()).Line
			switch key {
			case "es":
				t.Text.ES = joinLines(t.Text.ES + " " + value)
			case "hint":
				t.Hint.EN = joinLines(t.Hint.EN + " " + value)
			case "hint.es":
				t.Hint.ES = joinLines(t.Hint.ES + " " + value)
			case "points":
				n, err := strconv.Atoi(value)
				if err != nil || n < 1 || n > maxPoints {
					l.problem(root, at.Filename, line, "%s: points %q is not a whole number from 1 to %d",
						"%s: points %q no es un número entero de 1 a %d", t.Name, value, maxPoints)
					continue
				}
				t.Points = n
			default:
				l.problem(root, at.Filename, line, "%s: unknown directive //wirelab:%s",
					"%s: directiva desconocida //wirelab:%s", t.Name, key)
			}
		}
	}
	for _, part := range []struct {
		there bool
		en    string
		es    string
	}{
		{t.Text.EN != "", "no doc comment", "falta el comentario de documentación"},
		{t.Text.ES != "", "no //wirelab:es", "falta //wirelab:es"},
		{t.Points != 0, "no //wirelab:points", "falta //wirelab:points"},
		{t.Hint.EN != "", "no //wirelab:hint", "falta //wirelab:hint"},
		{t.Hint.ES != "", "no //wirelab:hint.es", "falta //wirelab:hint.es"},
	} {
		if !part.there {
			l.problem(root, at.Filename, at.Line, "%[1]s: %[2]s", "%[1]s: %[3]s", t.Name, part.en, part.es)
		}
	}
	return t
}

// directive splits "//wirelab:points 3" into "points" and "3".
func directive(comment string) (key, value string, ok bool) {
	rest, ok := strings.CutPrefix(comment, "//wirelab:")
	if !ok {
		return "", "", false
	}
	key, value, _ = strings.Cut(rest, " ")
	return strings.TrimSpace(key), strings.TrimSpace(value), true
}

// joinLines makes one line of a text, whatever its line breaks.
func joinLines(s string) string { return strings.Join(strings.Fields(s), " ") }
