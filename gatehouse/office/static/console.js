// Keeps the page up to date and draws its charts. Everything else works without it.

import { drawCharts } from "./charts.js";
import { isAsking, watchLevers } from "./dialog.js";

const EVERY_MS = 3000;
const SLOWEST_MS = 30000;
const pulse = document.querySelector("#pulse");
let wait = EVERY_MS;

function unfolded() {
  return [...document.querySelectorAll("details[open][id]")].map((each) => each.id);
}

function isBusy(part) {
  const chosen = getSelection();
  const isSelecting = chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode);
  return isSelecting || (part.contains(document.activeElement) && part.dataset.keeps !== undefined);
}

function take(page) {
  const open = unfolded();
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) {
      location.reload();
      return;
    }
    if (isBusy(part) || same(part, fresh)) continue;
    const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
    part.className = fresh.className;
    part.replaceChildren(...document.importNode(fresh, true).childNodes);
    part.taken = fresh.innerHTML;
    if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  document.title = page.title;
  drawCharts();
}

// What was drawn into a figure is not news: each part remembers what it was sent.
function same(part, fresh) {
  return part.taken === fresh.innerHTML && part.className === fresh.className;
}

async function look() {
  const reply = await fetch(location.href, { headers: { accept: "text/html" } });
  if (reply.redirected) {
    location.reload();
    return;
  }
  if (!reply.ok) throw new Error(String(reply.status));
  take(new DOMParser().parseFromString(await reply.text(), "text/html"));
}

async function beat() {
  if (!document.hidden && !isAsking()) {
    try {
      await look();
      wait = EVERY_MS;
      pulse.textContent = "";
      pulse.classList.remove("late");
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS);
      pulse.textContent = "No news from the server. What you see may be old.";
      pulse.classList.add("late");
    }
  }
  setTimeout(beat, wait);
}

for (const part of document.querySelectorAll("[data-live]")) part.taken = part.innerHTML;
drawCharts();
watchLevers();
setTimeout(beat, wait);
