// Package layout holds the frame of every page.
package layout

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestMastheadLeadsEverywhere(t *testing.T) {
	doc := pagestest.Page(t, "es/lessons/16-hub.html")
	doc.One(".masthead a.brand").HasAttr("href", "../../es/index.html")
	doc.One(".menu a[href='../../es/webography.html']").HasText("Webografía")
	doc.One(".menu a[href='../../es/glossary.html']").HasText("Glosario")
	doc.One(".menu a[aria-current]").HasText("Lecciones")
	doc.One("a.language").HasAttr("href", "../../en/lessons/16-hub.html")
	doc.One("a.language").HasAttr("lang", "en")
}

func TestKeyboardReachesTheContentFirst(t *testing.T) {
	doc := pagestest.Page(t, "en/glossary.html")
	doc.One("body > a.skip:first-child").HasAttr("href", "#content")
	doc.One("main#content").HasAttr("tabindex", "-1")
}

func TestThemeIsChosenBeforeThePageIsDrawn(t *testing.T) {
	doc := pagestest.Page(t, "en/index.html")
	doc.One("head > script[src$='theme.js']:not([defer])")
	doc.One("head > link[rel=alternate] ~ script[src$='language.js']:not([defer])")
	doc.Count("head > script:not([defer]):not([type=module])", 2)
}
