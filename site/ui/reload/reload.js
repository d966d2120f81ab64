// While someone writes a lesson, its page follows: the notes are exchanged in place, so that whatever else is on the
// page (a console with open connections) goes on, and the reader stays where they were.
import { answers } from "./page.js";
import { listen } from "./stream.js";

const exchanged = ["title", ".sheet > .title", ".sheet > .toc", ".prose"];

// start follows changes; enhance is called with notes that are new.
export async function start(enhance) {
  if (!await answers()) return;
  const here = decodeURIComponent(location.pathname.slice(1)).replace(/\/$/, "/index.html");
  const version = async () => (await fetch(location.href, { method: "HEAD", cache: "no-cache" })).headers.get("ETag");
  let shown = await version();
  const again = async () => { shown = await follow(enhance) ?? shown; };
  listen("pages", (changed) => { if (changed.includes(here)) again(); });
  document.addEventListener("wirelab:back", async () => { if (shown !== await version()) again(); });
}

// follow exchanges the notes and returns the version of those that are shown then.
async function follow(enhance) {
  const response = await fetch(location.href, { cache: "no-cache" });
  if (!response.ok) return null;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const pairs = exchanged.map((selector) => [document.querySelector(selector), next.querySelector(selector)]);
  if (!document.querySelector(".prose") || pairs.some(([now, then]) => !now !== !then)) {
    location.reload();
    return null;
  }
  for (const [now, then] of pairs) now?.replaceWith(document.adoptNode(then));
  enhance(document.querySelector(".prose").parentElement);
  document.dispatchEvent(new Event("wirelab:notes")); // for scripts that keep elements of the notes
  return response.headers.get("ETag");
}
