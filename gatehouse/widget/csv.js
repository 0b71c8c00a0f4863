/** Tables as files and as text for the clipboard. */

const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;
const PLAIN_NUMBER = /^[+-]?\d+([.,]\d+)*$/;

/** A cell no spreadsheet runs: what looks like a formula gets an apostrophe before it. */
export function neutral(value) {
  const text = String(value ?? "");
  return FORMULA.test(text) && !PLAIN_NUMBER.test(text.trim()) ? `'${text}` : text;
}

function field(value) {
  const text = neutral(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180: CRLF between records, quotes doubled. */
export function toCsv(headers, rows) {
  return [headers, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** Tab-separated, as spreadsheets take it from the clipboard. */
export function toClipboardText(headers, rows) {
  const flat = (value) => neutral(value).replaceAll(/[\t\r\n]+/g, " ");
  return [headers, ...rows].map((row) => row.map(flat).join("\t")).join("\n");
}

/** A file name from a caption: letters and digits of any script, no path. */
export function fileName(caption) {
  const stem = String(caption ?? "").replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  return `${stem.slice(0, 60) || "table"}.csv`;
}

/** Hands the visitor a file. The mark at its beginning tells spreadsheets that it is UTF-8. */
export function download(name, content) {
  const address = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
