// The article as typeset text: a span for each piece, with a class for each of its items.

import { el, isolated, shown } from "./dom.js";
import { SOURCE_KINDS, TAGS, asPercent, hueOf, isUnsure, isUnsureWho, speakersOf } from "./data.js";

const WHO = "Confidence that this is the speaker, not that the words are attributed";

// Return the paragraphs of an article, its headline if the text begins with it, and the pieces of
// both by item.
export function typeset(read) {
  const pieces = new Map();
  const runs = new Map();
  let at = 0;
  const marker = { read, pieces, runs, noted: null };
  const blocks = read.paragraphs.map((paragraph, number) => {
    const heading = number === 0 && read.headed;
    const block = el(heading ? "h1" : "p", { dir: "auto", class: heading ? "headline" : null });
    marker.noted = null;
    for (const piece of paragraph) {
      at += 1;
      if (typeof piece === "string") block.append(...shown(piece));
      else block.append(...marked(marker, at, piece[0], piece[1].split(" ")));
    }
    return block;
  });
  for (const { id, label } of read.entities) tag(pieces.get(id), TAGS[label]);
  return { headline: read.headed ? blocks.shift() : null, blocks, pieces };
}

// Show the type of an entity after its first mention.
function tag(spans, type) {
  if (!spans) return;
  let last = 0;
  while (spans[last + 1]?.previousSibling === spans[last]) last += 1;
  spans[last].dataset.type = type;
}

function marked(marker, at, text, refs) {
  const { read, pieces, runs } = marker;
  const span = el("span", { class: "s" }, shown(text));
  span.dataset.refs = refs.join(" ");
  let note = null;
  for (const ref of refs) {
    const [id, role] = ref.split(":");
    const item = read.items.get(id);
    const before = runs.get(ref);
    const begins = before?.at !== at - 1;
    const run = { at, last: span };
    runs.set(ref, run);
    if (!pieces.has(id)) pieces.set(id, []);
    pieces.get(id).push(span);
    switch (id[0]) {
      case "e":
        span.classList.add("ent", role);
        span.style.setProperty("--hue", String(hueOf(id)));
        break;
      case "q":
        span.classList.add(item.speech ? "quote" : "marked");
        if (item.speech && before === undefined) note = noteOf(marker, item) ?? note;
        break;
      case "f":
        if (role === undefined) span.classList.add("fig");
        break;
      case "t":
        span.classList.add("time");
        break;
      case "w":
        span.classList.add("warned");
        break;
      default:
        drawn(span, item, role);
        if (begins) span.classList.add(`r${item.row}-begin`);
        if (begins && before !== undefined && role === "content") {
          before.last.classList.add("goes-on");
          span.classList.add("comes-on");
        }
    }
  }
  return note ? [note, span] : [span];
}

function drawn(span, item, role) {
  const row = `r${item.row}`;
  span.classList.add("att", `${row}-${role === "content" ? item.kind : role}`);
  if (role !== "content") span.classList.add(role);
  if (isUnsure(item)) span.classList.add(`${row}-unsure`);
}

// Return a quote's speaker for the margin, unless the paragraph has just named the same speaker.
function noteOf(marker, quote) {
  const { read } = marker;
  const key = quote.speakers.join();
  if (marker.noted === key) return null;
  marker.noted = key;
  const who = namedAll(read, quote) ?? el("em", { class: "dim" }, "speaker not found");
  return el("span", { class: "noted" }, el("span", { class: "note", role: "note" }, who));
}

// Return everyone who says something, with the confidence that they are the speakers, or null.
export function namedAll(read, item) {
  const all = speakersOf(read, item).map(named);
  if (!all.length) return null;
  return el(
    "span",
    { class: "voices" },
    all.flatMap((one, at) => (at ? [" and ", one] : [one])),
    item.identity != null && identity(item.identity, isUnsureWho(item)),
  );
}

// Return the confidence of an identity, as a percentage next to a name.
export function identity(confidence, unsure) {
  return el(
    "span",
    { class: unsure ? "identity unsure" : "identity", title: WHO },
    ", ",
    asPercent(confidence),
    unsure && " unsure",
  );
}

// Return a speaker's name: in the colour of the entity if named, otherwise marked by words.
export function named(speaker) {
  const name = isolated(speaker.name, { class: `who ${speaker.standing}` });
  if (speaker.entity) {
    name.classList.add("dotted");
    name.style.setProperty("--hue", String(hueOf(speaker.entity)));
  }
  if (speaker.standing === "named") return name;
  return el("span", null, name, el("span", { class: "standing" }, ` ${SOURCE_KINDS[speaker.kind]}`));
}
