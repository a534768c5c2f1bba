// The judgements on an article's items, and making new ones.

import { ask } from "./remote.js";

export const REVIEWED = {
  quotes: "Quotes",
  attributions: "Statements",
  figures: "Figures",
  entities: "Names",
  times: "Times",
};
const BY_LETTER = { q: "quotes", a: "attributions", f: "figures", e: "entities", t: "times" };

export function layerOf(id) {
  return BY_LETTER[id[0]];
}

// Return the judgements on an article; `changed` is called when they change.
export function judging(read, changed) {
  let { review } = read;
  // as the article was opened, so that a decision moves nothing
  const { harm } = review;
  const byPlace = (one, other) => startOf(one) - startOf(other) || (one.id < other.id ? -1 : 1);
  const rank = ({ id }) => -(harm[id] ?? 0);

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
    // all items, in the order of the text or with the greatest expected harm first
    items: (inText = false) =>
      Object.values(review.items).sort(
        (one, other) => (inText ? 0 : rank(one) - rank(other)) || byPlace(one, other),
      ),
    // possible speakers by id: those that were found, and those that reviewers added
    names: () => review.names,
    times: () => Object.values(review.items).filter(({ id }) => layerOf(id) === "times"),
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
  if (item.mentions) return item.mentions.map((mention) => ["item", mention]);
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
