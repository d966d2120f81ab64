package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Fragments are one message in a script and in a test, and of what the log has in part only nothing is made up.
func TestBrowserJoinsFragments(t *testing.T) {
	ctx, _ := console(t, "websocket")
	do(ctx, t, script(`
		const one = (row) => ({conn: "c1", length: row.data?.length ?? 0, ...row});
		globalThis.talk = [
			{dir: "send", kind: "request", data: "GET /ws HTTP/1.1\nUpgrade: websocket"},
			{dir: "send", kind: "text", data: "hel", fin: false}, {dir: "send", kind: "ping", data: "p"}, {dir: "send", kind: "continuation", data: "lo", fin: true},
			{dir: "receive", kind: "text", data: "68", encoding: "hex", fin: false}, {dir: "receive", kind: "continuation", data: "ello"},
			{dir: "receive", kind: "text", data: "c3", encoding: "hex", fin: false}, {dir: "receive", kind: "continuation", data: "b1", encoding: "hex"},
			{dir: "receive", kind: "binary", data: "00", encoding: "hex", length: 300, cut: true},
		].map(one);
		wirelabConsole.log.add(talk.map((row, at) => ({at, ...row})));
		wirelabConsole.log.add([{time: Date.now(), conn: "c1", kind: "note", length: 0, data: "live"}]);
		document.querySelector("[data-do=from-log]").click();
	`))
	assert.Equal(t, "@c1 connect /ws\n@c1 ping p\n@c1 send hello\n@c1 expect hello\n@c1 expect ñ\n# of 300 bytes the log has the beginning only:\n@c1 expect /^/",
		value[string](ctx, t, `document.querySelector("[name=script]").value`))
	source := value[string](ctx, t, `wirelabConsole.goTest()`)
	assert.Contains(t, source, `c1.Write(t.Context(), websocket.MessageText, []byte("hello"))`)
	assert.Contains(t, source, "expect(c1, websocket.MessageText, \"hello\")\n\texpect(c1, websocket.MessageText, \"ñ\")\n\tanything(c1)")
	assert.Equal(t, "hello hello ñ", value[string](ctx, t, `wirelabConsole.har().log.entries[0]._webSocketMessages.filter((m) => m.opcode === 1).map((m) => m.data).join(" ")`))
	holds(ctx, t, "rows with a time after rows without", `[...document.querySelectorAll(".log-row:not([hidden])")].some((el) => el.textContent.includes("live"))`)
	assert.NotContains(t, value[string](ctx, t, `document.querySelector(".log-rows, [data-log=rows]").textContent`), "NaN")

	// What was sent is known in part only: it is not sent again.
	assert.Equal(t, "A message of 300 bytes", value[string](ctx, t, `wirelabConsole.try(() => wirelabConsole.replay([...talk.slice(0, 1), {...talk.at(-1), dir: "send"}])).then(() => document.querySelector(".error").textContent.slice(0, 22))`))

	// A script need not be there: what nobody expects is kept within bounds.
	address := speaker(t)
	do(ctx, t, fill("[name=address]", "ws://"+address+"/ws"), script(`document.querySelector("[value=direct]").click()`), click(".connect .primary"))
	holds(ctx, t, "connected", `wirelabConsole.chosen.state === "open"`)
	do(ctx, t, script(`for (let i = 0; i < 12; i++) wirelabConsole.chosen.send(new Uint8Array(1 << 20))`))
	holds(ctx, t, "they come", `wirelabConsole.log.rows.filter((r) => r.dir === "receive" && r.kind === "binary" && r.length === 1 << 20).length === 12`)
	assert.Equal(t, 8<<20, value[int](ctx, t, `wirelabConsole.chosen.inbox.size`))
}

// An answer that points elsewhere is shown, not followed into the site's own pages.
func TestBrowserIsPointedElsewhere(t *testing.T) {
	ctx, _ := console(t, "events")
	address := speaker(t)
	do(ctx, t, fill("[name=address]", "http://"+address+"/moved"), script(`wirelabConsole.request("POST", "/moved", "x")`))
	holds(ctx, t, "where to", `wirelabConsole.log.rows.some((r) => r.kind === "note" && r.data.startsWith("The answer points to /elsewhere"))`)
	do(ctx, t, click(".connect .primary"))
	holds(ctx, t, "and of a stream", `wirelabConsole.log.rows.some((r) => r.kind === "note" && r.data.startsWith("The server answers 303 and points to /elsewhere"))`)
}

// A built copy that some server shows on this machine has no program behind it: it says how to start one.
func TestBrowserFindsNobodyBehindACopy(t *testing.T) {
	ctx := browser(t)
	out := filepath.Join(t.TempDir(), "public")
	var printed bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"build", "--out", out}, &printed, &printed), "%s", &printed)
	asked := make(chan string, 100)
	files := http.FileServer(http.Dir(out))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- r.URL.Path:
		default:
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	do(ctx, t, chromedp.Navigate(srv.URL+"/es/console/websocket.html"))
	for path := range asked {
		if path == "/api/progress" {
			break
		}
	}
	holds(ctx, t, "the page is ready", `!document.querySelector(".search-open").hidden`)
	assert.True(t, value[bool](ctx, t, `!globalThis.wirelabConsole && document.querySelector("[data-part=absent]").checkVisibility()`))
}
