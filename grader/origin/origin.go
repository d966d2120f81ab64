// Package origin remembers the course as it was handed out, so that what a student has done to it can be told, undone
// and handed in. Package handout writes what it reads; the students' commands call it.
//
// A handout keeps it in the folder [Dir]: a list of all its files with their checksums, and the Go files of every
// lesson as they were.
//
// A clone of the course itself has no such folder, and students commit their work in it: neither the last commit nor
// what was pushed, perhaps to a fork of their own, is how they got it. There, it is the last commit that changed what
// only the course's writers change: the grader, the site, the solutions or a hidden test. With a pull that brings any
// of those, newer starters come. If one that the course changes alone comes without, it counts as the student's
// change until they do.
//
// Text is compared with line ends as Unix writes them, so that a checkout on Windows changes nothing.
package origin

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"wirelab/grader/course"
)

// Dir is the folder, at the top of a handout, that is not for the student. The go command passes over it.
const Dir = ".wirelab"

// Lessons is where the lessons' Go files are in a handout, as they were handed out, with slashes.
const Lessons = Dir + "/lessons"

// manifest is the list of files, with slashes.
const manifest = Dir + "/handout.json"

// Manifest is the list of what was handed out.
type Manifest struct {
	Files map[string]string `json:"files"` // Sum of the contents, by path with slashes
}

// Sum is a checksum of a file's contents in which line ends of Windows count as those of Unix.
func Sum(contents []byte) string {
	sum := sha256.Sum256(course.Plain(contents))
	return hex.EncodeToString(sum[:])
}

// ReadManifest reads the list of the handout at root. The error is [fs.ErrNotExist] where there is none.
func ReadManifest(root string) (Manifest, error) {
	var m Manifest
	src, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(manifest)))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(src, &m); err != nil {
		return m, fmt.Errorf("%s: %w", manifest, err)
	}
	return m, nil
}

// Write replaces the list of the handout at root.
func (m Manifest) Write(root string) error {
	src, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(manifest)), append(src, '\n'), 0o644)
}

// Origin is a course as it was handed out.
type Origin struct {
	dir       string // holds a folder for each lesson
	temporary bool
}

// Open finds what was handed out of the course c. Close it in the end.
func Open(ctx context.Context, c *course.Course) (*Origin, error) {
	o := &Origin{dir: filepath.Join(c.Root, filepath.FromSlash(Lessons))}
	if _, err := os.Stat(o.dir); !errors.Is(err, fs.ErrNotExist) {
		return o, err
	}
	tree, err := archive(ctx, c.Root)
	if err != nil {
		return nil, &course.Error{
			Text: fmt.Sprintf("nothing tells how the lessons in %q were handed out: there is neither a folder %s nor a git repository", c.Root, Dir),
			Tip:  "work in a handout: go run ./grader handout DIR",
			ES: course.Spanish{
				Text: fmt.Sprintf("nada dice cómo se entregaron las lecciones de %q: no hay ni una carpeta %s ni un repositorio de git", c.Root, Dir),
				Tip:  "trabaja en el material para entregar: go run ./grader handout DIR",
			},
		}
	}
	if o.dir, err = os.MkdirTemp("", "wirelab-origin-"); err != nil {
		return nil, err
	}
	o.temporary = true
	if err := unpack(tree, o.dir); err != nil {
		return nil, errors.Join(fmt.Errorf("what was committed: %w", err), o.Close())
	}
	return o, nil
}

// archive is a tar file of the lessons in the git repository at root as the course has them, without what was committed
// on top.
func archive(ctx context.Context, root string) ([]byte, error) {
	git := func(args ...string) ([]byte, error) {
		return exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
	}
	// At a merge it goes on with the side that these paths are from: the merge of whoever pulls is not one of the course's.
	found, err := git("rev-list", "-1", "HEAD", "--", "grader", "site", "solutions", ":(glob)lessons/*/hidden/**")
	if err != nil {
		return nil, err
	}
	commit := cmp.Or(strings.TrimSpace(string(found)), "HEAD")
	return git("archive", "--format=tar", commit, "lessons")
}

// unpack writes the Go files of a tar file's lessons, and not those of folders within them.
func unpack(tree []byte, dir string) error {
	for r := tar.NewReader(bytes.NewReader(tree)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(h.Name, "lessons/")
		if h.Typeflag != tar.TypeReg || strings.Count(name, "/") != 1 || path.Ext(name) != ".go" || !filepath.IsLocal(name) {
			continue
		}
		src, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, src, 0o644)); err != nil {
			return err
		}
	}
}

// Close removes what Open had to unpack.
func (o *Origin) Close() error {
	if !o.temporary {
		return nil
	}
	return os.RemoveAll(o.dir)
}

// Course returns c with the lessons' folders as they were handed out: what they hold now is not looked at.
func (o *Origin) Course(c *course.Course) *course.Course {
	before := *c
	before.Lessons = nil
	for _, l := range c.Lessons {
		if o.Has(l) {
			l.Dir = filepath.Join(o.dir, l.ID)
			before.Lessons = append(before.Lessons, l)
		}
	}
	return &before
}

// Has reports whether a lesson was handed out. One that was not is a copy that somebody keeps, or is being written.
func (o *Origin) Has(l course.Lesson) bool {
	_, err := os.Stat(filepath.Join(o.dir, l.ID))
	return err == nil
}

// Files returns the Go files of a lesson, by name, as they were handed out: the starter, what is given, the tests. There
// are none of a lesson that was not.
func (o *Origin) Files(l course.Lesson) (map[string][]byte, error) {
	if !o.Has(l) {
		return nil, nil
	}
	return sources(filepath.Join(o.dir, l.ID))
}

// sources reads the Go files of a folder, and not of folders within it.
func sources(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() || !course.IsSource(e.Name()) {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		files[e.Name()] = course.Plain(src)
	}
	return files, nil
}
