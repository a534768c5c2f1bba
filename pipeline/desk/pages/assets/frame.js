// What the views of many articles share.

import { el } from "./dom.js";

// Extension point: further views register themselves here, with `href`, `text` and `name` for the
// navigation, and `open`, which takes what follows the name in the address.
export const moreViews = [];

// Return a heading, with the counts of the whole collection below it.
export function masthead(title, text) {
  return el(
    "header",
    { class: "head" },
    el("h1", { class: "headline" }, title),
    el("p", { class: "facts" }, text),
  );
}

// Fill a list with the visible rows immediately, and with the others when the browser is idle.
export async function fillSlowly(list, items, row, size) {
  const mine = Symbol("turn");
  list.turn = mine;
  for (let at = 0; at === 0 || at < items.length; at += size) {
    const rows = await Promise.all(items.slice(at, at + size).map(row));
    if (list.turn !== mine) return;
    if (at === 0) list.replaceChildren(...rows);
    else list.append(...rows);
    await new Promise((done) => setTimeout(done, 0));
  }
}
