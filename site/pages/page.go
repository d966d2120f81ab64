package pages

import (
	"strings"

	"wirelab/lessons"
	"wirelab/site/markdown"
)

// A page is what every template reads.
type page struct {
	Lang        string
	Path        string // within its language: "lessons/16-hub.html"; empty for a page that is shown at any address
	Title       string
	Description string
	Section     string // "home", "lesson", "webography", "glossary", "console" or "notfound"
	TOC         []markdown.Heading
	Content     any // what the page's own template reads
}

// T says something in the page's language.
func (p page) T(en, es string) string { return lessons.Text{EN: en, ES: es}.In(p.Lang) }

// Other is the language that the page can be switched to.
func (p page) Other() string { return p.T("es", "en") }

// root leads from the page to the top of the site.
func (p page) root() string {
	if p.Path == "" {
		return "/"
	}
	return strings.Repeat("../", 1+strings.Count(p.Path, "/"))
}

// Link leads to a page of the same language: "webography.html#rfc6455".
func (p page) Link(to string) string { return p.root() + p.Lang + "/" + to }

// Switch leads to the same page in the other language.
func (p page) Switch() string {
	if p.Path == "" {
		return p.root() + p.Other() + "/index.html"
	}
	return p.root() + p.Other() + "/" + p.Path
}

// Asset leads to a style sheet, script or picture.
func (p page) Asset(name string) string { return p.root() + "assets/" + name }
