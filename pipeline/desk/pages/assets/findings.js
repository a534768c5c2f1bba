// Lists of the findings of one article, of one speaker or of all articles.

import { counted, el, isolated, plain } from "./dom.js";
import { LABELS, SOURCE_KINDS, article, dateOf, speakersOf } from "./data.js";
import { overview } from "./store.js";
import { masthead } from "./frame.js";
import { confidence, CORRECT } from "./card.js";
import { narrowed } from "./facets.js";
import { sortable } from "./table.js";
import { statementRow, saidIn } from "./statements.js";

const BATCH = 20;

// A row of a list is an item with its article, the article's number and where a click leads.
const titleOf = ({ read }) => read.title ?? read.name;
const speakers = ({ read, item }) => speakersOf(read, item).map(({ name }) => name);
const sourceKinds = ({ read, item }) => speakersOf(read, item).map(({ kind }) => kind);
const valueIn = (name) => ({ item }) => item[name];
const joined = (of) => (row) => of(row).join("; ") || null;

const ARTICLE = [
  ["article", ({ read }) => read.id],
  ["title", ({ read }) => read.title],
  ["published", ({ read }) => read.published],
  ["publisher", ({ read }) => read.publisher],
  ["uri", ({ read }) => read.uri],
  ["id", valueIn("id")],
];
const SAID_BY = [
  { title: "Speaker", of: speakers },
  { title: "Kind of source", of: sourceKinds, text: (kind) => SOURCE_KINDS[kind] },
];
const SURE_WHO = { title: "Speaker confidence", of: valueIn("identity"), least: true };
const STATEMENT = {
  words: ({ read, item }) => saidIn(read, item),
  facets: [
    ...SAID_BY,
    { title: "Type", of: valueIn("kind") },
    { title: "Cue", of: valueIn("lemma") },
    { title: "Attribution confidence", of: valueIn("confidence"), least: true },
    SURE_WHO,
  ],
  columns: [
    ["type", valueIn("kind")],
    ["speaker", joined(speakers)],
    ["source_kind", joined(sourceKinds)],
    ["source", valueIn("source")],
    ["cue", valueIn("cue")],
    ["text", ({ read, item }) => saidIn(read, item)],
    ["confidence", valueIn("confidence")],
    ["speaker_confidence", valueIn("identity")],
  ],
};

export const FINDINGS = {
  statements: { ...STATEMENT, noun: "statement", items: (read) => read.statements },
  quotes: {
    ...STATEMENT,
    noun: "quote",
    items: (read) => read.quotes.filter((quote) => quote.speech),
    columns: STATEMENT.columns.filter(([name]) => !["source", "cue", "confidence"].includes(name)),
  },
  figures: {
    noun: "figure",
    items: (read) => read.figures,
    words: ({ item }) => [item.text, item.what, item.whose].filter(Boolean).join(" "),
    facets: [
      { title: "Kind", of: valueIn("kind") },
      { title: "Whose", of: valueIn("whose") },
      ...SAID_BY,
      { title: "Confidence", of: valueIn("confidence"), least: true },
    ],
    columns: [
      ["text", valueIn("text")],
      ["kind", valueIn("kind")],
      ["value", valueIn("value")],
      ["number", valueIn("number")],
      ["measures", valueIn("what")],
      ["holder", valueIn("whose")],
      ["time", valueIn("when")],
      ["change", valueIn("change")],
      ["change_role", valueIn("role")],
      ["speaker", joined(speakers)],
      ["source_kind", joined(sourceKinds)],
      ["confidence", valueIn("confidence")],
    ],
    table: [
      ["Value", valueIn("number"), valueOf, "number"],
      ...[["Of what", "what"], ["Whose", "whose"], ["When", "when"]].map(textColumn),
    ],
    // only where there is room
    more: [["Confidence", valueIn("confidence"), ({ item }) => confidence(item, CORRECT) ?? NOTHING(), "number"]],
  },
  times: {
    noun: "time",
    items: (read) => read.times,
    words: valueIn("text"),
    facets: [
      { title: "Kind", of: valueIn("kind") },
      { title: "Value", of: ({ item }) => (item.value ? "resolved" : "not resolved") },
    ],
    columns: [
      ["text", valueIn("text")],
      ["kind", valueIn("kind")],
      ["value", valueIn("value")],
      ["from", ({ item }) => item.range?.[0]],
      ["before", ({ item }) => item.range?.[1]],
      ["relative", valueIn("relative")],
    ],
    table: [["Kind", "kind"], ["Value", "value"]].map(textColumn),
  },
  names: {
    noun: "name",
    items: (read) => read.entities,
    words: ({ item }) => [item.name, ...item.descriptions].join(" "),
    facets: [{ title: "Type", of: valueIn("label"), text: (label) => LABELS[label] }],
    columns: [
      ["name", valueIn("name")],
      ["label", valueIn("label")],
      ["mentions", valueIn("mentions")],
      ["descriptions", ({ item }) => item.descriptions.join("; ") || null],
      ["identifiers", ({ item }) => item.identifiers.join("; ") || null],
    ],
    table: [
      ["Type", ({ item }) => LABELS[item.label], ({ item }) => LABELS[item.label]],
      ["Mentions", valueIn("mentions"), ({ item }) => item.mentions.toLocaleString("en"), "number"],
    ],
  },
};

function NOTHING() {
  return el("span", { class: "dim" }, "–");
}

function textColumn([title, name]) {
  return [title, valueIn(name), ({ item }) => (item[name] ? isolated(item[name]) : NOTHING())];
}

function valueOf({ item }) {
  const value = item.value ? isolated(item.value) : el("span", { class: "dim" }, "no value");
  if (item.assumed) value.append(el("abbr", { title: "the currency is assumed" }, "?"));
  const arrow = { increase: "↑ ", decrease: "↓ " }[item.change];
  return [arrow && el("span", { class: "arrow", title: item.change }, arrow), value];
}

// Return a list of findings with its facets. In a list of several articles, each leads to its own.
export function findingsList(name, rows, { several = false, full = false, key } = {}) {
  const { noun, table, words, facets, columns } = FINDINGS[name];
  const list = table ? tableOfRows(name, several) : listOfRows(several, full);
  const found = narrowed({
    name,
    noun,
    rows,
    key,
    columns: [...ARTICLE, ...columns],
    show: list.show,
    facets: [
      { title: "Search", of: words, search: true },
      ...facets,
      ...(several ? [{ title: "Article", of: titleOf }] : []),
    ],
  });
  return { ...found, element: el("div", null, found.element, list.element) };
}

export function rowsOf(name, read, number, goTo) {
  return FINDINGS[name].items(read).map((item) => ({ item, read, number, goTo }));
}

function tableOfRows(name, several) {
  const place = ({ item, goTo }) => {
    const button = el("button", { type: "button", class: "link" }, isolated(item.text ?? item.name));
    button.addEventListener("click", () => goTo(item.id));
    return button;
  };
  const { noun, table, more = [] } = FINDINGS[name];
  const title = noun[0].toUpperCase() + noun.slice(1);
  const link = (row) => el("a", { href: `#/article/${row.number}` }, isolated(titleOf(row)));
  return sortable(`found ${name}`, `${title}s`, [
    [title, ({ item }) => item.text ?? item.name, place],
    ...table,
    ...(several ? [...more, ["Article", titleOf, link]] : []),
  ]);
}

// Return a list of statements or quotes, below the titles of their articles if there are several.
function listOfRows(several, full) {
  const length = full ? Infinity : undefined;
  const list = el("ol", { class: several ? "sayings" : "statements" });
  const made = (rows) => rows.map(({ read, item, goTo }) => statementRow(read, item, goTo, length));
  const group = (rows) => {
    const [{ read, number }] = rows;
    return el(
      "li",
      null,
      el("h2", null, el("a", { href: `#/article/${number}` }, isolated(titleOf(rows[0])))),
      read.published && el("p", { class: "dim" }, dateOf(read.published)),
      el("ol", { class: "statements" }, made(rows)),
    );
  };
  const show = (rows) => {
    const groups = new Map(rows.map(({ number }) => [number, []]));
    for (const row of rows) groups.get(row.number).push(row);
    list.replaceChildren(...(several ? [...groups.values()].map(group) : made(rows)));
  };
  return { element: list, show };
}

// Read articles, a few at a time, and return their rows; `of` returns those of one article.
export async function readRows(numbers, of, told = () => true) {
  const rows = [];
  for (let at = 0; at < numbers.length && told(at); at += BATCH) {
    const some = numbers.slice(at, at + BATCH);
    const reads = await Promise.all(some.map((number) => article(number)));
    reads.forEach((read, nth) => {
      const number = some[nth];
      const goTo = (id) => (location.hash = `#/article/${number}/${id}`);
      // the rows need no text, which is most of an article
      rows.push(...of({ ...read, paragraphs: null }, number, goTo));
    });
    await new Promise((done) => setTimeout(done, 0));
  }
  return rows;
}

// The findings of one kind in all articles.
export function findingsView(chosen) {
  const name = Object.hasOwn(FINDINGS, chosen) ? chosen : "statements";
  const status = el("p", { class: "dim", role: "status" });
  const all = overview.counts.articles;
  let ended = false;
  const told = (at) => {
    status.textContent = `Reading ${at.toLocaleString("en")} of ${counted(all, "article")} …`;
    return !ended;
  };
  const links = Object.keys(FINDINGS).map((one) =>
    el(
      "a",
      { href: `#/findings/${one}`, "aria-current": one === name ? "page" : null },
      one[0].toUpperCase() + one.slice(1),
    ),
  );
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead("Findings", "All findings of one kind in all articles."),
    el("nav", { class: "parts kinds", "aria-label": "Kind of finding" }, el("div", null, links)),
    status,
  );
  readRows([...Array(all).keys()], (...one) => rowsOf(name, ...one), told).then((rows) => {
    if (!ended) status.replaceWith(findingsList(name, rows, { several: true, key: name }).element);
  }, (error) => status.replaceChildren(isolated(error.message)));
  return { element, title: "Findings", end: () => (ended = true) };
}
