// A log in other forms: HAR as Chrome writes it, a Go test, a script for the console.
import { bytesOf, hex } from "./row.js";
import { t } from "./page.js";

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
const milliseconds = (row) => row.time ?? (row.at ?? 0) * 1000;

// conversations groups rows by connection, in the order of their first row. A name is used again when a stream comes
// back.
function conversations(rows) {
  const all = [];
  const current = new Map();
  for (const row of rows) {
    const name = row.conn ?? "";
    let talk = current.get(name);
    if (!talk || row.kind === "open" || (row.kind === "request" && talk.some((r) => r.kind === "request"))) {
      all.push([name, (talk = [])]);
      current.set(name, talk);
    }
    talk.push(row);
  }
  return all;
}

function headers(text) {
  const [first = "", ...lines] = (text ?? "").split("\n\n", 1)[0].split("\n");
  return { first, list: lines.filter((l) => l.includes(":")).map((l) => ({ name: l.slice(0, l.indexOf(":")), value: l.slice(l.indexOf(":") + 1).trim() })) };
}

// har is the log in HTTP Archive 1.2, with WebSocket messages where Chrome's developer tools put them.
export function har(rows, addressOf) {
  const entries = [];
  for (const [name, all] of conversations(rows)) {
    if (all.every((r) => r.kind === "note" || r.kind === "end")) continue; // nothing was asked
    const sent = all.find((r) => r.kind === "request");
    const answer = all.find((r) => r.kind === "response");
    const messages = joined(all.filter((r) => r.kind in opcodes));
    const events = all.filter((r) => r.kind === "event");
    const address = new URL(addressOf(name) ?? "http://127.0.0.1/");
    const request = headers(sent?.data);
    const response = headers(answer?.data);
    const [method = "GET", path] = request.first.split(" ");
    if (path?.startsWith("/")) { [address.pathname, address.search] = [path.split("?", 1)[0], path.includes("?") ? path.slice(path.indexOf("?")) : ""]; }
    const begun = milliseconds(all[0]);
    const duration = Math.max(0, milliseconds(all.at(-1)) - begun);
    const waited = answer ? Math.max(0, milliseconds(answer) - begun) : 0;
    const socket = messages.length > 0 || address.protocol.startsWith("ws");
    const answered = all.filter((r) => r.kind === "bytes" && r.dir === "receive");
    const binary = answered.some((r) => r.encoding === "hex");
    const body = events.length ? events.map((e) => `${e.event !== "message" ? `event: ${e.event}\n` : ""}${e.event_id ? `id: ${e.event_id}\n` : ""}${e.data.split("\n").map((l) => `data: ${l}\n`).join("")}\n`).join("")
      : binary ? base64(answered.flatMap((r) => [...bytesOf(r)])) : answered.map((r) => r.data).join("");
    const type = response.list.find((h) => h.name.toLowerCase() === "content-type")?.value ?? (events.length ? "text/event-stream" : "x-unknown");
    const posted = all.find((r) => r.kind === "bytes" && r.dir === "send");
    const entry = {
      startedDateTime: new Date(begun).toISOString(), time: duration,
      request: {
        method: method || "GET", url: address.href, httpVersion: "HTTP/1.1", headers: request.list,
        queryString: [...address.searchParams].map(([n, value]) => ({ name: n, value })), cookies: [], headersSize: -1, bodySize: posted?.length ?? 0,
      },
      response: {
        status: answer?.code ?? (messages.length ? 101 : events.length ? 200 : 0), statusText: response.first.split(" ").slice(2).join(" "), httpVersion: "HTTP/1.1",
        headers: response.list, cookies: [], content: { size: binary ? answered.reduce((n, r) => n + r.length, 0) : new TextEncoder().encode(body).length, mimeType: type, ...(body && { text: body }), ...(binary && { encoding: "base64" }) },
        redirectURL: "", headersSize: -1, bodySize: -1,
      },
      cache: {}, timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: waited, receive: Math.max(0, duration - waited) }, connection: name,
      _resourceType: socket ? "websocket" : /^text\/event-stream/i.test(type) ? "eventsource" : "fetch",
    };
    if (posted) entry.request.postData = { mimeType: "text/plain", text: posted.data };
    if (socket) {
      entry._webSocketMessages = messages.map((m) => ({
        type: m.dir === "send" ? "send" : "receive", time: milliseconds(m) / 1000, opcode: opcodes[m.kind], data: inChrome(m),
      }));
    }
    if (events.length) entry._eventSourceMessages = events.map((e) => ({ time: milliseconds(e) / 1000, eventName: e.event, eventId: e.event_id ?? "", data: e.data }));
    entries.push(entry);
  }
  return { log: { version: "1.2", creator: { name: "Wirelab", version: "1" }, pages: [], entries } };
}

// joined puts the fragments of a message together, where the last one is; control frames may stand between them. A
// message whose end is missing is cut, like one of which the log keeps the beginning only.
function joined(rows) {
  const open = new Map(); // connection and direction -> rows of the message that has begun
  const out = [];
  const close = (at, ended) => {
    const parts = open.get(at);
    open.delete(at);
    const bytes = Uint8Array.from(parts.flatMap((row) => [...bytesOf(row)]));
    const length = parts.reduce((n, row) => n + row.length, 0);
    const { fin, encoding, ...row } = { ...parts.at(-1), kind: parts[0].kind, length, cut: !ended || parts.some((p) => p.cut) };
    let data = null;
    try { data = row.kind === "text" ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) : null; } catch { /* not UTF-8, or cut within a character */ }
    out.push(data === null ? { ...row, data: hex(bytes), encoding: "hex" } : { ...row, data });
  };
  for (const row of rows) {
    const at = `${row.conn} ${row.dir}`;
    if (row.kind === "continuation") {
      if (!open.has(at)) continue; // its beginning is not in the log
      open.get(at).push(row);
      if (row.fin !== false) close(at, true);
    } else if ((row.kind === "text" || row.kind === "binary") && row.fin === false) {
      if (open.has(at)) close(at, false);
      open.set(at, [row]);
    } else if (row.kind === "text" && row.encoding === "hex") { // nothing one could print, but text
      const begun = open.get(at);
      open.set(at, [row]);
      close(at, true);
      if (begun) open.set(at, begun);
    } else {
      if (row.kind === "open" || row.kind === "end") for (const dir of ["send", "receive"]) if (open.has(`${row.conn} ${dir}`)) close(`${row.conn} ${dir}`, false);
      out.push(row);
    }
  }
  for (const at of [...open.keys()]) close(at, false);
  return out;
}

// lacking is a message that cannot be sent again, since not all of it is known; undefined if there is none.
export const lacking = (log) => joined(log).find((row) => row.cut && row.dir === "send" && ["text", "binary", "bytes"].includes(row.kind));

// inChrome is a message's payload as Chrome writes it: what is no text is base64.
function inChrome(row) {
  const bytes = bytesOf(row);
  if (row.kind === "text") return new TextDecoder().decode(bytes);
  return base64(row.kind === "close" && row.code && row.code !== 1005 ? [row.code >> 8, row.code & 255, ...bytes] : bytes);
}

const isUpgrade = (row) => /\nupgrade: *websocket/i.test(row.data ?? "");

// asked puts a request where a direct connection begins: a page is shown none, but has its address.
function asked(rows) {
  return rows.map((row) => {
    if (row.kind !== "open" || !/^(ws|http):\/\//.test(row.data ?? "")) return row;
    const { pathname, search, protocol } = new URL(row.data);
    return { ...row, kind: "request", dir: "send", data: `GET ${pathname}${search} HTTP/1.1\n` + (protocol === "ws:" ? "Upgrade: websocket" : "Accept: text/event-stream") };
  });
}

// opensStream is whether the request at a place of the log asks for an event stream, or gets one.
function opensStream(rows, at) {
  const request = rows[at];
  const answer = rows.slice(at + 1).find((row) => row.conn === request.conn && (row.kind === "response" || row.kind === "request"));
  return /\naccept: *text\/event-stream/i.test(request.data ?? "") || (answer?.kind === "response" && /content-type: *text\/event-stream/i.test(answer.data ?? ""));
}

// script is the log as lines that the script of a console of that kind runs: what was sent is sent, what came is
// expected. pathOf says where to ask for a path of the log: a test may have served the handler alone. What is not known
// to its end is not sent, and matched by anything.
export function script(log, kind, pathOf = (path) => path) {
  const rows = joined(asked(log));
  const lines = [];
  const known = new Set();
  const quoted = (row) => (row.encoding === "hex" ? `hex ${row.data}` : /[\n\r]|^\s|\s$|^(hex|base64|json|quoted|close|\/)/.test(row.data ?? "") ? `quoted ${JSON.stringify(row.data)}` : row.data ?? "");
  const say = (...words) => lines.push(words.join(" ").trimEnd());
  const part = (row) => say("#", t(`of ${row.length} bytes the log has the beginning only:`, `de ${row.length} bytes el registro solo tiene el principio:`));
  const message = (who, verb, row) => {
    if (row.cut) part(row);
    if (row.cut && verb === "send") say("#", who, "send …"); else say(who, verb, row.cut ? "/^/" : quoted(row));
  };
  rows.forEach((row, at) => {
    const who = "@" + (row.conn ?? (kind === "websocket" ? "ws1" : "es1"));
    if (row.kind === "request") {
      known.delete(who);
      const [method, path] = row.data.split(" ");
      const stream = opensStream(rows, at);
      if (kind === "websocket" ? isUpgrade(row) : stream && method === "GET") {
        known.add(who);
        const last = /\nlast-event-id: *(.+)/i.exec(row.data)?.[1];
        say(who, "connect", pathOf(path, method), last ? `Last-Event-ID: ${last}` : "");
      } else if (!stream && !isUpgrade(row)) {
        const next = rows[at + 1];
        const body = next?.conn === row.conn && next.kind === "bytes" && next.dir === "send" ? next : null;
        if (body?.cut) part(body);
        say(...(body?.cut ? ["#"] : []), "request", method, pathOf(path, method), body?.cut ? "…" : body ? quoted(body) : "");
      }
    }
    if (!known.has(who)) return;
    if (row.kind === "event") message(who, "expect", row);
    if (row.kind === "text" || row.kind === "binary") message(who, row.dir === "send" ? "send" : "expect", row);
    if (row.kind === "ping" && row.dir === "send") say(who, "ping", row.encoding === "hex" ? "" : row.data ?? "");
    if (row.kind === "close") say(who, row.dir === "send" ? "close" : "expect close", row.code && row.code !== 1005 ? row.code : "", row.dir === "send" ? row.data ?? "" : "");
  });
  return lines.join("\n");
}

const quote = (text) => JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const goBytes = (row) => "[]byte{" + Array.from(bytesOf(row), (b) => "0x" + b.toString(16).padStart(2, "0")).join(", ") + "}";

// goTest is the log as a Go test of a lesson's exercise, or of whatever listens at an address.
export function goTest(log, lesson, origin) {
  const cut = lacking(log);
  if (cut) throw new Error(t(`A message of ${cut.length} bytes was sent, of which the log has the beginning only: no test can send it.`, `Se envió un mensaje de ${cut.length} bytes del que el registro solo tiene el principio: ninguna prueba puede enviarlo.`));
  const rows = joined(asked(log));
  const body = [];
  const uses = new Set();
  const vars = new Map(); // connection -> variable
  const ended = new Set(); // variables of connections that are closed
  const variable = (row) => vars.get(row.conn);
  const message = (row) => (row.encoding === "hex" ? `string(${goBytes(row)})` : quote(row.data ?? ""));
  let pending = null;
  const flush = () => {
    if (!pending) return;
    uses.add("request");
    body.push(`\trequest(${quote(pending.method)}, ${quote(pending.path)}, ${quote(pending.body)}, ${pending.status})`);
    pending = null;
  };
  for (const [at, row] of rows.entries()) {
    if (row.kind === "request") {
      const [method, path] = row.data.split(" ");
      const name = (row.conn ?? "conn").replace(/\W/g, "");
      if (isUpgrade(row)) {
        uses.add("dial");
        body.push(`\t${name} ${vars.has(row.conn) || ended.delete(name) ? "=" : ":="} dial(${quote(path)})`);
        vars.set(row.conn, name);
      } else if (opensStream(rows, at)) {
        const id = headers(row.data).list.find((h) => h.name.toLowerCase() === "last-event-id")?.value ?? "";
        uses.add("events");
        body.push(`\t${name} ${vars.has(row.conn) ? "=" : ":="} events(${quote(method)}, ${quote(path)}, ${quote(id)})`);
        vars.set(row.conn, name);
      } else pending = { conn: row.conn, method, path, body: "", status: 0 };
    } else if (pending && row.conn === pending.conn) {
      if (row.kind === "bytes" && row.dir === "send") pending.body = row.data ?? "";
      if (row.kind === "response") { pending.status = row.code; flush(); }
    } else if (variable(row) && row.cut && (row.kind === "text" || row.kind === "binary")) {
      uses.add("dial").add("anything");
      body.push(`\tanything(${variable(row)}) // ${row.length} bytes, of which the log has the beginning only`);
    } else if (variable(row) && (row.kind === "text" || row.kind === "binary")) {
      const type = row.kind === "text" ? "websocket.MessageText" : "websocket.MessageBinary";
      body.push(row.dir === "send" ? `\trequire.NoError(t, ${variable(row)}.Write(t.Context(), ${type}, []byte(${message(row)})))` : `\texpect(${variable(row)}, ${type}, ${message(row)})`);
      if (row.dir === "receive") uses.add("expect");
    } else if (variable(row) && row.kind === "close" && row.code >= 1000 && row.code !== 1005 && row.code !== 1006) {
      // Who closes first says why; what comes back is the library's own doing.
      if (row.dir === "send") body.push(`\trequire.NoError(t, ${variable(row)}.Close(${row.code}, ${quote(row.data ?? "")}))`);
      else {
        uses.add("closed");
        body.push(`\tclosed(${variable(row)}, ${row.code})`);
      }
      ended.add(variable(row));
      vars.delete(row.conn);
    } else if (variable(row) && row.kind === "event" && row.cut) body.push(`\t${variable(row)}() // ${row.length} bytes, of which the log has the beginning only`);
    else if (variable(row) && row.kind === "event") body.push(`\trequire.Equal(t, ${quote(row.data ?? "")}, ${variable(row)}())`);
  }
  flush();
  const loose = [...vars].map(([, name]) => name).filter((name) => !body.some((line) => new RegExp(`(\\b${name}\\.Write|\\(${name}[,)]|\\b${name}\\(\\))`).test(line)));
  for (const name of new Set(loose)) body.push(`\t_ = ${name}`);
  return goSource(body, uses, lesson, origin);
}

// Everything stands in one function: a lesson's own tests may have a dial of theirs.
function goSource(body, uses, lesson, origin) {
  const slug = lesson ? lesson.slice(3).replaceAll("-", "") : "console";
  const has = (name) => uses.has(name);
  const imports = [
    has("events") && "bufio", (has("events") || has("request")) && "net/http", lesson && "net/http/httptest",
    (has("events") || has("request")) && "strings", "testing",
  ].filter(Boolean).map((path) => `\t"${path}"`);
  const others = [has("dial") && `\t"github.com/coder/websocket"`, uses.size && `\t"github.com/stretchr/testify/require"`].filter(Boolean);
  const own = lesson ? [`\t${slug} "wirelab/lessons/${lesson}"`] : [];
  const parts = [`package ${slug}_test`, "", "import (", [imports, others, own].filter((g) => g.length).map((g) => g.join("\n")).join("\n\n"), ")", "", "func TestConversation(t *testing.T) {"];
  parts.push(...(lesson ? [`\tserver := httptest.NewServer(${slug}.Subject())`, "\tt.Cleanup(server.Close)", "\taddress := server.URL"] : [`\tconst address = ${quote(origin)}`]), "");
  for (const name of ["dial", "expect", "anything", "closed", "events", "request"]) if (has(name)) parts.push(helpers[name], "");
  if (!uses.size) parts.push("\t_ = address");
  return [...parts, ...body, "}", ""].join("\n");
}

const helpers = {
  dial: `	dial := func(path string) *websocket.Conn {
		t.Helper()
		conn, _, err := websocket.Dial(t.Context(), address+path, nil)
		require.NoError(t, err)
		t.Cleanup(func() { conn.CloseNow() })
		return conn
	}`,
  expect: `	expect := func(conn *websocket.Conn, kind websocket.MessageType, message string) {
		t.Helper()
		got, text, err := conn.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, kind, got)
		require.Equal(t, message, string(text))
	}`,
  anything: `	anything := func(conn *websocket.Conn) {
		t.Helper()
		_, _, err := conn.Read(t.Context())
		require.NoError(t, err)
	}`,
  closed: `	closed := func(conn *websocket.Conn, code websocket.StatusCode) {
		t.Helper()
		_, _, err := conn.Read(t.Context())
		require.Equal(t, code, websocket.CloseStatus(err))
	}`,
  events: `	// events opens a stream and returns a function that reads the data of its next event.
	events := func(method, path, lastID string) func() string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address+path, nil)
		require.NoError(t, err)
		r.Header.Set("Accept", "text/event-stream")
		if lastID != "" {
			r.Header.Set("Last-Event-ID", lastID)
		}
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		lines := bufio.NewScanner(resp.Body)
		return func() string {
			t.Helper()
			var data []string
			for lines.Scan() && (lines.Text() != "" || data == nil) {
				if text, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
					data = append(data, strings.TrimPrefix(text, " "))
				}
			}
			return strings.Join(data, "\\n")
		}
	}`,
  request: `	request := func(method, path, body string, status int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address+path, strings.NewReader(body))
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, status, resp.StatusCode)
	}`,
};
