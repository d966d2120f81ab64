// Package home holds the first page.
package home

import (
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/site/pages/pagestest"
)

func TestLessonsHangOnTheirParts(t *testing.T) {
	parts := pagestest.Page(t, "en/index.html").All(".part")
	require.Len(t, parts, 5)
	parts[0].HasText("Part 1")
	parts[0].Count(".card", 2)
	parts[0].HasText("More in preparation")
	parts[0].Count(".register .ready", 2)
	parts[0].Count(".register span", 7)
	parts[2].Count(".card", 1)
	for _, empty := range []int{1, 3, 4} {
		parts[empty].Count(".card", 0)
		parts[empty].One(".soon").HasText("In preparation")
	}
}

func TestCardSaysWhatOneWantsToKnow(t *testing.T) {
	card := pagestest.Page(t, "es/index.html").One(".card[href='../es/lessons/16-hub.html']")
	for _, want := range []string{"16", "Un hub", "Sobre Un hub.", "un servidor", "gorilla/websocket", "60 min"} {
		card.HasText(want)
	}
}

func TestStartLeadsToTheFirstLesson(t *testing.T) {
	doc := pagestest.Page(t, "en/index.html")
	doc.One("a.button").HasAttr("href", "../en/lessons/01-first-sse.html")
	doc.One("a.button").HasText("First stream")
	doc.One(".figures").HasText("3 of 24")
}
