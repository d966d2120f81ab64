// What a row says: in one line, and in full.
import { t } from "./page.js";

const plain = new Set(["open", "request", "response", "end", "note"]);

// summary is the row's payload on one line.
export function summary(row) {
  let text = row.encoding === "hex" ? (row.data ?? "").slice(0, 96).replace(/../g, "$& ").trim() : (row.data ?? "").slice(0, 400);
  if (row.kind === "request") text = text.split("\n", 1)[0];
  if (row.kind === "response") text = text.split("\n", 1)[0].replace(/^HTTP\/\S+ /, "");
  text = plain.has(row.kind) ? words(row, text) : text.replaceAll("\n", " ⏎ ").replaceAll("\r", "").replaceAll("\t", " ");
  if (row.event_id) text += `   id ${row.event_id}`;
  if (row.note === "injected") text += t("   (sent by the tap)", "   (enviado por la toma)");
  return text;
}

// What the tap says about itself, in Spanish.
const spanish = new Map([
  ["the connection has ended", "la conexión terminó"],
  ["the response has ended", "la respuesta terminó"],
  ["the tap drops the connection", "la toma corta la conexión"],
  ["the tap cuts the connection here", "la toma corta la conexión aquí"],
  ["the tap cuts the stream here", "la toma corta el flujo aquí"],
  ["the tap closes the direction to the server", "la toma cierra el sentido hacia el servidor"],
  ["the tap cuts here, in the direction from the browser", "la toma corta aquí, en el sentido que sale del navegador"],
  ["the tap cuts here, in the direction from the server", "la toma corta aquí, en el sentido que sale del servidor"],
  ["a line or an event of more than 1 MiB: not decoded from here on", "una línea o un evento de más de 1 MiB: desde aquí no se decodifica"],
  ["the browser closes its direction (FIN)", "el navegador cierra su sentido (FIN)"],
  ["the server closes its direction (FIN)", "el servidor cierra su sentido (FIN)"],
]);

// What it says before words that are not its own.
const begins = new Map([
  ["the handshake was refused with ", "el saludo fue rechazado con "],
  ["no answer that is HTTP: ", "ninguna respuesta que sea HTTP: "],
  ["the server has gone in the middle of its response: ", "el servidor se fue en medio de su respuesta: "],
  ["the browser: ", "el navegador: "],
  ["the server: ", "el servidor: "],
]);

// Why there is no connection, before the operating system's words.
const unmade = {
  "nobody-listens": () => t("nobody listens there", "nadie escucha ahí"),
  silent: () => t("no answer", "no responde"),
  failed: () => t("the connection could not be made", "no se pudo hacer la conexión"),
};

function words(row, text) {
  if (row.kind === "end" && unmade[row.note]) return `${unmade[row.note]()} (${text})`;
  if (row.kind !== "end" && row.kind !== "note") return text;
  const begin = [...begins.keys()].find((b) => text.startsWith(b)) ?? "";
  return t(text, spanish.get(text) ?? (begins.get(begin) ?? "") + text.slice(begin.length));
}

export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

// bytesOf is the payload as bytes, as much of it as was kept.
export function bytesOf(row) {
  if (row.encoding === "hex") return Uint8Array.from((row.data ?? "").match(/../g) ?? [], (two) => parseInt(two, 16));
  return new TextEncoder().encode(row.data ?? "");
}

// detail is the element that shows a row in full.
export function detail(row) {
  const box = document.createElement("div");
  box.append(facts(row));
  const text = row.encoding === "hex" || !row.data ? null : row.data;
  const json = text && /^\s*[[{]/.test(text) ? parse(text) : undefined;
  if (json !== undefined) box.append(section(t("JSON", "JSON"), tree(json, "")));
  if (text) {
    const pre = document.createElement("pre");
    pre.tabIndex = 0;
    pre.textContent = plain.has(row.kind) ? words(row, text) : text;
    box.append(section(plain.has(row.kind) ? "" : t("Text", "Texto"), pre));
  }
  if (row.dir && !plain.has(row.kind) && (row.length || row.head)) {
    const pre = document.createElement("pre");
    pre.tabIndex = 0;
    pre.className = "hex";
    pre.textContent = dump(row);
    box.append(section(row.kind === "event" || row.kind === "comment" || row.kind === "retry" ? t("Bytes on the wire", "Bytes en el cable") : t("Payload, byte for byte", "Carga útil, byte a byte"), pre));
  }
  return box;
}

function parse(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

function section(title, body) {
  const div = document.createElement("div");
  div.className = "log-section";
  if (title) {
    const head = div.appendChild(document.createElement("p"));
    head.className = "log-title";
    head.textContent = title;
  }
  div.append(body);
  return div;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function facts(row) {
  const list = document.createElement("dl");
  const fact = (name, value) => {
    if (value === undefined || value === "" || value === null) return;
    const div = list.appendChild(document.createElement("div"));
    div.appendChild(document.createElement("dt")).textContent = name;
    div.appendChild(document.createElement("dd")).textContent = value;
  };
  fact(t("kind", "tipo"), row.kind);
  fact(t("connection", "conexión"), row.conn);
  fact(t("direction", "sentido"), { send: t("to the server", "hacia el servidor"), receive: t("from the server", "desde el servidor") }[row.dir]);
  if (row.time) fact(t("time", "hora"), new Date(row.time).toISOString().slice(11, 23));
  if (row.head && row.kind in opcodes) {
    fact("opcode", "0x" + opcodes[row.kind].toString(16));
    fact("FIN", row.fin === false ? "0" : "1");
    fact("RSV", (row.rsv ?? 0).toString(2).padStart(3, "0"));
    fact(t("masked", "enmascarada"), row.masked ? t("yes", "sí") : "no");
    fact(t("header", "cabecera"), row.head.replace(/../g, "$& ").trim());
  }
  if (row.dir) fact(t("payload", "carga útil"), `${row.length} bytes${row.cut ? t(", beginning shown", ", se muestra el principio") : ""}`);
  if (row.wire) fact(t("on the wire", "en el cable"), `${row.wire} bytes`);
  if (row.code) fact(row.kind === "close" ? t("close code", "código de cierre") : t("status", "estado"), `${row.code} ${closeWords(row)}`.trim());
  if (row.kind === "event") { fact(t("event", "evento"), row.event); fact("id", row.event_id); }
  return list;
}

function closeWords(row) {
  if (row.kind !== "close") return "";
  return {
    1000: t("normal closure", "cierre normal"), 1001: t("going away", "se va"), 1002: t("protocol error", "error de protocolo"),
    1003: t("unsupported data", "datos no admitidos"), 1005: t("no status received", "sin código"), 1006: t("lost without a close frame", "perdida sin trama de cierre"),
    1007: t("invalid payload", "carga no válida"), 1008: t("policy violation", "contra las reglas"), 1009: t("message too big", "mensaje demasiado grande"),
    1010: t("extension missing", "falta una extensión"), 1011: t("internal error", "error interno"), 1012: t("service restart", "el servicio se reinicia"), 1013: t("try again later", "prueba más tarde"),
  }[row.code] ?? "";
}

// tree folds JSON: objects and arrays open and close.
function tree(value, key) {
  const label = key === "" ? "" : `${key}: `;
  if (value === null || typeof value !== "object") {
    const leaf = document.createElement("div");
    leaf.className = "leaf";
    leaf.append(label);
    const span = leaf.appendChild(document.createElement("span"));
    span.className = value === null ? "null" : typeof value;
    span.textContent = JSON.stringify(value);
    return leaf;
  }
  const entries = Object.entries(value);
  const box = document.createElement("details");
  box.open = entries.length <= 50;
  const head = box.appendChild(document.createElement("summary"));
  head.textContent = label + (Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`);
  const fill = () => { if (box.open && box.children.length === 1) box.append(...entries.slice(0, 1000).map(([k, v]) => tree(v, k))); };
  box.addEventListener("toggle", fill);
  fill();
  return box;
}

// dump is the classical view: offset, sixteen bytes, and what of them is ASCII.
function dump(row) {
  const sse = row.kind === "event" || row.kind === "comment" || row.kind === "retry";
  const bytes = sse && row.head ? Uint8Array.from(row.head.match(/../g), (two) => parseInt(two, 16)) : bytesOf(row);
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, 4096); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const hex = part.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${part.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : "·")).join("")}`);
  }
  if (bytes.length > 4096 || row.cut) lines.push("…");
  return lines.join("\n");
}
