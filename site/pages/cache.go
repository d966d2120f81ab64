package pages

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"sync"

	"wirelab/lessons"
	"wirelab/site/markdown"
)

// A notesCache remembers the rendered notes of each lesson: highlighting is nearly all of the work, and while
// someone writes one lesson, the others stay as they are.
type notesCache struct {
	mu   sync.Mutex
	last map[string]rendered // by language and lesson
}

type rendered struct {
	from [sha256.Size]byte // everything that the outcome depends on
	html markdown.HTML
}

// notesOf renders the notes of l for page p, or finds them rendered.
func (e *edition) notesOf(l lessons.Lesson, p page) (markdown.HTML, error) {
	pictures, err := fs.Sub(e.fsys, l.ID)
	if err != nil {
		return markdown.HTML{}, fmt.Errorf("pictures: %w", err)
	}
	from, err := e.fingerprint(l, pictures)
	if err != nil {
		return markdown.HTML{}, err
	}
	key := e.lang + "/" + l.ID
	e.cache.mu.Lock()
	last, ok := e.cache.last[key]
	e.cache.mu.Unlock()
	if ok && last.from == from {
		return last.html, nil
	}
	html, err := e.markdown.Render(l.Notes.In(e.lang), markdown.Context{
		Resolve:  e.resolver(p),
		Pictures: pictures,
		Anchor:   e.text("Link to this section", "Enlace a esta sección"),
		Taken:    []string{"content", "toc-title", "webography-reads", "search", "shortcuts"},
		Lang:     e.notesIn(l),
		Terms:    e.explained(p),
	})
	if err != nil {
		return markdown.HTML{}, err
	}
	e.cache.mu.Lock()
	e.cache.last[key] = rendered{from, html}
	e.cache.mu.Unlock()
	return html, nil
}

// fingerprint covers the notes, the pictures that they may show, and which lessons there are to link to.
func (e *edition) fingerprint(l lessons.Lesson, pictures fs.FS) ([sha256.Size]byte, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q", l.Notes.In(e.lang))
	names, err := fs.Glob(pictures, "*.svg")
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("pictures: %w", err)
	}
	for _, name := range names {
		src, err := fs.ReadFile(pictures, name)
		if err != nil {
			return [sha256.Size]byte{}, fmt.Errorf("picture: %w", err)
		}
		fmt.Fprintf(sum, "%q %q", name, src)
	}
	for _, other := range e.lessons {
		fmt.Fprintf(sum, "%q", other.ID)
	}
	return [sha256.Size]byte(sum.Sum(nil)), nil
}
