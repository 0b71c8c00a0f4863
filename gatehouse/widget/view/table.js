/** Tables with headers that can be copied and saved; on a narrow page each row becomes a card. */

import { download, fileName, toClipboardText, toCsv } from "../csv.js";
import { el } from "../dom.js";
import { direction } from "../format.js";
import { icon } from "../icons.js";

const text = (value) => String(value ?? "");

function bodyRow(headers, row) {
  const cells = headers.map((header, at) => {
    const tag = at === 0 ? el("th", { scope: "row", role: "rowheader" }) : el("td", { role: "cell" });
    tag.append(el("span", { class: "cell-name", "aria-hidden": "true", text: header }), el("span", { class: "cell-value", dir: direction(text(row[at])), text: text(row[at]) }));
    return tag;
  });
  return el("tr", { role: "row" }, cells);
}

// The roles are said aloud because `display: block` on a phone would take them away.
function table({ caption, headers, rows, dense }, title) {
  const head = el("tr", { role: "row" }, headers.map((header) => el("th", { scope: "col", role: "columnheader", text: text(header) })));
  return el(
    "table",
    { class: dense ? "is-dense" : "", role: "table" },
    el("caption", { class: caption ? "" : "unseen", text: title }),
    el("thead", { role: "rowgroup" }, head),
    el("tbody", { role: "rowgroup" }, rows.map((row) => bodyRow(headers, row))),
  );
}

async function copy(block, desk) {
  try {
    await navigator.clipboard.writeText(toClipboardText(block.headers, block.rows));
    desk.announce(desk.texts.say("copied"));
  } catch {
    desk.announce(desk.texts.say("copy_failed"));
  }
}

/** Hands the visitor the table as a CSV file. */
export function saveTable({ caption, headers, rows }) {
  download(fileName(caption), toCsv(headers, rows));
}

function tool(name, label, onClick) {
  return el("button", { type: "button", class: "quiet-button", "data-tool": name, on: { click: onClick } }, icon(name), label);
}

/** A table block {caption, headers, rows, dense}; `desk` has texts and announce(text). */
export function tableView(block, desk) {
  const safe = { ...block, headers: (block.headers ?? []).map(text), rows: block.rows ?? [] };
  const title = safe.caption || desk.texts.say("table");
  const frame = el("div", { class: "table-frame", role: "region", "aria-label": title, tabindex: 0 }, table(safe, title));
  const tools = el("div", { class: "table-tools" }, tool("copy", desk.texts.say("copy"), () => copy(safe, desk)), tool("download", desk.texts.say("csv"), () => saveTable(safe)));
  return el("div", { class: "table-block" }, frame, tools);
}
