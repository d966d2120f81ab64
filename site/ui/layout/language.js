// Ids of terms and entries are the same in both languages: the switch keeps the place as well as the page.
for (const link of document.querySelectorAll("a.language")) {
  link.addEventListener("click", () => { link.hash = location.hash; });
}
