// Load: many clients that send at a steady rate, and what comes back, as numbers and a small chart.
import { t } from "./page.js";
import { Socket } from "./link.js";

const beat = 250; // milliseconds of one column of the chart
const svg = "http://www.w3.org/2000/svg";

export class Load {
  constructor(session, options) {
    this.session = session;
    this.options = options;
    this.sent = [];
    this.received = [];
    this.waits = [];
  }

  async run(chart, figures) {
    const { clients, rate, seconds, message } = this.options;
    const begun = performance.now();
    const column = (list) => { const i = Math.floor((performance.now() - begun) / beat); list[i] = (list[i] ?? 0) + 1; };
    const asked = new Map(); // message -> when it was sent
    let last = 0; // when something came
    const heard = ({ data }) => {
      last = performance.now();
      column(this.received);
      const at = asked.get(data);
      if (at !== undefined) { asked.delete(data); if (this.waits.length < 100_000) this.waits.push(performance.now() - at); }
    };
    let refused = 0;
    const sockets = Array.from({ length: clients }, (_, i) => new Socket(this.session, { ...this.options, name: "load" + i }, () => {}, heard));
    const opened = await Promise.all(sockets.map((s) => s.opened));
    refused = opened.filter((ok) => !ok).length;
    const open = sockets.filter((_, i) => opened[i]);
    const start = performance.now();
    const counts = new Array(open.length).fill(0);
    const tell = (last) => this.#tell(chart, figures, { open: open.length, refused, lost: sockets.filter((s) => s.state === "closed").length - refused, last });
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        const past = (performance.now() - start) / 1000;
        open.forEach((socket, i) => {
          for (const due = Math.min(past, seconds) * rate; counts[i] < due && socket.state === "open"; counts[i]++) {
            const text = message.replaceAll("{client}", i).replaceAll("{n}", counts[i]);
            asked.set(text, performance.now());
            socket.send(text);
            column(this.sent);
          }
        });
        tell(false);
        const over = past > seconds + 0.5 && (performance.now() - last > 500 || past > seconds + 5);
        if (over || !open.some((s) => s.state === "open")) { clearInterval(timer); resolve(); }
      }, 50);
    });
    tell(true);
    for (const socket of open) if (socket.state === "open") socket.close();
  }

  #tell(chart, figures, { open, refused, lost, last }) {
    const sum = (list) => list.reduce((a, b) => a + (b ?? 0), 0);
    const waits = this.waits.toSorted((a, b) => a - b);
    const at = (q) => (waits.length ? waits[Math.min(waits.length - 1, Math.floor(waits.length * q))].toFixed(1) + " ms" : "–");
    const text = [
      t(`${open} open`, `${open} abiertas`), refused && t(`${refused} refused`, `${refused} rechazadas`), lost > 0 && t(`${lost} lost`, `${lost} perdidas`),
      t(`${sum(this.sent)} sent`, `${sum(this.sent)} enviados`), t(`${sum(this.received)} received`, `${sum(this.received)} recibidos`),
      t(`round trip: half within ${at(0.5)}, 99 % within ${at(0.99)}`, `ida y vuelta: la mitad en ${at(0.5)}, el 99 % en ${at(0.99)}`),
    ].filter(Boolean).join(" · ");
    figures.textContent = text;
    const now = performance.now();
    if (!last && now - (this.drawn ?? 0) < beat) return;
    this.drawn = now;
    chart.hidden = false;
    chart.replaceChildren(draw([["sent", this.sent], ["received", this.received]], text));
  }
}

function draw(lines, label) {
  const width = 320;
  const height = 90;
  const columns = Math.max(2, ...lines.map(([, list]) => list.length));
  const most = Math.max(1, ...lines.flatMap(([, list]) => list.map((n) => n ?? 0)));
  const el = (name, attributes) => {
    const e = document.createElementNS(svg, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    return e;
  };
  const root = el("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  root.append(el("path", { d: `M0 ${height - 0.5}H${width}M0 0.5H${width}`, class: "grid" }));
  for (const [name, list] of lines) {
    const points = Array.from({ length: columns }, (_, i) => `${((i * width) / (columns - 1)).toFixed(1)},${(height - 1 - ((list[i] ?? 0) / most) * (height - 4)).toFixed(1)}`);
    root.append(el("polyline", { points: points.join(" "), class: name }));
  }
  const top = el("text", { x: 4, y: 13 });
  top.textContent = t(`${Math.round((most * 1000) / beat)} a second`, `${Math.round((most * 1000) / beat)} por segundo`);
  root.append(top);
  return root;
}
