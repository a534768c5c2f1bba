// What was said of the items of an article, and saying more of them.

import { ask } from "./remote.js";

export const REVIEWED = { quotes: "Quotes", attributions: "Statements", figures: "Figures" };
const BY_LETTER = { q: "quotes", a: "attributions", f: "figures" };

export function layerOf(id) {
  return BY_LETTER[id[0]];
}

// Return the judgements on an article; `changed` is called when there are others.
export function judging(read, changed) {
  let { review } = read;

  async function say(judgement) {
    const { id, sha256, version } = read;
    const before = review.items[judgement.item];
    const made = await ask("corrections", { record: id, sha256, version, before, ...judgement });
    review = await ask(`page/reviews/${read.number}`);
    // the article is kept: it comes back with what was said of it
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
    // of whoever may be a speaker, by id: those that were found, and those that people added
    names: () => review.names,
    // what is in doubt, the least sure first: whose speaker is, and figures
    unsureWho: () => review.unsure_who.map((id) => review.items[id]),
    unsureFigures: () => review.unsure_figures.map((id) => review.items[id]),
    judgement: (id) => review.judgements[id] ?? null,
    remarks: () => review.remarks,
    isComplete: (layer) => review.complete.includes(layer),
    say,
  };
}

// Return the stretches of an item, each with what it is.
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
