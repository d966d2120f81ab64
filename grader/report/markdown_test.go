package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"
)

// rendered is Markdown as the most trusting viewer shows it: raw HTML, tables, bare addresses as links.
func rendered(t *testing.T, md string) *nethtml.Node {
	t.Helper()
	var b bytes.Buffer
	viewer := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	require.NoError(t, viewer.Convert([]byte(md), &b))
	doc, err := nethtml.Parse(&b)
	require.NoError(t, err)
	return doc
}

func feedback(t *testing.T, lang string, student int) string {
	t.Helper()
	r := New(madeUp(), lang)
	var b strings.Builder
	require.NoError(t, writeMarkdown(&b, r, r.Students[student]))
	return b.String()
}

func TestFeedback(t *testing.T) {
	doc := rendered(t, feedback(t, "en", 3))
	assert.Equal(t, []string{"Feedback: bruno"}, all(doc, "h1"))
	assert.Equal(t, []string{"01 A first event stream (3 of 6)", "10 Echo (2 of 4)", "16 A hub (4 of 9)"}, all(doc, "h2"))
	assert.Equal(t, "✘ A reader that stops reading does not delay the others.", all(doc, "h3")[2])
	assert.Equal(t, []string{"01", "A first event stream", "3 of 6"}, all(doc, "tbody tr:first-child td"))
	blocks := cascadia.QueryAll(doc, cascadia.MustCompile("pre code"))
	require.Len(t, blocks, 7)
	assert.Equal(t, "expected  close 1001 in answer to close 1001\ngot       the connection ended without a close frame\n", blocks[2].FirstChild.Data)
	lines := strings.Split(strings.TrimSpace(blocks[5].FirstChild.Data), "\n")
	require.Len(t, lines, 13)
	for i, word := range []string{"ana", "ana", "luz", "ivo"} { // the heading's column is where each name begins
		if i > 0 {
			assert.Equal(t, strings.Index(lines[0], "connection"), strings.Index(lines[i], word), lines[i])
		}
	}
	assert.Equal(t, " 10.009  luz         ·  note           10s passed  ◀ here it broke", lines[12])
	assert.Contains(t, inner(doc), "TestCloseCode , 0 of 2, run again, since the machine was busy the first time")
	assert.Contains(t, inner(doc), "Hint: Who holds the lock while writing to the slow peer?")
}

func TestFeedbackCannotBeInjected(t *testing.T) {
	md := feedback(t, "en", 0)
	doc := rendered(t, md)
	assert.Empty(t, cascadia.QueryAll(doc, cascadia.MustCompile("script, img, a, h4, h5, h6, [onerror]")))
	assert.Equal(t, []string{"Feedback: =cmd|'/c calc'!A1 " + strings.ReplaceAll(Visible(hostile, false), "  ", " ")}, all(doc, "h1"))
	assert.Len(t, all(doc, "h2"), 3)
	assert.Len(t, all(doc, "h3"), 2)
	assert.Contains(t, md, "`````text\n", "a payload with four backticks needs a fence of five")
}

func TestInline(t *testing.T) {
	for _, text := range []string{
		"plain text: nothing to do", "# a", "- a", "+ a", "1. a", "12) a", "=", "---", "a | b", "*a* _b_ ~~c~~ `d`", "<b>", "[a](b)", "![a](b)",
		"https://example.org", "www.example.org", "a@example.org", "&amp;", `\`, `a\`, "$x$", "<!-- a", "a < b && c > d",
	} {
		doc := rendered(t, Inline(text))
		assert.Equal(t, []string{text}, all(doc, "body > p"))
		assert.Empty(t, all(doc, "p *, ul, ol, h1, h2, hr"), text)
	}
	assert.Equal(t, "one line", Inline("one\n\n  line"))
	assert.Equal(t, []string{"a`b", "`a``"}, all(rendered(t, code("a`b")+" and "+code("`a``")), "code"))
}
