// The judgements on an article's items, and making new ones.

import { ask } from "./remote.js";

export const REVIEWED = { quotes: "Quotes", attributions: "Statements", figures: "Figures" };
const BY_LETTER = { q: "quotes", a: "attributions", f: "figures" };

export function layerOf(id) {
  return BY_LETTER[id[0]];
}

// Return the judgements on an article; `changed` is called when they change.
export function judging(read, changed) {
  let { review } = read;

  async function say(judgement) {
    const { id, sha256, version } = read;
    const before = review.items[judgement.item];
    const made = await ask("corrections", { record: id, sha256, version, before, ...judgement });
    review = await ask(`page/reviews/${read.number}`);
    // the article is cached: store its review in it
    read.review = review;
    changed();
    return made;
  }

  return {
    item: (id) => review.items[id],
    items: () =>
      Object.values(review.items)
        .filter((item) => layerOf(item.id))
        .sort((one, other) => startOf(one) - startOf(other) || (one.id < other.id ? -1 : 1)),
    // possible speakers by id: those that were found, and those that reviewers added
    names: () => review.names,
    // doubtful items, lowest confidence first: those with unsure speakers, and figures
    unsureWho: () => review.unsure_who.map((id) => review.items[id]),
    unsureFigures: () => review.unsure_figures.map((id) => review.items[id]),
    judgement: (id) => review.judgements[id] ?? null,
    remarks: () => review.remarks,
    isComplete: (layer) => review.complete.includes(layer),
    say,
  };
}

// Return the spans of an item, each with its role.
export function spansOf(item) {
  if (layerOf(item.id) !== "attributions") return [["item", item]];
  return ["source", "cue", "content"].flatMap((role) =>
    (item[role]?.spans ?? []).map((span) => [role, span]),
  );
}

export function startOf(item) {
  return Math.min(...spansOf(item).map(([, span]) => span.start));
}

// Tell whether two items say the same.
export function isEqual(one, other) {
  if (one == null || other == null || typeof one !== "object") return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isEqual(one[name], other[name]))
  );
}
