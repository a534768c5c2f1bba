// What the views of many articles share.

import { el } from "./dom.js";

// Return a heading, and the numbers of the whole collection below it.
export function masthead(title, text) {
  return el(
    "header",
    { class: "head" },
    el("h1", { class: "headline" }, title),
    el("p", { class: "facts" }, text),
  );
}

// Fill a list with as many rows as are seen at once, and with the others when there is time.
export function fillSlowly(list, items, row, size) {
  const mine = Symbol("turn");
  list.turn = mine;
  list.replaceChildren(...items.slice(0, size).map(row));
  let at = size;
  function more() {
    if (list.turn !== mine || at >= items.length) return;
    list.append(...items.slice(at, at + size).map(row));
    at += size;
    setTimeout(more, 0);
  }
  setTimeout(more, 0);
}
