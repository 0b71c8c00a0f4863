/** Pictures of a home: a strip on the card to swipe through, and a dialog to look closely. */

import { el, isCalm, ownAddress } from "../dom.js";
import { icon } from "../icons.js";
import { openDialog } from "./dialog.js";

/** The addresses of a card's pictures, each once, all on our own server. */
export function pictures(card, base) {
  const all = [card.imageUrl, ...(card.galleryImages ?? [])].map((one) => (typeof one === "string" ? one : one?.url));
  return [...new Set(all.filter(Boolean).map((address) => ownAddress(address, base)).filter(Boolean))];
}

function frame(source, alt, isFirst) {
  const image = el("img", { src: source, alt, loading: isFirst ? "eager" : "lazy", decoding: "async", width: 640, height: 480 });
  image.addEventListener("error", () => image.classList.add("is-missing"));
  return el("li", { class: "frame" }, image);
}

/** A row of pictures that snaps, with arrows; `listen(node)` lets the arrow keys move it there. */
export function strip(sources, { title, texts, alts = [], isLarge = false }) {
  const name = texts.say("photos_of", { n: sources.length, title });
  const alt = (at) => `${title}. ${alts[at] ?? texts.say("photo_n_of", { n: at + 1, total: sources.length })}`;
  const row = el("ul", { class: "frames", role: "list", tabindex: 0, "aria-label": name }, sources.map((source, at) => frame(source, alt(at), at === 0)));
  const place = el("span", { class: "frame-count", "aria-hidden": !isLarge });
  const here = () => Math.round(Math.abs(row.scrollLeft) / Math.max(row.clientWidth, 1));
  const show = () => (place.textContent = `${Math.min(here() + 1, sources.length)} / ${sources.length}`);
  const go = (at) => {
    const sign = getComputedStyle(row).direction === "rtl" ? -1 : 1;
    row.scrollTo({ left: sign * at * row.clientWidth, behavior: isCalm() ? "instant" : "smooth" });
  };
  const step = (by) => go((here() + by + sources.length) % sources.length);
  row.addEventListener("scroll", show, { passive: true });
  show();
  const listen = (node) => node.addEventListener("keydown", (event) => onArrow(event, { row, step }));
  return { row, place, listen, node: el("div", { class: "strip" }, row, sources.length > 1 && arrows(step, texts), place) };
}

function onArrow(event, { row, step }) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  step(getComputedStyle(row).direction === "rtl" ? -by : by);
}

// Keyboards have the arrow keys on the row itself; these are for pointers.
function arrows(step, texts) {
  const arrow = (by, name, label) =>
    el("button", { type: "button", tabindex: -1, class: `arrow arrow-${name}`, "aria-label": label, on: { click: () => step(by) } }, icon(name));
  return [arrow(-1, "back", texts.say("photo_previous")), arrow(1, "forward", texts.say("photo_next"))];
}

/** All pictures of a home in a dialog; arrow keys and swiping move. */
export function openGallery(root, card, { texts, base }) {
  const sources = pictures(card, base);
  const view = strip(sources, { title: card.title, texts, alts: card.alts, isLarge: true });
  view.place.setAttribute("role", "status");
  const dialog = openDialog(root, { title: card.title, body: view.node, closeText: texts.say("close"), kind: "gallery" });
  view.listen(dialog);
}
