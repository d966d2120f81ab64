// Package prose holds the style of rendered notes.
package prose

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

// Wide things scroll by themselves, and by keyboard too, so that the page never does.
func TestWideThingsScrollByThemselves(t *testing.T) {
	prose := pagestest.Page(t, "en/lessons/16-hub.html").One(".prose")
	for _, selector := range []string{"pre", "table", "svg"} {
		prose.Count(selector, 1)
		prose.Count(".scroll[tabindex='0'] > "+selector+", "+selector+"[tabindex='0']", 1)
	}
}
