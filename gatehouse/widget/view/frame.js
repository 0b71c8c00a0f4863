/** The whole face in its order: skip link, bar, talk, box; and the bubble that opens it on other sites. */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { Composer } from "./composer.js";
import { header } from "./header.js";
import { Log } from "./log.js";

const TOAST_MS = 4000;
const UNDO_MS = 20_000;

export class Frame {
  constructor(desk) {
    this.desk = desk;
    this.log = new Log(desk);
    this.composer = new Composer({ texts: desk.texts, limit: desk.limit, onSend: (text) => desk.say(text) });
    this.spoken = el("p", { class: "spoken", role: "status" });
    this.whispered = el("p", { class: "unseen", role: "status" });
    this.toast = el("div", { class: "toast-place", role: "status" });
    this.talk = el("div", { class: "talk" }, this.skipLink(), header(desk), this.main(), this.toast, this.spoken, this.whispered);
    this.node = desk.isPanel ? this.panel() : this.talk;
  }

  main() {
    return el(this.desk.isPanel ? "div" : "main", { class: "main" }, this.log.node, this.composer.node);
  }

  skipLink() {
    const jump = (event) => {
      event.preventDefault();
      this.composer.focus();
    };
    return el("a", { class: "skip", href: "#message", text: this.desk.texts.say("skip"), on: { click: jump } });
  }

  /** On another site: a bubble in the corner, and the talk in a panel over it. */
  panel() {
    const { texts } = this.desk;
    this.launcher = el("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-label": texts.say("open_chat"), title: texts.say("open_chat"), on: { click: () => this.open() } }, icon("speech"));
    this.talk.setAttribute("role", "dialog");
    this.talk.setAttribute("aria-label", this.desk.name || texts.say("name"));
    this.talk.hidden = true;
    this.talk.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    return el("div", { class: "panel" }, this.talk, this.launcher);
  }

  open() {
    if (!this.launcher || !this.talk.hidden) return;
    this.talk.hidden = false;
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    this.composer.grow();
    this.composer.focus();
    this.log.follow();
  }

  close() {
    if (!this.launcher || this.talk.hidden) return;
    this.talk.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
  }

  /** Says something to everyone: seen for a moment, read out once; in the open dialog if there is one. */
  announce(text) {
    const place = this.desk.root.querySelector("dialog[open] .spoken") ?? this.spoken;
    place.textContent = text;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (place.textContent = ""), TOAST_MS);
  }

  /** Says something to screen readers only. */
  whisper(text) {
    this.whispered.textContent = text;
  }

  /** Offers to undo what was just done. */
  offerUndo(text, { label, onUndo }) {
    const undo = () => {
      this.dropOffer();
      onUndo();
      this.composer.focus();
    };
    this.toast.replaceChildren(el("div", { class: "toast" }, el("span", { text }), el("button", { type: "button", class: "toast-button", text: label, on: { click: undo } })));
    clearTimeout(this.offer);
    this.offer = setTimeout(() => this.dropOffer(), UNDO_MS);
  }

  dropOffer() {
    clearTimeout(this.offer);
    this.toast.replaceChildren();
  }
}
