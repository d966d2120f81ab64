// The log of a console: a list of which only what can be seen is in the page, so that a hundred thousand rows scroll
// like ten. A row is an entry of a transcript, as the tap and the reports write it.
import { t } from "./page.js";
import { detail, summary } from "./row.js";

const height = 26; // of a row, as in log.css
const spare = 8; // rows above and below what can be seen
const rowLimit = 100_000;
const byteLimit = 64 << 20; // of payloads; the oldest rows go first

const groups = {
  message: new Set(["text", "binary", "continuation"]),
  control: new Set(["ping", "pong", "close"]),
  event: new Set(["event"]),
  comment: new Set(["comment", "retry"]),
  http: new Set(["open", "request", "response", "bytes"]),
  note: new Set(["note", "end"]),
};

let logs = 0;

export class Log {
  rows = [];
  shown = [];
  #next = 1;
  #bytes = 0;
  #begun; // when the first row with a time of day came
  #chosen = null;
  #held = []; // while it is paused
  #heldBytes = 0;
  #pool = [];
  #planned = false;
  #top = 0;
  #match = () => true;
  #id = "log" + ++logs;
  #heard = 0;
  #saying = 0;

  constructor(root) {
    this.root = root;
    this.part = Object.fromEntries([...root.querySelectorAll("[data-log]")].map((el) => [el.dataset.log, el]));
    const { find, dir, kind, time, follow, pause, clear, view } = this.part;
    for (const el of [find, dir, kind]) el.addEventListener("input", () => this.#filter());
    this.#toggle(time, () => this.#plan(true));
    this.#toggle(follow, (on) => { if (on) this.#toEnd(); });
    this.#toggle(pause, (on) => { if (!on) this.#release(); else this.#count(); });
    clear.addEventListener("click", () => this.clear());
    view.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    view.addEventListener("click", (event) => {
      const el = event.target.closest(".log-row");
      if (el) this.choose(el.row);
    });
    view.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => {
      if (this.#chosen && !this.following) this.#reveal();
      this.#plan(true);
    }).observe(view);
    this.#count();
  }

  get following() { return this.part.follow.getAttribute("aria-pressed") === "true"; }
  set following(on) { this.part.follow.setAttribute("aria-pressed", String(on)); }
  get paused() { return this.part.pause.getAttribute("aria-pressed") === "true"; }

  #toggle(button, changed) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      changed(on);
    });
  }

  // add appends rows: {time, conn, dir, kind, length, data, …}.
  add(rows) {
    if (!rows.length) return;
    if (this.paused) {
      for (const row of rows) { this.#held.push(row); this.#heldBytes += cost(row); }
      let gone = 0;
      while (this.#held.length - gone > rowLimit || this.#heldBytes > byteLimit) this.#heldBytes -= cost(this.#held[gone++]);
      this.#held.splice(0, gone);
      this.#count();
      return;
    }
    for (const row of rows) {
      row.seq = this.#next++;
      this.#begun ??= row.time;
      this.#bytes += cost(row);
      this.rows.push(row);
      if (this.#match(row)) this.shown.push(row);
    }
    this.#trim();
    this.#plan();
    this.#announce(rows);
  }

  clear() {
    this.rows = [];
    this.shown = [];
    this.#held = [];
    this.#bytes = this.#heldBytes = 0;
    this.#begun = undefined;
    this.choose(null);
    this.#plan(true);
  }

  #release() {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.add(held);
    this.#count();
  }

  // trim keeps memory bounded. What one looks at stays where it is.
  #trim() {
    let gone = 0;
    while (this.rows.length - gone > rowLimit || this.#bytes > byteLimit) this.#bytes -= cost(this.rows[gone++]);
    if (!gone) return;
    this.rows.splice(0, gone);
    const first = this.rows[0]?.seq ?? Infinity;
    let hidden = this.shown.findIndex((row) => row.seq >= first);
    if (hidden < 0) hidden = this.shown.length;
    if (!hidden) return;
    this.shown.splice(0, hidden);
    if (!this.following) this.part.view.scrollTop = this.#top -= hidden * height;
  }

  #filter() {
    const { find, dir, kind } = this.part;
    const text = find.value.trim();
    let says = () => true;
    find.setCustomValidity("");
    const pattern = /^\/(.+)\/([imsu]*)$/.exec(text);
    if (pattern) {
      try {
        const re = new RegExp(pattern[1], pattern[2]);
        says = (row) => re.test(row.data ?? "") || re.test(row.event ?? "") || re.test(row.conn ?? "");
      } catch (err) {
        find.setCustomValidity(err.message);
        find.reportValidity();
      }
    } else if (text) {
      const low = text.toLowerCase();
      const has = (part) => part?.toLowerCase().includes(low);
      says = (row) => has(row.data) || has(row.event) || has(row.conn) || has(row.kind);
    }
    const way = dir.value;
    const group = groups[kind.value];
    this.#match = (row) => (!way || row.dir === way) && (!group || group.has(row.kind)) && says(row);
    this.shown = this.rows.filter(this.#match);
    if (this.following) this.#top = Infinity;
    this.#plan(true);
  }

  #plan(all) {
    if (all) for (const el of this.#pool) el.row = null;
    if (this.#planned) return;
    this.#planned = true;
    requestAnimationFrame(() => { this.#planned = false; this.#draw(); });
  }

  #draw() {
    const { view, space, rows, empty } = this.part;
    const total = this.shown.length * height;
    if (this.total !== total) space.style.height = (this.total = total) + "px";
    empty.hidden = this.rows.length > 0;
    if (this.following) {
      view.scrollTop = total;
      this.#top = view.scrollTop;
    }
    const from = Math.max(0, Math.floor(view.scrollTop / height) - spare);
    const to = Math.min(this.shown.length, Math.ceil((view.scrollTop + view.clientHeight) / height) + spare);
    while (this.#pool.length < to - from) this.#pool.push(this.#element(rows));
    rows.style.transform = `translateY(${from * height}px)`;
    this.#pool.forEach((el, i) => {
      const row = this.shown[from + i];
      const used = from + i < to;
      if (el.hidden === used) el.hidden = !used;
      if (used && (el.row !== row || el.place !== from + i)) this.#fill(el, row, from + i);
    });
    this.#count();
  }

  #element(rows) {
    const el = document.createElement("div");
    el.className = "log-row";
    el.setAttribute("role", "option");
    el.id = this.#id + "-" + this.#pool.length;
    el.cells = Array.from({ length: 7 }, () => el.appendChild(document.createElement("span")));
    rows.append(el);
    return el;
  }

  #fill(el, row, place) {
    el.row = row;
    el.place = place;
    const [number, time, conn, dir, kind, length, data] = el.cells;
    number.textContent = row.seq;
    time.textContent = this.#clock(row);
    conn.textContent = row.conn ?? "";
    dir.textContent = { send: "↑", receive: "↓" }[row.dir] ?? "·";
    kind.textContent = kindOf(row);
    length.textContent = row.dir ? row.length : "";
    data.textContent = summary(row);
    el.className = `log-row ${row.dir ?? "aside"} kind-${row.kind}${row.wrong ? " wrong" : ""}`;
    el.setAttribute("aria-selected", String(row === this.#chosen));
    el.setAttribute("aria-setsize", String(this.shown.length));
    el.setAttribute("aria-posinset", String(place + 1));
    if (row === this.#chosen) this.part.view.setAttribute("aria-activedescendant", el.id);
  }

  #clock(row) {
    if (row.time === undefined) return (row.at ?? 0).toFixed(3);
    if (this.part.time.getAttribute("aria-pressed") !== "true") return ((row.time - this.#begun) / 1000).toFixed(3);
    return new Date(row.time).toTimeString().slice(0, 8) + "." + String(Math.floor(row.time % 1000)).padStart(3, "0");
  }

  #count() {
    const all = this.rows.length;
    let text = this.shown.length === all ? t(`${all} rows`, `${all} filas`) : t(`${this.shown.length} of ${all}`, `${this.shown.length} de ${all}`);
    if (this.paused) text += t(` · ${this.#held.length} waiting`, ` · ${this.#held.length} en espera`);
    if (this.part.count.textContent !== text) this.part.count.textContent = text;
  }

  #scrolled() {
    const { view } = this.part;
    const up = view.scrollTop < this.#top - 1;
    const atEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - height;
    this.#top = view.scrollTop;
    if (up && !atEnd) this.following = false;
    this.#plan();
  }

  #toEnd() {
    this.#top = this.part.view.scrollHeight;
    this.#plan();
  }

  #key(event) {
    const page = Math.max(1, Math.floor(this.part.view.clientHeight / height) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") { this.choose(null); return; }
    if (step === undefined || !this.shown.length) return;
    event.preventDefault();
    const here = this.shown.indexOf(this.#chosen);
    const from = here < 0 ? (step < 0 ? this.shown.length : -1) : here;
    this.choose(this.shown[Math.min(this.shown.length - 1, Math.max(0, from + step))]);
  }

  // choose shows all there is to know of a row, and the row itself; null closes that.
  choose(row) {
    this.#chosen = row;
    const { view, detail: box } = this.part;
    for (const el of this.#pool) el.setAttribute("aria-selected", String(el.row === row && !!row));
    box.hidden = !row;
    if (!row) {
      view.removeAttribute("aria-activedescendant");
      return;
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "log-close";
    close.textContent = "×";
    close.setAttribute("aria-label", t("Close", "Cerrar"));
    close.addEventListener("click", () => { this.choose(null); view.focus(); });
    box.replaceChildren(close, detail(row));
    box.scrollTop = 0;
    this.#reveal();
    this.#plan(true);
  }

  // reveal scrolls to the chosen row if it cannot be seen.
  #reveal() {
    const { view } = this.part;
    const place = this.shown.indexOf(this.#chosen);
    if (place < 0 || !view.clientHeight) return;
    const top = place * height;
    if (top >= view.scrollTop && top + height <= view.scrollTop + view.clientHeight) return;
    this.following = false;
    this.part.space.style.height = (this.total = this.shown.length * height) + "px";
    view.scrollTop = this.#top = Math.max(0, top - view.clientHeight / 2);
  }

  // announce tells a screen reader how much came, and what came last, every two seconds at most.
  #announce(rows) {
    const last = rows.findLast((row) => row.dir === "receive");
    if (last) { this.#heard += rows.filter((row) => row.dir === "receive").length; this.last = last; }
    if (!this.#heard || this.#saying) return;
    this.#saying = setTimeout(() => {
      this.#saying = 0;
      const what = `${kindOf(this.last)}: ${summary(this.last).slice(0, 120)}`;
      this.part.said.textContent = t(`${this.#heard} received, last ${what}`, `${this.#heard} recibidos, el último ${what}`);
      this.#heard = 0;
    }, 2000);
  }
}

function kindOf(row) {
  if (row.kind === "close" && row.code) return `close ${row.code}`;
  if (row.kind === "response" && row.code) return `HTTP ${row.code}`;
  if (row.kind === "event" && row.event && row.event !== "message") return row.event;
  return row.kind + (row.fin === false ? " …" : "");
}

const cost = (row) => 200 + (row.data?.length ?? 0) + (row.head?.length ?? 0);
