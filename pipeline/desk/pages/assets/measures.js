// Figures of one measure over time.

import { el, isolated, plain, shortened } from "./dom.js";
import { listOf } from "./store.js";
import { masthead } from "./frame.js";
import { downloads } from "./export.js";
import { plot } from "./plot.js";
import { sortable } from "./table.js";

const COLUMNS_OF_POINTS = [
  ...["day", "number", "value", "whose", "text", "figure"].map((key) => [key, (point) => point[key]]),
  ["article", ({ title }) => title],
];

// Return the figures of one measure over time, as a plot and as a table.
export async function measuresView(at) {
  const measures = await listOf("measures");
  if (!measures.length) {
    const none = "No measure has figures for two or more days.";
    const empty = el("main", { class: "wide", id: "main" }, masthead("Figures over time", none));
    return { element: empty, title: "Figures over time" };
  }
  // unless chosen, a series of one holder: without a holder, figures may be of different things
  const measure = measures[at] ?? measures.find(({ whose }) => whose);
  const choose = el(
    "select",
    null,
    !measure && el("option", { value: "" }, "Choose a measure"),
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
    masthead("Figures over time", measure && isolated(nameOf(measure))),
    el("form", { class: "finder" }, el("label", null, el("span", null, "Measure"), choose)),
    measure
      ? series(measure, open)
      : el("p", null, "No named holder has figures of one measure for two or more days."),
  );
  return { element, title: "Figures over time" };
}

function series(measure, open) {
  return [
    plot(measure.points, open),
    el(
      "p",
      { class: "aside" },
      "A solid dot is at the date given in the text, a hollow dot at the publication date. ",
      !measure.whose && "Figures without a named holder may measure different things.",
    ),
    downloads("figures-over-time", COLUMNS_OF_POINTS, () => measure.points),
    pointsTable(measure),
  ];
}

function nameOf(measure) {
  const unit = measure.unit ? `, ${measure.unit}` : "";
  const whose = measure.whose ? `${measure.whose}: ` : "";
  return `${whose}${measure.what}${unit}${measure.change ? " (change)" : ""}`;
}

function pointsTable(measure) {
  const table = sortable("points", "The figures of the plot", [
    ["Date", ({ day }) => day, dayOf, "day"],
    ["Value", ({ number }) => number, ({ value }) => isolated(value), "number"],
    ["Whose", ({ whose }) => whose, ({ whose }) => (whose ? isolated(whose) : "–")],
    ["Text", ({ text }) => text, linkOf],
    ["Article", ({ title }) => title, ({ title }) => isolated(title)],
  ]);
  table.show(measure.points);
  return table.element;
}

function dayOf({ day, told }) {
  return [day, !told && el("span", { class: "dim" }, " (published)")];
}

function linkOf({ article: at, figure, text }) {
  return el("a", { href: `#/article/${at}/${figure}` }, isolated(text));
}
