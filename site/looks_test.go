package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/lessons"
	"wirelab/site/pages"
)

// looks are the pages of every kind, each as one sees it in use.
var looks = []struct {
	name, page string
	prepare    string // JavaScript before one looks
}{
	{"home", "index.html", ""},
	{"lesson", "lessons/16-hub.html", ""},
	{"lesson-program", "lessons/10-echo.html", `document.querySelector("#tab-program").click()`},
	{"lesson-tests", "lessons/10-echo.html", `document.querySelector("#tab-tests").click()`},
	{"lesson-websocket", "lessons/10-echo.html", `(() => { document.querySelector("#tab-websocket").click(); talk(wirelabBench.websocket); })()`},
	{"lesson-events", "lessons/10-echo.html", `document.querySelector("#tab-events").click()`},
	{"console-websocket", "console/websocket.html", `(() => { for (const d of document.querySelectorAll(".fold")) d.open = true; talk(wirelabConsole); })()`},
	{"console-events", "console/events.html", `talk(wirelabConsole)`},
	{"webography", "webography.html", ""},
	{"glossary", "glossary.html", ""},
	{"notfound", "none.html", ""},
}

// talk puts a conversation into a console's log, with its last row chosen.
const talk = `globalThis.talk = (one) => {
	const row = (at, dir, kind, more) => ({time: 1.7e12 + at, conn: "ws1", dir, kind, length: 0, ...more});
	one.show([
		row(0, "", "open", {data: "127.0.0.1:41231"}),
		row(1, "send", "request", {data: "GET /ws HTTP/1.1\nHost: 127.0.0.1:41231\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}),
		row(4, "receive", "response", {code: 101, data: "HTTP/1.1 101 Switching Protocols\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}),
		row(912, "send", "text", {data: "¡hola!", length: 7, masked: true, head: "818737fa213d", wire: 13}),
		row(914, "receive", "text", {data: "¡hola!", length: 7, head: "8107", wire: 9}),
		row(2000, "receive", "ping", {head: "8900", wire: 2}),
		row(2001, "send", "pong", {masked: true, head: "8a80a10c5e77", wire: 6}),
		row(2600, "receive", "event", {event: "goal", event_id: "41", data: "{\"minute\":70}", length: 13}),
		row(2700, "receive", "comment", {data: "still here", length: 10}),
		row(3001, "receive", "binary", {encoding: "hex", data: "00ff10a0b0c0", length: 6, head: "8206", wire: 8}),
		row(4200, "receive", "text", {data: "{\"room\":\"blue\",\"members\":[\"ana\",\"luis\"],\"count\":2,\"open\":true,\"topic\":null}", length: 75, head: "814b", wire: 77}),
		row(5000, "receive", "close", {code: 1001, data: "so long", length: 9, head: "8809", wire: 11, wrong: true}),
	]);
	one.log.choose(one.log.rows[10]);
};`

// look opens a page.
func look(ctx context.Context, t *testing.T, base, lang string, i int) {
	t.Helper()
	do(ctx, t, chromedp.Navigate(base+"/"+lang+"/"+looks[i].page))
	if strings.Contains(looks[i].name, "-") {
		holds(ctx, t, looks[i].name, `globalThis.wirelabConsole || document.body.classList.contains("has-bench")`)
	}
	if looks[i].prepare != "" {
		do(ctx, t, script(talk+looks[i].prepare))
	}
}

// theme makes the page light or dark, and waits until it is drawn.
func theme(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	do(ctx, t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return chromedp.Void{}, err
	})
	value[bool](ctx, t, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// No rule of axe-core finds anything on any kind of page as one uses it, in either theme; nothing is wider than the screen. Pictures
// of it all go to the folder that WIRELAB_PICTURES names, for people to look at.
func TestBrowserFindsNoBarrier(t *testing.T) {
	ctx := browser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	require.NoError(t, err)
	solved(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	for i, page := range looks {
		lang := []string{"en", "es"}[i%2]
		look(ctx, t, base, lang, i)
		theme(ctx, t, "light")
		do(ctx, t, script(string(axe)))
		assert.Empty(t, barriers(ctx, t, `{}`), "%s, light", page.name)
		picture(ctx, t, page.name+"-1280-light")
		theme(ctx, t, "dark")
		assert.Empty(t, barriers(ctx, t, `{runOnly: ["color-contrast"]}`), "%s, dark", page.name)
		picture(ctx, t, page.name+"-1280-dark")
		do(ctx, t, chromedp.EmulateViewport(390, 844))
		picture(ctx, t, page.name+"-390-dark")
		theme(ctx, t, "light")
		wide := value[int](ctx, t, `document.documentElement.scrollWidth`)
		assert.LessOrEqual(t, wide, 390, "%s in %s", page.name, lang)
		picture(ctx, t, page.name+"-390-light")
		do(ctx, t, chromedp.EmulateViewport(1280, 900))
	}

	do(ctx, t, script(`document.querySelector("main").innerHTML = "<img src=x><p style='color:#999'>grey</p>"`))
	assert.NotEmpty(t, barriers(ctx, t, `{}`), "what is wrong is found")
}

// Nor on any page at all, in either language and theme.
func TestBrowserFindsNoBarrierOnAnyPage(t *testing.T) {
	ctx := browser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	require.NoError(t, err)
	renderer, err := pages.New()
	require.NoError(t, err)
	site, err := renderer.Render(lessons.FS)
	require.NoError(t, err)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	seen := 0
	for _, name := range slices.Sorted(maps.Keys(site)) {
		if !strings.HasSuffix(name, ".html") || !strings.Contains(name, "/") {
			continue
		}
		seen++
		do(ctx, t, chromedp.Navigate(base+"/"+name))
		theme(ctx, t, "light")
		do(ctx, t, script(string(axe)))
		assert.Empty(t, barriers(ctx, t, `{}`), "%s, light", name)
		theme(ctx, t, "dark")
		assert.Empty(t, barriers(ctx, t, `{runOnly: ["color-contrast"]}`), "%s, dark", name)
	}
	assert.Greater(t, seen, 20)
}

// barriers are what axe-core finds: the rule, the place, what to do.
func barriers(ctx context.Context, t *testing.T, options string) []string {
	t.Helper()
	return value[[]string](ctx, t, `axe.run(document, {resultTypes: ["violations"], ...`+options+`}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)))`)
}

func picture(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	out := os.Getenv("WIRELAB_PICTURES")
	if out == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(out, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(out, name+".png"), png, 0o600))
}
