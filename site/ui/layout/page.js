// What several components need to know about the page.
const root = document.documentElement;

// t says something in the page's language.
export const t = (en, es) => (root.lang === "es" ? es : en);

// local is whether the page comes from the site's own program, which answers below /api/; a copy on a web server or
// a disk has pages and nothing else.
export const local = location.protocol === "http:" && /^(localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);

// api is an address that the program answers.
export const api = (path) => new URL("../api/" + path, import.meta.url);

// answers is whether the program is there: a copy that some other server shows on this machine has nobody to ask.
let asked = null;
export function answers() {
  const ask = async () => {
    try { return (await fetch(api("progress"))).headers.get("Content-Type") === "application/json"; } catch { return false; }
  };
  return (asked ??= local ? ask() : Promise.resolve(false));
}

// say puts text where it is not yet: a status that is written again is read out again.
export function say(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

// renew gives parent a child for each item, made by view, and keeps the child of an item that was there before: so do
// the focus, a press in progress and what has been opened. key tells items apart.
export function renew(parent, items, view, key = JSON.stringify) {
  const before = new Map([...parent.children].map((el) => [el.renewKey, el]));
  const next = items.map((item) => {
    const name = key(item);
    const el = before.get(name) ?? view(item);
    before.delete(name);
    el.renewKey = name;
    return el;
  });
  for (const el of before.values()) el.remove();
  next.forEach((el, i) => { if (parent.children[i] !== el) parent.insertBefore(el, parent.children[i] ?? null); });
  while (parent.children.length > next.length) parent.lastChild.remove();
}

// remember and recall keep a choice of the reader; where storage is refused, it lasts as long as the page.
const kept = new Map();
export function remember(name, value) {
  kept.delete(name);
  try { localStorage.setItem("wirelab-" + name, value); } catch { kept.set(name, value); }
}
export function recall(name) {
  try { return kept.get(name) ?? localStorage.getItem("wirelab-" + name); } catch { return kept.get(name) ?? null; }
}
