/** A list as tick boxes. What is ticked stays on this device, for the latest lists. */

import { el } from "../dom.js";
import { keep, recall } from "../storage.js";

const MOST_KEPT = 20;

/** Was the list of this message made a checklist before? */
export function isTicked(id) {
  return id in recall("checklists", {});
}

function remember(id, ticked) {
  const { [id]: _, ...others } = recall("checklists", {});
  const latest = [...Object.entries(others), [id, ticked]].slice(-MOST_KEPT);
  keep("checklists", Object.fromEntries(latest));
}

/** Puts a box before each entry of `list`, ticked as it was left. */
export function makeChecklist(list, id) {
  if (list.classList.contains("is-checklist")) return;
  list.classList.add("is-checklist");
  const before = recall("checklists", {})[id] ?? [];
  const boxes = [...list.children].map((entry, at) => boxed(entry, before.includes(at)));
  const save = () => remember(id, boxes.flatMap((box, at) => (box.checked ? [at] : [])));
  for (const box of boxes) box.addEventListener("change", save);
  save();
}

function boxed(entry, isTicked) {
  const box = el("input", { type: "checkbox", checked: isTicked });
  entry.replaceChildren(el("label", {}, box, el("span", {}, ...entry.childNodes)));
  return box;
}
