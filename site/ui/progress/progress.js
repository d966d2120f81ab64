// How far each lesson has come, from the working copy: shown where a lesson is named, and again when it changes.
import { t, local, api } from "./page.js";
import { listen } from "./stream.js";

const words = () => ({
  new: t("not started", "sin empezar"),
  started: t("in work", "en marcha"),
  green: t("visible tests green", "pruebas visibles en verde"),
});

export async function start() {
  const places = () => document.querySelectorAll("[data-progress]");
  if (!local || !places().length) return;
  let last = {};
  const show = (states) => {
    last = states;
    for (const place of places()) {
      const state = states[place.dataset.progress];
      if (!state) continue;
      place.dataset.state = state;
      place.hidden = false;
      place.textContent = words()[state];
    }
  };
  const ask = async () => {
    try {
      const response = await fetch(api("progress"));
      if (response.ok) show(await response.json());
      return response.ok;
    } catch { return false; /* the site has been ended: nothing is known */ }
  };
  if (!await ask()) return;
  listen("progress", show);
  document.addEventListener("wirelab:back", ask);
  document.addEventListener("wirelab:notes", () => show(last));
}
