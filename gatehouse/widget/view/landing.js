/** The first sight: a shore, a sentence, examples to press, and three reasons for trust. */

import { el } from "../dom.js";
import { icon } from "../icons.js";

const SHOWN = 4;
const TRUST = [["check", "trust_checked"], ["lock", "trust_private"], ["person", "trust_person"]];

function picture() {
  const image = (name) => el("img", { class: `shore is-${name}`, src: new URL(`../img/shore-${name}.svg`, import.meta.url).href, alt: "", width: 960, height: 300, loading: "lazy" });
  return el("div", { class: "shore-place" }, image("day"), image("night"));
}

export class Landing {
  constructor(desk) {
    this.desk = desk;
    const { texts } = desk;
    this.chips = el("ul", { class: "examples", role: "list" });
    this.node = el(
      "section",
      { class: "landing" },
      picture(),
      el("h2", { class: "hero", text: texts.say("hero_title") }),
      el("p", { class: "lead", text: texts.say("hero_text") }),
      el("h3", { class: "examples-title", text: texts.say("examples_label") }),
      this.chips,
      el("ul", { class: "trust", role: "list" }, TRUST.map(([name, key]) => el("li", {}, icon(name), texts.say(key)))),
    );
    this.show(texts.list("examples").slice(0, SHOWN));
  }

  /** Replaces the built-in examples by the server's, if it has any. */
  async refresh() {
    const fresh = await this.desk.server.examples(SHOWN, this.desk.texts.language);
    if (fresh && this.node.isConnected) this.show(fresh.slice(0, SHOWN));
  }

  show(examples) {
    const chip = (text) => {
      const press = () => {
        this.desk.server.report("example_clicked", { text });
        this.desk.say(text);
      };
      return el("li", {}, el("button", { type: "button", class: "chip is-example", on: { click: press } }, el("bdi", { text }), icon("forward")));
    };
    this.chips.replaceChildren(...examples.map(chip));
  }
}
