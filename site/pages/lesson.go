package pages

import (
	"fmt"
	"html/template"
	"strings"

	"wirelab/lessons"
	"wirelab/site/search"
)

type lessonContent struct {
	Lesson     card
	Serves     bool // the exercise is a server, which can be run and talked to
	PartNumber int
	PartTitle  string
	PartLink   string
	Body       template.HTML
	BodyLang   string // the other language, if there are no notes in the page's own
	Reads      []read
	Prev, Next *card
}

// A read is a webography entry that a lesson recommends.
type read struct{ Anchor, Title string }

func (e *edition) lessonPages() error {
	for i := range e.lessons {
		if err := e.lessonPage(i); err != nil {
			return err
		}
	}
	return nil
}

func (e *edition) lessonPage(i int) error {
	l := e.lessons[i]
	if l.Part() == 0 {
		return fmt.Errorf("lesson %q: number %d belongs to no part of the course", l.ID, l.Number)
	}
	p := page{
		Lang: e.lang, Path: lessonPath(l), Section: "lesson",
		Title: l.Title.In(e.lang), Description: l.Summary.In(e.lang),
	}
	c := lessonContent{
		Lesson: e.card(l), Serves: l.Kind == "server", PartNumber: l.Part(), PartTitle: lessons.Parts()[l.Part()-1].Title.In(e.lang),
		PartLink: fmt.Sprintf("index.html#part-%d", l.Part()),
	}
	if i > 0 {
		prev := e.card(e.lessons[i-1])
		c.Prev = &prev
	}
	if i+1 < len(e.lessons) {
		next := e.card(e.lessons[i+1])
		c.Next = &next
	}
	notes, err := e.notesOf(l, p)
	if err != nil {
		return fmt.Errorf("lessons/%s/%s: %w", l.ID, e.text("README.md", "README.es.md"), err)
	}
	c.Body = template.HTML(notes.Body) // written by package markdown, which passes no raw HTML through
	p.TOC = notes.Headings
	if in := e.notesIn(l); in != e.lang {
		c.BodyLang = in
	}
	for i, s := range notes.Sections {
		found := search.Section{
			Page: p.Path, Anchor: s.ID, Title: s.Heading, Trail: c.Lesson.Number + " · " + p.Title, Kind: "lesson",
			Weight: headingWeight, Text: s.Text,
		}
		if i == 0 {
			found.Title, found.Trail, found.Weight = p.Title, c.Lesson.Number+" · "+c.PartTitle, pageWeight
			found.Text = strings.TrimSpace(p.Description + " " + s.Text)
		}
		e.find(found)
	}
	for _, id := range l.Reads {
		entry, ok := e.list.Entry(id)
		if !ok {
			return fmt.Errorf("lessons/%s/README.md: reads: the webography has no entry %q", l.ID, id)
		}
		c.Reads = append(c.Reads, read{"webography.html#" + id, entry.Title.In(e.lang)})
	}
	p.Content = c
	return e.write("lesson", p)
}

// notesIn is the language that a lesson's notes are shown in: the other one where nobody has written them in this.
func (e *edition) notesIn(l lessons.Lesson) string {
	if e.lang == "es" && l.Notes.ES == "" {
		return "en"
	}
	return e.lang
}
