package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
)

// speaker is a server that any page may talk to: an echo at /ws, twenty events a second at /events, a redirect at
// /moved.
func speaker(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		conn.SetReadLimit(-1)
		for {
			kind, text, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), kind, text) != nil {
				return
			}
		}
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ; n++ {
			_, _ = fmt.Fprintf(w, "data: %d\n\n", n)
			if http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	})
	mux.Handle("/moved", http.RedirectHandler("/elsewhere", http.StatusSeeOther))
	srv := httptest.NewServer(mux)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.Listener.Addr().String()
}

// The site is started again under open pages: they go on, and so does what was switched on in them.
func TestBrowserGoesOnAfterARestart(t *testing.T) {
	ctx := browser(t)
	solved(t, "10-echo")
	address := speaker(t)
	const sockets = "#panel-websocket"
	send := func(text string) {
		do(ctx, t, fill(sockets+" [name=message]", text), click(sockets+" .compose .primary"))
	}
	connect := func(name string) {
		do(ctx, t, fill(sockets+" [name=address]", "ws://"+address+"/ws"), click(sockets+" .connect .primary"))
		holds(ctx, t, name, `wirelabBench.websocket.links.get("`+name+`")?.state === "open"`)
	}
	var base string
	t.Run("before", func(t *testing.T) {
		_, base = serving(t, "--addr", "127.0.0.1:0")
		do(ctx, t, chromedp.Navigate(base+"/en/lessons/10-echo.html"))
		holds(ctx, t, "the workbench is there", `document.body.classList.contains("has-bench")`)
		do(ctx, t, click("#tab-tests"), click("[data-bench-part=each]"), click("#tab-websocket"))
		connect("ws1")
		for range 5 {
			send("hola")
		}
		holds(ctx, t, "echoes", `wirelabBench.websocket.log.rows.filter((r) => r.data === "hola" && r.dir === "receive").length === 5`)
		do(ctx, t, fill(sockets+" [name=cut_frames]", "1"), script(`document.querySelector("#panel-websocket [data-part=faults]").requestSubmit()`))
		holds(ctx, t, "faults", `!document.querySelector("#panel-websocket [data-part=spoiled]").hidden`)
	})
	holds(ctx, t, "the page has noticed", `wirelabBench.websocket.links.get("ws1").state === "closed"`)
	serving(t, "--addr", strings.TrimPrefix(base, "http://"))
	assert.True(t, value[bool](ctx, t, `new Promise((done) => {
		const ask = () => fetch("/api/exercise/10-echo").then((r) => r.json()).then((s) => s.tests.on).catch(() => false).then((on) => (on ? done(true) : setTimeout(ask, 50)));
		ask();
	})`), "tests at every save again")
	connect("ws2")
	holds(ctx, t, "rows of the new session, with the faults of the old one", `(() => {
		const {log, chosen} = wirelabBench.websocket;
		if (chosen.state === "open") chosen.send("again");
		return log.rows.some((r) => r.conn === "ws2" && r.data.startsWith("the tap cuts"));
	})()`)
}

// The tap forgets a page's session when many others are used; what goes over old and new connections is shown once.
func TestBrowserGoesOnWhenItsSessionIsForgotten(t *testing.T) {
	ctx, _ := console(t, "websocket")
	address := speaker(t)
	talk := func(conn, text string) {
		do(ctx, t, script(fmt.Sprintf(`wirelabConsole.links.get(%q).send(%q)`, conn, text)))
		holds(ctx, t, text, fmt.Sprintf(`wirelabConsole.log.rows.some((r) => r.conn === %q && r.dir === "receive" && r.data === %q)`, conn, text))
	}
	connect := func(conn string) {
		do(ctx, t, fill("[name=address]", "ws://"+address+"/ws"), click(".connect .primary"))
		holds(ctx, t, conn, fmt.Sprintf(`wirelabConsole.links.get(%q)?.state === "open"`, conn))
	}
	connect("ws1")
	talk("ws1", "one")
	do(ctx, t, fill("[name=delay]", "1"), script(`document.querySelector("[data-part=faults]").requestSubmit()`))
	holds(ctx, t, "faults", `!document.querySelector("[data-part=spoiled]").hidden`)
	assert.Equal(t, 64, value[int](ctx, t, `Promise.all(Array.from({length: 64}, (_, i) => fetch("/api/tap/somebody-" + i + "/rows"))).then((all) => all.filter((r) => r.ok).length)`))
	posted := `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/faults")).length`
	before := value[int](ctx, t, posted)
	connect("ws2")
	talk("ws2", "two")
	talk("ws1", "three")
	talk("ws2", "four")
	holds(ctx, t, "the faults are set again", fmt.Sprintf(`%s > %d`, posted, before))
	assert.Equal(t, "one two three four", value[string](ctx, t, `wirelabConsole.log.rows.filter((r) => r.dir === "send" && r.kind === "text").map((r) => r.data).join(" ")`))
}

// What one presses or has the focus on stays where it is while events come.
func TestBrowserLeavesConnectionsInPlace(t *testing.T) {
	ctx, _ := console(t, "events")
	address := speaker(t)
	do(ctx, t, fill("[name=address]", "http://"+address+"/events"), script(`document.querySelector("[value=direct]").click()`), click(".connect .primary"))
	events := func(n int) {
		do(ctx, t, script(`globalThis.seen = wirelabConsole.log.rows.length`))
		holds(ctx, t, "events", fmt.Sprintf(`wirelabConsole.log.rows.length > seen + %d`, n))
	}
	holds(ctx, t, "the stream is open", `document.querySelector(".ready").textContent.includes("1 OPEN")`)
	do(ctx, t, script(`globalThis.changes = 0; new MutationObserver((list) => { changes += list.length; }).observe(document.querySelector(".controls"), {childList: true, subtree: true, characterData: true})`))
	events(10)
	assert.Zero(t, value[int](ctx, t, `changes`), "nothing but the log has changed")

	do(ctx, t, script(`document.querySelector(".links li button").focus()`), key(kb.Enter))
	events(2)
	assert.True(t, value[bool](ctx, t, `document.activeElement.matches(".links li button")`), "the focus stays")

	at := value[[]float64](ctx, t, `(() => { const r = document.querySelector(".links li button:last-child").getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`)
	do(ctx, t, chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	events(3)
	do(ctx, t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	holds(ctx, t, "a slow press closes it", `document.querySelector(".links .closed")`)

	// The same of the workbench's lists.
	assert.Equal(t, "true true b,c", value[string](ctx, t, `import("/assets/page.js").then(({renew}) => {
		const list = document.body.appendChild(document.createElement("ul"));
		const view = (text) => Object.assign(document.createElement("li"), {textContent: text, tabIndex: 0});
		renew(list, ["a", "b"], view);
		const b = list.lastChild;
		b.focus();
		renew(list, ["b", "c"], view);
		return [list.firstChild === b, document.activeElement === b, [...list.children].map((el) => el.textContent)].join(" ");
	})`))
}

// A browser refuses some closes; the connection is open as before, and says so.
func TestBrowserRefusesAClose(t *testing.T) {
	ctx, _ := console(t, "websocket")
	address := speaker(t)
	do(ctx, t, fill("[name=address]", "ws://"+address+"/ws"), script(`document.querySelector("[value=direct]").click()`), click(".connect .primary"))
	holds(ctx, t, "connected", `wirelabConsole.chosen.state === "open"`)
	do(ctx, t, fill("[name=code]", "1001"), script(`document.querySelector("[data-part=close]").requestSubmit()`))
	holds(ctx, t, "refused", `document.querySelector(".error").textContent.includes("close")`)
	do(ctx, t, fill("[name=message]", "still"), click(".compose .primary"))
	holds(ctx, t, "open", `wirelabConsole.log.rows.some((r) => r.dir === "receive" && r.data === "still")`)
	do(ctx, t, script(`wirelabConsole.chosen.close(); wirelabConsole.chosen.close()`))
	holds(ctx, t, "closed", `wirelabConsole.chosen.state === "closed"`)
	do(ctx, t, script(`wirelabConsole.chosen.close()`))
	assert.Equal(t, 1, value[int](ctx, t, `wirelabConsole.log.rows.filter((r) => r.kind === "close" && r.dir === "send").length`), "closes that were sent")

	// A line separator is a character like any other.
	do(ctx, t, script(`wirelabConsole.run("connect\nsend a\u2028b\nexpect a\u2028b\nsend quoted \"c\u2028d\"\nexpect /c.d/s\nclose 1000 x\u2028y")`))
	holds(ctx, t, "the script has run", `document.querySelectorAll(".steps .good").length === 6`)
}

// An event stream that EventSource cannot ask for, in the worst of pieces.
func TestBrowserReadsAStreamInPieces(t *testing.T) {
	ctx, _ := console(t, "events")
	assert.Equal(t, []string{"one\ntwo", "a\u2028b", "last"}, value[[]string](ctx, t, `new Promise((done) => {
		const real = fetch;
		globalThis.fetch = async (address, options) => (String(address).includes("/pieces") ? new Response(new ReadableStream({ start(c) {
			for (const piece of "data: one\r\ndata: two\r\n\r\ndata: a\u2028b\r\rdata: last\n\n") c.enqueue(new TextEncoder().encode(piece));
			c.close();
		} })) : real(address, options));
		wirelabConsole.address.value = "http://127.0.0.1:1/pieces";
		document.querySelector("[value=direct]").click();
		document.querySelector("[data-field=method]").value = "POST";
		wirelabConsole.connect().opened.then(() => setTimeout(() => done(wirelabConsole.log.rows.filter((r) => r.kind === "event").map((r) => r.data)), 200));
	})`))
}
