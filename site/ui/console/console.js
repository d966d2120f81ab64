// The two consoles: what one types becomes connections and messages, and the log shows what came of it.
import { answers, recall, remember, renew, say, t } from "./page.js";
import { goTest, har, lacking, script as scriptOf } from "./export.js";
import { Load } from "./load.js";
import { Log } from "./log.js";
import { note, Session, Socket, Stream } from "./link.js";
import { openReport } from "./report.js";
import { runScript } from "./script.js";

const all = (root, selector) => [...root.querySelectorAll(selector)];

export class Console {
  links = new Map();
  chosen = null;
  served = []; // what the exercise serves: {method, path}
  #count = 0;

  constructor(root, { lesson = "" } = {}) {
    this.root = root;
    this.kind = root.dataset.console;
    this.lesson = lesson;
    this.part = Object.fromEntries(all(root, "[data-part]").map((el) => [el.dataset.part, el]));
    this.field = Object.fromEntries(all(root, "[data-field]").map((el) => [el.dataset.field, el]));
    this.log = new Log(root.querySelector(".log"));
    this.session = new Session(this.log);
    this.session.renewed = () => { if (!this.part.spoiled.hidden) this.try(() => this.#faults()); };
    this.#forms();
    this.#logActs();
    this.#spread();
  }

  get address() { return this.part.connect.elements.address; }
  get tap() { return this.part.connect.elements.route.value === "tap"; }
  get origin() {
    try { return new URL(this.address.value).origin.replace(/^ws/, "http"); } catch { return ""; }
  }

  // offer says where the exercise is and what it serves.
  offer(base, paths) {
    const socket = this.kind === "websocket";
    this.served = paths;
    const fits = paths.filter((p) => !p.method || p.method === "GET");
    const likely = fits.find((p) => (socket ? /ws|socket|chat/i : /live|event|stream|sse|feed/i).test(p.path)) ?? fits[0];
    const scheme = socket ? "ws://" : "http://";
    if (base) {
      const before = this.address.value;
      const path = before ? before.replace(/^\w+:\/\/[^/]*/, "") : likely?.path ?? "/";
      this.address.value = scheme + base + path;
    }
    this.part.paths.replaceChildren(...fits.map((p) => Object.assign(document.createElement("option"), { value: scheme + base + p.path })));
    const other = paths.find((p) => p.method && p.method !== "GET") ?? paths.find((p) => p !== likely);
    const form = this.part.request.elements;
    if (other && form.path.value === "/") {
      form.path.value = other.path;
      form.method.value = other.method || "GET";
    }
  }

  #forms() {
    const { connect, compose, close, request, faults, script, load } = this.part;
    const on = (form, act) => form?.addEventListener("submit", (event) => { event.preventDefault(); this.try(act); });
    on(connect, () => this.connect());
    on(compose, () => this.#send());
    on(close, () => this.#each((link) => link.close(Number(close.elements.code.value), close.elements.reason.value)));
    on(request, () => this.request(request.elements.method.value, request.elements.path.value, request.elements.body.value));
    on(script, () => this.run(script.elements.script.value));
    on(load, () => this.#load());
    compose?.elements.message.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); compose.requestSubmit(); }
    });
    faults.addEventListener("change", () => this.try(() => this.#faults()));
    on(faults, () => this.#faults());
    const acts = {
      ping: () => this.#each((link) => link.ping(compose.elements.message.value.slice(0, 40))),
      drop: () => this.#each((link) => link.drop()), half: () => this.#each((link) => link.half()),
      close: () => this.#each((link) => link.close()),
      save: () => this.#keep(), file: () => this.#file(),
      "from-log": () => { script.elements.script.value = this.#script(this.log.rows); },
    };
    for (const button of all(this.root, "[data-do]")) button.addEventListener("click", () => this.try(acts[button.dataset.do]));
    if (this.part.saved) this.#showKept();
  }

  // try does something and shows why it could not be done.
  async try(act) {
    try {
      if (this.part.error) this.part.error.textContent = "";
      await act();
    } catch (err) {
      if (this.part.error) this.part.error.textContent = err.message;
      else note(this.log, "", err.message, { wrong: true });
    }
  }

  #headers() { return this.field.headers.value.split("\n").map((l) => l.trim()).filter(Boolean); }

  // options are what the form says of a connection; path replaces that of the address.
  #options(name, path) {
    const text = this.address.value.trim();
    const address = new URL(/^\w+:\/\//.test(text) ? text : (this.kind === "websocket" ? "ws://" : "http://") + text);
    if (path) { address.pathname = path.split("?", 1)[0]; address.search = path.includes("?") ? path.slice(path.indexOf("?")) : ""; }
    if (this.kind === "websocket") {
      for (const [key, value] of new URLSearchParams(this.field.query.value)) address.searchParams.set(key, value);
      const protocols = this.field.protocols.value.split(",").map((p) => p.trim()).filter(Boolean);
      if (address.protocol !== "ws:") throw new Error(t("A WebSocket's address begins with ws://", "La dirección de un WebSocket empieza por ws://"));
      return { name, address: address.href, tap: this.tap, protocols, headers: this.#headers() };
    }
    const headers = this.#headers();
    if (this.field.last.value) headers.push("Last-Event-ID: " + this.field.last.value);
    const names = this.field.names.value.split(",").map((n) => n.trim()).filter(Boolean);
    return { name, address: address.href, tap: this.tap, headers, method: this.field.method.value, names };
  }

  connect(name, path, headers = []) {
    name ??= (this.kind === "websocket" ? "ws" : "es") + ++this.#count;
    this.links.get(name)?.close();
    const Kind = this.kind === "websocket" ? Socket : Stream;
    const options = this.#options(name, path);
    const link = new Kind(this.session, { ...options, headers: [...options.headers, ...headers] }, () => this.#spread());
    this.links.set(name, link);
    this.chosen = link;
    this.#spread();
    return link;
  }

  #each(act) {
    if (!this.chosen) throw new Error(t("There is no connection: connect first.", "No hay conexión: conecta primero."));
    return act(this.chosen);
  }

  #message(text, as) {
    if (as === "json") {
      try { JSON.parse(text); } catch (err) { throw new Error(t(`This is no JSON: ${err.message}`, `Esto no es JSON: ${err.message}`)); }
    }
    if (as === "hex") {
      const digits = text.replace(/[\s,]|0x/g, "");
      if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(t("Hex is pairs of 0 to 9 and a to f.", "El hexadecimal son pares de 0 a 9 y de a a f."));
      return Uint8Array.from(digits.match(/../g) ?? [], (two) => parseInt(two, 16));
    }
    if (as === "base64") {
      try { return Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0)); } catch { throw new Error(t("This is no base64.", "Esto no es base64.")); }
    }
    return text;
  }

  #send() {
    const { message, as, to } = this.part.compose.elements;
    const data = this.#message(message.value, as.value);
    if (to.value === "all") {
      const open = [...this.links.values()].filter((link) => link.state === "open");
      if (!open.length) throw new Error(t("No connection is open.", "Ninguna conexión está abierta."));
      for (const link of open) link.send(data);
    } else this.#each((link) => link.send(data));
    message.select();
  }

  #file() {
    const input = Object.assign(document.createElement("input"), { type: "file" });
    input.addEventListener("change", () => this.try(async () => {
      const bytes = new Uint8Array(await input.files[0].arrayBuffer());
      this.#each((link) => link.send(bytes));
    }));
    input.click();
  }

  get #kept() { try { return JSON.parse(recall("messages")) ?? []; } catch { return []; } }

  #keep() {
    const { message, as } = this.part.compose.elements;
    if (!message.value) throw new Error(t("There is no message to keep.", "No hay mensaje que guardar."));
    const kept = [{ text: message.value, as: as.value }, ...this.#kept.filter((k) => k.text !== message.value)].slice(0, 20);
    remember("messages", JSON.stringify(kept));
    this.#showKept();
  }

  #showKept() {
    renew(this.part.saved, this.#kept, (k) => {
      const item = document.createElement("li");
      const use = item.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: k.text.slice(0, 60) }));
      use.addEventListener("click", () => {
        const { message, as } = this.part.compose.elements;
        message.value = k.text;
        as.value = k.as;
        message.focus();
      });
      const drop = item.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: "×" }));
      drop.setAttribute("aria-label", t(`Forget ${k.text.slice(0, 60)}`, `Olvidar ${k.text.slice(0, 60)}`));
      drop.addEventListener("click", () => {
        const near = item.nextSibling ?? item.previousSibling;
        remember("messages", JSON.stringify(this.#kept.filter((o) => o.text !== k.text)));
        this.#showKept();
        (near?.lastChild ?? this.part.compose.elements.message).focus();
      });
      return item;
    });
    this.part.saved.hidden = !this.part.saved.children.length;
  }

  async #faults() {
    const f = this.part.faults.elements;
    const number = (name) => Math.max(0, Math.floor(Number(f[name].value) || 0));
    const wish = { seed: number("seed"), dir: f.dir.value, delay: number("delay"), split: f.split.value, cut_bytes: number("cut_bytes"), cut_frames: number("cut_frames"), half: f.half.checked, pace: number("pace") };
    await this.session.post("faults", wish);
    this.part.spoiled.hidden = !(wish.delay || wish.split || wish.cut_bytes || wish.cut_frames || wish.pace);
  }

  async request(method, path, body, signal) {
    const name = "r" + ++this.#count;
    const target = new URL(path || "/", this.origin || undefined);
    const address = this.session.address("http", name, target.href, this.#headers());
    const headers = { "Accept-Language": document.documentElement.lang, ...(method !== "GET" && { "Content-Type": "text/plain" }) };
    const res = await fetch(address, { method, signal, redirect: "manual", headers, ...(method !== "GET" && { body }) });
    if (res.type === "opaqueredirect") return this.session.pointsElsewhere(name);
    if (res.headers.has("Wirelab-Refused")) throw new Error((await res.text()).trim());
    return res.body?.cancel();
  }

  run(text) {
    this.part.scripting.open = true;
    this.part.script.elements.script.value = text;
    return runScript(text, this, this.part.steps);
  }

  #load() {
    const { clients, rate, seconds, message } = this.part.load.elements;
    const load = new Load(this.session, { ...this.#options("load"), quiet: true, clients: +clients.value, rate: +rate.value, seconds: +seconds.value, message: message.value });
    return load.run(this.part.chart, this.part.figures);
  }

  // spread shows the connections and their state.
  #spread() {
    const words = { connecting: t("connecting", "conectando"), open: t("open", "abierta"), closing: t("closing", "cerrando"), closed: t("closed", "cerrada") };
    renew(this.part.links, [...this.links.values()], (link) => this.#linkView(link), (link) => link.name);
    for (const item of this.part.links.children) {
      const link = this.links.get(item.renewKey);
      const [pick] = item.children;
      item.className = link.state;
      pick.setAttribute("aria-pressed", String(link === this.chosen));
      say(pick.lastChild, ` ${words[link.state]}${link.code ? ` ${link.code}` : ""}`);
      pick.title = link.address;
    }
    this.part.links.hidden = !this.links.size;
    if (this.part.ready) {
      const link = this.chosen;
      const state = { connecting: "0 CONNECTING", open: "1 OPEN", closed: "2 CLOSED" };
      say(this.part.ready, link ? `${link.name}: readyState ${state[link.state]}` : t("No connection yet.", "Todavía no hay conexión."));
    }
  }

  // linkView is a connection in the list; another one of the same name takes its place.
  #linkView({ name }) {
    const item = document.createElement("li");
    const pick = item.appendChild(Object.assign(document.createElement("button"), { type: "button" }));
    pick.append(Object.assign(document.createElement("strong"), { textContent: name }), " ");
    pick.addEventListener("click", () => { this.chosen = this.links.get(name); this.#spread(); });
    const end = item.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: "×" }));
    end.setAttribute("aria-label", t(`Close ${name}`, `Cerrar ${name}`));
    end.addEventListener("click", () => {
      const link = this.links.get(name);
      if (link.state === "closed") {
        const near = item.nextSibling ?? item.previousSibling;
        this.links.delete(name);
        if (this.chosen === link) this.chosen = [...this.links.values()].at(-1) ?? null;
        (near?.lastChild ?? this.address).focus();
      } else link.close();
      this.#spread();
    });
    return item;
  }

  #logActs() {
    const { har: save, gotest, tab, report, menu } = this.log.part;
    const on = (button, act) => button.addEventListener("click", () => { menu.open = false; this.try(act); });
    on(save, () => this.#download());
    on(gotest, async () => {
      await navigator.clipboard.writeText(this.goTest());
      this.log.part.said.textContent = t("Copied as a Go test", "Copiado como prueba de Go");
    });
    on(tab, () => this.#handOver());
    on(report, () => openReport((rows) => this.show(rows)));
    menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.firstElementChild.focus(); } });
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  }

  goTest() { return goTest(this.log.rows, this.lesson, this.origin); }
  har() { return har(this.log.rows, (name) => this.links.get(name)?.address ?? (this.origin || undefined)); }

  #download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(this.har(), null, 1)], { type: "application/json" }));
    link.download = "wirelab.har";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // handOver opens the same rows in a tab of their own.
  #handOver() {
    const name = crypto.randomUUID();
    const channel = new BroadcastChannel("rows-" + name);
    channel.addEventListener("message", (event) => {
      if (event.data !== "ready") return;
      channel.postMessage({ rows: this.log.rows, address: this.address.value });
      channel.close();
    });
    const page = new URL(`../${document.documentElement.lang}/console/${this.kind}.html#rows=${name}`, import.meta.url);
    window.open(page, "_blank", "noopener");
  }

  // show puts a transcript into the log, at the row where it went wrong.
  show(rows, wrong) {
    this.log.clear();
    this.log.following = false;
    this.log.add(rows);
    this.log.choose(wrong ?? rows.find((row) => row.wrong) ?? rows.at(-1) ?? null);
    if (this.field.names) this.field.names.value = [...new Set(rows.filter((row) => row.event && row.event !== "message").map((row) => row.event))].join(", ");
    this.part.script.elements.script.value = this.#script(rows);
  }

  // replay does again what was done in a transcript, if all of that is known.
  replay(rows) {
    const cut = lacking(rows);
    if (cut) throw new Error(t(`A message of ${cut.length} bytes was sent, of which the transcript has the beginning only: it cannot be sent again.`, `Se envió un mensaje de ${cut.length} bytes del que la transcripción solo tiene el principio: no se puede enviar de nuevo.`));
    return this.run(this.#script(rows));
  }

  // script is a transcript as steps. A path that the exercise does not have is that of a test which has served the
  // handler by itself.
  #script(rows) {
    let own = "/";
    try { own = new URL(this.address.value).pathname; } catch { /* there is no address yet */ }
    return scriptOf(rows, this.kind, (path, method) => {
      if (!this.served.length || this.served.some((p) => p.path === path.split("?", 1)[0])) return path;
      return this.served.find((p) => method !== "GET" && p.method === method)?.path ?? own;
    });
  }
}

// A page of its own: one console, and what the address hands over.
async function page() {
  const root = document.querySelector(".page-console .console");
  if (!root || !await answers()) return;
  document.querySelector("[data-part=absent]").hidden = true;
  document.querySelector("[data-part=present]").hidden = false;
  const one = new Console(root);
  const asked = new URLSearchParams(location.search).get("url");
  if (asked) one.address.value = asked;
  const hash = new URLSearchParams(location.hash.slice(1));
  if (hash.has("rows")) {
    const channel = new BroadcastChannel("rows-" + hash.get("rows"));
    channel.addEventListener("message", (event) => { one.address.value = event.data.address; one.show(event.data.rows); channel.close(); });
    channel.postMessage("ready");
  }
  if (hash.has("transcript")) one.try(() => one.show(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(hash.get("transcript").replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))))));
  globalThis.wirelabConsole = one; // for whoever looks with the browser's own tools
}
page();
