// The page of a batch while it grades. All that it knows comes over one event stream; the browser reconnects by itself
// and says with Last-Event-ID what it has seen, so that nothing here has to remember what was missed.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const say = document.body.dataset;
  const table = document.querySelector("table.grid");
  let rows = new Map(); // by student
  let left = -1;
  let over = false;

  const make = (name, text, className) => {
    const el = document.createElement(name);
    if (text !== undefined) el.textContent = text; // never as HTML: names are a student's
    if (className) el.className = className;
    return el;
  };

  const state = (text, className) => {
    $("state").textContent = text;
    $("state").className = "state " + className;
  };

  const showLeft = () => {
    $("left").textContent = left < 0 ? "–" : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };

  const count = (c) => {
    $("students").textContent = `${c.students} / ${c.of}`;
    $("tests").textContent = `${c.tests} / ${c.of_tests}`;
    $("bar").max = Math.max(1, c.of_tests);
    $("bar").value = c.tests;
    left = c.left;
    showLeft();
  };

  const fill = (r) => {
    const row = rows.get(r.id);
    if (!row || r.cells.length === 0) return;
    r.cells.forEach((c, i) => {
      const td = row.cells[i + 1];
      const graded = c.status === "graded";
      td.className = graded ? c.level : "none " + c.status;
      td.textContent = graded ? c.score : c.name;
    });
    row.cells[r.cells.length + 1].textContent = r.score;
    row.dataset.done = "";
  };

  const draw = (s) => {
    const head = make("tr");
    const first = make("th", say.student, "name");
    head.append(first);
    for (const l of s.lessons) {
      const th = make("th");
      const [number, ...slug] = l.id.split("-");
      th.title = l.title;
      const col = make("span", undefined, "col");
      col.append(make("span", number, "num"), " ", make("span", slug.join("-"), "slug"));
      th.append(col);
      head.append(th);
    }
    head.append(make("th", say.total, "total"));
    for (const th of head.cells) th.scope = "col";
    table.tHead.replaceChildren(head);
    table.classList.toggle("many", s.lessons.length > 10);
    rows = new Map();
    table.tBodies[0].replaceChildren(...s.rows.map((r) => {
      const tr = make("tr");
      const name = make("th", undefined, "name");
      name.scope = "row";
      name.append(make("bdi", r.id));
      tr.append(name, ...s.lessons.map(() => make("td", "", "waiting")), make("td", "", "total"));
      rows.set(r.id, tr);
      return tr;
    }));
    s.rows.forEach(fill);
    count(s.count);
    if (s.done) done();
  };

  const done = () => {
    over = true;
    stream.close();
    state(say.done, "done");
    $("left-item").hidden = true;
    $("report").hidden = false;
  };

  const stream = new EventSource("events");
  const on = (type, f) => stream.addEventListener(type, (e) => f(JSON.parse(e.data)));
  stream.addEventListener("open", () => state(say.live, "live"));
  stream.addEventListener("error", () => over || state(say.again, "again"));
  on("snapshot", draw);
  on("student", fill);
  on("progress", count);
  on("done", done);
  setInterval(() => {
    if (left > 0 && !over) {
      left--;
      showLeft();
    }
  }, 1000);
})();
