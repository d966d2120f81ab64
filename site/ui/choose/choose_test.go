// Package choose holds the front door of the static copy.
package choose

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestBothLanguagesAreOfferedWithoutAScript(t *testing.T) {
	doc := pagestest.Page(t, "index.html")
	doc.One("a[lang=en]").HasAttr("href", "en/index.html")
	doc.One("a[lang=es]").HasAttr("href", "es/index.html")
}
