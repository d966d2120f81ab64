// Package notfound holds the page for addresses that lead nowhere.
package notfound

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

// It is shown at any depth, so it cannot use relative links.
func TestItFindsTheWayHomeFromAnywhere(t *testing.T) {
	doc := pagestest.Page(t, "es/404.html")
	doc.One(".notfound a").HasAttr("href", "/es/index.html")
	doc.One("link[rel=stylesheet]").HasAttr("href", "/assets/site.css")
	doc.One("a.language").HasAttr("href", "/en/index.html")
}
