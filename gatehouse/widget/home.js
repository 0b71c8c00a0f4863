/** The page of a home: the gallery by buttons and arrow keys, and the theme that the visitor chose. */

import { recall } from "./storage.js";

const theme = recall("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

const gallery = document.querySelector(".gallery");
if (gallery) open(gallery);

function open(root) {
  const row = root.querySelector(".frames");
  const count = row.children.length;
  const thumbs = [...root.querySelectorAll(".thumbs a")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const onward = getComputedStyle(row).direction === "rtl" ? -1 : 1; // Where the next picture lies.
  const here = () => Math.round(Math.abs(row.scrollLeft) / Math.max(row.clientWidth, 1));
  const go = (at) => row.scrollTo({ left: onward * ((at + count) % count) * row.clientWidth, behavior: calm ? "instant" : "smooth" });

  const tell = () => {
    const at = Math.min(here(), count - 1);
    root.querySelector(".where").textContent = `${at + 1} / ${count}`;
    thumbs.forEach((thumb, n) => (n === at ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
  };

  row.addEventListener("scroll", tell, { passive: true });
  row.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: here() - onward, ArrowRight: here() + onward, Home: 0, End: count - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    go(steps[event.key]);
  });
  thumbs.forEach((thumb, n) =>
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      go(n);
    }),
  );
  for (const [name, by] of [["back", -1], ["on", 1]]) {
    const button = root.querySelector(`.turn-${name}`);
    button.hidden = count < 2;
    button.addEventListener("click", () => go(here() + by));
  }
}
