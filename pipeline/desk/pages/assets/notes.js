// What a reader should know before trusting a page: warnings, unsure findings, versions.

import { counted, el, isolated } from "./dom.js";
import { asPercent, isUnsure, isUnsureWho } from "./data.js";
import { overview } from "./store.js";

export function notesPanel(read, goTo) {
  const unsure = read.statements.filter(isUnsure);
  const open = read.quotes.filter((quote) => quote.speech && !quote.speakers.length);
  const who = [...read.quotes, ...read.statements].filter(isUnsureWho);
  const unread = read.times.filter((time) => time.value == null);
  return el(
    "section",
    null,
    el("h2", null, "Notes"),
    warnings(read, goTo),
    doubts("is unsure", "are unsure", unsure, "statement", goTo, (item) =>
      read.said.get(`${item.id}:content`) ?? item.cue ?? item.id,
    ),
    doubts("has an unsure speaker", "have an unsure speaker", who, "finding", goTo, (item) =>
      read.said.get(item.id) ?? read.said.get(`${item.id}:content`) ?? item.id,
    ),
    doubts("has no speaker", "have no speaker", open, "quote", goTo, (item) =>
      read.said.get(item.id),
    ),
    doubts("is not resolved", "are not resolved", unread, "time", goTo, (item) =>
      item.text,
    ),
    el(
      "p",
      { class: "aside" },
      "All findings are automatic and may be wrong. There are two kinds of confidence. The ",
      "percentage next to a name is the confidence that this is the speaker; below ",
      `${asPercent(overview.unsure_who_below)}, the speaker is marked as unsure. The number with a bar is the `,
      `confidence that the words are attributed, whoever the source is, or that the value, unit and relations `,
      `of a figure are right; below ${overview.unsure_below} (figures: ${overview.unsure_figure_below}), `,
      "the finding is marked as unsure. ",
      read.models.length > 0 && ["Made with ", isolated(read.models.join(", ")), ". "],
      "The id of the record is ",
      isolated(read.id),
      ".",
    ),
  );
}

function warnings(read, goTo) {
  if (!read.warnings.length) return el("p", null, "There are no warnings for this article.");
  return el(
    "ul",
    { class: "warnings" },
    read.warnings.map((warning, at) => {
      const place = el("button", { type: "button", class: "link" }, "show in the text");
      place.addEventListener("click", () => goTo(`w${at + 1}`));
      return el(
        "li",
        null,
        el("strong", null, isolated(warning.code)),
        " ",
        isolated(warning.message),
        warning.placed && [" ", place],
      );
    }),
  );
}

function doubts(one, many, items, noun, goTo, words) {
  if (!items.length) return null;
  return el(
    "details",
    null,
    el("summary", null, `${counted(items.length, noun)} ${items.length === 1 ? one : many}`),
    el(
      "ul",
      { class: "doubts" },
      items.map((item) => {
        const place = el("button", { type: "button", class: "link" }, isolated(words(item)));
        place.addEventListener("click", () => goTo(item.id));
        return el("li", null, place);
      }),
    ),
  );
}
