/** The parts of a reply: text, lists, tables, notices, code, pictures. Unknown kinds show their text. */

import { el, ownAddress } from "../dom.js";
import { direction } from "../format.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown.js";
import { tableView } from "./table.js";

const CALLOUTS = { info: "info", success: "check", warning: "alert", error: "alert" };

function prose(content) {
  return el("div", { class: "prose", dir: direction(String(content ?? "")) }, markdown(content));
}

function textBlock(block) {
  return prose(block.content);
}

function listBlock(block) {
  const items = (block.items ?? []).map((item) => el("li", {}, markdown(item?.text ?? item)));
  return el("div", { class: "prose" }, el(block.ordered ? "ol" : "ul", {}, items));
}

function calloutBlock(block) {
  const kind = block.kind in CALLOUTS ? block.kind : "info";
  return el("div", { class: `callout is-${kind}`, role: "note" }, icon(CALLOUTS[kind]), prose(block.content));
}

function codeBlock(block) {
  return el("pre", { class: "code", tabindex: 0 }, el("code", { text: block.content }));
}

function imageBlock(block, desk) {
  const source = ownAddress(block.url, desk.server.base);
  return source && el("img", { class: "picture", src: source, alt: block.alt ?? "", loading: "lazy" });
}

const DRAW = { markdown: textBlock, list: listBlock, table: tableView, callout: calloutBlock, code: codeBlock, image: imageBlock };

/** The node of one block, or null where there is nothing to show. */
export function blockView(block, desk) {
  if (block?.type in DRAW) return DRAW[block.type](block, desk);
  return block?.content ? textBlock(block) : null;
}
