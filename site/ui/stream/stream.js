// The page's one event stream. Whoever wants to hear of a topic says so; the topics of all share one connection,
// which is opened anew, once, when a topic is added.
const topics = new Map(); // topic -> Set of functions
let source = null;
let planned = false;

function open() {
  planned = false;
  source?.close();
  source = null;
  if (!topics.size) return;
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
