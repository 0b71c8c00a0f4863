/** Dialogs: the browser's own, so that the rest is inert, Escape closes and focus comes back. */

import { el } from "../dom.js";
import { icon } from "../icons.js";

let count = 0;

/** Opens a modal dialog in `root` with a heading and a close button; resolves nothing, returns it. */
export function openDialog(root, { title, body, closeText, kind = "", onClose = () => {} }) {
  count += 1;
  const heading = el("h2", { id: `dialog-${count}` }, el("bdi", { text: title }));
  const close = el("button", { type: "button", class: "icon-button", "aria-label": closeText, on: { click: () => dialog.close() } }, icon("close"));
  const dialog = el("dialog", { class: `dialog ${kind}`, "aria-labelledby": heading.id }, el("div", { class: "dialog-top" }, heading, close), body, el("p", { class: "spoken", role: "status" }));
  const opener = root.activeElement;
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    onClose();
  });
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  root.querySelector(".ground").append(dialog);
  dialog.showModal();
  return dialog;
}
