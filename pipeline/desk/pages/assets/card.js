// The card next to a place in the text: everything that was found there, described in words.

import { counted, el, isolated, shortened } from "./dom.js";
import { LABELS, isUnsure, kindOf, namesOf, speakersOf } from "./data.js";
import { namedAll } from "./text.js";

const ATTRIBUTED = "Confidence that these words are attributed, not that the source is right";
export const CORRECT = "Confidence that value, unit and relations are right";
const KINDS = {
  direct: "direct speech",
  mixed: "mixed: quoted words in the reporter’s sentence",
  indirect: "indirect speech",
};

// Return the entries of a card for an article's references, innermost first.
export function entries(read, refs, layers) {
  const made = [];
  const seen = new Set();
  for (const ref of [...refs].reverse()) {
    const [id, role, sure] = ref.split(":");
    if (seen.has(id)) continue;
    const item = read.items.get(id);
    // only the innermost of nested statements is shown in full
    const brief = id[0] === "a" && [...seen].some((other) => other[0] === "a");
    const entry = entryOf(read, item, [id, role, sure], layers, brief);
    if (entry) {
      seen.add(id);
      made.push([order(id), entry]);
    }
  }
  return made.sort((one, other) => one[0] - other[0]).map(([, entry]) => entry);
}

function order(id) {
  return "wftqae".indexOf(id[0]);
}

function entryOf(read, item, [id, role, sure], layers, brief) {
  switch (id[0]) {
    case "e":
      return layers.has("entities") && entityEntry(item, role, sure);
    case "q":
      return layers.has("quotes") && quoteEntry(read, item);
    case "f":
      return layers.has("figures") && (role ? measureEntry(item) : figureEntry(read, item));
    case "t":
      return layers.has("figures") && timeEntry(read, item);
    case "w":
      return entry("Warning", item.code, el("p", null, isolated(item.message)));
    default:
      return layers.has("statements") && statementEntry(read, item, brief);
  }
}

function entry(kind, head, ...rest) {
  return el(
    "div",
    { class: "entry" },
    el("p", { class: "kind" }, kind),
    head && el("p", { class: "head" }, head),
    rest,
  );
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  if (!known.length) return null;
  return el(
    "dl",
    null,
    known.flatMap(([term, value]) => [
      el("dt", null, term),
      el("dd", null, typeof value === "string" ? isolated(value) : value),
    ]),
  );
}

function entityEntry(entity, role, sure) {
  const kind = LABELS[entity.label] ?? entity.label;
  const here = { nominal: "described here", pronoun: "by pronoun here" }[role];
  return entry(
    [kind, here].filter(Boolean).join(", "),
    isolated(entity.name),
    facts([
      ["Known as", entity.descriptions.join("; ")],
      ["Identifiers", entity.identifiers.join("; ")],
      ["In this text", counted(entity.mentions, "mention")],
      ["Confidence", sure && `${sure}%`],
    ]),
  );
}

function quoteEntry(read, quote) {
  if (!quote.speech) return entry("In quotation marks", null, el("p", null, "Nobody is quoted."));
  const head = namedAll(read, quote) ?? el("em", null, "speaker not found");
  return entry(quote.kind === "mixed" ? "Quoted words" : "Quote", head);
}

function statementEntry(read, item, brief) {
  const [speaker] = speakersOf(read, item);
  const above = item.parent && read.items.get(item.parent);
  const outer = above && (namesOf(read, above) ?? above.source);
  return entry(
    `Statement, ${KINDS[item.kind]}`,
    namedAll(read, item) ?? el("em", null, "no source found"),
    facts(brief ? [["Cue", cueOf(item)]] : [
      ["Source", item.source && item.source !== namesOf(read, item) ? `“${item.source}”` : null],
      ["Kind of source", speaker?.standing === "named" ? kindOf(speaker) : null],
      ["Cue", cueOf(item)],
      ["Reported by", outer],
      ["Attribution", confidence(item)],
    ]),
  );
}

export function cueOf(item) {
  if (!item.cue) return null;
  const type = [item.negated ? "negated" : null, item.type].filter(Boolean).join(", ");
  return type ? `${item.cue} (${type})` : item.cue;
}

// Return the confidence that a statement is attributed, regardless of its source, or that a figure
// is correct, as a number with a meter; null where no model decided.
export function confidence(item, title = ATTRIBUTED) {
  if (item.confidence == null) return null;
  const value = item.confidence.toFixed(2);
  const meter = el("span", { class: "meter", "aria-hidden": "true" }, el("span"));
  meter.firstChild.style.setProperty("inline-size", `${100 * item.confidence}%`);
  const unsure = isUnsure(item);
  return el(
    "span",
    { class: unsure ? "sure unsure" : "sure", title },
    meter,
    value,
    unsure && " unsure",
  );
}

function figureEntry(read, figure) {
  const change = [figure.change, figure.role && `(${figure.role})`].filter(Boolean).join(" ");
  return entry(
    `Figure, ${figure.kind}`,
    isolated(figure.value || "no value"),
    facts([
      ["Of what", figure.what],
      ["Whose", figure.whose],
      ["When", figure.when],
      ["Change", change],
      ["Said by", namesOf(read, figure)],
      ["Confidence", confidence(figure, CORRECT)],
    ]),
    figure.assumed && el("p", { class: "aside" }, "The currency is assumed: the text says “$”."),
    figure.vague && el("p", { class: "aside" }, "The text gives no exact number."),
  );
}

function measureEntry(figure) {
  const text = shortened(figure.text, 80);
  return entry("What a figure measures", isolated(`${text}: ${figure.value || "no value"}`));
}

function timeEntry(read, time) {
  const why = read.published
    ? "It could not be resolved to a date."
    : "It cannot be resolved, because the publication date is not known.";
  return entry(
    `Time, ${time.kind}`,
    time.value ? isolated(time.value) : el("em", null, "not resolved"),
    time.range && el("p", { class: "aside" }, `From ${time.range[0]} to before ${time.range[1]}.`),
    time.relative && time.value && el("p", { class: "aside" }, "Resolved against the publication date."),
    !time.value && el("p", { class: "aside" }, why),
  );
}
