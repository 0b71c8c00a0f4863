/** The scrolling talk: follows what is new until the visitor looks elsewhere. */

import { el, isCalm } from "../dom.js";
import { icon } from "../icons.js";
import { Landing } from "./landing.js";
import { MyMessage, TheirMessage } from "./message.js";

const NEAR_PX = 96;
const SLACK_PX = 4;

export class Log {
  constructor(desk) {
    this.desk = desk;
    this.views = new Map();
    this.isFollowing = true;
    this.goal = 0;
    this.column = el("div", { class: "column", role: "log", "aria-label": desk.texts.say("log") });
    this.space = el("div", { class: "log", tabindex: 0, role: "region", "aria-label": desk.texts.say("log") }, this.column);
    this.pill = el("button", { type: "button", class: "pill", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), el("span", { text: desk.texts.say("new_message") }));
    this.landing = new Landing(desk);
    this.space.prepend(this.landing.node);
    this.node = el("div", { class: "log-place" }, this.space, this.pill);
    this.space.addEventListener("scroll", () => this.scrolled(), { passive: true });
  }

  added(item) {
    const View = item.kind === "mine" ? MyMessage : TheirMessage;
    const view = new View(item, this.desk);
    this.views.set(item, view);
    this.column.append(view.node);
    this.landing.node.hidden = true;
    if (item.kind === "mine" && item.state === "sending") this.isFollowing = true;
    this.follow();
  }

  changed(item) {
    const began = performance.now();
    const wasOpen = item.reply && this.views.get(item)?.node.dataset.state === "coming";
    this.views.get(item)?.update();
    this.follow();
    if (wasOpen) requestAnimationFrame(() => setTimeout(() => this.desk.drawn(performance.now() - began)));
  }

  cleared() {
    this.views.clear();
    this.column.replaceChildren();
    this.landing.node.hidden = false;
    this.pill.hidden = true;
    this.isFollowing = true;
  }

  distance() {
    return this.space.scrollHeight - this.space.clientHeight - this.space.scrollTop;
  }

  /** Scrolled by hand, away from where we went: from now on the page stays where they read. */
  scrolled() {
    const isNear = this.distance() < NEAR_PX;
    if (Math.abs(this.space.scrollTop - this.goal) > SLACK_PX) this.isFollowing = isNear;
    if (isNear) this.pill.hidden = true;
  }

  /** Shows the end, but never scrolls the beginning of the newest question out of sight. */
  follow() {
    if (!this.isFollowing) {
      this.pill.hidden = this.distance() < NEAR_PX;
      return;
    }
    const mine = [...this.column.querySelectorAll(".message.is-mine")].at(-1);
    const end = this.space.scrollHeight - this.space.clientHeight;
    const top = mine ? mine.offsetTop - 16 : 0;
    this.goal = Math.max(0, Math.min(end, top));
    this.space.scrollTo({ top: this.goal, behavior: "instant" });
  }

  toEnd() {
    this.isFollowing = true;
    this.pill.hidden = true;
    this.space.scrollTo({ top: this.space.scrollHeight, behavior: isCalm() ? "instant" : "smooth" });
    this.desk.focusComposer();
  }
}
