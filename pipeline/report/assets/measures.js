// Figures of one measure over time.

import { el, isolated, plain, shortened } from "./dom.js";
import { overview } from "./store.js";
import { masthead } from "./frame.js";
import { plot } from "./plot.js";

// Return the figures of one measure over time, as a plot and as a table.
export function measuresView(at) {
  const { measures } = overview;
  if (!measures.length) {
    const none = "No measure has figures for two or more days.";
    const empty = el("main", { class: "wide", id: "main" }, masthead("Figures over time", none));
    return { element: empty, title: "Figures over time" };
  }
  const measure = measures[at] ?? measures[0];
  const choose = el(
    "select",
    null,
    measures.map((one, number) =>
      el(
        "option",
        { value: number, selected: one === measure },
        plain(shortened(nameOf(one), 60)) + ` (${one.points.length})`,
      ),
    ),
  );
  choose.addEventListener("change", () => (location.hash = `#/figures/${choose.value}`));
  const open = (point) => (location.hash = `#/article/${point.article}/${point.figure}`);
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead("Figures over time", isolated(nameOf(measure))),
    el("form", { class: "finder" }, el("label", null, el("span", null, "Measure"), choose)),
    plot(measure.points, open),
    el(
      "p",
      { class: "aside" },
      "A solid dot is at the date given in the text, a hollow dot at the publication date. ",
      "Figures with the same words and unit are plotted together, but may measure different things.",
    ),
    pointsTable(measure),
  );
  return { element, title: "Figures over time" };
}

function nameOf(measure) {
  const unit = measure.unit ? `, ${measure.unit}` : "";
  return `${measure.what}${unit}${measure.change ? " (change)" : ""}`;
}

function pointsTable(measure) {
  const titles = ["Date", "Value", "Whose", "Text", "Article"];
  return el(
    "table",
    { class: "points" },
    el("caption", { class: "unseen" }, "The figures of the plot"),
    el(
      "thead",
      null,
      el(
        "tr",
        null,
        titles.map((title) =>
          el("th", { scope: "col", class: title === "Value" ? "number" : null }, title),
        ),
      ),
    ),
    el(
      "tbody",
      null,
      measure.points.map((point) =>
        el(
          "tr",
          null,
          el("td", { class: "day" }, point.day, !point.told && el("span", { class: "dim" }, " (published)")),
          el("td", { class: "number" }, isolated(point.value)),
          el("td", null, point.whose ? isolated(point.whose) : "–"),
          el(
            "td",
            null,
            el("a", { href: `#/article/${point.article}/${point.figure}` }, isolated(point.text)),
          ),
          el("td", null, isolated(overview.articles[point.article].title)),
        ),
      ),
    ),
  );
}
