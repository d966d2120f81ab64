// Light or dark: the system's, until the reader says otherwise. Loaded before the page is drawn, so that it does
// not flash; where storage is refused, the choice lasts as long as the page.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("wirelab-theme"); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem("wirelab-theme", theme); } catch { /* not kept */ } };
  const current = () => root.dataset.theme ?? (system.matches ? "dark" : "light");

  const chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.theme");
    const show = () => button.setAttribute("aria-pressed", String(current() === "dark"));
    button.addEventListener("click", () => {
      root.dataset.theme = current() === "dark" ? "light" : "dark";
      store(root.dataset.theme);
      show();
    });
    system.addEventListener("change", show);
    button.hidden = false;
    show();
  });
})();
