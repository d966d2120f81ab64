// What several components need to know about the page.
const root = document.documentElement;

// t says something in the page's language.
export const t = (en, es) => (root.lang === "es" ? es : en);

// local is whether the page comes from the site's own program, which answers below /api/; a copy on a web server or
// a disk has pages and nothing else.
export const local = location.protocol === "http:" && /^(localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);

// api is an address that the program answers.
export const api = (path) => new URL("../api/" + path, import.meta.url);

// remember and recall keep a choice of the reader; where storage is refused, it lasts as long as the page.
const kept = new Map();
export function remember(name, value) {
  kept.set(name, value);
  try { localStorage.setItem("wirelab-" + name, value); } catch { /* not kept */ }
}
export function recall(name) {
  try { return kept.get(name) ?? localStorage.getItem("wirelab-" + name); } catch { return kept.get(name) ?? null; }
}
