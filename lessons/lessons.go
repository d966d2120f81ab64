// Package lessons is the catalog of the course: the lessons in their order, what each is about, and its notes
// in English and Spanish.
//
// Everything said of a lesson stands once, in the front matter of its README.md (and, translated, of its
// README.es.md); this package reads it. The site renders the notes, the grader asks which files a student may
// hand in. Lessons themselves never import this package, and this package imports nothing heavy, so that a
// student's first `go test` stays a small download.
package lessons

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// FS holds the notes of every lesson and their pictures, as they were when the program was built.
//
//go:embed */README.md */README.es.md */*.svg
var FS embed.FS

// A Lesson is one exercise of the course, as its front matter describes it.
type Lesson struct {
	ID      string   // folder name, such as "16-hub"; never changes
	Number  int      // 1 to 24
	Title   Text     //
	Summary Text     // one sentence
	Minutes int      // for someone who knows Go's basics, 30 to 90
	Kind    string   // "server", "client", "bytes" or "examiner"
	Library string   // "std", "coder", "gorilla", "go-redis" or "any"
	Files   []string // what the student writes, names within the folder
	Reads   []string // ids of webography entries, the most useful first
	Notes   Text     // Markdown, without the front matter
}

// Slug is the lesson's name without its number: "hub".
func (l Lesson) Slug() string { return l.ID[strings.IndexByte(l.ID, '-')+1:] }

// Part returns the number of the part of the course that the lesson belongs to, from 1.
func (l Lesson) Part() int {
	for i, p := range Parts() {
		if l.Number >= p.First && l.Number <= p.Last {
			return i + 1
		}
	}
	return 0
}

// A Part is a chapter of the course: a run of lesson numbers, both ends included.
type Part struct {
	Title       Text
	First, Last int
}

// Parts returns the five parts of the course in order.
func Parts() []Part {
	return []Part{
		{Text{"Server-Sent Events", "Eventos enviados por el servidor"}, 1, 7},
		{Text{"The WebSocket protocol", "El protocolo WebSocket"}, 8, 14},
		{Text{"Many connections", "Muchas conexiones"}, 15, 18},
		{Text{"Many servers and other protocols", "Muchos servidores y otros protocolos"}, 19, 23},
		{Text{"Capstone", "Proyecto final"}, 24, 24},
	}
}

var folder = regexp.MustCompile(`^(\d\d)-[a-z0-9]+(-[a-z0-9]+)*$`)

// IsID reports whether name has the form of a lesson's folder name: two digits, a dash, lower-case words.
func IsID(name string) bool { return folder.MatchString(name) }

// Load reads every lesson below the root of fsys (this package's [FS], or the working copy through os.DirFS),
// in the order of their numbers. A folder without a README.md is not a lesson yet. The error names the file that is
// wrong.
func Load(fsys fs.FS) ([]Lesson, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read lessons: %w", err)
	}
	var all []Lesson
	for _, e := range entries {
		if !e.IsDir() || !IsID(e.Name()) {
			continue
		}
		if _, err := fs.Stat(fsys, path.Join(e.Name(), "README.md")); err != nil {
			continue // somebody has just begun to write it
		}
		l, err := load(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Lesson) int { return a.Number - b.Number })
	return all, nil
}

// frontMatter is what stands between the two lines of dashes; README.es.md has only title and summary.
type frontMatter struct {
	Title   string   `yaml:"title"`
	Summary string   `yaml:"summary"`
	Minutes int      `yaml:"minutes"`
	Kind    string   `yaml:"kind"`
	Library string   `yaml:"library"`
	Files   []string `yaml:"files"`
	Reads   []string `yaml:"reads"`
}

func load(fsys fs.FS, id string) (Lesson, error) {
	en, notes, err := readNotes(fsys, path.Join(id, "README.md"))
	if err != nil {
		return Lesson{}, err
	}
	es, notas, err := readNotes(fsys, path.Join(id, "README.es.md"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not translated yet: the texts are English in both languages
		return Lesson{}, err
	}
	n, err := strconv.Atoi(id[:2])
	if err != nil {
		return Lesson{}, fmt.Errorf("lesson %q: %w", id, err)
	}
	return Lesson{
		ID: id, Number: n,
		Title: Text{en.Title, es.Title}, Summary: Text{en.Summary, es.Summary},
		Minutes: en.Minutes, Kind: en.Kind, Library: en.Library, Files: en.Files, Reads: en.Reads,
		Notes: Text{notes, notas},
	}, nil
}

func readNotes(fsys fs.FS, name string) (frontMatter, string, error) {
	var fm frontMatter
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fm, "", fmt.Errorf("notes: %w", err)
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")) // a checkout on Windows
	head, body, ok := strings.Cut(strings.TrimPrefix(string(src), "---\n"), "\n---\n")
	if !ok {
		return fm, "", fmt.Errorf("%s: no front matter between two lines of ---", name)
	}
	dec := yaml.NewDecoder(strings.NewReader(head))
	dec.KnownFields(true)
	if err := dec.Decode(&fm); err != nil {
		return fm, "", fmt.Errorf("%s: front matter: %w", name, err)
	}
	return fm, strings.TrimLeft(body, "\n"), nil
}
