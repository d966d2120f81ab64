// The search over all pages, results as one types. The index of the page's own language is read when the search is
// first opened, the other language's after it: its results come last.
import { t } from "./page.js";
import { shortcut } from "./shortcuts.js";
import { fold, find, load } from "./find.js";

const shown = 12; // results of the page's own language
const foreign = 4; // and of the other one
const own = document.documentElement.lang;
const other = own === "es" ? "en" : "es";
const indexes = new Map(); // language -> promise of an index
let dialog, input, list, said, chosen = -1;

export function start() {
  dialog = document.getElementById("search");
  if (!dialog || location.protocol === "file:") return; // a browser reads no file for a page on a disk
  input = dialog.querySelector("input");
  list = dialog.querySelector("ul");
  said = dialog.querySelector(".search-said");
  for (const button of document.querySelectorAll(".search-open")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  shortcut("/", t("search", "buscar"), open);
  input.addEventListener("input", show);
  input.addEventListener("keydown", move);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) dialog.close(); });
}

function indexOf(lang) {
  if (!indexes.has(lang)) {
    indexes.set(lang, load(new URL(`search-${lang}.json`, import.meta.url)).catch((err) => { indexes.delete(lang); throw err; }));
  }
  return indexes.get(lang);
}

function open() {
  dialog.showModal();
  input.select();
  show();
}

async function show() {
  const query = input.value;
  let found = [];
  try {
    for (const [lang, most] of [[own, shown], [other, foreign]]) {
      const index = await indexOf(lang);
      found.push(...find(index, query, most).map((section) => ({ lang, section })));
    }
  } catch {
    said.textContent = t("The index could not be read.", "No se pudo leer el índice.");
    return;
  }
  if (query !== input.value) return; // typed on meanwhile
  const words = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  list.replaceChildren(...found.map((result, i) => option(result, i, words)));
  input.setAttribute("aria-expanded", String(found.length > 0));
  said.textContent = !words.length ? "" : found.length === 0 ? t("Nothing found.", "No se encontró nada.")
    : found.length === 1 ? t("1 result", "1 resultado") : t(`${found.length} results`, `${found.length} resultados`);
  choose(found.length ? 0 : -1);
}

const kinds = { lesson: ["lesson", "lección"], webography: ["webography", "webografía"], glossary: ["glossary", "glosario"] };

function option({ lang, section: [page, anchor, title, trail, kind, text] }, i, words) {
  const item = document.createElement("li");
  item.setAttribute("role", "presentation");
  const link = document.createElement("a");
  link.id = `search-result-${i}`;
  link.setAttribute("role", "option");
  link.lang = lang;
  link.href = new URL(`../${lang}/${page}${anchor ? "#" + encodeURIComponent(anchor) : ""}`, import.meta.url);
  link.tabIndex = -1;
  const name = document.createElement("strong");
  name.append(...marked(title, words));
  const where = document.createElement("span");
  where.className = `search-kind ${kind}`;
  where.lang = own;
  where.textContent = t(...kinds[kind]) + (lang === own ? "" : t(", in Spanish", ", en inglés"));
  const path = document.createElement("span");
  path.className = "search-trail";
  path.textContent = trail;
  const snippet = document.createElement("span");
  snippet.className = "search-text";
  snippet.append(...marked(around(text, words), words));
  link.append(name, where, path, snippet);
  item.append(link);
  item.addEventListener("pointermove", () => { if (chosen !== i) choose(i, false); });
  return item;
}

// around is the piece of a text where the first of the words stands.
function around(text, words) {
  const folded = fold(text);
  const at = Math.min(...words.map((w) => folded.indexOf(w)).filter((n) => n >= 0), Infinity);
  const begin = at === Infinity || at < 60 ? 0 : text.lastIndexOf(" ", at - 40) + 1;
  const long = begin + 170 < text.length;
  const end = long ? text.lastIndexOf(" ", begin + 170) : text.length;
  return (begin ? "… " : "") + text.slice(begin, end > begin ? end : begin + 170).trim() + (long ? " …" : "");
}

// marked splits a text into pieces, with an element around what was searched for.
function marked(text, words) {
  const folded = fold(text);
  if (!words.length || folded.length !== text.length) return [text];
  const pieces = [];
  let done = 0;
  for (const m of folded.matchAll(new RegExp(words.map((w) => w.replace(/[^\p{L}\p{N}]/gu, "")).join("|"), "gu"))) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(m.index, m.index + m[0].length);
    pieces.push(text.slice(done, m.index), mark);
    done = m.index + m[0].length;
  }
  return [...pieces, text.slice(done)];
}

function choose(i, scroll = true) {
  list.children[chosen]?.firstChild.setAttribute("aria-selected", "false");
  chosen = i;
  const item = list.children[i]?.firstChild;
  item?.setAttribute("aria-selected", "true");
  if (scroll) item?.scrollIntoView({ block: "nearest" });
  if (item) input.setAttribute("aria-activedescendant", item.id);
  else input.removeAttribute("aria-activedescendant");
}

function move(event) {
  const n = list.children.length;
  const to = { ArrowDown: (chosen + 1) % n, ArrowUp: (chosen - 1 + n) % n }[event.key];
  if (event.key === "Enter") {
    event.preventDefault();
    list.children[chosen]?.firstChild.click();
  } else if (to !== undefined && n) {
    event.preventDefault();
    choose(to);
  }
}
