// Package lesson holds the page of a lesson.
package lesson

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestHeaderSaysWhatTheLessonIs(t *testing.T) {
	doc := pagestest.Page(t, "en/lessons/16-hub.html")
	doc.One("h1").HasText("16 A hub")
	doc.One(".trail a").HasAttr("href", "../../en/index.html#part-3")
	header := doc.One(".header-fields")
	for _, want := range []string{"a server", "gorilla/websocket", "60 min", "lessons/16-hub/code.go", "go test ./lessons/16-hub"} {
		header.HasText(want)
	}
}

func TestNotesAreInThePage(t *testing.T) {
	prose := pagestest.Page(t, "en/lessons/16-hub.html").One(".prose")
	prose.One("a[href='../../en/glossary.html#frame']")
	prose.One("p > a[href='../../en/webography.html#rfc6455']").HasText("the RFC")
	prose.One("p a[href='../../en/lessons/16-hub.html']").HasText("another lesson")
	prose.HasText("a planned one and a file") // no page for either
	prose.One("figure svg[role=img][aria-label='Three readers around a hub']")
	prose.One("figure path[stroke='var(--line)'][marker-end='url(#picture-arrow)']")
	prose.One("pre.chroma .kd").HasText("func")
	prose.One(".scroll > table th:first-child").HasText("code")
}

func TestPagerLeadsToTheLessonsAround(t *testing.T) {
	middle := pagestest.Page(t, "en/lessons/03-sse-parser.html")
	middle.One(".pager a[rel=prev]").HasAttr("href", "../../en/lessons/01-first-sse.html")
	middle.One(".pager a[rel=next]").HasAttr("href", "../../en/lessons/16-hub.html")
	pagestest.Page(t, "en/lessons/01-first-sse.html").Count(".pager a[rel=prev]", 0)
	pagestest.Page(t, "en/lessons/16-hub.html").Count(".pager a[rel=next]", 0)
}
