// Download rows as CSV or JSON. Nothing leaves the browser.

import { el } from "./dom.js";

const MARK = "\ufeff";
// What controls a terminal, except for tabs and the ends of lines.
const ESCAPED = new RegExp(
  String.raw`\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e]|` +
    String.raw`[\u2066-\u2069\u2028\u2029\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]`,
  "gu",
);
// What a spreadsheet would evaluate, as in `sourcepage.py`.
const ACTIVE = /^(?:[\t\r\n]|[\s\u001c-\u001f\u0085]*[=+\-@＝＋－＠])/u;
const PATIENCE_OF_DISKS = 60_000;

// Return buttons that download the current rows; `columns` are [name, value of a row].
export function downloads(name, columns, rows) {
  const button = (format, type, written) =>
    el(
      "button",
      {
        type: "button",
        class: "act",
        "aria-label": `Download as ${format}`,
        onclick: () => save(`${name}.${format.toLowerCase()}`, type, written(columns, rows())),
      },
      format,
    );
  return el(
    "p",
    { class: "downloads" },
    el("span", { class: "dim" }, "Download"),
    button("CSV", "text/csv", asCsv),
    button("JSON", "application/json", asJson),
  );
}

function asCsv(columns, rows) {
  const head = columns.map(([title]) => title);
  const table = [head, ...rows.map((row) => columns.map(([, value]) => inert(value(row))))];
  return MARK + table.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function asJson(columns, rows) {
  const made = rows.map((row) =>
    Object.fromEntries(columns.map(([title, value]) => [title, value(row) ?? null])),
  );
  return `${JSON.stringify(made, null, 1)}\n`;
}

// Return a cell that neither a spreadsheet nor a terminal evaluates, as Python's report does.
function inert(cell) {
  const text = String(cell ?? "").replace(ESCAPED, asEscape);
  return typeof cell === "string" && ACTIVE.test(cell) ? `'${text}` : text;
}

function asEscape(control) {
  if (control === "\r") return "\\r";
  const code = control.codePointAt(0);
  const [sign, width] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${sign}${code.toString(16).padStart(width, "0")}`;
}

function quoted(cell) {
  return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function save(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), PATIENCE_OF_DISKS);
}
