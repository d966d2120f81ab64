// The page's one event stream. Whoever wants to hear of a topic says so; the topics of all share one connection,
// which is opened anew, once, when a topic is added.
//
// A browser opens six connections to a host, for all its tabs together, so a tab that nobody sees gives its own back.
// "wirelab:away" and "wirelab:back" on the document say so: whoever has to know what happened in between asks.
const topics = new Map(); // topic -> Set of functions
let source = null;
let planned = false;
let away = document.hidden;

function open() {
  planned = false;
  source?.close();
  source = null;
  if (!topics.size || away) return;
  const address = new URL("../api/stream", import.meta.url);
  for (const topic of topics.keys()) address.searchParams.append("topic", topic);
  source = new EventSource(address);
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
  away = true;
  document.dispatchEvent(new Event("wirelab:away"));
  open();
}

function back() {
  if (!away || document.hidden) return;
  away = false;
  open();
  document.dispatchEvent(new Event("wirelab:back"));
}

document.addEventListener("visibilitychange", () => (document.hidden ? setTimeout(leave, 3000) : back()));
addEventListener("pagehide", () => { source?.close(); source = null; });
addEventListener("pageshow", (event) => { if (event.persisted && !away) { open(); document.dispatchEvent(new Event("wirelab:back")); } });
