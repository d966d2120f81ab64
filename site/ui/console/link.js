// Connections of a console: a WebSocket or an event stream, directly or through the tap. What goes over one is shown
// in the log: by the tap, or, on a direct connection, as far as a page can see it.
import { api, t } from "./page.js";
import { listen } from "./stream.js";
import { explain, leadsTo } from "./explain.js";
import { hex } from "./row.js";

// post asks the site's program to do something and throws its own words if it will not.
export async function post(path, body) {
  const res = await fetch(api(path), { method: "POST", headers: { "Accept-Language": document.documentElement.lang, "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!res.ok) throw new Error((await res.text()).trim());
  return res.status === 204 ? null : res.json();
}

// A Session is a page's part of the tap, and what makes its rows appear in the log. The tap forgets it when the site is
// started again, or for pages that are used more: the next session of the name has another epoch and nothing else.
export class Session {
  name = crypto.randomUUID();
  renewed = () => {}; // called when the tap knows nothing of the session any more
  #last = new Map(); // epoch -> number of the last row
  #epoch = 0; // the latest
  #asking = Promise.resolve();
  #planned = null;

  constructor(log) {
    this.log = log;
    listen("frames/" + this.name, (batch) => this.#heard(batch));
    document.addEventListener("wirelab:back", () => this.catchUp());
  }

  #heard(batch) {
    const { epoch, rows, lost = 0 } = batch;
    if (lost) note(this.log, "", t(`${lost} rows came too quickly to be shown`, `${lost} filas llegaron demasiado rápido para mostrarlas`));
    this.#notice(epoch);
    // Connections of a session that is forgotten still tell their end; nobody can be asked for what is missing there.
    if (epoch === this.#epoch && rows.length && rows[0].n > this.#lastOf(epoch) + 1 + lost) this.catchUp(); else this.#take(batch);
  }

  #lastOf(epoch) { return this.#last.get(epoch) ?? 0; }

  #notice(epoch) {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.renewed();
  }

  // catchUp asks for rows that have passed while nobody listened; they contain those that just came.
  catchUp() {
    return (this.#planned ??= this.#asking = this.#asking.then(() => {
      this.#planned = null;
      return this.#ask();
    }).catch(() => { /* the site has ended */ }));
  }

  async #ask() {
    const after = this.#lastOf(this.#epoch);
    const res = await fetch(api(`tap/${this.name}/rows?after=${after}`));
    const batch = await res.json();
    const known = batch.epoch <= this.#epoch;
    this.#notice(batch.epoch);
    if (known || !after) this.#take(batch); else await this.#ask(); // the number was another session's
  }

  #take({ epoch, rows }) {
    const fresh = rows.filter((row) => row.n > this.#lastOf(epoch));
    if (!fresh.length) return;
    this.#last.set(epoch, fresh.at(-1).n);
    this.log.add(fresh);
  }

  // pointsElsewhere says where an answer leads that a page is not shown: a browser would go there without the tap.
  async pointsElsewhere(conn) {
    await this.catchUp();
    const answer = this.log.rows.findLast((row) => row.conn === conn && row.kind === "response");
    const to = leadsTo(answer?.data) ?? "…";
    note(this.log, conn, t(`The answer points to ${to}. Going there is a request of its own: it is not made here.`, `La respuesta apunta a ${to}. Ir allí es otra petición: aquí no se hace.`));
  }

  post(path, body) { return post(`tap/${this.name}/${path}`, body); }
  address(kind, conn, target, headers = [], quiet = false) {
    const at = api(`tap/${this.name}/${kind}`);
    at.searchParams.set("target", target);
    at.searchParams.set("conn", conn);
    for (const line of headers) at.searchParams.append("header", line);
    if (quiet) at.searchParams.set("quiet", "1");
    return at;
  }
}

export function note(log, conn, data, more = {}) {
  log.add([{ time: Date.now(), conn, kind: "note", length: 0, data, ...more }]);
}

// An Inbox keeps what came until a script expects it; if that is too much, the latest of it.
class Inbox {
  #kept = [];
  #bytes = 0;
  #waiting = [];
  #ended = false;

  put(message) {
    const next = this.#waiting.shift();
    if (next) { next(message); return; }
    this.#kept.push(message);
    this.#bytes += message.size;
    while (this.#kept.length > inbox.messages || (this.#bytes > inbox.bytes && this.#kept.length > 1)) this.#shift();
  }

  get size() { return this.#bytes; }

  #shift() {
    const message = this.#kept.shift();
    this.#bytes -= message.size;
    return message;
  }

  end() {
    this.#ended = true;
    for (const next of this.#waiting.splice(0)) next(null);
  }

  // next is the next message, or null if none comes within the time or nothing can come any more.
  next(milliseconds) {
    if (this.#kept.length) return Promise.resolve(this.#shift());
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      const heard = (message) => { clearTimeout(limit); resolve(message); };
      const limit = setTimeout(() => { this.#waiting.splice(this.#waiting.indexOf(heard), 1); resolve(null); }, milliseconds);
      this.#waiting.push(heard);
    });
  }
}

const encoder = new TextEncoder();
const shown = 32768; // bytes of a binary message that the log keeps
const inbox = { messages: 1000, bytes: 8 << 20 }; // that one connection keeps for a script

const binary = (bytes) => ({ data: hex(bytes.subarray(0, shown)), encoding: "hex", cut: bytes.length > shown });

// A Socket is one WebSocket of a console. options: {name, address, tap, protocols, headers, quiet}; changed is called
// when its state does, heard with each message.
export class Socket {
  state = "connecting";
  inbox = new Inbox();

  constructor(session, options, changed = () => {}, heard = () => {}) {
    Object.assign(this, options, { session, changed, heard });
    const address = this.tap ? this.session.address("ws", this.name, this.address, this.headers, this.quiet) : new URL(this.address);
    if (this.tap) address.protocol = "ws:";
    this.#row("open", "", { data: this.address });
    this.ws = this.protocols?.length ? new WebSocket(address, this.protocols) : new WebSocket(address);
    this.ws.binaryType = "arraybuffer";
    this.opened = new Promise((resolve) => {
      this.ws.addEventListener("open", () => { this.#set("open"); resolve(true); });
      this.ws.addEventListener("close", (event) => { this.#closed(event); resolve(false); });
    });
    this.ws.addEventListener("message", (event) => this.#message(event.data));
  }

  #set(state) {
    this.state = state;
    if (state === "open" && !this.tap) this.#row("note", "", { data: t("open", "abierta") + (this.ws.protocol ? ` · ${this.ws.protocol}` : "") });
    this.changed(this);
  }

  // row shows what only the page knows: everything of a direct connection, nothing of one through the tap.
  #row(kind, dir, more) {
    if (this.tap || this.quiet) return;
    this.session.log.add([{ time: Date.now(), conn: this.name, kind, dir, length: 0, ...more }]);
  }

  #message(data) {
    const text = typeof data === "string";
    const bytes = text ? encoder.encode(data) : new Uint8Array(data);
    this.#row(text ? "text" : "binary", "receive", { length: bytes.length, ...(text ? { data } : binary(bytes)) });
    const message = text ? { text, data, size: bytes.length } : { text, size: bytes.length, get data() { return hex(bytes); } };
    this.heard(message, this);
    if (!this.quiet) this.inbox.put(message);
  }

  #closed(event) {
    const opened = this.state === "open" || this.state === "closing";
    this.code = event.code;
    this.reason = event.reason;
    this.state = "closed";
    this.inbox.end();
    this.#row("close", "receive", { code: event.code, data: event.reason, length: event.reason.length + 2 });
    this.changed(this);
    if (!opened && !this.quiet) explain(this.session, this);
  }

  send(data) {
    if (this.state !== "open") throw new Error(t(`${this.name} is not open`, `${this.name} no está abierta`));
    this.ws.send(data);
    const text = typeof data === "string";
    const bytes = text ? encoder.encode(data) : new Uint8Array(data);
    this.#row(text ? "text" : "binary", "send", { length: bytes.length, masked: true, ...(text ? { data } : binary(bytes)) });
  }

  #act(what) {
    if (!this.tap) throw new Error(t("A page cannot do that by itself: connect through the tap.", "Una página no puede hacer eso por sí sola: conecta por la toma."));
    return this.session.post(`connections/${encodeURIComponent(this.name)}`, what);
  }
  ping(text = "") { return this.#act({ do: "frame", opcode: 9, payload: btoa(String.fromCharCode(...encoder.encode(text))) }); }
  drop() { return this.#act({ do: "drop" }); }
  half() { return this.#act({ do: "half" }); }

  close(code = 1000, reason = "") {
    if (this.tap && this.state === "open" && !this.quiet && !(code === 1000 || (code >= 3000 && code <= 4999))) {
      return this.#act({ do: "frame", opcode: 8, code, reason });
    }
    this.ws.close(code, reason); // or throws, and stays open: a page may not send every code
    if (this.state !== "open") return;
    this.state = "closing";
    this.#row("close", "send", { code, data: reason, length: encoder.encode(reason).length + 2, masked: true });
    this.changed(this);
  }
}

// A Stream is one event stream of a console. options: {name, address, tap, headers, method, names}.
export class Stream {
  state = "connecting";
  inbox = new Inbox();
  #settled;
  opened = new Promise((resolve) => { this.#settled = resolve; });

  constructor(session, options, changed = () => {}) {
    Object.assign(this, options, { session, changed });
    const address = this.tap ? session.address("http", this.name, this.address, this.headers) : new URL(this.address);
    if (this.method === "GET") this.#source(address); else this.#read(address);
  }

  #row(kind, more) {
    if (!this.tap) this.session.log.add([{ time: Date.now(), conn: this.name, kind, length: 0, ...more }]);
  }

  #set(state) {
    if (state === this.state) return;
    this.state = state;
    const shown = { connecting: "0 CONNECTING", open: "1 OPEN", closed: "2 CLOSED" }[state];
    note(this.session.log, this.name, "readyState " + shown);
    if (state !== "connecting") this.#settled(state === "open");
    if (state === "closed") this.inbox.end();
    this.changed(this);
  }

  #source(address) {
    this.source = new EventSource(address);
    let opened = false;
    this.#row("open", { data: this.address });
    this.source.addEventListener("open", () => { opened = true; this.#set("open"); });
    this.source.addEventListener("error", () => {
      this.#set(this.source.readyState === 2 ? "closed" : "connecting");
      if (!opened && this.source.readyState === 2) explain(this.session, this);
    });
    const heard = (event) => {
      this.last = event.lastEventId;
      this.#row("event", { dir: "receive", event: event.type, event_id: event.lastEventId, data: event.data, length: encoder.encode(event.data).length });
      this.inbox.put({ text: true, data: event.data, size: event.data.length });
    };
    for (const name of new Set(["message", ...this.names])) this.source.addEventListener(name, heard);
  }

  // read follows a stream that EventSource cannot ask for.
  async #read(address) {
    this.abort = new AbortController();
    try {
      const res = await fetch(address, { method: this.method, headers: { Accept: "text/event-stream" }, redirect: this.tap ? "manual" : "follow", signal: this.abort.signal });
      if (res.type === "opaqueredirect") {
        await this.session.pointsElsewhere(this.name);
        this.#set("closed");
        return;
      }
      this.#set("open");
      this.#row("response", { dir: "receive", code: res.status, data: `HTTP ${res.status} ${res.statusText}\n` + [...res.headers].map(([n, v]) => `${n}: ${v}`).join("\n") });
      const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
      let cr = false; // the last chunk ended with one: a line feed that comes now belongs to it
      for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) break;
        const text = cr && value.startsWith("\n") ? value.slice(1) : value;
        cr = value.endsWith("\r");
        const blocks = (rest + text.replace(/\r\n?/g, "\n")).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) this.#block(block);
      }
    } catch (err) {
      if (!this.abort.signal.aborted) {
        this.#row("note", { data: err.message });
        if (!this.tap) explain(this.session, this);
      }
    }
    this.#set("closed");
  }

  #block(block) {
    let event = "message";
    const data = [];
    for (const line of block.split("\n")) {
      const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (name === "data") data.push(value);
      if (name === "event") event = value;
      if (name === "id") this.last = value;
      if (name === "") this.#row("comment", { dir: "receive", data: value, length: value.length });
      if (name === "retry") this.#row("retry", { dir: "receive", data: value, length: value.length });
    }
    if (!data.length) return;
    const text = data.join("\n");
    this.#row("event", { dir: "receive", event, event_id: this.last, data: text, length: encoder.encode(text).length });
    this.inbox.put({ text: true, data: text, size: text.length });
  }

  drop() {
    if (!this.tap) throw new Error(t("A page cannot drop its own connection: connect through the tap.", "Una página no puede cortar su propia conexión: conecta por la toma."));
    return this.session.post(`connections/${encodeURIComponent(this.name)}`, { do: "drop" });
  }

  close() {
    this.source?.close();
    this.abort?.abort();
    this.#set("closed");
  }
}
