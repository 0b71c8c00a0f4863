/** Thumbs under a reply, and a short note where it did not help. */

import { el } from "../dom.js";
import { icon } from "../icons.js";

/** `messageId` names the reply at the server. */
export function feedback(messageId, desk) {
  const { texts } = desk;
  const box = el("div", { class: "feedback" });
  const send = async (score, comment) => {
    try {
      await desk.server.feedback(messageId, score, comment);
      desk.announce(texts.say("feedback_thanks"));
    } catch {
      desk.announce(texts.say("feedback_failed"));
    }
  };
  const thumb = (score, name, label) => {
    const press = () => {
      for (const other of box.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
      box.querySelector("form")?.remove();
      if (score < 0) box.append(noteForm(send, texts));
      send(score);
    };
    const button = el("button", { type: "button", class: "icon-button is-small", "aria-pressed": "false", "aria-label": label, title: label, on: { click: press } }, icon(name));
    return button;
  };
  box.append(thumb(1, "thumbup", texts.say("good")), thumb(-1, "thumbdown", texts.say("bad")));
  return box;
}

function noteForm(send, texts) {
  const field = el("input", { type: "text", maxlength: 500, "aria-label": texts.say("feedback_comment"), placeholder: texts.say("feedback_comment") });
  const form = el("form", { class: "note" }, field, el("button", { class: "quiet-button", text: texts.say("feedback_send") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(-1, field.value.trim());
    form.remove();
  });
  return form;
}
