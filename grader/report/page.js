// Search and sort, for the class at a glance. Without this the page says all that it says with it.
(() => {
  "use strict";
  const grid = document.querySelector("table.grid");
  const find = document.getElementById("find");
  if (!grid || !find) return;
  const body = grid.tBodies[0];
  const rows = [...body.rows];
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // Search: students by name; tests and what could not be graded by anything that they say. Who failed a test is there
  // with it, unless it is a student who is looked for.
  const field = find.querySelector("input");
  const found = find.querySelector("output");
  const named = rows.map((row) => [row, fold(row.cells[0].textContent)]);
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map((li) => [li, fold(li.textContent)]);
  const others = texts(document, ".cases > li, .names > li, .hardest > li, .moves > li, .shifts > li");
  const tests = [...document.querySelectorAll(".hardest > li")].map((li) => {
    const own = li.cloneNode(true);
    for (const names of own.querySelectorAll(".names")) names.remove();
    return { own: fold(own.textContent), names: texts(li, ".names > li"), causes: [...li.querySelectorAll(".causes > li")] };
  });
  const folds = [...document.querySelectorAll(".trouble, .others")];
  const search = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    const fits = ([el, text]) => {
      el.hidden = !words.every((w) => text.includes(w));
      return !el.hidden;
    };
    const n = named.filter(fits).length;
    others.forEach(fits);
    for (const { own, names, causes } of tests) {
      const left = words.filter((w) => !own.includes(w));
      if (names.every(([li]) => li.hidden)) for (const [li, name] of names) li.hidden = !left.every((w) => name.includes(w));
      for (const li of causes) li.hidden = !li.querySelector(".names > li:not([hidden])");
    }
    if (words.length) for (const d of folds) d.open = true;
    found.textContent = words.length ? `${n} / ${rows.length}` : "";
  };
  field.addEventListener("input", search);
  find.hidden = false;
  search();

  // Sort: by what a column shows; of a total, what counts, and not what it was before lateness. Who has no score in it
  // comes last, whichever way.
  const value = (row, column) => {
    const cell = row.cells[column];
    if (column === 0) return cell.textContent.trim();
    const score = parseFloat((cell.querySelector("b") ?? cell).textContent);
    return Number.isNaN(score) ? null : score;
  };
  [...grid.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = column === 0 ? "ascending" : "descending";
      const now = head.getAttribute("aria-sort");
      const next = now === "ascending" ? "descending" : now === "descending" ? "ascending" : first;
      for (const h of grid.tHead.rows[0].cells) h.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", next);
      const way = next === "ascending" ? 1 : -1;
      const keyed = rows.map((row, i) => [value(row, column), i, row]);
      keyed.sort(([a, i], [b, j]) => {
        if (a === null || b === null) return (a === null) - (b === null) || i - j;
        return way * (column === 0 ? order.compare(a, b) : a - b) || i - j;
      });
      body.append(...keyed.map(([, , row]) => row));
    });
  });
})();
