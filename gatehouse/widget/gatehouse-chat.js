/**
 * <gatehouse-chat>: the conversation, on our own page or on an agency's site.
 * Attributes: server (address), language (a code of texts/languages.js), theme (auto, light, dark),
 * mode (panel: a bubble in the corner; page: fills its place), name (shown on top), open.
 */

import { Desk } from "./desk.js";
import { el } from "./dom.js";
import { Server } from "./session.js";
import { recall } from "./storage.js";
import { chooseLanguage, Texts } from "./texts.js";
import { LANGUAGES } from "./texts/languages.js";

const SHEETS = ["tokens", "styles/base", "styles/frame", "styles/landing", "styles/talk", "styles/cards", "styles/dialogs"];
const LONGEST_MESSAGE = 4000; // characters; the server refuses more

function sheet(name) {
  const link = el("link", { rel: "stylesheet", href: new URL(`./${name}.css`, import.meta.url).href });
  return [link, new Promise((resolve) => link.addEventListener("load", resolve, { once: true }))];
}

class GatehouseChat extends HTMLElement {
  static observedAttributes = ["language", "theme"];

  connectedCallback() {
    if (!this.desk) this.ready = this.begin();
  }

  async begin() {
    const root = this.attachShadow({ mode: "open" });
    const sheets = SHEETS.map(sheet);
    root.append(...sheets.map(([link]) => link), el("div", { class: "ground" }));
    this.desk = this.makeDesk(root);
    this.paint(this.desk.theme);
    const language = this.language();
    await Promise.all([Texts.in(language), ...sheets.map(([, loaded]) => loaded)]);
    this.keepSize(root.lastElementChild);
    await this.desk.speak(language);
    await this.start();
  }

  /** A site may give 1rem a size for its own sums; ours is the one that the visitor's browser has. */
  keepSize(ground) {
    if (this.getAttribute("mode") === "page") return;
    const size = (node) => Number.parseFloat(getComputedStyle(node).fontSize);
    const probe = el("span", { class: "probe" });
    ground.append(probe);
    const ratio = size(probe) / size(document.documentElement);
    probe.remove();
    if (ratio !== 1) this.style.zoom = ratio;
  }

  makeDesk(root) {
    return new Desk({
      root,
      server: new Server(this.getAttribute("server") ?? import.meta.url),
      theme: recall("theme") ?? this.getAttribute("theme") ?? "auto",
      limit: LONGEST_MESSAGE,
      name: this.getAttribute("name"),
      isPanel: this.getAttribute("mode") !== "page",
      onTheme: (theme) => this.paint(theme),
      onLanguage: (language) => this.tellLanguage(language),
    });
  }

  language() {
    return chooseLanguage(recall("language"), this.getAttribute("language"));
  }

  async start() {
    if (this.hasAttribute("open")) this.desk.frame.open();
    const about = this.desk.isPanel ? null : new URLSearchParams(window.location.search).get("about");
    const restored = this.desk.conversation.restore();
    if (about) await this.desk.askAbout(about);
    await restored;
  }

  /** The colours stand on the host, and on the whole page where the page is ours. */
  paint(theme) {
    const places = this.getAttribute("mode") === "page" ? [this, document.documentElement] : [this];
    for (const place of places) {
      if (theme === "auto") place.removeAttribute("data-theme");
      else place.setAttribute("data-theme", theme);
    }
  }

  tellLanguage(language) {
    const places = this.getAttribute("mode") === "page" ? [this, document.documentElement] : [this];
    for (const place of places) {
      place.setAttribute("lang", language);
      place.setAttribute("dir", LANGUAGES[language].direction);
    }
  }

  attributeChangedCallback(attribute, before, after) {
    if (!this.desk?.frame || before === after || after === null) return;
    if (attribute === "language") this.desk.speak(chooseLanguage(after));
    else this.desk.paint(after);
  }
}

if (!customElements.get("gatehouse-chat")) customElements.define("gatehouse-chat", GatehouseChat);
