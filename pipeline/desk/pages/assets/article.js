// One article: its text with switches for the layers, and the panels next to it.

import { counted, el, isolated, outward, tabs } from "./dom.js";
import { article, dateOf } from "./data.js";
import { typeset } from "./text.js";
import { pointing } from "./pointing.js";
import { speakersPanel } from "./speakers.js";
import { FINDINGS, findingsList, rowsOf } from "./findings.js";
import { notesPanel } from "./notes.js";

const LAYERS = [
  ["entities", "Names", [["sample ent", "one colour each"]]],
  ["quotes", "Quotes", [["sample quote", "quoted words"]]],
  [
    "statements",
    "Statements",
    [
      ["sample att r0-direct", "direct"],
      ["sample att r0-mixed", "mixed"],
      ["sample att r0-indirect", "indirect"],
      ["sample att r0-source source", "source"],
      ["sample att r0-cue cue", "cue"],
    ],
  ],
  [
    "figures",
    "Figures and times",
    [
      ["sample fig", "figure"],
      ["sample time", "time"],
    ],
  ],
];
// Extension point: when the page is served, further panels register themselves here.
export const morePanels = [];
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u;
const layers = new Set(LAYERS.map(([name]) => name));

// Return the view of an article: its elements, `goTo` to show a place in it, and `end`.
export async function articleView(number) {
  return viewOfArticle(await article(number));
}

export function viewOfArticle(read) {
  const { headline, blocks, pieces } = typeset(read);
  const text = el(
    "div",
    { class: "text", id: "text", tabindex: 0, role: "group", "aria-label": "Text of the article" },
    blocks,
  );
  const lang = LANGUAGE.test(read.language ?? "") ? read.language : null;
  const column = el("article", { class: "column", lang });
  const switches = layerSwitches(column);
  column.append(head(read, headline), switches, text, hint());
  const pointer = pointing(read, column, pieces, layers);
  switches.addEventListener("change", pointer.hide);
  const lists = Object.keys(FINDINGS).map((name) => [name, rowsOf(name, read, null, pointer.goTo)]);
  const more = morePanels.map((make) => make(read, column, pointer)).filter(Boolean);
  const found = new Map(lists.map(([name, rows]) => [name, findingsList(name, rows)]));
  const titleOfList = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;
  const panels = tabs("Findings", [
    ["speakers", "Speakers", speakersPanel(read, (speaker) => chooseSpeaker(speaker))],
    ...lists.map(([name, { length }]) => [
      name,
      `${titleOfList(name)} ${length}`,
      el("section", null, el("h2", null, titleOfList(name)), found.get(name).element),
    ]),
    ["notes", ["Notes", noteCount(read)], notesPanel(read, pointer.goTo)],
    ...more.map(({ name, label, element }) => [name, label, element]),
  ]);

  // on a narrow screen, the panels are below the whole text
  const jumps = [{ name: "speakers", label: "Findings" }, ...more].map(({ name, label }) =>
    el("button", { type: "button", class: "link", onclick: () => panels.open(name) }, label),
  );
  switches.before(el("p", { class: "jumps" }, jumps));

  const first = more.find(({ chosen }) => chosen);
  if (first) panels.choose(first.name);

  function chooseSpeaker(speaker) {
    if (!speaker.statements.length) {
      pointer.goTo(speaker.quotes[0] ?? speaker.entity);
      return;
    }
    found.get("statements").choose("Speaker", speaker.name);
    panels.open("statements");
  }

  const element = el(
    "main",
    { class: "sheet", id: "main" },
    column,
    el("aside", { class: "beside", "aria-label": "Findings" }, panels.element),
    pointer.card,
  );
  const end = () => [pointer, ...more].forEach((one) => one.end());
  const title = read.title ?? read.name;
  return { element, title, goTo: pointer.goTo, end, focus: first?.focus };
}

function noteCount(read) {
  const { length } = read.warnings;
  return length ? el("span", { class: "doubt" }, ` ${counted(length, "warning")}`) : "";
}

function head(read, headline) {
  const title = isolated(read.title ?? read.name);
  const facts = [
    read.publisher && isolated(read.publisher),
    read.byline && isolated(read.byline),
    read.published && el("time", { datetime: read.published }, dateOf(read.published)),
    counted(read.words, "word"),
    read.uri && outward(read.uri, /^https?:/iu.test(read.uri) ? "original" : read.uri),
  ].filter(Boolean);
  return el(
    "header",
    { class: "head" },
    headline ?? el("h1", { dir: "auto", class: read.title ? "headline" : "untitled" }, title),
    el(
      "p",
      { class: "facts" },
      facts.map((fact) => el("span", null, fact)),
    ),
  );
}

function layerSwitches(column) {
  return el(
    "fieldset",
    { class: "layers" },
    el("legend", { class: "unseen" }, "Layers shown in the text"),
    LAYERS.map(([name, label, samples]) => {
      const box = el("input", { type: "checkbox", checked: layers.has(name) });
      const update = () => {
        if (box.checked) layers.add(name);
        else layers.delete(name);
        column.classList.toggle(`no-${name}`, !box.checked);
      };
      box.addEventListener("change", update);
      update();
      return el(
        "label",
        null,
        box,
        el("span", { class: "layer" }, label),
        samples.map(([look, word]) => el("span", { class: `s ${look}`, "aria-hidden": "true" }, word)),
      );
    }),
  );
}

function hint() {
  return el(
    "p",
    { class: "aside hint" },
    "Point at a word to see its findings; click to keep the card open. In the text, ",
    el("kbd", null, "←"),
    " and ",
    el("kbd", null, "→"),
    " move between findings, and ",
    el("kbd", null, "Esc"),
    " closes the card.",
  );
}
