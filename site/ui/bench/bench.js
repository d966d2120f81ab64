// The workbench at the foot of a lesson: the exercise runs here, its tests too, and the consoles talk to it.
import { api, local, recall, remember, renew, say, t } from "./page.js";
import { Console } from "./console.js";
import { post } from "./link.js";
import { listen } from "./stream.js";

const root = document.querySelector("[data-bench]");
const lesson = root?.dataset.bench;
const part = Object.fromEntries([...(root?.querySelectorAll("[data-bench-part]") ?? [])].map((el) => [el.dataset.benchPart, el]));
const serves = root?.hasAttribute("data-serves");
const consoles = {};
const element = (name, more = {}, ...children) => {
  const el = Object.assign(document.createElement(name), more);
  el.append(...children);
  return el;
};
let state = null;

async function start() {
  if (!root || !local) return;
  let res;
  try { res = await fetch(api("exercise/" + lesson)); } catch { return; }
  if (!res.ok) return; // the site runs without a working copy
  root.hidden = false;
  document.body.classList.add("has-bench");
  tabs();
  if (serves) {
    for (const kind of ["websocket", "events"]) consoles[kind] = new Console(root.querySelector(`[data-console=${kind}]`), { lesson });
    part.run.addEventListener("click", () => { part.run.disabled = true; turn({ run: !running() }).finally(() => { part.run.disabled = false; }); });
    listen("log/" + lesson, ({ lines, left }) => print(lines, left));
  }
  part.test.addEventListener("click", () => turn({ once: true }));
  part.each.addEventListener("change", () => {
    remember("tests-" + lesson, part.each.checked ? "each" : "");
    turn({ tests: part.each.checked });
  });
  listen("exercise/" + lesson, show);
  const now = await res.json();
  show(now);
  if (serves) print(now.log ?? [], 0);
  document.addEventListener("wirelab:back", again);
  wishAgain(now);
}

// wishAgain asks for tests at every save if they were wanted and the site does not know, or not any more.
function wishAgain(now) {
  if (recall("tests-" + lesson) === "each" && !now.tests.on) turn({ tests: true });
}

// again shows what has become of it while nobody looked.
async function again() {
  const res = await fetch(api("exercise/" + lesson));
  const now = await res.json();
  show(now);
  wishAgain(now);
  if (!serves) return;
  part.log.replaceChildren();
  print(now.log ?? [], 0);
}

const running = () => state && state.phase !== "off";

async function turn(wish) {
  try { await post("exercise/" + lesson, wish); } catch (err) { if (part.state) part.state.textContent = err.message; }
}

// The tabs, as the ARIA pattern has them: arrows move, the chosen one is the only stop.
function tabs() {
  const list = [...root.querySelectorAll("[role=tab]")];
  list[0].tabIndex = 0;
  for (const tab of list) {
    tab.addEventListener("click", () => choose(tab.id.slice(4)));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Home" || event.key === "End" || step) {
        event.preventDefault();
        const next = event.key === "Home" ? list[0] : event.key === "End" ? list.at(-1) : list.at((list.indexOf(tab) + step) % list.length);
        next.focus();
        choose(next.id.slice(4));
      }
    });
  }
  part.fold.addEventListener("click", () => (isOpen() ? fold() : choose(last ?? list[0].id.slice(4))));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented && event.target.getAttribute("role") === "tab") fold(); });
}

let last = null;
const isOpen = () => part.fold.getAttribute("aria-expanded") === "true";

function fold() {
  part.fold.setAttribute("aria-expanded", "false");
  document.getElementById("bench-panels").hidden = true;
  document.body.classList.remove("bench-open");
  for (const tab of root.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", "false");
}

function choose(name) {
  last = name;
  part.fold.setAttribute("aria-expanded", "true");
  document.getElementById("bench-panels").hidden = false;
  document.body.classList.add("bench-open");
  for (const tab of root.querySelectorAll("[role=tab]")) {
    const on = tab.id === "tab-" + name;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById("panel-" + tab.id.slice(4)).hidden = !on;
  }
}

function show(now) {
  const before = state;
  state = now;
  showTests(now.tests, now.phase === "building");
  if (!serves) return;
  const words = {
    off: t("off", "apagado"), building: now.builds ? t("building again…", "compilando de nuevo…") : t("building… the first time takes a while", "compilando… la primera vez tarda un poco"),
    running: t(`runs on ${now.address}`, `corre en ${now.address}`), broken: t("does not compile", "no compila"), ended: t("has ended", "terminó"),
  };
  say(part.state, words[now.phase] + (now.races?.length ? t(` · ${now.races.length} data race(s)`, ` · ${now.races.length} carrera(s) de datos`) : ""));
  part.run.setAttribute("aria-pressed", String(now.phase !== "off"));
  root.dataset.phase = now.phase;
  part.command.textContent = now.command;
  part.where.textContent = now.race ? t("with the race detector", "con el detector de carreras") : t("without the race detector: it needs a C compiler", "sin el detector de carreras: necesita un compilador de C");
  if (now.address && (now.address !== before?.address || now.builds !== before?.builds)) {
    for (const one of Object.values(consoles)) one.offer(now.address, now.paths ?? []);
  }
  trouble(now);
  if (now.phase === "broken" && before?.phase === "building") choose("program");
}

const placeText = (p) => `${p.file}:${p.line}${p.column ? ":" + p.column : ""}`;

function trouble(now) {
  const box = [];
  if (now.phase === "broken") {
    const title = t("It does not compile", "No compila") + (now.address ? t("; what was built before still runs.", "; sigue corriendo lo que se compiló antes.") : "");
    box.push({ title }, { places: now.errors ?? [] });
  }
  if (now.words) box.push({ words: now.words });
  renew(part.trouble, [...box, ...(now.races ?? []).map((race) => ({ race }))], troubleView);
}

function troubleView({ title, places: list, words, race }) {
  if (race) return raceView(race);
  if (list) return places(list);
  return title ? element("p", { className: "trouble-title" }, title) : element("pre", { textContent: words, tabIndex: 0 });
}

function places(list) {
  return element("ul", { className: "places" }, ...list.map((p) => element("li", {}, element("code", { textContent: placeText(p) }), element("span", { textContent: p.text }))));
}

function raceView(race) {
  const what = { read: t("reads", "lee"), write: t("writes", "escribe"), "previous read": t("had read", "había leído"), "previous write": t("had written", "había escrito") };
  const rows = (race.accesses ?? []).map((a) => {
    const own = a.stack?.find((p) => p.file.startsWith("lessons/")) ?? a.stack?.[0];
    const begun = a.begun?.find((p) => p.file.startsWith("lessons/"));
    return element("li", {}, element("strong", { textContent: `${a.by} ${what[a.what] ?? a.what}` }), ...(own ? [element("code", { textContent: placeText(own) }), element("span", { textContent: own.text })] : []),
      ...(begun ? [element("span", { className: "begun", textContent: t(`started at ${placeText(begun)}`, `iniciada en ${placeText(begun)}`) })] : []));
  });
  return element("div", { className: "race" },
    element("p", { className: "trouble-title", textContent: t("A data race: two goroutines use the same memory, at least one writes, and nothing says which goes first.", "Una carrera de datos: dos goroutines usan la misma memoria, al menos una escribe y nada dice cuál va primero.") }),
    element("ul", { className: "places" }, ...rows),
    element("details", {}, element("summary", { textContent: t("The detector's own report", "El informe del detector") }), element("pre", { textContent: race.raw, tabIndex: 0 })));
}

function print(lines, left) {
  const atEnd = part.log.scrollTop + part.log.clientHeight >= part.log.scrollHeight - 4;
  if (left) part.log.append(element("p", { className: "left", textContent: t(`… ${left} lines left out`, `… ${left} líneas omitidas`) }));
  for (const line of lines) {
    const p = element("p", { className: line.stream });
    p.append(element("time", { textContent: new Date(line.time).toTimeString().slice(0, 8) }));
    for (const bit of line.text.split(/(\S+\.go:\d+)/)) p.append(/\.go:\d+$/.test(bit) ? element("b", { textContent: bit }) : bit);
    part.log.append(p);
  }
  while (part.log.children.length > 2000) part.log.firstChild.remove();
  if (atEnd) part.log.scrollTop = part.log.scrollHeight;
}

function showTests(tests, building) {
  part.each.checked = tests.on;
  const all = (tests.tests ?? []);
  const passed = all.filter((test) => test.status === "pass").length;
  const failed = all.filter((test) => test.status === "fail").length;
  say(part.score, tests.phase === "broken" ? "✗" : all.length ? `${passed}/${all.length}` : "");
  part.score.className = tests.phase === "broken" || failed ? "bad" : passed && passed === all.length ? "good" : "";
  say(part.testing, {
    off: t("They have not run yet.", "Todavía no se han ejecutado."),
    running: building ? t("waiting for the build…", "a la espera de la compilación…") : t("running…", "en marcha…"),
    broken: t("They do not compile.", "No compilan."), ended: failed ? t(`${failed} of ${all.length} fail.`, `Fallan ${failed} de ${all.length}.`) : t(`All ${all.length} pass.`, `Pasan las ${all.length}.`),
  }[tests.phase]);
  const box = tests.phase === "broken" ? [{ places: tests.errors ?? [] }] : [];
  if (tests.words) box.push({ words: tests.words });
  renew(part.testtrouble, box, troubleView);
  renew(part.tests, all, testView);
}

function testView(test) {
  const mark = { pass: "✓", fail: "✗", skip: "–", run: "…" }[test.status];
  const said = { pass: t("passed", "pasó"), fail: t("failed", "falló"), skip: t("skipped", "omitida"), run: t("running", "en marcha") }[test.status];
  const item = element("li", { className: test.status },
    element("span", { className: "mark", textContent: mark, ariaHidden: "true" }), element("span", { className: "sr", textContent: said + " " }),
    element("code", { textContent: test.name }), element("span", { className: "seconds", textContent: test.status === "run" ? "" : `${test.seconds.toFixed(2)} s` }));
  if (test.status !== "fail") return item;
  if (test.place) item.append(element("code", { className: "place", textContent: placeText(test.place) }));
  if (test.output) item.append(element("pre", { textContent: test.output.trimEnd(), tabIndex: 0 }));
  if (test.transcript && serves) {
    const open = element("button", { type: "button", textContent: t("Show what went over the wire", "Mostrar lo que pasó por el cable") });
    open.addEventListener("click", () => openTranscript(test));
    const again = element("button", { type: "button", textContent: t("Replay against the running exercise", "Repetir contra el ejercicio en marcha") });
    again.addEventListener("click", () => replay(test));
    item.append(element("div", { className: "row" }, open, again));
  }
  return item;
}

async function transcript(test) {
  const res = await fetch(api(`exercise/${lesson}/transcripts/${encodeURIComponent(test.name.split("/")[0])}`));
  if (!res.ok) throw new Error(await res.text());
  return res.json();
}

async function openTranscript(test) {
  const rows = await transcript(test);
  const last = rows.findLast((row) => row.kind !== "note" && row.kind !== "end");
  if (last) last.wrong = true; // after this one the test gave up
  const stream = (row) => ["event", "comment", "retry"].includes(row.kind) || (row.kind === "response" && /content-type: *text\/event-stream/i.test(row.data ?? ""));
  const kind = rows.some(stream) ? "events" : "websocket";
  choose(kind);
  consoles[kind].show(rows, last);
  return { one: consoles[kind], rows };
}

async function replay(test) {
  const { one, rows } = await openTranscript(test);
  await one.try(() => {
    if (state?.phase !== "running") throw new Error(t("The exercise does not run: switch it on first.", "El ejercicio no está en marcha: enciéndelo primero."));
    return one.replay(rows);
  });
}

globalThis.wirelabBench = consoles; // for whoever looks with the browser's own tools
start();
