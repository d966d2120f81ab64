package handout

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"wirelab/grader/course"
	"wirelab/grader/origin"
)

// tag selects, of package main of the grader, what students have.
const tag = "handout"

// goPackage is what the go command says of a package.
type goPackage struct {
	Dir        string
	Standard   bool
	GoFiles    []string
	EmbedFiles []string
	Module     *struct {
		Path string
		Main bool
	}
}

// addPrograms adds the packages that students run, without the lessons' own, and returns the modules that anything
// in the handout imports, on any system.
func (files Files) addPrograms(ctx context.Context, c *course.Course) (modules map[string]bool, err error) {
	withTests := []string{"-test"} // the tests of lessons are in the handout, and no others
	for _, l := range c.Lessons {
		withTests = append(withTests, "./lessons/"+l.ID)
	}
	modules = map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, roots := range [][]string{{"./grader", "./site"}, withTests} {
			packages, err := list(ctx, c, system, roots)
			if err != nil {
				return nil, fmt.Errorf("go list: %w", err)
			}
			for _, p := range packages {
				if p.Standard || p.Module == nil {
					continue
				}
				modules[p.Module.Path] = true
				if !p.Module.Main {
					continue
				}
				if err := files.addPackage(c, p); err != nil {
					return nil, err
				}
			}
		}
	}
	return modules, nil
}

// list returns what the go command says of packages, and of all that they import, on a system.
func list(ctx context.Context, c *course.Course, system string, roots []string) ([]goPackage, error) {
	args := []string{"list", "-deps", "-tags", tag, "-json=Dir,Standard,GoFiles,EmbedFiles,Module"}
	cmd := exec.CommandContext(ctx, "go", append(args, roots...)...)
	cmd.Dir = c.Root
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	var packages []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// addPackage adds the sources of a package of the course that is not a lesson.
func (files Files) addPackage(c *course.Course, p goPackage) error {
	dir, err := filepath.Rel(c.Root, p.Dir)
	if err != nil {
		return err
	}
	dir = filepath.ToSlash(dir)
	if slices.ContainsFunc(c.Lessons, func(l course.Lesson) bool { return dir == "lessons/"+l.ID }) {
		return nil // see addLesson
	}
	for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles) {
		if filepath.IsAbs(name) || strings.HasSuffix(name, "_test.go") {
			continue // the main of a test, or its sources
		}
		if dir == "lessons" && strings.Contains(name, "/") {
			continue // notes that the catalog embeds; see addLesson
		}
		src, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if path.Ext(name) == ".go" {
			// In a handout nothing else is there that a tag would have to choose from.
			src = bytes.TrimPrefix(course.Plain(src), []byte("//go:build "+tag+"\n\n"))
		}
		files[path.Join(dir, name)] = src
	}
	return nil
}

// addLesson adds a lesson's folder without its hidden tests, and its Go files once more as they are now.
func (files Files) addLesson(c *course.Course, l course.Lesson) error {
	return filepath.WalkDir(l.Dir, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && at == l.HiddenDir, d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !d.Type().IsRegular(), strings.HasPrefix(d.Name(), "."), strings.HasPrefix(d.Name(), "_"):
			return nil
		}
		name, err := filepath.Rel(c.Root, at)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		data := strings.HasPrefix(name, "lessons/"+l.ID+"/testdata/")
		if !data && !slices.Contains([]string{".go", ".md", ".svg"}, path.Ext(name)) {
			return nil // what somebody has left lying about
		}
		src, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		files[name] = src
		if path.Ext(name) == ".go" && path.Dir(name) == "lessons/"+l.ID {
			files[path.Join(origin.Lessons, l.ID, path.Base(name))] = src
		}
		return nil
	})
}

//go:embed data
var data embed.FS

// addReadme adds what is written for students alone.
func (files Files) addReadme(c *course.Course) error {
	for _, name := range []string{"README.md", "README.es.md"} {
		t, err := template.ParseFS(data, "data/"+name)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, c.Lessons); err != nil {
			return err
		}
		files[name] = b.Bytes()
	}
	ignore, err := data.ReadFile("data/gitignore")
	files[".gitignore"] = ignore
	return err
}
