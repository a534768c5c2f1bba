// All speakers with the number of words attributed to each, and all statements of one speaker.

import { counted, el, isolated, percent, plain } from "./dom.js";
import { SOURCE_KINDS, STANDINGS, LABELS, kindOf } from "./data.js";
import { listOf } from "./store.js";
import { masthead } from "./frame.js";
import { narrowed } from "./facets.js";
import { findingsList, readRows } from "./findings.js";
import { shares } from "./speakers.js";
import { sortable } from "./table.js";

const FACETS = [
  { title: "Search", of: ({ name }) => name, search: true, hint: "a name" },
  { title: "Named", of: ({ standing }) => standing, text: (value) => STANDINGS[value] },
  { title: "Kind", of: ({ kind }) => kind, text: (value) => SOURCE_KINDS[value] },
  { title: "Type of name", of: ({ label }) => label, text: (value) => LABELS[value] },
];
const COUNTS = [
  ["Words", ({ words }) => words],
  ["Quoted", ({ quoted, words }) => (words ? quoted / words : 0), shareQuoted],
  ["Statements", ({ statements }) => statements],
  ["Articles", (voice) => articlesOf(voice).length],
];
const COLUMNS = [
  ...["name", "kind", "label", "words", "quoted", "statements"].map((key) => [key, (one) => one[key]]),
  ["articles", (voice) => articlesOf(voice).length],
];

export async function voicesView() {
  const voices = await listOf("speakers");
  const most = voices.reduce((words, voice) => Math.max(words, voice.words), 1);
  const places = new Map(voices.map((voice, at) => [voice, at]));
  const table = sortable("voices", "Speakers and the words attributed to each", [
    ["Source", ({ name }) => name, (voice) => nameCell(voice, places.get(voice), most)],
    ...COUNTS.map(([title, key, cell]) => [
      title,
      key,
      cell ?? ((voice) => key(voice).toLocaleString("en")),
      "number",
    ]),
  ]);
  const found = narrowed({
    name: "speakers",
    noun: "source",
    rows: voices,
    facets: FACETS,
    columns: COLUMNS,
    show: table.show,
    key: "speakers",
  });
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead(
      "Speakers",
      "Sources with the same name and kind are counted as one. Unresolved sources come last, " +
        "because each “they” may be somebody else.",
    ),
    shares(voices),
    found.element,
    table.element,
  );
  return { element, title: "Speakers" };
}

// An article may name two speakers alike.
function articlesOf({ articles }) {
  return [...new Set(articles.map(([number]) => number))];
}

function shareQuoted(voice) {
  return percent(voice.quoted, voice.words);
}

function nameCell(voice, at, most) {
  const bar = el("div", { class: `bar ${voice.standing}`, "aria-hidden": "true" });
  for (const [look, words] of [
    ["quoted", voice.quoted],
    ["told", voice.words - voice.quoted],
  ]) {
    const part = el("span", { class: look });
    part.style.setProperty("inline-size", `${(100 * words) / most}%`);
    bar.append(part);
  }
  return [
    el("a", { href: `#/speaker/${at}` }, isolated(voice.name)),
    el("span", { class: "kind" }, ` ${kindOf(voice)}`),
    bar,
  ];
}

// All statements of one speaker, article by article.
export async function voiceView(at) {
  const voice = (await listOf("speakers"))[at];
  const numbers = articlesOf(voice);
  const rows = await readRows(numbers, (read, number, goTo) => {
    const here = voice.articles.filter(([one]) => one === number).map(([, place]) => read.speakers[place]);
    const ids = here.flatMap(({ statements, quotes }) => [...statements, ...quotes]);
    return ids.map((id) => ({ item: read.items.get(id), read, number, goTo }));
  });
  const day = ({ read }) => read.published ?? "";
  rows.sort((one, other) => (day(one) > day(other)) - (day(one) < day(other)));
  const facts = [
    kindOf(voice),
    counted(voice.words, "word"),
    `${percent(voice.quoted, voice.words)} in quotation marks`,
    counted(numbers.length, "article"),
  ];
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead(
      ["Statements by ", isolated(voice.name)],
      facts.map((fact) => el("span", null, fact)),
    ),
    findingsList("statements", rows, { several: true, full: true, key: `speaker ${at}` }).element,
  );
  return { element, title: `Statements by ${plain(voice.name)}` };
}
