// The page's one event stream. Whoever wants to hear of a topic says so; the topics of all share one connection,
// which is opened anew, once, when a topic is added.
//
// A browser opens six connections to a host, for all its tabs together, so a tab that nobody sees gives its own back.
// Then, or when the site is started again, or when messages came too quickly, something may have been missed:
// "wirelab:back" on the document says so once the stream is open, and whoever has to know what happened asks.
const topics = new Map(); // topic -> Set of functions
let source = null;
let planned = false;
let away = document.hidden;
let missed = false;
const back = () => document.dispatchEvent(new Event("wirelab:back"));

function open() {
  planned = false;
  source?.close();
  source = null;
  if (!topics.size || away) return;
  const address = new URL("../api/stream", import.meta.url);
  for (const topic of topics.keys()) address.searchParams.append("topic", topic);
  const mine = source = new EventSource(address);
  mine.addEventListener("open", () => {
    if (missed) back();
    missed = false;
  });
  mine.addEventListener("error", () => {
    missed = true;
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (source === mine) open(); }, 3000); // it gives up; a page does not
  });
  mine.addEventListener("lost", back);
  for (const [topic, listeners] of topics) {
    source.addEventListener(topic, (event) => {
      const data = JSON.parse(event.data);
      for (const listener of listeners) listener(data);
    });
  }
}

function plan() {
  if (planned) return;
  planned = true;
  queueMicrotask(open);
}

// listen calls heard with the data of every event of topic and returns a function that ends this.
export function listen(topic, heard) {
  if (!topics.has(topic)) { topics.set(topic, new Set()); plan(); }
  topics.get(topic).add(heard);
  return () => {
    const listeners = topics.get(topic);
    if (!listeners?.delete(heard) || listeners.size) return;
    topics.delete(topic);
    plan();
  };
}

function leave() {
  if (away || !document.hidden) return;
  away = missed = true;
  open();
}

function come() {
  if (!away || document.hidden) return;
  away = false;
  open();
}

document.addEventListener("visibilitychange", () => (document.hidden ? setTimeout(leave, 3000) : come()));
addEventListener("pagehide", () => { source?.close(); source = null; });
addEventListener("pageshow", (event) => { if (event.persisted && !away) { missed = true; open(); } });
