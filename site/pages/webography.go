package pages

import (
	"html/template"
	"slices"

	"wirelab/lessons"
	"wirelab/site/markdown"
	"wirelab/site/search"
	"wirelab/site/webography"
)

type webographyContent struct {
	Quick    []quickView
	Sections []sectionView
}

type quickView struct {
	Entry entryView
	Text  string
	Go    []linkView
}

type sectionView struct {
	ID, Title string
	Entries   []entryView
}

type entryView struct {
	ID, Title, Address, Note string
	Text                     template.HTML
	Go                       []linkView
	Lessons                  []lessonLink
}

type linkView struct {
	Name    template.HTML
	Address string
}

// A lessonLink is a lesson's number; without a page while it is not written.
type lessonLink struct{ Number, Page, Title string }

func (e *edition) webography() error {
	p := page{
		Lang: e.lang, Path: "webography.html", Section: "webography",
		Title: e.text("Webography", "Webografía"),
		Description: e.text(
			"What to read about WebSockets and Server-Sent Events, with the counterpart in Go.",
			"Qué leer sobre WebSockets y eventos enviados por el servidor, con su equivalente en Go."),
		TOC: []markdown.Heading{{Level: 2, ID: "quick-reference", Text: e.text("Quick reference", "Referencia rápida")}},
	}
	e.find(search.Section{Page: p.Path, Title: p.Title, Kind: "webography", Weight: pageWeight, Text: p.Description})
	var c webographyContent
	for _, q := range e.list.Quick {
		entry, _ := e.list.Entry(q.Entry) // webography.Load has looked
		view, err := e.entry(entry, p)
		if err != nil {
			return err
		}
		links, err := e.links(q.Go, p)
		if err != nil {
			return err
		}
		c.Quick = append(c.Quick, quickView{view, q.Text.In(e.lang), links})
	}
	for _, s := range e.list.Sections {
		section := sectionView{ID: s.ID, Title: s.Title.In(e.lang)}
		for _, entry := range s.Entries {
			view, err := e.entry(entry, p)
			if err != nil {
				return err
			}
			section.Entries = append(section.Entries, view)
			e.find(search.Section{
				Page: p.Path, Anchor: entry.ID, Title: view.Title, Trail: p.Title + " · " + section.Title, Kind: "webography",
				Weight: entryWeight, Text: e.markdown.Plain(entry.Text.In(e.lang)),
			})
		}
		c.Sections = append(c.Sections, section)
		p.TOC = append(p.TOC, markdown.Heading{Level: 2, ID: s.ID, Text: section.Title})
	}
	p.Content = c
	return e.write("webography", p)
}

func (e *edition) entry(entry webography.Entry, p page) (entryView, error) {
	text, err := e.short(entry.Text.In(e.lang), p)
	if err != nil {
		return entryView{}, err
	}
	links, err := e.links(entry.Go, p)
	if err != nil {
		return entryView{}, err
	}
	view := entryView{
		ID: entry.ID, Title: entry.Title.In(e.lang), Address: entry.Address, Note: entry.Note.In(e.lang),
		Text: text, Go: links,
	}
	for _, n := range entry.Lessons {
		link := lessonLink{Number: twoDigits(n)}
		if i := slices.IndexFunc(e.lessons, func(l lessons.Lesson) bool { return l.Number == n }); i >= 0 {
			link.Page, link.Title = lessonPath(e.lessons[i]), e.lessons[i].Title.In(e.lang)
		}
		view.Lessons = append(view.Lessons, link)
	}
	return view, nil
}

func (e *edition) links(links []webography.Link, p page) ([]linkView, error) {
	var views []linkView
	for _, l := range links {
		name, err := e.phrase(l.Name.In(e.lang), p)
		if err != nil {
			return nil, err
		}
		views = append(views, linkView{name, l.Address})
	}
	return views, nil
}
