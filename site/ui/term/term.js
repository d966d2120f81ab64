// A term's meaning, shown on hover and focus. It stays while the pointer is on it, and Escape sends it away.
let bubble = null;
let owner = null;
let leaving = 0;

export function enhance(notes) {
  for (const link of notes.querySelectorAll("a.term[data-explain]")) {
    link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") show(link); });
    link.addEventListener("pointerleave", leave);
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", hide);
  }
}

function show(link) {
  clearTimeout(leaving);
  if (owner === link) return;
  hide();
  bubble ??= make();
  bubble.textContent = link.dataset.explain;
  bubble.hidden = false;
  owner = link;
  link.setAttribute("aria-describedby", bubble.id);
  place(link.getClientRects()[0]);
  document.addEventListener("keydown", escape);
}

function make() {
  const el = document.createElement("div");
  el.id = "term-meaning";
  el.className = "meaning-bubble";
  el.setAttribute("role", "tooltip");
  el.addEventListener("pointerenter", () => clearTimeout(leaving));
  el.addEventListener("pointerleave", leave);
  document.body.append(el);
  return el;
}

// place puts the bubble under its word, above it where there is no room, and within the window.
function place(word) {
  const { width, height } = bubble.getBoundingClientRect();
  const left = Math.max(12, Math.min(word.left, document.documentElement.clientWidth - width - 12));
  const below = word.bottom + height + 14 < innerHeight;
  bubble.style.left = `${left + scrollX}px`;
  bubble.style.top = `${(below ? word.bottom + 6 : word.top - height - 6) + scrollY}px`;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(() => { if (document.activeElement !== owner) hide(); }, 150);
}

function escape(event) {
  if (event.key === "Escape") hide();
}

function hide() {
  if (!owner) return;
  owner.removeAttribute("aria-describedby");
  owner = null;
  bubble.hidden = true;
  document.removeEventListener("keydown", escape);
}
