// A table of findings; clicking a column header sorts by it.

import { el } from "./dom.js";

// Return a table, and a function that shows rows in it. `columns` are [title, value to sort by,
// cell of a row, class]; the first cell of a row is its header.
export function sortable(look, caption, columns) {
  const body = el("tbody");
  let rows = [];
  let by = null;
  let down = false;

  const heads = columns.map(([title, , , kind], at) => {
    const sort = el("button", { type: "button", class: "sort" }, title);
    sort.addEventListener("click", () => {
      down = by === at && !down;
      by = at;
      fill();
    });
    return el("th", { scope: "col", class: kind }, sort);
  });

  function fill() {
    const key = columns[by]?.[1];
    const sorted = key
      ? [...rows].sort((one, other) => compared(key(one), key(other), down))
      : rows;
    body.replaceChildren(
      ...sorted.map((row) =>
        el(
          "tr",
          null,
          columns.map(([title, , cell, kind], at) =>
            el(
              at ? "td" : "th",
              at ? { class: kind, "data-title": title } : { scope: "row", class: kind },
              cell(row),
            ),
          ),
        ),
      ),
    );
    heads.forEach((head, at) => {
      if (at === by) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  const element = el(
    "table",
    { class: look },
    el("caption", { class: "unseen" }, caption),
    el("thead", null, el("tr", null, heads)),
    body,
  );
  const show = (shown) => {
    rows = shown;
    element.hidden = !rows.length;
    fill();
  };
  return { element, show };
}

// Unknown values come last in either direction.
function compared(one, other, down) {
  if (one == null || other == null) return (one == null) - (other == null);
  const order =
    typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
  return down ? -order : order;
}
