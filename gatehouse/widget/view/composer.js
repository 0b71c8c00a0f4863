/** The box to write in: grows with the words, Enter sends, shows the limit before it is reached. */

import { el } from "../dom.js";
import { direction } from "../format.js";
import { icon } from "../icons.js";
import { keep, recall } from "../storage.js";

const WARN_BELOW = 200;

export class Composer {
  /** `limit` in characters; `onSend(text)` takes the words. */
  constructor({ texts, limit, onSend }) {
    Object.assign(this, { texts, limit, onSend });
    this.field = this.makeField();
    this.counter = el("p", { class: "counter", id: "counter", role: "status" });
    this.button = el("button", { class: "send", "aria-label": texts.say("send"), title: texts.say("send") }, icon("send"));
    const help = el("p", { class: "unseen", id: "message-help", text: texts.say("message_help") });
    const box = el("form", { class: "composer" }, el("label", { class: "unseen", for: "message", text: texts.say("message_label") }), el("div", { class: "composer-box" }, this.field, this.button), this.counter, help);
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.node = el("div", { class: "composer-place" }, box, el("p", { class: "disclosure", text: texts.say("disclosure") }));
    this.write(recall("draft", "", "sessionStorage"));
  }

  makeField() {
    const field = el("textarea", { id: "message", rows: 1, placeholder: this.texts.say("message_hint"), "aria-describedby": "message-help counter", autocomplete: "off", enterkeyhint: "send" });
    field.addEventListener("input", () => this.changed());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    return field;
  }

  /** Puts words in the box, for the visitor to send. */
  write(text) {
    this.field.value = text;
    this.changed();
  }

  changed() {
    this.field.dir = direction(this.field.value) ?? this.texts.direction;
    const left = this.limit - [...this.field.value].length;
    const key = left < 0 ? "too_long" : "letters_left";
    this.counter.textContent = left < WARN_BELOW ? this.texts.say(key, { n: Math.abs(left) }) : "";
    this.counter.classList.toggle("is-over", left < 0);
    this.field.setAttribute("aria-invalid", String(left < 0));
    this.button.disabled = left < 0 || !this.field.value.trim();
    keep("draft", this.field.value || null, "sessionStorage");
    this.grow();
  }

  grow() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${this.field.scrollHeight}px`;
  }

  submit() {
    if (this.button.disabled) return;
    const text = this.field.value;
    this.write("");
    this.field.focus();
    this.onSend(text);
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }
}
