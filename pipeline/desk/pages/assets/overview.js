// The index of all articles, with full-text search.

import { counted, el, isolated } from "./dom.js";
import { dateOf } from "./data.js";
import { overview, searchTexts } from "./store.js";
import { fillSlowly, masthead } from "./frame.js";

const AT_ONCE = 100;
// Extension point: when the page is served, further facts about an article register here.
export const moreFacts = [];

// The last search, restored when the reader comes back from an article.
const searched = { words: "", order: "" };

function total(name) {
  return overview.articles.reduce((sum, row) => sum + row[name], 0);
}

export function indexView() {
  const rows = overview.articles;
  const list = el("ol", { class: "articles" });
  const status = el("p", { class: "dim", role: "status" });
  const search = el("input", { type: "search", placeholder: "word, name or title" });
  search.value = searched.words;
  const order = el(
    "select",
    null,
    [
      ["", "original order"],
      ["published", "newest first"],
      ["statements", "most statements"],
      ["figures", "most figures"],
      ["warnings", "most warnings"],
    ].map(([value, text]) => el("option", { value, selected: value === searched.order }, text)),
  );
  const heads = rows.map((row, number) => headOf(row, number));
  const texts = searchTexts(update);

  function update() {
    Object.assign(searched, { words: search.value, order: order.value });
    const wanted = search.value.trim().toLowerCase();
    const found = [];
    for (let number = 0; number < rows.length; number += 1) {
      if (!wanted || heads[number].includes(wanted) || texts.has(number, wanted)) {
        found.push(number);
      }
    }
    if (order.value) found.sort((one, other) => sorted(rows[one], rows[other], order.value));
    status.textContent = wanted
      ? `${found.length.toLocaleString("en")} of ${counted(rows.length, "article")}` +
        (texts.done(wanted) ? "" : "; searching the texts …")
      : rows.length ? counted(rows.length, "article") : "There are no records.";
    fillSlowly(list, found, (number) => articleRow(rows[number], number), AT_ONCE);
  }

  function find() {
    texts.ask(search.value.trim().toLowerCase());
    update();
  }

  search.addEventListener("input", find);
  order.addEventListener("change", update);
  if (searched.words) find();
  else update();
  const facts = [
    counted(rows.length, "article"),
    counted(total("quotes"), "quote"),
    counted(total("statements"), "statement"),
    counted(total("figures"), "figure"),
    counted(overview.speakers.length, "source"),
  ].map((fact) => el("span", null, fact));
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead("Articles", facts),
    el(
      "form",
      { class: "finder", role: "search", onsubmit: (event) => event.preventDefault() },
      el("label", null, el("span", null, "Search"), search),
      el("label", null, el("span", null, "Order"), order),
    ),
    status,
    list,
  );
  return { element, title: "Articles", end: texts.stop };
}

function headOf(row) {
  return [row.title, row.name, row.publisher, row.published].filter(Boolean).join("\n").toLowerCase();
}

function sorted(one, other, key) {
  if (key === "published") {
    const [day, otherDay] = [one.published ?? "", other.published ?? ""];
    return day < otherDay ? 1 : day > otherDay ? -1 : 0;
  }
  return other[key] - one[key];
}

function articleRow(row, number) {
  const marks = [
    row.warnings > 0 && counted(row.warnings, "warning"),
    row.unsure > 0 && counted(row.unsure, "unsure statement"),
    row.unsure_who > 0 && counted(row.unsure_who, "unsure speaker"),
  ].filter(Boolean);
  return el(
    "li",
    null,
    el(
      "p",
      { class: row.titled ? "title" : "title excerpt" },
      el("a", { href: `#/article/${number}` }, isolated(row.title)),
    ),
    el(
      "p",
      { class: "facts" },
      [
        row.publisher && isolated(row.publisher),
        row.published && dateOf(row.published),
        !row.titled && isolated(row.name),
        counted(row.statements, "statement"),
        counted(row.quotes, "quote"),
        counted(row.figures, "figure"),
        ...moreFacts.map((fact) => fact(row)),
        marks.length > 0 && el("strong", { class: "doubt" }, marks.join(", ")),
      ]
        .filter(Boolean)
        .map((fact) => el("span", null, fact)),
    ),
  );
}
