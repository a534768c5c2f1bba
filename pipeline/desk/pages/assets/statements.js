// A statement or a quote as a row of a list.

import { el, isolated, shortened } from "./dom.js";
import { isUnsure, namesOf } from "./data.js";
import { confidence } from "./card.js";
import { namedAll } from "./text.js";

const SHOWN = 240;
const KIND_SIGNS = { direct: "“ ”", mixed: "“…", indirect: "…" };

// Return the words of a statement or a quote.
export function saidIn(read, { id }) {
  return read.said.get(`${id}:content`) ?? read.said.get(id) ?? "";
}

// Return a row; clicking it goes to its place. Text longer than `length` is shortened.
export function statementRow(read, item, goTo, length = SHOWN) {
  const said = saidIn(read, item);
  const words = said || "no content";
  const button = el(
    "button",
    { type: "button", class: "saying" },
    isolated(shortened(words, length), { class: said ? null : "dim" }),
  );
  button.addEventListener("click", () => goTo(item.id));
  const above = item.parent && read.items.get(item.parent);
  const outer = above && (namesOf(read, above) ?? above.source);
  return el(
    "li",
    { class: `statement ${item.kind}${isUnsure(item) ? " unsure" : ""}` },
    el(
      "p",
      { class: "by" },
      namedAll(read, item) ?? el("em", { class: "dim" }, "no source found"),
      item.cue && [" ", isolated(item.cue, { class: "cueword" })],
      outer && el("span", { class: "dim" }, " as reported by ", isolated(outer)),
    ),
    button,
    el(
      "p",
      { class: "tail" },
      el("span", { class: "sign", "aria-hidden": "true" }, KIND_SIGNS[item.kind]),
      el("span", { class: "kind" }, item.kind),
      item.confidence != null && el("span", { class: "dim" }, "attribution"),
      confidence(item),
    ),
  );
}
