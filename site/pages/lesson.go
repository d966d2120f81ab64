package pages

import (
	"fmt"
	"html/template"

	"wirelab/lessons"
)

type lessonContent struct {
	Lesson     card
	PartNumber int
	PartTitle  string
	PartLink   string
	Body       template.HTML
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
		Lesson: e.card(l), PartNumber: l.Part(), PartTitle: lessons.Parts()[l.Part()-1].Title.In(e.lang),
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
