// Marks the section that is being read in the contents list: the last one whose heading has passed the top.
(() => {
  let links = [], targets = [];
  let waiting = false;
  const mark = () => {
    waiting = false;
    if (!links.length) return;
    let here = 0;
    targets.forEach((target, i) => { if (target && target.getBoundingClientRect().top < 140) here = i; });
    if (innerHeight + scrollY >= document.documentElement.scrollHeight - 2) here = links.length - 1;
    links.forEach((link, i) => link.toggleAttribute("aria-current", i === here));
  };
  addEventListener("scroll", () => {
    if (!waiting) { waiting = true; requestAnimationFrame(mark); }
  }, { passive: true });
  const look = () => {
    links = [...document.querySelectorAll(".toc a")];
    targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    mark();
  };
  document.addEventListener("wirelab:notes", look); // exchanged by reload.js
  look();
})();
