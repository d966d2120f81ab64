package pages

import (
	"fmt"

	"wirelab/lessons"
)

// A card is a lesson as other pages show it.
type card struct {
	Page          string // path of its page
	Number        string // "07"
	ID            string
	Title         string
	Summary       string
	Kind, Library string
	Minutes       int
	Files         []string
}

func (e *edition) card(l lessons.Lesson) card {
	return card{
		Page: lessonPath(l), Number: twoDigits(l.Number), ID: l.ID,
		Title: l.Title.In(e.lang), Summary: l.Summary.In(e.lang),
		Kind: kind(l.Kind).In(e.lang), Library: library(l.Library).In(e.lang),
		Minutes: l.Minutes, Files: l.Files,
	}
}

func lessonPath(l lessons.Lesson) string { return "lessons/" + l.ID + ".html" }

func twoDigits(n int) string { return fmt.Sprintf("%02d", n) }

// kind is what a student writes, in words.
func kind(k string) lessons.Text {
	switch k {
	case "server":
		return lessons.Text{EN: "a server", ES: "un servidor"}
	case "client":
		return lessons.Text{EN: "a client", ES: "un cliente"}
	case "bytes":
		return lessons.Text{EN: "a codec", ES: "un códec"}
	case "examiner":
		return lessons.Text{EN: "the checks", ES: "las comprobaciones"}
	}
	return lessons.Text{EN: k}
}

func library(l string) lessons.Text {
	switch l {
	case "std":
		return lessons.Text{EN: "net/http"}
	case "coder", "gorilla":
		return lessons.Text{EN: l + "/websocket"}
	case "go-redis":
		return lessons.Text{EN: "redis/go-redis"}
	case "any":
		return lessons.Text{EN: "your choice", ES: "la que quieras"}
	}
	return lessons.Text{EN: l}
}

type homeContent struct {
	Parts   []partContent
	Ready   int    // lessons that exist
	Planned int    // lessons of the finished course
	Entries int    // in the webography
	Start   *card  // the first lesson there is
	Sample  string // a lesson's id, for commands that are shown
}

type partContent struct {
	Number  int
	Title   string
	Lessons []card
	Cells   []cell // one for each number of the part
	Missing bool   // whether some of its lessons do not exist yet
}

type cell struct {
	Number string
	Ready  bool
}

func (e *edition) home() error {
	c := homeContent{Ready: len(e.lessons), Sample: "01-first-sse"}
	for i, p := range lessons.Parts() {
		c.Planned = max(c.Planned, p.Last)
		part := partContent{Number: i + 1, Title: p.Title.In(e.lang)}
		ready := map[int]bool{}
		for _, l := range e.lessons {
			if l.Part() == i+1 {
				part.Lessons = append(part.Lessons, e.card(l))
				ready[l.Number] = true
			}
		}
		for n := p.First; n <= p.Last; n++ {
			part.Cells = append(part.Cells, cell{twoDigits(n), ready[n]})
			part.Missing = part.Missing || !ready[n]
		}
		c.Parts = append(c.Parts, part)
	}
	for _, s := range e.list.Sections {
		c.Entries += len(s.Entries)
	}
	if len(e.lessons) > 0 {
		first := e.card(e.lessons[0])
		c.Start, c.Sample = &first, first.ID
	}
	return e.write("home", page{
		Path: "index.html", Section: "home",
		Title: e.text("Wirelab: WebSockets and Server-Sent Events in Go", "Wirelab: WebSockets y eventos enviados por el servidor en Go"),
		Description: e.text(
			"Learn WebSockets and Server-Sent Events in Go by making failing tests pass.",
			"Aprende WebSockets y eventos enviados por el servidor en Go haciendo pasar pruebas que fallan."),
		Content: c,
	})
}
