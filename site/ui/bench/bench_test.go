// Package bench holds the workbench at the foot of a lesson: its program, its tests, and consoles that talk to it.
package bench

import (
	"testing"

	"wirelab/site/pages/pagestest"
)

func TestAServerCanBeRunAndTalkedTo(t *testing.T) {
	bench := pagestest.Page(t, "es/lessons/16-hub.html").One(".bench[hidden][data-bench='16-hub'][data-serves]")
	bench.One("button.run[aria-pressed=false]").HasText("Ejecutar")
	bench.One("#panel-program").HasText("no hay un sandbox alrededor")
	bench.One("#panel-websocket [data-console=websocket]")
	bench.One("#panel-events [data-console=events]")
}

// Each tab names its panel, each panel its tab.
func TestTabsAndPanelsBelongTogether(t *testing.T) {
	doc := pagestest.Page(t, "en/lessons/16-hub.html")
	tabs := doc.All(".bench [role=tab]")
	if len(tabs) != 4 {
		t.Fatalf("%d tabs", len(tabs))
	}
	for _, tab := range tabs {
		doc.One("#"+tab.Attr("aria-controls")+"[role=tabpanel]").HasAttr("aria-labelledby", tab.Attr("id"))
	}
}
