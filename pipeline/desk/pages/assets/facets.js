// Narrow rows by facets, whose counts follow the choices in the other facets, and download them.

import { counted, el, plain, shortened } from "./dom.js";
import { downloads } from "./export.js";

const MOST = 500;
const NONE = "\u2013";
// The choices by list, restored when the reader comes back to it.
const choices = new Map();

// Return a form over rows, and a function that chooses a value of a facet.
//
// `facets` have a `title` and `of`, the value of a row or a list of values. Those with `least` are
// a least number, those with `search` find words, the others list their values, as `text` shows
// them. `show` is called with the rows that fit, `columns` are those of the download. `key` names
// the list whose choices are kept.
export function narrowed({ name, noun, nouns = `${noun}s`, rows, facets, columns, show, key }) {
  const chosen = choices.get(key) ?? {};
  if (key) choices.set(key, chosen);
  const status = el("p", { class: "dim", role: "status" });
  const fields = facets
    .filter((facet) => isUseful(facet, rows))
    .map((facet) => fieldOf(facet, rows, chosen, update));
  let fitting = rows;

  function update() {
    const fits = (row, but) => fields.every((field) => field === but || field.fits(row));
    for (const field of fields) field.count?.(rows.filter((row) => fits(row, field)));
    fitting = rows.filter((row) => fits(row));
    status.textContent = summary(fitting.length, rows.length, noun, nouns);
    show(fitting.slice(0, MOST));
  }

  const form = el(
    "form",
    { class: "filters", "aria-label": `Filter the ${nouns}` },
    fields.map(({ element }) => element),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  update();
  const saving = downloads(name, columns, () => fitting);
  const element = el("div", { class: "narrowed" }, rows.length > 0 && [form, saving], status);
  function choose(title, value) {
    chosen[title] = value;
    fields.find((field) => field.title === title)?.set(value);
    update();
  }
  return { element, choose };
}

function summary(fitting, all, noun, nouns) {
  if (!all) return `No ${nouns} were found.`;
  if (!fitting) return `None of ${counted(all, noun, nouns)} fits the filters.`;
  const part = fitting < all ? `${fitting.toLocaleString("en")} of ` : "";
  const more = fitting > MOST ? `; the first ${MOST} are shown, a download has all` : "";
  return part + counted(all, noun, nouns) + more;
}

function isUseful({ of, search: words, least: number }, rows) {
  if (words) return rows.length > 0;
  if (number) return rows.some((row) => of(row) != null);
  return new Set(rows.map((row) => String(of(row)))).size > 1;
}

function listed(value) {
  return [value].flat().filter((one) => one != null && one !== "");
}

function fieldOf(facet, rows, chosen, update) {
  const { title } = facet;
  const [field, more] = (facet.search ? search : facet.least ? least : select)(facet, rows);
  field.setAttribute("aria-label", title);
  const value = el("span");
  const set = (to) => {
    field.value = to;
    more.set?.(field.value, value);
  };
  field.addEventListener("input", () => {
    chosen[title] = field.value;
    set(field.value);
    update();
  });
  const fits = (row) => field.value === "" || more.fits(row, field.value);
  set(chosen[title] ?? field.value);
  const element = el("label", null, el("span", null, title, value), field);
  return { ...more, title, element, set, fits };
}

function search({ of, hint }) {
  const field = el("input", { type: "search", placeholder: hint });
  return [field, { fits: (row, words) => of(row).toLowerCase().includes(words.trim().toLowerCase()) }];
}

function least({ of }) {
  const field = el("input", { type: "range", min: 0, max: 1, step: 0.05, value: 0 });
  const set = (number, told) => {
    told.textContent = Number(number) ? ` ≥ ${Number(number).toFixed(2)}` : " any";
  };
  return [field, { set, fits: (row, number) => !Number(number) || (of(row) ?? -1) >= number }];
}

function select({ of, text = (value) => value }, rows) {
  const valuesOf = (row) => (listed(of(row)).length ? listed(of(row)).map(String) : [NONE]);
  const field = el("select", null, el("option", { value: "" }, "all"));
  const told = (value) => (value === NONE ? "not given" : plain(shortened(text(value), 48)));
  const options = [...tally(rows, valuesOf)]
    .sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
    .map(([value]) => [value, el("option", { value })]);
  field.append(...options.map(([, option]) => option));
  // an option that leads to nothing is left out
  const count = (fitting) => {
    const counts = tally(fitting, valuesOf);
    const { value: now } = field;
    const left = options.filter(([value, option]) => {
      option.textContent = `${told(value)} (${(counts.get(value) ?? 0).toLocaleString("en")})`;
      return counts.has(value) || value === now;
    });
    field.replaceChildren(field.options[0], ...left.map(([, option]) => option));
    field.value = now;
  };
  return [field, { count, fits: (row, value) => valuesOf(row).includes(value) }];
}

function tally(rows, valuesOf) {
  const counts = new Map();
  for (const value of rows.flatMap(valuesOf)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
