// Package toc holds the contents list of long pages.
package toc

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestContentsListFollowsTheHeadings(t *testing.T) {
	doc := pagestest.Page(t, "es/lessons/01-first-sse.html")
	doc.Count(".toc li", 3)
	doc.One(".toc .level-3 a").HasText("Qué pasa")
	doc.One(".toc a[href='#qu%c3%a9-pasar%c3%a1-despu%c3%a9s-1']").HasText("¿Qué pasará después?")
	doc.Count(".prose h2[id='qué-pasará-después-1']", 1)
}

func TestShortPagesHaveNone(t *testing.T) {
	pagestest.Page(t, "en/index.html").Count(".toc", 0)
}
