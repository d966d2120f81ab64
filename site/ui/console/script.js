// A script of the console: one step on each line, over as many connections as it names.
import { t } from "./page.js";
import { hex } from "./row.js";

const patience = 5000; // milliseconds for a message to come

// parse reads the steps; it throws for a line that is none.
export function parse(text) {
  return text.split("\n").map((line, i) => ({ line: line.trim(), number: i + 1 })).filter(({ line }) => line && !line.startsWith("#")).map(({ line, number }) => {
    const [, who, verb, rest] = /^(?:@(\S+)\s+)?(\S+)\s*(.*)$/s.exec(line);
    if (!["connect", "request", "send", "expect", "ping", "wait", "close", "drop"].includes(verb)) {
      throw new Error(t(`line ${number}: "${verb}" is no step`, `línea ${number}: "${verb}" no es un paso`));
    }
    return { line, who: who ?? "script", verb, rest };
  });
}

// payload is what is written after send and expect: text, "json …", "hex …", "base64 …" or a quoted "text".
function payload(rest) {
  const [, form, body] = /^(hex|base64|json|quoted)\s+(.*)$/s.exec(rest) ?? [];
  const bytes = (binary) => Uint8Array.from(binary, (c) => c.charCodeAt(0));
  if (form === "hex") return Uint8Array.from(body.replace(/\s/g, "").match(/../g) ?? [], (two) => parseInt(two, 16));
  if (form === "base64") return bytes(atob(body));
  if (form === "json") { JSON.parse(body); return body; }
  if (form === "quoted") return JSON.parse(body);
  return rest;
}

async function expected(link, rest) {
  if (/^close\b/.test(rest)) {
    const code = Number(rest.slice(5)) || 0;
    const message = await link.inbox.next(patience);
    if (message) return t(`came: ${message.data}`, `llegó: ${message.data}`);
    if (link.state !== "closed") return t("it is still open", "sigue abierta");
    return code && link.code !== code ? t(`closed with ${link.code}`, `cerró con ${link.code}`) : "";
  }
  const message = await link.inbox.next(patience);
  if (!message) return link.state === "closed" ? t("the connection closed", "la conexión cerró") + (link.code ? t(` with ${link.code}`, ` con ${link.code}`) : "") : t("nothing came", "no llegó nada");
  const pattern = /^\/(.+)\/([imsu]*)$/s.exec(rest);
  if (pattern) return new RegExp(pattern[1], pattern[2]).test(message.data) ? "" : t(`came: ${message.data}`, `llegó: ${message.data}`);
  const want = payload(rest);
  const same = typeof want === "string" ? message.text && (/^json\s/.test(rest) ? sameJSON(message.data, want) : message.data === want) : !message.text && message.data === hex(want);
  return same ? "" : t(`came: ${message.data}`, `llegó: ${message.data}`);
}

function sameJSON(a, b) {
  try { return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)); } catch { return false; }
}

async function step(at, { who, verb, rest }) {
  if (verb === "connect") {
    const [, path, header] = /^(\S*)\s*(.*)$/s.exec(rest);
    const link = at.connect(who, path || undefined, header ? [header] : []);
    const late = new Promise((resolve) => { setTimeout(resolve, patience, null); });
    const opened = await Promise.race([link.opened, late]);
    return opened ? "" : opened === null ? t("no answer", "no hubo respuesta") : t("it was refused", "fue rechazada");
  }
  if (verb === "request") {
    const [, method, path, body] = /^(\S+)\s*(\S*)\s*(.*)$/s.exec(rest) ?? [];
    await at.request(method ?? "GET", path ?? "/", payload(body ?? ""), AbortSignal.timeout(patience));
    return "";
  }
  if (verb === "wait") {
    const [, n, unit] = /^([\d.]+)\s*(ms|s)?$/.exec(rest) ?? [];
    await new Promise((resolve) => { setTimeout(resolve, Math.min(60_000, Number(n || 0) * (unit === "s" ? 1000 : 1))); });
    return "";
  }
  const link = at.links.get(who) ?? (who === "script" ? at.chosen : null);
  if (!link) return t(`there is no connection ${who}`, `no hay conexión ${who}`);
  if (verb !== "expect" && !link[verb]) return t(`an event stream cannot ${verb}`, `un flujo de eventos no sabe hacer ${verb}`);
  switch (verb) {
    case "send": link.send(payload(rest)); return "";
    case "ping": await link.ping(rest); return "";
    case "drop": await link.drop(); return "";
    case "close": {
      const [, code, reason] = /^(\d+)?\s*(.*)$/s.exec(rest);
      await link.close(code ? Number(code) : 1000, reason);
      return "";
    }
  }
  return expected(link, rest);
}

// runScript runs the steps one after the other, up to the first that fails; it reports whether all went well.
export async function runScript(text, at, list) {
  const steps = parse(text);
  list.replaceChildren();
  for (const one of steps) {
    const item = list.appendChild(document.createElement("li"));
    item.append(Object.assign(document.createElement("code"), { textContent: one.line }));
    item.className = "now";
    let why;
    try { why = await step(at, one); } catch (err) { why = err.message; }
    item.className = why ? "bad" : "good";
    if (why) {
      item.append(Object.assign(document.createElement("span"), { textContent: " " + why }));
      return false;
    }
  }
  return true;
}
