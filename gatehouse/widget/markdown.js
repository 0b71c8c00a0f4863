/** A small, safe part of Markdown as nodes: paragraphs, line breaks, bold, emphasis, code, lists. */

import { el } from "./dom.js";

const INLINE = /\*\*(.+?)\*\*|`([^`]+)`|(?<![\w*])\*([^*\s][^*]*?)\*(?![\w*])/g;
const ITEM = /^\s*(?:[-*•]|(\d+)[.)])\s+(.*)$/;

function inline(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    const [whole, bold, code, soft] = match;
    parts.push(bold ? el("strong", { text: bold }) : code ? el("code", { text: code }) : el("em", { text: soft }));
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function paragraph(lines) {
  const parts = lines.flatMap((line, at) => (at ? [el("br"), ...inline(line)] : inline(line)));
  return el("p", {}, parts);
}

function list(lines) {
  const items = lines.map((line) => el("li", {}, inline(line.match(ITEM)[2])));
  const first = lines[0].match(ITEM)[1];
  return el(first ? "ol" : "ul", first ? { start: first } : {}, items);
}

/** Groups neighbouring lines of one kind: list items, text, or nothing. */
function* runs(text) {
  let kind = null;
  let lines = [];
  for (const line of text.split(/\r\n?|\n/)) {
    const next = line.trim() === "" ? "gap" : ITEM.test(line) ? "list" : "text";
    if (next !== kind && lines.length) {
      yield [kind, lines];
      lines = [];
    }
    kind = next;
    lines.push(line);
  }
  if (lines.length) yield [kind, lines];
}

/** The nodes of a text. Everything that is not of the subset stays text. */
export function markdown(text) {
  const fragment = document.createDocumentFragment();
  for (const [kind, lines] of runs(String(text ?? ""))) {
    if (kind === "list") fragment.append(list(lines));
    else if (kind === "text") fragment.append(paragraph(lines));
  }
  return fragment;
}
