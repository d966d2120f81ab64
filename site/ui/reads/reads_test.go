// Package reads holds a lesson's doors to the webography.
package reads

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestReadsLeadToTheirPlaceInTheWebography(t *testing.T) {
	reads := pagestest.Page(t, "es/lessons/01-first-sse.html").One(".reads")
	reads.Count("a", 2)
	reads.One("a[href='../../es/webography.html#rfc6455']").HasText("El protocolo WebSocket")
	reads.One("a[href='../../es/webography.html#mdn-sse']")
}
