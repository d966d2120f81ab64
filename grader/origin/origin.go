// Package origin remembers the course as it was handed out, so that what a student has done to it can be told, undone
// and handed in. Package handout writes what it reads; the students' commands call it.
//
// A handout keeps it in the folder [Dir]: a list of all its files with their checksums, and the Go files of every
// lesson as they were. The course itself has no such folder: there, what was committed last takes its place.
//
// Text is compared with line ends as Unix writes them, so that a checkout on Windows changes nothing.
package origin

import (
	"archive/tar"
	"bytes"
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
	tree, err := exec.CommandContext(ctx, "git", "-C", c.Root, "archive", "--format=tar", "HEAD", "lessons").Output()
	if err != nil {
		return nil, &course.Error{
			Text: fmt.Sprintf("nothing tells how the lessons in %q were handed out: there is neither a folder %s nor a git repository", c.Root, Dir),
			Tip:  "work in a handout: go run ./grader handout DIR",
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
		l.Dir = filepath.Join(o.dir, l.ID)
		if _, err := os.Stat(l.Dir); err == nil {
			before.Lessons = append(before.Lessons, l)
		}
	}
	return &before
}

// Files returns the Go files of a lesson, by name, as they were handed out: the starter, what is given, the tests.
func (o *Origin) Files(l course.Lesson) (map[string][]byte, error) {
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
