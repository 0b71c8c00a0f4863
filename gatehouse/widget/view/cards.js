/** Homes as cards: picture, price, facts, badges, and what one can do with them. */

import { el, safeAddress } from "../dom.js";
import { day, money, number, period } from "../format.js";
import { icon } from "../icons.js";
import { openGallery, pictures, strip } from "./gallery.js";

const BUTTON_ICONS = { photos: "photos", info: "info", availability: "calendar", reserve: "key", contact: "person" };

/** The facts of a home as short texts with icons, only those that are known. */
export function facts(card, texts) {
  const { bedrooms, bathrooms, sqm } = card.metadata ?? {};
  const beds = bedrooms === 0 ? texts.say("studio") : bedrooms && texts.say("bedrooms", { n: bedrooms });
  return [
    ["bed", beds],
    ["bath", bathrooms && texts.say("bathrooms", { n: bathrooms })],
    ["area", sqm && texts.say("square_metres", { n: number(sqm, texts.language, 0) })],
  ].filter(([, text]) => text);
}

export function price(card, texts) {
  return [money(card.price, card.currency, texts.language), period(card.variant, texts)];
}

/** The sentence a button says, by number where the card is among the last shown, else by name. */
export function sentence(button, card, { texts, number: place }) {
  const key = button === "reserve" && card.variant !== "short_term" ? "say_view" : `say_${button}`;
  return place ? texts.say(key, { n: place }) : texts.say(`${key}_named`, { title: card.title });
}

function label(button, card, texts) {
  return button === "reserve" && card.variant !== "short_term" ? texts.say("view_home") : texts.say(button);
}

/** `desk`: texts, server, root, shortlist, say(text), isLatest(cards). */
export class HomeCard {
  constructor(card, place, { cards, desk }) {
    Object.assign(this, { card, place, cards, desk, texts: desk.texts });
    this.node = el("li", { class: "card-place" }, el("article", { class: "card", "aria-label": this.name() }, this.picture(), this.body()));
  }

  name() {
    return `${this.texts.say("home_number", { n: this.place })}: ${this.card.title}`;
  }

  picture() {
    const sources = pictures(this.card, this.desk.server.base);
    const view = sources.length ? this.strip(sources) : el("div", { class: "strip is-empty" }, icon("gate"));
    const variant = this.card.variant && this.texts.has(`variant_${this.card.variant}`) && this.texts.say(`variant_${this.card.variant}`);
    return el("div", { class: "card-picture" }, view, el("span", { class: "card-number", "aria-hidden": "true", text: this.place }), variant && el("span", { class: `card-variant is-${this.card.variant}`, text: variant }), this.desk.shortlist.heart(this.card));
  }

  strip(sources) {
    const view = strip(sources, { title: this.card.title, texts: this.texts, alts: this.card.alts });
    view.listen(view.row);
    return view.node;
  }

  body() {
    const [amount, per] = price(this.card, this.texts);
    return el(
      "div",
      { class: "card-body" },
      el("p", { class: "card-price" }, el("strong", { text: amount }), per && ` ${per}`, this.rating()),
      this.priceAbout(),
      this.title(),
      this.card.subtitle && el("p", { class: "card-subtitle" }, el("bdi", { text: this.card.subtitle })),
      el("ul", { class: "card-facts", role: "list" }, facts(this.card, this.texts).map(([name, text]) => el("li", {}, icon(name), text))),
      this.badges(),
      this.checked(),
      this.buttons(),
    );
  }

  /** The price in the visitor's own currency, where the home has another one. */
  priceAbout() {
    const text = this.card.metadata?.price_about;
    return typeof text === "string" && el("p", { class: "card-about" }, el("bdi", { text }));
  }

  title() {
    const address = safeAddress(`/homes/${encodeURIComponent(this.card.id)}`, this.desk.server.base);
    const link = el("a", { href: address, target: "_blank", rel: "noopener", dir: "auto", text: this.card.title, on: { click: () => this.report("title") } });
    return el("h3", { class: "card-title" }, link);
  }

  rating() {
    const { rating } = this.card;
    if (!rating) return null;
    const text = number(rating, this.texts.language);
    return el("span", { class: "card-rating" }, icon("star"), el("span", { "aria-hidden": "true", text }), el("span", { class: "unseen", text: this.texts.say("rating", { n: text }) }));
  }

  badges() {
    const badges = (this.card.badges ?? []).slice(0, 6);
    return badges.length > 0 && el("ul", { class: "card-badges", role: "list" }, badges.map((text) => el("li", { dir: "auto", text })));
  }

  checked() {
    const text = this.card.verified_at && day(this.card.verified_at, this.texts.language);
    return text && el("p", { class: "card-checked" }, icon("check"), this.texts.say("verified", { day: text }));
  }

  buttons() {
    const names = (this.card.buttons ?? []).filter((name) => name in BUTTON_ICONS);
    return el("div", { class: "card-buttons" }, names.map((name) => this.button(name)));
  }

  button(name) {
    const text = label(name, this.card, this.texts);
    const attributes = { type: "button", class: `card-button is-${name}`, "data-button": name, "aria-label": this.texts.say("for_home", { action: text, title: this.card.title }) };
    return el("button", { ...attributes, on: { click: () => this.press(name) } }, icon(BUTTON_ICONS[name]), el("span", { text }));
  }

  press(name) {
    this.report(name);
    if (name === "photos") {
      openGallery(this.desk.root, this.card, { texts: this.texts, base: this.desk.server.base });
      return;
    }
    const isNumbered = this.desk.isLatest(this.cards);
    this.desk.say(sentence(name, this.card, { texts: this.texts, number: isNumbered ? this.place : null }));
  }

  report(what) {
    const about = { listing_id: this.card.id, variant: this.card.variant, button: what, place: this.place };
    this.desk.server.report("card_clicked", { ...about, session_id: this.desk.server.session?.session_id });
  }
}

/** The cards of one reply, in their order, numbered from 1. */
export function cardList(cards, desk) {
  const nodes = cards.map((card, at) => new HomeCard(card, at + 1, { cards, desk }).node);
  return el("div", { class: "cards", role: "group", "aria-label": desk.texts.say("homes"), "aria-live": "off" }, el("ul", { class: "card-row", role: "list" }, nodes));
}
