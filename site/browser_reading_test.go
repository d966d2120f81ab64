package main

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
)

func key(keys string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(keys) }

// speaks makes the browser one of somebody who reads that language.
func speaks(ctx context.Context, t *testing.T, language string) {
	t.Helper()
	do(ctx, t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		agent, err := chromedp.Evaluate[string](`navigator.userAgent`)(ctx, target)
		if err == nil {
			_, err = cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language})
		}
		return chromedp.Void{}, err
	})
}

// Results come as one types, accents or none, in both languages; Enter opens the chosen one.
func TestBrowserSearches(t *testing.T) {
	ctx := browser(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	do(ctx, t, chromedp.Navigate(base+"/es/"))
	holds(ctx, t, "the page is ready", `!document.querySelector(".search-open").hidden`)
	do(ctx, t, key("/"))
	holds(ctx, t, "the search is open", `document.querySelector("#search").open`)
	do(ctx, t, key("codigo de cier"))
	holds(ctx, t, "found without its accent", `/código de cierre/i.test(document.querySelector("#search li:first-child strong")?.textContent)`)
	assert.True(t, value[bool](ctx, t, `!!document.querySelector("#search mark")`), "what was typed is marked")
	do(ctx, t, key(kb.Enter))
	holds(ctx, t, "there", `location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))`)

	do(ctx, t, chromedp.Navigate(base+"/en/"))
	holds(ctx, t, "the page is ready", `!document.querySelector(".search-open").hidden`)
	do(ctx, t, key("/"), key("trama"))
	holds(ctx, t, "words of the other language are found", `document.querySelector("#search a[lang=es]")`)
	do(ctx, t, key(kb.Escape))
	holds(ctx, t, "closed", `!document.querySelector("#search").open`)
}

// Terms are explained where they stand, questions answered in place; keys of a single letter can be switched off.
func TestBrowserHelpsToRead(t *testing.T) {
	ctx := browser(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	do(ctx, t, chromedp.Navigate(base+"/en/lessons/10-echo.html"))
	holds(ctx, t, "the page is ready", `!document.querySelector(".search-open").hidden`)

	do(ctx, t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) { // as if its window were in front
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return chromedp.Void{}, err
	})
	const shown = `document.querySelector("#term-meaning")?.hidden === false`
	do(ctx, t, script(`document.querySelector("a.term[data-explain]").focus()`))
	holds(ctx, t, "explained on focus", shown+` && document.activeElement.getAttribute("aria-describedby") === "term-meaning"`)
	do(ctx, t, key(kb.Escape))
	holds(ctx, t, "sent away", `!(`+shown+`)`)
	do(ctx, t, script(`document.activeElement.blur(); document.querySelector("a.term[data-explain]").scrollIntoView({block: "center", behavior: "instant"})`))
	at := value[[]float64](ctx, t, `(() => { const r = document.querySelector("a.term[data-explain]").getClientRects()[0]; return [r.left + 3, r.top + r.height / 2]; })()`)
	do(ctx, t, chromedp.MouseEvent("mouseMoved", at[0], at[1]))
	holds(ctx, t, "explained under the pointer", shown)
	do(ctx, t, chromedp.MouseEvent("mouseMoved", 2, 2))
	holds(ctx, t, "gone with it", `!(`+shown+`)`)

	const quiz = `fieldset.quiz:has(input[type=radio])`
	do(ctx, t, click(quiz+" label:not([data-right]) input"))
	holds(ctx, t, "a wrong answer", `document.querySelector(".quiz-said.wrong") && !document.querySelector("`+quiz+` details").open`)
	do(ctx, t, click(quiz+" label[data-right] input"))
	holds(ctx, t, "a right one is explained", `document.querySelector(".quiz-said.right") && document.querySelector("`+quiz+` details").open`)

	do(ctx, t, script(`document.activeElement.blur()`), key("?"))
	holds(ctx, t, "the list of keys", `document.querySelector("#shortcuts").open && document.querySelectorAll("#shortcuts tbody tr").length > 5`)
	do(ctx, t, click("#shortcuts [type=checkbox]"), key(kb.Escape), script(`document.activeElement.blur()`), key("/"), key("?"), key("l"))
	assert.True(t, value[bool](ctx, t, `!document.querySelector("dialog[open]") && document.documentElement.lang === "en"`), "off means off")
	do(ctx, t, chromedp.Navigate(base+"/en/glossary.html"))
	holds(ctx, t, "the page is ready", `!document.querySelector(".search-open").hidden`)
	do(ctx, t, key("/"))
	assert.False(t, value[bool](ctx, t, `!!document.querySelector("dialog[open]")`), "on every page")
	do(ctx, t, script(`document.querySelector("button.keys").click(); document.querySelector("#shortcuts [type=checkbox]").click()`), key(kb.Escape), script(`document.activeElement.blur()`), key("g"), key("w"))
	holds(ctx, t, "on again", `location.pathname === "/en/webography.html"`)
}

// The browser's language decides the first visit, the reader's choice every other.
func TestBrowserSpeaksTheReadersLanguage(t *testing.T) {
	ctx := browser(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	speaks(ctx, t, "es-MX,es;q=0.9,en;q=0.5")
	do(ctx, t, chromedp.Navigate(base+"/glossary.html"))
	holds(ctx, t, "in Spanish", `location.pathname === "/es/glossary.html" && document.documentElement.lang === "es"`)
	do(ctx, t, click("a.language"))
	holds(ctx, t, "the same page in English", `location.pathname === "/en/glossary.html"`)
	do(ctx, t, chromedp.Navigate(base+"/"))
	holds(ctx, t, "the choice is kept", `location.pathname.startsWith("/en/") && document.readyState === "complete"`)
}

// What is printed is what is read, in dark ink, without what one would click.
func TestBrowserPrints(t *testing.T) {
	ctx := browser(t)
	solved(t)
	_, base := serving(t, "--addr", "127.0.0.1:0")
	do(ctx, t, chromedp.Navigate(base+"/en/lessons/16-hub.html"))
	holds(ctx, t, "the workbench is there", `document.body.classList.contains("has-bench")`)
	do(ctx, t, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
		})
		return chromedp.Void{}, err
	})
	for _, gone := range []string{".masthead .menu", ".switches", ".bench", ".copy", ".toc"} {
		assert.True(t, value[bool](ctx, t, `[...document.querySelectorAll("`+gone+`")].every((el) => !el.checkVisibility())`), gone)
	}
	assert.True(t, value[bool](ctx, t, `document.querySelector("main h1").checkVisibility()`))
	paper := value[string](ctx, t, `getComputedStyle(document.body).color`)
	assert.Regexp(t, `^rgb\((\d|[1-6]\d), `, paper, "dark ink, whatever the screen's colours are")
}
