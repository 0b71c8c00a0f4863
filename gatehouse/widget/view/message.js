/** One thing said, by the visitor or by the assistant, and what happens to it on its way. */

import { el, safeAddress } from "../dom.js";
import { direction, stamp } from "../format.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown.js";
import { blockView } from "./blocks.js";
import { REFUSED_SITE } from "../session.js";
import { cardList } from "./cards.js";
import { isTicked, makeChecklist } from "./checklist.js";
import { feedback } from "./feedback.js";
import { saveTable } from "./table.js";

// Why a message waits, by the code of the problem or else its status; and why it never left.
const WAITING = { "store-down": "waiting_store", "reply-late": "waiting_late", 429: "waiting_quota", 503: "waiting_busy" };
const FAILED = { [REFUSED_SITE]: "refused_site", 400: "failed_value", 413: "failed_too_large", 422: "failed_value" };

function speaker(name) {
  return el("span", { class: "unseen", text: `${name}: ` });
}

function time(at, texts) {
  return el("time", { datetime: at.toISOString(), text: stamp(at, texts.language) });
}

/** The visitor's words, with what keeps them from arriving. */
export class MyMessage {
  constructor(item, desk) {
    Object.assign(this, { item, desk });
    this.notice = el("div", { class: "notice" });
    const bubble = el("div", { class: "bubble" }, speaker(desk.texts.say("you_said")), el("span", { class: "said", dir: direction(item.text), text: item.text }));
    this.node = el("div", { class: "message is-mine" }, bubble, el("div", { class: "under" }, time(item.at, desk.texts)), this.notice);
    this.update();
  }

  update() {
    const { state } = this.item;
    this.node.dataset.state = state;
    if (state === "waiting") this.showWait();
    else if (state === "failed") this.showFailure();
    else this.notice.replaceChildren();
  }

  showWait() {
    const { texts } = this.desk;
    if (!this.notice.querySelector(".wait-text")) {
      const text = el("span", { class: "wait-text", "aria-live": "off" });
      const now = el("button", { type: "button", class: "quiet-button", text: texts.say("try_now"), on: { click: () => this.desk.tryNow() } });
      this.notice.replaceChildren(icon("restart"), text, now, this.editButton());
      this.desk.whisper(texts.say("waiting_said"));
    }
    this.notice.querySelector(".wait-text").textContent = this.waitText();
  }

  waitText() {
    const { wait } = this.item;
    const say = (key) => this.desk.texts.say(key, { n: wait.seconds });
    if (wait.isOffline) return say("waiting_offline");
    if (wait.seconds <= 0) return say("waiting_now");
    return say(WAITING[wait.code] ?? WAITING[wait.status] ?? "waiting_lost");
  }

  editButton() {
    return el("button", { type: "button", class: "quiet-button", text: this.desk.texts.say("take_back"), on: { click: () => this.desk.takeBack(this.item) } });
  }

  showFailure() {
    const { texts } = this.desk;
    const reason = texts.say(FAILED[this.item.problem?.status] ?? "unknown_trouble");
    this.notice.replaceChildren(icon("alert"), el("span", { role: "alert", text: texts.say("failed", { reason }) }), this.editButton());
  }
}

/** The assistant's words: first as they come, then as the whole reply. */
export class TheirMessage {
  constructor(item, desk) {
    Object.assign(this, { item, desk });
    this.body = el("div", { class: "body" });
    this.node = el("div", { class: "message is-theirs" }, el("span", { class: "face", "aria-hidden": "true" }, icon("gate")), this.body);
    this.update();
  }

  update() {
    if (this.item.reply) this.showReply();
    else this.showStream();
  }

  /** Hidden from screen readers until whole, so that they read it once and in one piece. */
  showStream() {
    this.node.dataset.state = "coming";
    if (!this.live) {
      this.live = el("div", { class: "bubble", "aria-hidden": "true" });
      this.body.replaceChildren(this.live);
      this.desk.whisper(this.desk.texts.say("typing"));
    }
    const { text, interim, cards } = this.item;
    const dots = el("span", { class: "dots" }, el("i"), el("i"), el("i"));
    const parts = text ? [el("div", { class: "prose", dir: direction(text) }, markdown(text))] : [el("span", { class: "interim", dir: direction(interim ?? ""), text: interim ?? "" }), dots];
    this.live.replaceChildren(...parts);
    if (cards?.length && !this.early) {
      this.early = cardList(cards, this.desk);
      this.body.append(this.early);
    }
  }

  showReply() {
    const { reply, at } = this.item;
    const { texts } = this.desk;
    this.node.dataset.state = "whole";
    const blocks = (reply.blocks ?? []).filter((block) => (block.content ?? "").trim() !== (reply.summary ?? "").trim() || block.type === "table");
    const bubble = el("div", { class: "bubble" }, speaker(texts.say("they_said")), el("div", { class: "prose", dir: direction(reply.summary ?? "") }, markdown(reply.summary)), blocks.map((block) => blockView(block, this.desk)));
    const cards = reply.cards?.length > 0 && (this.early ?? cardList(reply.cards, this.desk));
    this.body.replaceChildren(...[bubble, cards, this.under(reply, at), this.actions(reply)].filter(Boolean));
    if (isTicked(reply.meta?.message_id)) this.tick();
    if (this.live) this.desk.whisper("");
    this.live = this.early = null;
  }

  under(reply, at) {
    const id = reply.meta?.message_id;
    const isShort = (reply.meta?.degraded ?? []).includes("llm");
    return el("div", { class: "under" }, time(at, this.desk.texts), isShort && el("span", { text: this.desk.texts.say("degraded") }), id !== undefined && feedback(id, this.desk));
  }

  actions(reply) {
    const actions = (reply.meta?.suggested_actions ?? []).slice(0, 3);
    if (!actions.length) return null;
    return el("div", { class: "actions", role: "group", "aria-label": this.desk.texts.say("actions") }, actions.map((action) => this.action(action)));
  }

  /** The last list of the reply becomes tick boxes. */
  tick() {
    const list = [...this.body.querySelectorAll(".prose > ul, .prose > ol")].at(-1);
    if (list) makeChecklist(list, this.item.reply.meta?.message_id);
  }

  makeChecklist(report) {
    report();
    this.tick();
    this.body.querySelector("input[type=checkbox]")?.focus();
  }

  saveTable(report) {
    report();
    const table = this.item.reply.blocks.find((block) => block.type === "table");
    if (table) saveTable(table);
  }

  action(action) {
    const { server } = this.desk;
    const report = () => server.report("suggested_action_clicked", { label: action.label, type: action.type });
    if (action.type === "message") {
      const press = () => {
        report();
        this.desk.say(action.payload);
      };
      return el("button", { type: "button", class: "chip", on: { click: press } }, el("bdi", { text: action.label }));
    }
    if (action.payload === "#csv") return el("button", { type: "button", class: "chip", text: action.label, on: { click: () => this.saveTable(report) } });
    if (action.payload === "#checklist") return el("button", { type: "button", class: "chip", text: action.label, on: { click: () => this.makeChecklist(report) } });
    const address = safeAddress(action.type === "property" ? `/homes/${encodeURIComponent(action.payload)}` : action.payload, server.base);
    return address && el("a", { class: "chip", href: address, target: "_blank", rel: "noopener", text: action.label, on: { click: report } });
  }
}
