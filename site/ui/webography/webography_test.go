// Package webography holds the page of the reading list.
package webography

import (
	"testing"

	"wirelab/site/pages/pagestest"
	list "wirelab/site/webography"
)

func TestEveryEntryIsOnThePage(t *testing.T) {
	l, err := list.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		doc := pagestest.Page(t, lang+"/webography.html")
		for _, s := range l.Sections {
			doc.One("h2[id='" + s.ID + "']").HasText(s.Title.In(lang))
			for _, e := range s.Entries {
				entry := doc.One(".entry[id='" + e.ID + "']")
				entry.One("h3").HasText(e.Title.In(lang))
				address := entry.One(".address a")
				address.HasText(e.Address) // visible, even where it no longer leads anywhere
				entry.HasText(e.Note.In(lang))
				entry.Count(".annotation p", 1)
			}
		}
	}
}

func TestQuickReferenceNamesThreeAddresses(t *testing.T) {
	quick := pagestest.Page(t, "en/webography.html").One(".quick")
	quick.Count("li", 3)
	quick.One("a[href='#mdn-eventsource']")
	quick.One("a[href='https://pkg.go.dev/github.com/coder/websocket']").HasText("coder/websocket")
}

func TestLessonsThatExistAreLinks(t *testing.T) {
	doc := pagestest.Page(t, "en/webography.html")
	entry := doc.One("#sse-starlette")
	entry.Count(".register > *", 4)
	entry.One(".register a[href='../en/lessons/01-first-sse.html']").HasText("01")
	entry.Count(".register a", 1)
}
