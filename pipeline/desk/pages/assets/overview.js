// The index of all articles, page by page, with full-text search.

import { counted, el, isolated } from "./dom.js";
import { dateOf } from "./data.js";
import { findArticles, overview } from "./store.js";
import { masthead } from "./frame.js";

const SIZE = 100;
const PAUSE = 150;
const ORDERS = [
  ["", "original order"],
  ["published", "newest first"],
  ["statements", "most statements"],
  ["figures", "most figures"],
  ["warnings", "most warnings"],
  ["harm", "most expected harm"],
];
// Extension point: when the page is served, further facts about an article register here.
export const moreFacts = [];

// The last search, restored when the reader comes back from an article.
const searched = { words: "", order: "", start: 0 };

export function indexView() {
  const { counts } = overview;
  const list = el("ol", { class: "articles" });
  const status = el("p", { class: "dim", role: "status" });
  const search = el("input", { type: "search", placeholder: "word, name or title" });
  search.value = searched.words;
  const order = el(
    "select",
    null,
    ORDERS.map(([value, text]) =>
      el("option", { value, selected: value === searched.order }, text),
    ),
  );
  const step = (text, by) =>
    el("button", { type: "button", class: "act", onclick: () => turn(by) }, text);
  const [before, after] = [step("Previous", -SIZE), step("Next", SIZE)];
  const pages = el("nav", { class: "pages", "aria-label": "Pages of the list" }, before, after);
  let timer = null;

  async function show() {
    const asked = { ...searched };
    const words = asked.words.trim();
    try {
      const { total, rows } = await findArticles(words, asked.order, asked.start, SIZE);
      if (Object.keys(asked).some((name) => asked[name] !== searched[name])) return;
      const all = counted(counts.articles, "article");
      const found = words ? `${total.toLocaleString("en")} of ${all}` : all;
      const last = asked.start + rows.length;
      const part = rows.length < total && `${(asked.start + 1).toLocaleString("en")} to ${last.toLocaleString("en")}`;
      status.textContent = counts.articles ? [found, part].filter(Boolean).join(": ") : "There are no records.";
      list.start = asked.start + 1;
      list.replaceChildren(...rows.map(articleRow));
      before.disabled = !asked.start;
      after.disabled = last >= total;
      pages.hidden = rows.length >= total;
    } catch (error) {
      status.replaceChildren(isolated(error.message));
    }
  }

  function find() {
    Object.assign(searched, { words: search.value, order: order.value, start: 0 });
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  }

  async function turn(by) {
    searched.start += by;
    await show();
    status.scrollIntoView();
  }

  search.addEventListener("input", find);
  order.addEventListener("change", find);
  show();
  const facts = [
    counted(counts.articles, "article"),
    counted(counts.quotes, "quote"),
    counted(counts.statements, "statement"),
    counted(counts.figures, "figure"),
    counted(counts.sources, "source"),
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
    pages,
  );
  return { element, title: "Articles", end: () => clearTimeout(timer) };
}

function articleRow(row) {
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
      el("a", { href: `#/article/${row.number}` }, isolated(row.title)),
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
