// Package pages turns the course into the files of the site: every page in English and Spanish, the style sheet,
// the scripts.
//
// The server serves these files and the static build writes them, byte for byte the same: every link is relative,
// and every page is a file with a name of its own, so that a copy works from a subfolder or straight from a disk.
package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"wirelab/lessons"
	"wirelab/site/glossary"
	"wirelab/site/markdown"
	"wirelab/site/search"
	"wirelab/site/ui"
	"wirelab/site/webography"
)

// Languages returns the languages of the site; the first is for readers of none of them.
func Languages() []string { return []string{"en", "es"} }

// A Site is what there is to serve: contents by path, without a leading slash: "en/lessons/16-hub.html".
type Site map[string][]byte

// Pages counts the site's pages.
func (s Site) Pages() int {
	n := 0
	for name := range s {
		if strings.HasSuffix(name, ".html") {
			n++
		}
	}
	return n
}

// Since names the files that differ from those of an earlier rendering, in order.
func (s Site) Since(before Site) []string {
	var names []string
	for name, body := range s {
		if !bytes.Equal(body, before[name]) {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := s[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// A Renderer renders the site; it keeps what does not change while the notes do.
type Renderer struct {
	templates *template.Template
	assets    Site
	list      webography.List
	terms     []glossary.Term
	markdown  *markdown.Renderer
	cache     *notesCache
}

// New prepares a Renderer.
func New() (*Renderer, error) {
	templates, err := ui.Templates()
	if err != nil {
		return nil, err
	}
	assets, err := assetFiles()
	if err != nil {
		return nil, err
	}
	list, err := webography.Load()
	if err != nil {
		return nil, err
	}
	terms, err := glossary.Load()
	if err != nil {
		return nil, err
	}
	return &Renderer{
		templates: templates, assets: assets, list: list, terms: terms,
		markdown: markdown.New(), cache: &notesCache{last: map[string]rendered{}},
	}, nil
}

// Render renders the whole site from the lessons in fsys; notes that have not changed since the last call are not
// rendered again. The error names the file that is wrong.
func (r *Renderer) Render(fsys fs.FS) (Site, error) {
	all, err := lessons.Load(fsys)
	if err != nil {
		return nil, err
	}
	langs := Languages()
	sites := make([]Site, len(langs))
	errs := make([]error, len(langs))
	var group sync.WaitGroup
	for i, lang := range langs {
		group.Go(func() {
			e := edition{Renderer: r, lang: lang, lessons: all, fsys: fsys, site: Site{}}
			sites[i], errs[i] = e.site, e.render()
		})
	}
	group.Wait()
	for _, err := range errs { // what is wrong in both languages is told of the first
		if err != nil {
			return nil, err
		}
	}
	site := maps.Clone(r.assets)
	for _, s := range sites {
		maps.Copy(site, s)
	}
	var door bytes.Buffer
	if err := r.templates.ExecuteTemplate(&door, "choose", nil); err != nil {
		return nil, fmt.Errorf("front door: %w", err)
	}
	site["index.html"] = door.Bytes()
	return site, nil
}

// An edition is the site in one language, being rendered.
type edition struct {
	*Renderer
	lang    string
	lessons []lessons.Lesson
	fsys    fs.FS
	site    Site
	found   []search.Section // places that a search can lead to, as pages are rendered
}

func (e *edition) render() error {
	for _, step := range []func() error{e.home, e.lessonPages, e.webography, e.glossary, e.consoles, e.notFound, e.searchIndex} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// write renders a page by the template of its name.
func (e *edition) write(name string, p page) error {
	p.Lang = e.lang
	var b bytes.Buffer
	if err := e.templates.ExecuteTemplate(&b, name, p); err != nil {
		return fmt.Errorf("page %s/%s: %w", p.Lang, p.Path, err)
	}
	path := p.Path
	if path == "" {
		path = "404.html"
	}
	e.site[e.lang+"/"+path] = b.Bytes()
	return nil
}

// text says something in the edition's language.
func (e *edition) text(en, es string) string { return lessons.Text{EN: en, ES: es}.In(e.lang) }

// notFound writes the page for addresses that lead nowhere. It is shown at any depth, so its links are absolute.
func (e *edition) notFound() error {
	return e.write("notfound", page{
		Section: "notfound",
		Title:   e.text("Not found", "No encontrada"), Description: e.text("There is no such page.", "Esa página no existe."),
	})
}
