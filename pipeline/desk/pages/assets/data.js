// Article data for the views, and wording for what it contains.

import { load, overview } from "./store.js";

const articles = new Map();
const KEPT = 200;

export const LABELS = {
  PERSON: "person",
  ORG: "organisation",
  GPE: "country, state or city",
  LOC: "place",
  FAC: "building",
  NORP: "group of people",
  EVENT: "event",
  WORK_OF_ART: "work",
  PRODUCT: "product",
  LAW: "law",
  LANGUAGE: "language",
};

// The labels as short words, for tags in the text.
export const TAGS = { ...LABELS, GPE: "place", NORP: "group" };

export const STANDINGS = {
  named: "named",
  anonymous: "anonymous",
  document: "documents and data",
  open: "not resolved",
};

export const SOURCE_KINDS = {
  person: "person",
  organisation: "organisation",
  place: "place",
  unnamed_person: "unnamed person",
  unnamed_group: "unnamed group",
  anonymous: "anonymous",
  document: "document",
  data: "data",
  unknown: "not resolved",
};

// Describe a speaker: the label of its entity, otherwise the kind of source.
export function kindOf(speaker) {
  return speaker.label ? LABELS[speaker.label] : SOURCE_KINDS[speaker.kind];
}

// Return an article by its number; recent articles are cached.
export async function article(number) {
  const known = articles.get(number);
  if (known) return known;
  const read = prepared(await load(number));
  if (articles.size >= KEPT) articles.delete(articles.keys().next().value);
  articles.set(number, read);
  return read;
}

// Return an article with its items by their ids, and the words of each of their parts.
export function prepared(read) {
  read.items = new Map(
    [read.entities, read.quotes, read.figures, read.times, read.statements]
      .flat()
      .map((item) => [item.id, item]),
  );
  read.warnings.forEach((warning, at) => read.items.set(`w${at + 1}`, warning));
  read.said = wordsOf(read);
  return read;
}

// Return the words of each reference; separate parts are joined by an ellipsis.
function wordsOf(read) {
  const words = new Map();
  const last = new Map();
  let at = 0;
  read.paragraphs.forEach((paragraph, block) => {
    for (const piece of paragraph) {
      at += 1;
      if (typeof piece === "string") continue;
      for (const ref of piece[1].split(" ")) {
        const before = words.get(ref);
        const [place, there] = last.get(ref) ?? [0, block];
        const gap = place === at - 1 ? (there === block ? "" : " ") : " … ";
        words.set(ref, before === undefined ? piece[0] : before + gap + piece[0]);
        last.set(ref, [at, block]);
      }
    }
  });
  return words;
}

// Return who says a statement or a quote, or gives a figure.
export function speakersOf(read, item) {
  return (item.speakers ?? item.said).map((at) => read.speakers[at]);
}

// Return the speakers' names joined in words, or null if there are none.
export function namesOf(read, item) {
  return speakersOf(read, item).map(({ name }) => name).join(" and ") || null;
}

export function isUnsureWho(item) {
  return item.identity != null && item.identity < overview.unsure_who_below;
}

// Format a confidence as a percentage; anything uncertain is below 100%.
export function asPercent(confidence) {
  return `${Math.min(Math.round(100 * confidence), confidence < 1 ? 99 : 100)}%`;
}

// Tell whether a statement or a figure has a low confidence.
export function isUnsure(item) {
  const below = item.id[0] === "f" ? overview.unsure_figure_below : overview.unsure_below;
  return item.confidence != null && item.confidence < below;
}

// Return the hue of an entity: far from its neighbours' hues, and the same on every visit.
export function hueOf(id) {
  return Math.round((Number(id.slice(1)) * 137.508 + 200) % 360);
}

// Format a date: "6 May 2025"; anything that is not a date stays unchanged.
export function dateOf(value) {
  const day = /^(\d{4})-(\d\d)-(\d\d)/u.exec(value ?? "");
  if (!day) return value ?? "";
  const moment = new Date(Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])));
  return moment.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
