// Package console holds the WebSocket console and the event stream console.
package console

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/pages/pagestest"
)

func TestEachConsoleHasAPage(t *testing.T) {
	for kind, title := range map[string]string{"websocket": "Consola WebSocket", "events": "Consola de flujos de eventos"} {
		doc := pagestest.Page(t, "es/console/"+kind+".html")
		doc.One("h1").HasText(title)
		doc.One("[data-part=present][hidden] [data-console=" + kind + "]")
		doc.One("[data-part=absent]").HasText("go run ./site") // what a static copy shows
		doc.One(".console-kinds a[aria-current]")
	}
}

func TestEveryFieldHasALabel(t *testing.T) {
	for _, kind := range []string{"websocket", "events"} {
		doc := pagestest.Page(t, "en/console/"+kind+".html")
		fields, labelled := doc.All(".console input, .console textarea, .console select"), doc.All(".console label input, .console label textarea, .console label select")
		assert.Len(t, labelled, len(fields), kind)
		assert.Greater(t, len(fields), 15)
	}
}

// The reasons that the tap knows and the words that the console has for them are the same.
func TestEveryReasonHasWords(t *testing.T) {
	program := ""
	for _, file := range []string{"../../tap/explain.go", "../../tap/target.go"} {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		program += string(src)
	}
	words, err := os.ReadFile("explain.js")
	require.NoError(t, err)
	reasons := regexp.MustCompile(`(?:Why = |Why: |return |word = |word := )"([a-z-]+)"`).FindAllStringSubmatch(program, -1)
	assert.Greater(t, len(reasons), 10)
	for _, m := range reasons {
		assert.Regexp(t, `(?m)^  "?`+m[1]+`"?: \(`, string(words))
	}
}
