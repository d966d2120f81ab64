package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What one types is checked before it is sent, can be kept, and comes back with the page; the tap spoils it on demand.
func TestBrowserSendsWhatOneMeans(t *testing.T) {
	ctx := browser(t)
	solved(t, "10-echo")
	_, base := serving(t, "--addr", "127.0.0.1:0")
	runExercise(ctx, t, base, "10-echo")
	const sockets = "#panel-websocket"
	const log = "wirelabBench.websocket.log"
	do(ctx, t, click("#tab-websocket"), click(sockets+" .connect .primary"))
	holds(ctx, t, "connected", `document.querySelector("#panel-websocket .links .open")`)
	as := func(kind, message string) {
		do(ctx, t, script(`document.querySelector("#panel-websocket [name=as]").value = "`+kind+`"`), fill(sockets+" [name=message]", message), click(sockets+" .compose .primary"))
	}
	as("json", `{"n": }`)
	holds(ctx, t, "no JSON", `document.querySelector("#panel-websocket .error").textContent.startsWith("This is no JSON")`)
	as("hex", "0")
	holds(ctx, t, "no hex", `document.querySelector("#panel-websocket .error").textContent.startsWith("Hex is pairs")`)
	as("json", `{"n": 1}`)
	holds(ctx, t, "JSON comes back", log+`.rows.some((r) => r.dir === "receive" && r.data === '{"n": 1}')`)
	do(ctx, t, click(sockets+" [data-do=save]"))
	as("hex", "00 ff 10")
	holds(ctx, t, "and bytes", log+`.rows.some((r) => r.dir === "receive" && r.kind === "binary" && r.data === "00ff10")`)
	as("base64", "AP8R")
	holds(ctx, t, "written in either way", log+`.rows.some((r) => r.dir === "receive" && r.kind === "binary" && r.data === "00ff11")`)

	do(ctx, t, click(`#panel-websocket [data-log=pause]`))
	as("text", "meanwhile")
	holds(ctx, t, "it waits", `/· [1-9]\d* waiting/.test(document.querySelector("#panel-websocket [data-log=count]").textContent)`)
	do(ctx, t, click(`#panel-websocket [data-log=pause]`))
	holds(ctx, t, "and is shown", log+`.rows.some((r) => r.data === "meanwhile")`)

	do(ctx, t, script(`document.querySelector("#panel-websocket [name=cut_frames]").closest("details").open = true`),
		fill(sockets+" [name=seed]", "7"), fill(sockets+" [name=cut_frames]", "1"), script(`document.querySelector("#panel-websocket [data-part=faults]").requestSubmit()`))
	holds(ctx, t, "the faults are on", `!document.querySelector("#panel-websocket [data-part=spoiled]").hidden`)
	do(ctx, t, click(sockets+" .connect .primary"))
	holds(ctx, t, "another one", `document.querySelectorAll("#panel-websocket .links .open").length === 2`)
	as("text", "the last")
	holds(ctx, t, "cut", log+`.rows.some((r) => r.conn === "ws2" && r.kind === "note" && r.data.startsWith("the tap cuts"))`)

	do(ctx, t, chromedp.Navigate(base+"/es/console/websocket.html"))
	holds(ctx, t, "the console is there", `globalThis.wirelabConsole`)
	assert.Equal(t, `{"n": 1}`, value[string](ctx, t, `document.querySelector(".saved button").textContent`), "kept messages are there on every page")
	do(ctx, t, click(".saved li button:first-child"))
	assert.Equal(t, "json", value[string](ctx, t, `document.querySelector("[name=as]").value`))
	refused := func(how string) string {
		do(ctx, t, script(`globalThis.refused = ""; wirelabConsole.`+how+`.catch((err) => { globalThis.refused = err.message })`))
		holds(ctx, t, "refused", `globalThis.refused`)
		return value[string](ctx, t, `globalThis.refused`)
	}
	assert.Contains(t, refused(`session.post("connections/ws9", { do: "drop" })`), "no está abierta", "in the page's language, not the browser's")
	assert.Contains(t, refused(`request("GET", "http://127.0.0.1:1/")`), "nadie escucha")
	assert.Contains(t, refused(`request("POST", "http://127.0.0.1:1/", "x")`), "nadie escucha")
	holds(ctx, t, "and so is its row", `/nadie escucha ahí/.test(document.querySelector(".log-row.kind-end").textContent)`)
}

// The rows go into a tab of their own.
func TestBrowserHandsTheLogOver(t *testing.T) {
	ctx, _ := console(t, "websocket")
	page := value[string](ctx, t, `new Promise((done) => {
		window.open = (address) => done(String(address));
		wirelabConsole.address.value = "ws://127.0.0.1:1/ws";
		wirelabConsole.log.add([{time: 1, conn: "ws1", dir: "send", kind: "text", length: 4, data: "hola"}]);
		document.querySelector("[data-log=tab]").click();
	})`)
	tab, cancel := chromedp.NewContext(ctx)
	defer cancel()
	do(tab, t, chromedp.Navigate(page))
	holds(tab, t, "the same rows", `globalThis.wirelabConsole?.log.rows[0]?.data === "hola" && wirelabConsole.address.value === "ws://127.0.0.1:1/ws"`)
}

// A stream that a visible test has read is shown among the events, and asked for again.
func TestBrowserReplaysAStream(t *testing.T) {
	ctx := browser(t)
	root := solved(t, "01-first-sse")
	file := filepath.Join(root, "lessons/01-first-sse/firstsse.go")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	broken := strings.Replace(string(text), "data: ", "data:  ", 1)
	require.NotEqual(t, string(text), broken)
	require.NoError(t, os.WriteFile(file, []byte(broken), 0o600))
	_, base := serving(t, "--addr", "127.0.0.1:0")
	runExercise(ctx, t, base, "01-first-sse")
	do(ctx, t, click("#tab-tests"), click("[data-bench-part=test]"))
	holds(ctx, t, "the tests have run", `document.querySelector(".tests .fail .row button")`)
	do(ctx, t, click(".tests .fail .row button:last-child"))
	holds(ctx, t, "it is asked for again, where the exercise serves it", `/^@c1 connect \/live\n@c1 expect /.test(document.querySelector("#panel-events [name=script]").value) && document.querySelector("#panel-events .steps .good")`)
	holds(ctx, t, "the stream is open", `document.querySelector("#panel-events .ready").textContent.includes("1 OPEN")`)

	// What a script asks and expects, over a stream.
	do(ctx, t, fill("#panel-events [name=script]", "@es connect /live\nrequest POST /publish goal\n@es expect / goal/\n@es ping"), click("#panel-events [data-part=script] .primary"))
	holds(ctx, t, "the script has run", `document.querySelector("#panel-events .steps .bad")`)
	assert.Equal(t, 3, value[int](ctx, t, `document.querySelectorAll("#panel-events .steps .good").length`), value[string](ctx, t, `document.querySelector("#panel-events .steps").innerText`))

	var har struct {
		Log struct{ Entries []json.RawMessage }
	}
	require.NoError(t, json.Unmarshal([]byte(value[string](ctx, t, `JSON.stringify(wirelabBench.events.har())`)), &har))
	for _, entry := range har.Log.Entries {
		checkHAR(t, entry)
	}
	kinds := value[string](ctx, t, `wirelabBench.events.har().log.entries.map((e) => e._resourceType).join(" ")`)
	assert.Contains(t, kinds, "eventsource")
	assert.Contains(t, kinds, "fetch")
	assert.Equal(t, " goal", value[string](ctx, t, `wirelabBench.events.har().log.entries.flatMap((e) => e._eventSourceMessages ?? []).at(-1).data`))
}

// console opens a page with a console, in English, of a site of the test's own.
func console(t *testing.T, kind string) (ctx context.Context, base string) {
	t.Helper()
	ctx = browser(t)
	_, base = serving(t, "--addr", "127.0.0.1:0")
	do(ctx, t, chromedp.Navigate(base+"/en/console/"+kind+".html"))
	holds(ctx, t, "the console is there", `globalThis.wirelabConsole`)
	return ctx, base
}
