// The front door of the static copy; a server would answer with a redirect.
(() => {
  let lang = null;
  try { lang = localStorage.getItem("wirelab-language"); } catch { /* nothing was kept */ }
  lang ??= navigator.languages.map((l) => l.slice(0, 2).toLowerCase()).find((l) => l === "es" || l === "en");
  location.replace(lang === "es" ? "es/index.html" : "en/index.html");
})();
