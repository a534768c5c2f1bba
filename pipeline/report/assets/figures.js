// The table of figures; clicking a column header sorts by it.

import { el, isolated } from "./dom.js";

const COLUMNS = [
  ["Figure", (one) => one.at],
  ["Value", (one) => one.number],
  ["Of what", (one) => one.what],
  ["Whose", (one) => one.whose],
  ["When", (one) => one.when],
];

export function figuresPanel(read, goTo) {
  const rows = read.figures.map((one, at) => ({ ...one, at }));
  const body = el("tbody");
  let by = 0;
  let down = false;

  const heads = COLUMNS.map(([title], at) => {
    const sort = el("button", { type: "button", class: "sort" }, title);
    sort.addEventListener("click", () => {
      down = by === at && !down;
      by = at;
      fill();
    });
    return el("th", { scope: "col" }, sort);
  });

  function fill() {
    const key = COLUMNS[by][1];
    const sorted = [...rows].sort((one, other) => compared(key(one), key(other), down));
    body.replaceChildren(...sorted.map((one) => figureRow(one, goTo)));
    heads.forEach((head, at) => {
      if (at === by) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  fill();
  const table = el(
    "table",
    { class: "figures" },
    el("caption", { class: "unseen" }, "Figures of the article"),
    el("thead", null, el("tr", null, heads)),
    body,
  );
  return el(
    "section",
    null,
    el("h2", null, "Figures"),
    rows.length ? table : el("p", { class: "dim" }, "No figures were found."),
  );
}

// Unknown values come last in either direction.
function compared(one, other, down) {
  if (one == null || other == null) return (one == null) - (other == null);
  const order =
    typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
  return down ? -order : order;
}

function figureRow(one, goTo) {
  const place = el("button", { type: "button", class: "link" }, isolated(one.text));
  place.addEventListener("click", () => goTo(one.id));
  const value = one.value ? isolated(one.value) : el("span", { class: "dim" }, "no value");
  if (one.assumed) value.append(el("abbr", { title: "the currency is assumed" }, "?"));
  const arrow = { increase: "↑ ", decrease: "↓ " }[one.change];
  return el(
    "tr",
    null,
    el("th", { scope: "row" }, place),
    el(
      "td",
      { class: "number" },
      arrow && el("span", { class: "arrow", title: one.change }, arrow),
      value,
    ),
    [one.what, one.whose, one.when].map((value) =>
      el("td", null, value ? isolated(value) : el("span", { class: "dim" }, "–")),
    ),
  );
}
