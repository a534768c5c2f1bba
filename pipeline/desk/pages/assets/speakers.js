// The speakers and the number of words attributed to each, as a bar chart grouped by standing.

import { counted, el, isolated, percent } from "./dom.js";
import { STANDINGS, hueOf, kindOf } from "./data.js";

// Return how the words are divided between named and other sources, as one bar with its numbers.
export function shares(speakers) {
  const sums = { named: 0, anonymous: 0, document: 0, open: 0 };
  for (const one of speakers) sums[one.standing] += one.words;
  const all = sums.named + sums.anonymous + sums.document + sums.open;
  if (!all) return el("p", { class: "dim" }, "No words are attributed to a source.");
  const known = Object.entries(sums).filter(([, words]) => words);
  const parts = known.map(([standing, words]) => {
    const part = el("span", { class: `share ${standing}` });
    part.style.setProperty("inline-size", `${(100 * words) / all}%`);
    return part;
  });
  const texts = known.map(([standing, words]) =>
    el(
      "li",
      null,
      el("span", { class: `swatch ${standing}`, "aria-hidden": "true" }),
      `${STANDINGS[standing]} ${percent(words, all)}`,
      el("span", { class: "dim" }, ` ${counted(words, "word")}`),
    ),
  );
  return el(
    "div",
    { class: "shares" },
    el("div", { class: "sharebar", "aria-hidden": "true" }, parts),
    el("ul", { class: "sharekey" }, texts),
  );
}

// Return a bar for each speaker; `choose` is called with a clicked speaker.
export function bars(speakers, choose) {
  const most = Math.max(1, ...speakers.map((one) => one.words));
  return el(
    "ol",
    { class: "bars" },
    speakers.map((one) => bar(one, most, choose)),
  );
}

function bar(speaker, most, choose) {
  const name = el("button", { type: "button", class: "link" }, isolated(speaker.name));
  name.addEventListener("click", () => choose(speaker));
  const line = el("div", { class: `bar ${speaker.standing}`, "aria-hidden": "true" });
  if (speaker.entity) line.style.setProperty("--hue", String(hueOf(speaker.entity)));
  const quoted = el("span", { class: "quoted" });
  const told = el("span", { class: "told" });
  quoted.style.setProperty("inline-size", `${(100 * speaker.quoted) / most}%`);
  told.style.setProperty("inline-size", `${(100 * (speaker.words - speaker.quoted)) / most}%`);
  line.append(quoted, told);
  return el(
    "li",
    null,
    el("div", { class: "barhead" }, name, el("span", { class: "kind" }, kindOf(speaker))),
    line,
    el(
      "p",
      { class: "dim" },
      counted(speaker.words, "word"),
      speaker.quoted > 0 && `, ${speaker.quoted.toLocaleString("en")} in quotation marks`,
    ),
  );
}

export function speakersPanel(read, choose) {
  return el(
    "section",
    null,
    el("h2", null, "Who speaks"),
    shares(read.speakers),
    bars(read.speakers, choose),
    el(
      "p",
      { class: "aside" },
      "Words attributed to each source: the solid part of a bar is in quotation marks, the hatched ",
      "part is the reporter’s wording. A word counts for the innermost speaker only.",
    ),
  );
}
