// A report.json of the grader: its transcripts can be looked at in the log.
import { t } from "./page.js";

// openReport asks for a file and then, if there are several, for a test, and hands its rows to show.
export function openReport(show) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".json,application/json" });
  input.addEventListener("change", async () => {
    let found;
    try { found = transcripts(JSON.parse(await input.files[0].text())); } catch { found = []; }
    choose(found, show);
  });
  input.click();
}

// transcripts lists what a report, or a bare transcript, has to show.
export function transcripts(report) {
  if (Array.isArray(report)) return [{ name: t("transcript", "transcripción"), rows: report }];
  return (report.students ?? []).flatMap((student) => student.lessons.flatMap((lesson) => (lesson.tests ?? [])
    .filter((test) => test.transcript?.length)
    .map((test) => ({ name: `${student.id} · ${lesson.id} · ${test.name}`, status: test.status, rows: test.transcript }))));
}

function choose(found, show) {
  const dialog = document.createElement("dialog");
  dialog.className = "choose-transcript";
  const head = dialog.appendChild(document.createElement("h2"));
  head.textContent = found.length ? t("Which transcript?", "¿Qué transcripción?") : t("There is no transcript in this file.", "No hay ninguna transcripción en este archivo.");
  const list = dialog.appendChild(document.createElement("ul"));
  for (const one of found) {
    const button = list.appendChild(document.createElement("li")).appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = one.name;
    button.className = one.status ?? "";
    button.addEventListener("click", () => { dialog.close(); show(one.rows); });
  }
  const close = dialog.appendChild(document.createElement("form"));
  close.method = "dialog";
  close.appendChild(document.createElement("button")).textContent = t("Close", "Cerrar");
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
