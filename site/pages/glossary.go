package pages

import (
	"html/template"
	"strings"

	"wirelab/lessons"
	"wirelab/site/glossary"
	"wirelab/site/markdown"
	"wirelab/site/search"
)

type glossaryContent struct{ Letters []letterView }

type letterView struct {
	Letter, ID string
	Terms      []termView
}

type termView struct {
	ID, Term, Other string // Other is the term in the other language, if it differs
	Text            template.HTML
	FieldID, Field  string
	See             []seeView
}

type seeView struct{ ID, Term string }

func (e *edition) glossary() error {
	p := page{
		Lang: e.lang, Path: "glossary.html", Section: "glossary",
		Title: e.text("Glossary", "Glosario"),
		Description: e.text(
			"The words of WebSockets, Server-Sent Events and of this course.",
			"Las palabras de los WebSockets, de los eventos enviados por el servidor y de este curso."),
	}
	var c glossaryContent
	for _, t := range glossary.Sorted(e.terms, e.lang) {
		view, err := e.term(t, p)
		if err != nil {
			return err
		}
		letter := glossary.Initial(t, e.lang)
		if n := len(c.Letters); n == 0 || c.Letters[n-1].Letter != letter {
			c.Letters = append(c.Letters, letterView{Letter: letter, ID: "letter-" + letter})
		}
		e.find(search.Section{
			Page: p.Path, Anchor: t.ID, Title: view.Term, Trail: strings.TrimSpace(p.Title + " " + view.Other), Kind: "glossary",
			Weight: termWeight, Text: e.markdown.Plain(t.Text.In(e.lang)),
		})
		last := &c.Letters[len(c.Letters)-1]
		last.Terms = append(last.Terms, view)
	}
	p.Content = c
	return e.write("glossary", p)
}

// explained returns the terms as the text of page p uses them.
func (e *edition) explained(p page) markdown.Terms {
	var all []markdown.Term
	for _, t := range e.terms {
		term := markdown.Term{ID: t.ID, Address: p.Link("glossary.html#" + t.ID), Text: e.markdown.Plain(t.Text.In(e.lang))}
		if !t.Everyday {
			term.Names = t.Names(e.lang)
		}
		all = append(all, term)
	}
	return markdown.NewTerms(all)
}

func (e *edition) term(t glossary.Term, p page) (termView, error) {
	text, err := e.phrase(t.Text.In(e.lang), p)
	if err != nil {
		return termView{}, err
	}
	view := termView{
		ID: t.ID, Term: t.Term.In(e.lang), Text: text,
		FieldID: t.Field, Field: field(t.Field).In(e.lang),
	}
	if other := t.Term.In(p.Other()); other != view.Term {
		view.Other = other
	}
	for _, id := range t.See {
		for _, other := range e.terms {
			if other.ID == id {
				view.See = append(view.See, seeView{id, other.Term.In(e.lang)})
			}
		}
	}
	return view, nil
}

// field is where a term belongs, in words.
func field(f string) lessons.Text {
	switch f {
	case "websocket":
		return lessons.Text{EN: "WebSocket"}
	case "sse":
		return lessons.Text{EN: "SSE"}
	case "http":
		return lessons.Text{EN: "HTTP"}
	case "architecture":
		return lessons.Text{EN: "many connections", ES: "muchas conexiones"}
	}
	return lessons.Text{EN: "this course", ES: "este curso"}
}
