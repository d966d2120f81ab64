// Shortcuts of a single key, the list of them, and the switch that turns them off: people who speak to their
// computer type letters without meaning to.
import { t, remember, recall } from "./page.js";

const all = []; // {key, does, run}
let dialog = null;

// shortcut makes key, or two keys one after the other ("g h"), do something; does says what, in the page's language.
export function shortcut(key, does, run) {
  all.push({ key, does, run });
}

const areOn = () => recall("shortcuts") !== "off";

export function start() {
  dialog = document.getElementById("shortcuts");
  if (!dialog) return;
  const follow = (selector) => () => document.querySelector(selector)?.click();
  shortcut("?", t("show this list", "mostrar esta lista"), open);
  shortcut("g h", t("go to the lessons", "ir a las lecciones"), follow(".masthead .brand"));
  shortcut("g w", t("go to the webography", "ir a la webografía"), follow(".menu a[href*='webography']"));
  shortcut("g g", t("go to the glossary", "ir al glosario"), follow(".menu a[href*='glossary']"));
  if (document.querySelector(".pager [rel=next]")) shortcut("n", t("next lesson", "lección siguiente"), follow(".pager [rel=next]"));
  if (document.querySelector(".pager [rel=prev]")) shortcut("p", t("previous lesson", "lección anterior"), follow(".pager [rel=prev]"));
  shortcut("l", t("the other language: Spanish", "el otro idioma: inglés"), follow("a.language"));
  shortcut("d", t("dark or light colours", "colores oscuros o claros"), follow("button.theme"));

  const on = dialog.querySelector("input");
  on.checked = areOn();
  on.addEventListener("change", () => remember("shortcuts", on.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("button.keys")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  for (const button of document.querySelectorAll("dialog > .close")) {
    button.addEventListener("click", () => button.parentElement.close());
  }
  document.addEventListener("keydown", press);
}

function open() {
  dialog.querySelector("tbody").replaceChildren(...all.map(({ key, does }) => {
    const row = document.createElement("tr");
    const keys = document.createElement("th");
    keys.scope = "row";
    for (const k of key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = k;
      keys.append(kbd, " ");
    }
    const what = document.createElement("td");
    what.textContent = does;
    row.append(keys, what);
    return row;
  }));
  dialog.showModal();
}

let before = ""; // the key that was pressed just now
let beforeAt = 0;

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog[open]") || !areOn()) return;
  const two = event.timeStamp - beforeAt < 1500 ? before + " " + event.key : "";
  const found = all.find((s) => s.key === two) ?? all.find((s) => s.key === event.key);
  before = found ? "" : event.key;
  beforeAt = event.timeStamp;
  if (!found) return;
  event.preventDefault();
  found.run();
}
