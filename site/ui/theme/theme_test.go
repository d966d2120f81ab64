// Package theme holds the switch between light and dark.
package theme

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

// Without its script the switch would do nothing, so it is not shown; the page follows the system.
func TestSwitchIsHiddenUntilItsScriptRuns(t *testing.T) {
	button := pagestest.Page(t, "en/index.html").One("button.theme[hidden]")
	button.HasText("Dark colours")
	button.HasAttr("aria-pressed", "false")
}
