// Package log holds the log of a console: what went over the wire, one row for each frame and event.
package log

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/pages/pagestest"
)

func TestTheLogIsAListToChooseFrom(t *testing.T) {
	log := pagestest.Page(t, "en/console/websocket.html").One(".log")
	log.One("[role=listbox][tabindex='0']")
	log.One("[role=status][data-log=said]")
	for _, act := range []string{"find", "dir", "kind", "time", "follow", "pause", "clear", "har", "gotest", "tab", "report"} {
		log.One("[data-log=" + act + "]")
	}
}

// The script places rows by their height, which the style gives them.
func TestRowsAreAsHighAsTheScriptBelieves(t *testing.T) {
	script, err := os.ReadFile("log.js")
	require.NoError(t, err)
	style, err := os.ReadFile("log.css")
	require.NoError(t, err)
	assert.Contains(t, string(script), "const height = 26;")
	assert.Contains(t, string(style), ".log-row { height: 26px;")
}
