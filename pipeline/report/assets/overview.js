// All articles: an index with search, everything that one speaker said, figures over time.

import { counted, el, isolated, percent, plain, shortened } from "./dom.js";
import { LABELS, STANDINGS, article, dateOf, fullText, overview } from "./data.js";
import { plot } from "./plot.js";
import { shares } from "./speakers.js";
import { statementRow } from "./statements.js";

const AT_ONCE = 100;
const VOICES = 200;
const PATIENCE = 12;

// Return a heading, and the numbers of the whole collection below it.
function masthead(title, text) {
  return el(
    "header",
    { class: "head" },
    el("h1", { class: "headline" }, title),
    el("p", { class: "facts" }, text),
  );
}

function total(name) {
  return overview.articles.reduce((sum, row) => sum + row[name], 0);
}

export function indexView() {
  const rows = overview.articles;
  const list = el("ol", { class: "articles" });
  const status = el("p", { class: "dim", role: "status" });
  const search = el("input", { type: "search", placeholder: "a word, a name, a title" });
  const order = el(
    "select",
    null,
    [
      ["", "as they came"],
      ["published", "newest first"],
      ["statements", "most statements"],
      ["figures", "most figures"],
      ["warnings", "most warnings"],
    ].map(([value, text]) => el("option", { value }, text)),
  );
  const heads = rows.map((row, number) => headOf(row, number));
  const reader = textReader();

  function update() {
    const wanted = search.value.trim().toLowerCase();
    const found = [];
    for (let number = 0; number < rows.length; number += 1) {
      if (!wanted || heads[number].includes(wanted) || reader.has(number, wanted)) {
        found.push(number);
      }
    }
    if (order.value) found.sort((one, other) => sorted(rows[one], rows[other], order.value));
    status.textContent = wanted
      ? `${found.length.toLocaleString("en")} of ${counted(rows.length, "article")}` +
        (reader.done() ? "" : "; reading the texts …")
      : counted(rows.length, "article");
    fillSlowly(list, found, (number) => articleRow(rows[number], number), AT_ONCE);
  }

  search.addEventListener("input", () => {
    reader.start(update);
    update();
  });
  order.addEventListener("change", update);
  update();
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
  return { element, title: "Articles", end: reader.stop };
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

// Reads the texts for the search a few at a time, so that typing is never held up.
function textReader() {
  const texts = [];
  let timer = null;
  const all = overview.articles.length;
  const stop = () => clearTimeout(timer);
  function read(then) {
    const until = performance.now() + PATIENCE;
    while (texts.length < all && performance.now() < until) {
      texts.push(fullText(texts.length).toLowerCase());
    }
    if (texts.length < all) timer = setTimeout(read, 0, then);
    else then();
  }
  return {
    start(then) {
      if (timer === null && texts.length < all) timer = setTimeout(read, 0, then);
    },
    has: (number, wanted) => texts[number]?.includes(wanted) ?? false,
    done: () => texts.length === all,
    stop,
  };
}

// Fill a list with as many rows as are seen at once, and with the others when there is time.
function fillSlowly(list, items, row, size) {
  const mine = Symbol("turn");
  list.turn = mine;
  list.replaceChildren(...items.slice(0, size).map(row));
  let at = size;
  function more() {
    if (list.turn !== mine || at >= items.length) return;
    list.append(...items.slice(at, at + size).map(row));
    at += size;
    setTimeout(more, 0);
  }
  setTimeout(more, 0);
}

function articleRow(row, number) {
  const marks = [
    row.warnings > 0 && counted(row.warnings, "warning"),
    row.unsure > 0 && `${row.unsure.toLocaleString("en")} unsure`,
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
        marks.length > 0 && el("strong", { class: "doubt" }, marks.join(", ")),
      ]
        .filter(Boolean)
        .map((fact) => el("span", null, fact)),
    ),
  );
}

export function voicesView() {
  const list = el("tbody");
  const search = el("input", { type: "search", placeholder: "a name" });
  const standing = el(
    "select",
    null,
    el("option", { value: "" }, "all"),
    Object.entries(STANDINGS).map(([value, text]) => el("option", { value }, text)),
  );
  const status = el("p", { class: "dim", role: "status" });
  const most = Math.max(1, ...overview.speakers.map((voice) => voice.words));
  function update() {
    const wanted = search.value.trim().toLowerCase();
    const found = overview.speakers
      .map((voice, at) => [voice, at])
      .filter(
        ([voice]) =>
          (!standing.value || voice.standing === standing.value) &&
          (!wanted || voice.name.toLowerCase().includes(wanted)),
      );
    const more = found.length > VOICES ? `; the first ${VOICES} are shown` : "";
    status.textContent = counted(found.length, "source") + more;
    list.replaceChildren(...found.slice(0, VOICES).map(([voice, at]) => voiceRow(voice, at, most)));
  }
  search.addEventListener("input", update);
  standing.addEventListener("change", update);
  update();
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead("Speakers", "Sources of the same name and kind are taken for one."),
    shares(overview.speakers),
    el(
      "form",
      { class: "finder", role: "search", onsubmit: (event) => event.preventDefault() },
      el("label", null, el("span", null, "Search"), search),
      el("label", null, el("span", null, "Standing"), standing),
    ),
    status,
    el(
      "table",
      { class: "voices" },
      el("caption", { class: "unseen" }, "Speakers with the words given to each"),
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          ["Source", "Words", "Quoted", "Statements", "Articles"].map((title, at) =>
            el("th", { scope: "col", class: at ? "number" : null }, title),
          ),
        ),
      ),
      list,
    ),
  );
  return { element, title: "Speakers" };
}

function voiceRow(voice, at, most) {
  const bar = el("div", { class: `bar ${voice.standing}`, "aria-hidden": "true" });
  for (const [look, words] of [
    ["quoted", voice.quoted],
    ["told", voice.words - voice.quoted],
  ]) {
    const part = el("span", { class: look });
    part.style.setProperty("inline-size", `${(100 * words) / most}%`);
    bar.append(part);
  }
  return el(
    "tr",
    null,
    el(
      "th",
      { scope: "row" },
      el("a", { href: `#/speaker/${at}` }, isolated(voice.name)),
      el("span", { class: "kind" }, ` ${kindOf(voice)}`),
      bar,
    ),
    [
      voice.words.toLocaleString("en"),
      percent(voice.quoted, voice.words),
      voice.statements.toLocaleString("en"),
      voice.articles.length.toLocaleString("en"),
    ].map((text) => el("td", { class: "number" }, text)),
  );
}

function kindOf(voice) {
  return voice.standing === "named" ? LABELS[voice.label] : STANDINGS[voice.standing];
}

// Everything that one speaker said, article by article.
export function voiceView(at) {
  const voice = overview.speakers[at];
  const list = el("ol", { class: "sayings" });
  const places = voice.articles.map(([number, place]) => ({ number, place }));
  const day = ({ number }) => overview.articles[number].published ?? "";
  places.sort((one, other) => (day(one) < day(other) ? -1 : 1));
  fillSlowly(list, places, sayings, 20);
  const facts = [
    kindOf(voice),
    counted(voice.words, "word"),
    `${percent(voice.quoted, voice.words)} in quotation marks`,
    counted(voice.articles.length, "article"),
  ];
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead(
      ["All that ", isolated(voice.name), " said"],
      facts.map((fact) => el("span", null, fact)),
    ),
    list,
  );
  return { element, title: `All that ${plain(voice.name)} said` };
}

function sayings({ number, place }) {
  const read = article(number);
  const row = overview.articles[number];
  const speaker = read.speakers[place];
  const goTo = (id) => (location.hash = `#/article/${number}/${id}`);
  const statements = speaker.statements.map((id) => statementRow(read, read.items.get(id), goTo));
  const quotes = speaker.quotes.map((id) => {
    const place_ = el("button", { type: "button", class: "saying" });
    place_.append(isolated(read.said.get(id) ?? ""));
    place_.addEventListener("click", () => goTo(id));
    return el("li", { class: "statement direct" }, place_);
  });
  return el(
    "li",
    null,
    el("h2", null, el("a", { href: `#/article/${number}` }, isolated(row.title))),
    row.published && el("p", { class: "dim" }, dateOf(row.published)),
    el("ol", { class: "statements" }, statements, quotes),
  );
}

// The figures of one measure over time, as a plot and as a table.
export function measuresView(at) {
  const { measures } = overview;
  if (!measures.length) {
    const none = "No measure has figures for two days or more.";
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
      "A full dot stands at the time that the text gives; a hollow one at the day of publication. ",
      "Figures of the same words and unit are drawn together; they may still be of different things.",
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
  const titles = ["Day", "Value", "Whose", "Words", "Article"];
  return el(
    "table",
    { class: "points" },
    el("caption", { class: "unseen" }, "The figures of the plot"),
    el("thead", null, el("tr", null, titles.map((title) => el("th", { scope: "col" }, title)))),
    el(
      "tbody",
      null,
      measure.points.map((point) =>
        el(
          "tr",
          null,
          el("td", null, point.day, !point.told && el("span", { class: "dim" }, " published")),
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
