/** Saved homes: hearts on cards, a drawer, and a side-by-side table. Kept on this device. */

import { el, safeAddress } from "../dom.js";
import { number } from "../format.js";
import { icon } from "../icons.js";
import { keep, recall } from "../storage.js";
import { facts, price } from "./cards.js";
import { openDialog } from "./dialog.js";
import { pictures } from "./gallery.js";
import { tableView } from "./table.js";

const MOST = 50;

/** The comparison as a table block: one column per home. */
export function comparison(homes, texts) {
  const value = (home, key) => home.metadata?.[key] ?? "–";
  const row = (name, read) => [texts.say(name), ...homes.map(read)];
  return {
    type: "table",
    caption: texts.say("compare_caption"),
    headers: [texts.say("feature"), ...homes.map((home) => home.title)],
    rows: [
      row("row_price", (home) => price(home, texts).filter(Boolean).join(" ")),
      row("row_place", (home) => home.subtitle ?? "–"),
      row("row_bedrooms", (home) => value(home, "bedrooms")),
      row("row_bathrooms", (home) => value(home, "bathrooms")),
      row("row_size", (home) => (home.metadata?.sqm ? texts.say("square_metres", { n: number(home.metadata.sqm, texts.language, 0) }) : "–")),
      row("row_rating", (home) => (home.rating ? number(home.rating, texts.language) : "–")),
      row("row_badges", (home) => (home.badges ?? []).join(", ") || "–"),
    ],
  };
}

export class Shortlist {
  constructor(desk) {
    this.desk = desk;
    this.homes = recall("shortlist", []);
    this.hearts = new Set();
    this.count = null;
  }

  has(id) {
    return this.homes.some((home) => home.id === id);
  }

  toggle(card) {
    const isNew = !this.has(card.id);
    this.homes = isNew ? [...this.homes, card].slice(-MOST) : this.homes.filter((home) => home.id !== card.id);
    keep("shortlist", this.homes);
    this.refresh();
    this.desk.announce(this.desk.texts.say(isNew ? "saved" : "removed", { title: card.title }));
  }

  /** The heart of a card: pressed when saved. */
  heart(card) {
    const name = this.desk.texts.say("save_home", { title: card.title });
    const heart = el("button", { type: "button", class: "heart", "aria-label": name, "data-home": card.id, on: { click: () => this.toggle(card) } }, icon("heart"));
    this.hearts.add(new WeakRef(heart));
    heart.setAttribute("aria-pressed", String(this.has(card.id)));
    return heart;
  }

  refresh() {
    for (const reference of this.hearts) {
      const heart = reference.deref();
      if (heart) heart.setAttribute("aria-pressed", String(this.has(heart.dataset.home)));
      else this.hearts.delete(reference);
    }
    if (this.button) this.label();
  }

  /** The button in the header, with how many are saved. */
  opener() {
    this.count = el("span", { class: "count", "aria-hidden": "true" });
    this.button = el("button", { type: "button", class: "icon-button", on: { click: () => this.open() } }, icon("heart"), this.count);
    this.label();
    return this.button;
  }

  label() {
    const n = this.homes.length;
    this.count.textContent = n || "";
    const text = this.desk.texts.say("shortlist_count", { n });
    this.button.setAttribute("aria-label", text);
    this.button.title = text;
  }

  open() {
    const body = el("div", { class: "drawer-body" });
    this.fill(body);
    openDialog(this.desk.root, { title: this.desk.texts.say("shortlist"), body, closeText: this.desk.texts.say("close"), kind: "drawer" });
  }

  fill(body) {
    const { texts } = this.desk;
    if (!this.homes.length) {
      body.replaceChildren(el("p", { class: "drawer-empty" }, icon("heart"), texts.say("shortlist_empty")));
      return;
    }
    const list = el("ul", { class: "saved", role: "list" }, this.homes.map((home) => this.savedHome(home, body)));
    const compare = el("button", { type: "button", class: "main-button", disabled: this.homes.length < 2, on: { click: () => this.compare() } }, icon("columns"), texts.say("compare"));
    body.replaceChildren(list, el("div", { class: "drawer-foot" }, compare, this.homes.length < 2 && el("p", { text: texts.say("compare_need_two") })));
  }

  savedHome(home, body) {
    const { texts, server } = this.desk;
    const [source] = pictures(home, server.base);
    const address = safeAddress(`/homes/${encodeURIComponent(home.id)}`, server.base);
    const drop = () => {
      this.toggle(home);
      this.fill(body);
      body.closest("dialog").querySelector("button").focus();
    };
    return el(
      "li",
      {},
      source && el("img", { src: source, alt: "", loading: "lazy", width: 96, height: 72 }),
      el("div", { class: "saved-text" }, el("a", { href: address, target: "_blank", rel: "noopener", dir: "auto", text: home.title }), el("p", { text: price(home, texts).filter(Boolean).join(" ") }), el("p", { text: facts(home, texts).map(([, text]) => text).join(" · ") })),
      el("button", { type: "button", class: "icon-button", "aria-label": texts.say("remove_home", { title: home.title }), on: { click: drop } }, icon("close")),
    );
  }

  compare() {
    const { texts, root } = this.desk;
    const body = tableView(comparison(this.homes, texts), this.desk);
    openDialog(root, { title: texts.say("compare"), body, closeText: texts.say("close"), kind: "compare" });
  }
}
