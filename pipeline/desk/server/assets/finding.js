// One finding in the review: a row of the list, and the card of the current item.

import { el, isolated, shortened } from "./dom.js";
import { CORRECT, confidence } from "./card.js";
import { LABELS, TAGS, isUnsureWho } from "./data.js";
import { identity } from "./text.js";
import { layerOf, spansOf } from "./judging.js";

const VERDICTS = {
  accepted: ["✓", "accepted"],
  edited: ["✎", "edited"],
  added: ["+", "added"],
  rejected: ["✗", "rejected"],
};
export const ONE = {
  quotes: "Quote",
  attributions: "Statement",
  figures: "Figure",
  entities: "Name",
  times: "Time",
};
const AROUND = 110;

export function wordsOfItem(item) {
  if (item.mentions) return item.name;
  const spans = spansOf(item).filter(([role]) => role === "item" || role === "content");
  const told = spans.length ? spans : spansOf(item);
  return told.map(([, { text }]) => text.replace(/\s+/gu, " ")).join(" … ");
}

export function findingRow(item, judgement, unsure, isCurrent, choose) {
  const [sign, word] = judgement ? VERDICTS[judgement.verdict] : ["", "no decision"];
  const button = el(
    "button",
    { type: "button", class: "finding", "aria-current": isCurrent ? "true" : null },
    el("span", { class: `verdict ${judgement?.verdict ?? "open"}`, "aria-hidden": "true" }, sign),
    el("span", { class: "kind" }, TAGS[item.label] ?? ONE[layerOf(item.id)]),
    isolated(shortened(wordsOfItem(item), 70), { class: "words" }),
    unsure && el("span", { class: "doubt" }, layerOf(item.id) === "figures" ? " right?" : " who?"),
    el("span", { class: "unseen" }, `, ${word}`),
  );
  button.addEventListener("click", choose);
  return el("li", null, button);
}

export function cardOf(judged, places, item, judgement, { judge, edit }) {
  const act = (text, key, action) =>
    el(
      "button",
      { type: "button", class: "act", "aria-keyshortcuts": key, onclick: action },
      text,
      el("kbd", { "aria-hidden": "true" }, key),
    );
  return [
    el(
      "p",
      { class: "kind" },
      item.speech === false ? "In quotation marks" : `${ONE[layerOf(item.id)]}, ${LABELS[item.label] ?? item.kind}`,
      judgement && [
        " · ",
        el("strong", { class: `said ${judgement.verdict}` }, VERDICTS[judgement.verdict][1]),
        " by ",
        isolated(judgement.who),
      ],
    ),
    el("blockquote", null, isolated(wordsOfItem(item))),
    contextOf(places, item),
    el(
      "dl",
      null,
      factsOf(judged, item)
        .filter(([, value]) => value)
        .flatMap(([term, value]) => [
          el("dt", null, term),
          el("dd", null, typeof value === "string" ? isolated(value) : value),
        ]),
    ),
    el(
      "p",
      { class: "actions" },
      act("Accept", "A", () => judge("accept")),
      act("Reject", "R", () => judge("reject")),
      act("Edit", "E", edit),
      judgement && act("Undo", "U", () => judge("withdraw")),
    ),
  ];
}

// Return the words around an item, for screens that do not show the text next to it.
function contextOf(places, item) {
  const all = spansOf(item).map(([, span]) => span);
  const spans = item.mentions ? all.slice(0, 1) : all;
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.end));
  const from = Math.max(start - AROUND, 0);
  let { text } = places.span(from, end + AROUND);
  // whole words only
  if (from) text = text.replace(/^\S*\s+/u, "");
  if (places.letter(end + AROUND)) text = text.replace(/\s+\S*$/u, "");
  return el("p", { class: "context aside" }, isolated(`… ${text.replace(/\s+/gu, " ")} …`));
}

function factsOf(judged, item) {
  const names = judged.names();
  const textOf = (part) => part?.spans.map(({ text }) => text).join(" … ");
  switch (layerOf(item.id)) {
    case "quotes":
      return [
        [
          "Speaker",
          item.speech ? (whoOf(names, item.speakers, item.speaker_confidence) ?? none("not found")) : null,
        ],
        ["Speech", item.speech ? null : none("nobody is quoted")],
      ];
    case "attributions":
      return [
        [
          "Speaker",
          whoOf(names, item.source?.entities ?? [], item.source?.entity_confidence) ??
            (item.source ? none("not resolved") : none("no source")),
        ],
        ["Source", textOf(item.source)],
        ["Cue", textOf(item.cue)],
        ["Attribution", confidence(item)],
      ];
    case "entities":
      return [
        ["Known as", item.descriptions.join("; ")],
        ["Mentions", [...new Set(item.mentions.map(({ text }) => text))].join(", ")],
      ];
    case "times":
      return [["Value", item.value ?? none("not resolved")]];
    default:
      return [
        ["Value", item.value ?? ([item.low, item.high].filter(Boolean).join(" to ") || none("none"))],
        ["Unit", item.unit],
        ["Of what", item.measures?.text],
        ["Whose", names[item.holder] ?? item.holder_text?.text],
        ["When", judged.item(item.time)?.text],
        ["Change", [item.change, item.change_role].filter(Boolean).join(", ")],
        ["Confidence", confidence(item, CORRECT)],
      ];
  }
}

// Return the names of the speakers, with the confidence that they are the speakers.
function whoOf(names, ids, confidence) {
  if (!ids.length) return null;
  const sure = confidence != null && identity(confidence, isUnsureWho({ identity: confidence }));
  return el("span", null, isolated(ids.map((id) => names[id]).join(" and ")), sure);
}

function none(text) {
  return el("em", { class: "dim" }, text);
}

// Strike out rejected items in the text; for a statement, its source and its cue.
export function strikeOut(column, judged) {
  for (const span of column.querySelectorAll("[data-refs]")) {
    const rejected = span.dataset.refs.split(" ").some((ref) => {
      const [id, role] = ref.split(":");
      const counts = layerOf(id) && role !== "content" && role !== "what";
      return counts && judged.judgement(id)?.verdict === "rejected";
    });
    span.classList.toggle("was-rejected", rejected);
  }
}
