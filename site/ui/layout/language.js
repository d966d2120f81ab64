// The language that the reader chose wins over the browser's. Loaded before the page is drawn: an address without a
// language has led here by the browser's, and if the reader has chosen another one before, there it goes on.
(() => {
  const lang = document.documentElement.lang;
  const recall = () => { try { return localStorage.getItem("wirelab-language"); } catch { return null; } };
  const remember = (choice) => { try { localStorage.setItem("wirelab-language", choice); } catch { /* not kept */ } };
  const other = () => document.querySelector("link[rel=alternate][hreflang]");

  const [arrival] = performance.getEntriesByType("navigation");
  const chosen = recall();
  if (arrival?.redirectCount && chosen && chosen !== lang && other()?.hreflang === chosen) {
    location.replace(other().href + location.hash);
  }
  document.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll("a.language")) {
      link.addEventListener("click", () => {
        remember(link.hreflang);
        // Ids of terms and entries are the same in both languages: the switch keeps the place as well as the page.
        if (document.body.matches(".page-glossary, .page-webography")) link.hash = location.hash;
      });
    }
  });
})();
