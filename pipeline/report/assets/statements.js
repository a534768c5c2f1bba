// The list of statements, with filters by speaker, kind, cue and confidence.

import { counted, el, isolated, plain, shortened } from "./dom.js";
import { isUnsure, namesOf } from "./data.js";
import { confidence } from "./card.js";
import { namedAll } from "./text.js";

const SHOWN = 240;
const KIND_SIGNS = { direct: "“ ”", mixed: "“…", indirect: "…" };

export function statementsPanel(read, goTo) {
  const chosen = { speaker: "", kind: "", cue: "", least: 0 };
  const list = el("ol", { class: "statements" });
  const count = el("p", { class: "dim", role: "status" });
  const rows = read.statements.map((item) => [item, statementRow(read, item, goTo)]);

  function update() {
    const fitting = rows.filter(([item]) => fits(item, chosen));
    list.replaceChildren(...fitting.map(([, row]) => row));
    count.textContent =
      fitting.length === rows.length
        ? counted(rows.length, "statement")
        : `${fitting.length} of ${counted(rows.length, "statement")}`;
  }

  const speakers = read.speakers
    .map((one, at) => [String(at), one.name, one.statements.length])
    .filter(([, , statements]) => statements);
  const cues = tally(read.statements.map((item) => item.lemma));
  const speaker = select("Speaker", speakers, (value) => ((chosen.speaker = value), update()));
  const kinds = tally(read.statements.map((item) => item.kind));
  const filters = el(
    "form",
    { class: "filters", "aria-label": "Filter the statements" },
    speaker.element,
    select("Kind", kinds, (value) => ((chosen.kind = value), update())).element,
    select("Cue", cues, (value) => ((chosen.cue = value), update())).element,
    slider((value) => ((chosen.least = value), update())),
  );
  filters.addEventListener("submit", (event) => event.preventDefault());
  update();
  const element = el("section", null, el("h2", null, "Who said what"), filters, count, list);
  return { element, choose: (at) => speaker.choose(String(at)) };
}

function fits(item, chosen) {
  return (
    (chosen.speaker === "" || item.speakers.includes(Number(chosen.speaker))) &&
    (chosen.kind === "" || item.kind === chosen.kind) &&
    (chosen.cue === "" || item.lemma === chosen.cue) &&
    (chosen.least === 0 || (item.confidence != null && item.confidence >= chosen.least))
  );
}

function tally(values) {
  const counts = new Map();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
    .map(([value, times]) => [value, value, times]);
}

function select(label, options, change) {
  const field = el("select", null, el("option", { value: "" }, "all"));
  for (const [value, text, times] of options) {
    field.append(el("option", { value }, `${plain(shortened(text, 48))} (${times})`));
  }
  field.addEventListener("change", () => change(field.value));
  const choose = (value) => {
    field.value = value;
    change(field.value);
  };
  return { element: el("label", null, el("span", null, label), field), choose };
}

function slider(change) {
  const field = el("input", { type: "range", min: 0, max: 1, step: 0.05, value: 0 });
  const value = el("span", null, "any");
  field.addEventListener("input", () => {
    const least = Number(field.value);
    value.textContent = least ? `≥ ${least.toFixed(2)}` : "any";
    change(least);
  });
  return el("label", null, el("span", null, "Attribution confidence ", value), field);
}

// Return one statement as a row of a list; clicking it goes to its place. Text longer than `length`
// is shortened.
export function statementRow(read, item, goTo, length = SHOWN) {
  const said = read.said.get(`${item.id}:content`) ?? "";
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
