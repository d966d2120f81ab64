// Package progress holds the mark that says how far a lesson has come.
package progress

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

// A copy without the program knows nothing of the reader, and shows nothing.
func TestProgressIsHiddenUntilItIsKnown(t *testing.T) {
	pagestest.Page(t, "en/index.html").Count(".card [data-progress][hidden]", 3)
	pagestest.Page(t, "es/lessons/16-hub.html").One(".title [data-progress='16-hub'][hidden]")
}
