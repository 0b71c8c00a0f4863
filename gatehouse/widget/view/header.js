/** The bar on top: name, saved homes, language, colours, a new conversation. */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { LANGUAGES } from "../texts/languages.js";

const THEMES = ["auto", "light", "dark"];
const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" };

function languages(desk) {
  const options = Object.entries(LANGUAGES).map(([code, { name }]) => el("option", { value: code, lang: code, selected: code === desk.texts.language, text: name }));
  const choice = el("select", { "aria-label": desk.texts.say("language"), on: { change: () => desk.speak(choice.value) } }, options);
  return el("span", { class: "language" }, icon("globe"), choice);
}

function colours(desk) {
  const button = el("button", { type: "button", class: "icon-button", "data-part": "theme" });
  const show = () => {
    const label = desk.texts.say(`theme_${desk.theme}`);
    button.replaceChildren(icon(THEME_ICONS[desk.theme]));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.addEventListener("click", () => {
    desk.paint(THEMES[(THEMES.indexOf(desk.theme) + 1) % THEMES.length]);
    show();
    desk.announce(desk.texts.say(`theme_${desk.theme}`));
  });
  show();
  return button;
}

function iconButton(name, label, onClick) {
  return el("button", { type: "button", class: "icon-button", "data-part": name, "aria-label": label, title: label, on: { click: onClick } }, icon(name));
}

/** `desk` also has theme, paint(theme), speak(language), restart(), close() and isPanel. */
export function header(desk) {
  const { texts } = desk;
  const name = desk.name || texts.say("name");
  return el(
    "header",
    { class: "top" },
    el(desk.isPanel ? "h2" : "h1", { class: "name" }, el("span", { class: "mark", "aria-hidden": "true" }, icon("gate")), el("span", { class: "name-text", text: name })),
    el("div", { class: "tools" }, desk.shortlist.opener(), languages(desk), colours(desk), iconButton("restart", texts.say("restart"), () => desk.restart()), desk.isPanel && iconButton("close", texts.say("close_chat"), () => desk.close())),
  );
}
