// All speakers with the number of words attributed to each, and all statements of one speaker.

import { counted, el, isolated, percent, plain } from "./dom.js";
import { STANDINGS, article, dateOf, kindOf } from "./data.js";
import { overview } from "./store.js";
import { fillSlowly, masthead } from "./frame.js";
import { shares } from "./speakers.js";
import { statementRow } from "./statements.js";

const VOICES = 200;
// The last search, restored when the reader comes back from a speaker.
const sought = { name: "", standing: "" };

export function voicesView() {
  const list = el("tbody");
  const search = el("input", { type: "search", placeholder: "a name" });
  search.value = sought.name;
  const standing = el(
    "select",
    null,
    el("option", { value: "" }, "all"),
    Object.entries(STANDINGS).map(([value, text]) =>
      el("option", { value, selected: value === sought.standing }, text),
    ),
  );
  const status = el("p", { class: "dim", role: "status" });
  const most = Math.max(1, ...overview.speakers.map((voice) => voice.words));
  function update() {
    Object.assign(sought, { name: search.value, standing: standing.value });
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
    masthead(
      "Speakers",
      "Sources with the same name and kind are counted as one. Unresolved sources come last, " +
        "because each “they” may be somebody else.",
    ),
    shares(overview.speakers),
    el(
      "form",
      { class: "finder", role: "search", onsubmit: (event) => event.preventDefault() },
      el("label", null, el("span", null, "Search"), search),
      el("label", null, el("span", null, "Kind"), standing),
    ),
    status,
    el(
      "table",
      { class: "voices" },
      el("caption", { class: "unseen" }, "Speakers and the words attributed to each"),
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

// All statements of one speaker, article by article.
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
      ["Statements by ", isolated(voice.name)],
      facts.map((fact) => el("span", null, fact)),
    ),
    list,
  );
  return { element, title: `Statements by ${plain(voice.name)}` };
}

async function sayings({ number, place }) {
  const read = await article(number);
  const row = overview.articles[number];
  const speaker = read.speakers[place];
  const goTo = (id) => (location.hash = `#/article/${number}/${id}`);
  const statements = speaker.statements.map((id) => statementRow(read, read.items.get(id), goTo, Infinity));
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
