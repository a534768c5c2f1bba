// Forms to edit an item: each returns the corrected item.

import { el, isolated, plain, shortened } from "./dom.js";
import { LABELS, SOURCE_KINDS } from "./data.js";
import { layerOf } from "./judging.js";

const NOBODY = "";
const OPENING = /["“„«‘'`‹”]/u;
const CLOSING = /["”“»’'›]/u;
const PRONOUN = /^(he|she|it|they|i|we|you|who|him|her|them|his|their|its)$/iu;
const NUMBER = "-?\\d+(\\.\\d+)?(/\\d+)?";
const VALUE = `${NUMBER}|\\d+-\\d+`;
const KIND_NAMES = {
  quotes: ["direct", "mixed"],
  attributions: ["direct", "mixed", "indirect"],
  figures: [
    ...["money", "percent", "quantity", "count", "ordinal", "ratio", "multiple", "duration"],
    ...["age", "score", "points"],
  ],
  times: ["date", "time", "duration", "set"],
};
const CHANGES = [["", "none"], ["increase", "increase"], ["decrease", "decrease"]];
const ROLES_OF_CHANGE = [
  ["", "not given"],
  ["delta", "by how much"],
  ["from", "the old number"],
  ["to", "the new number"],
];
const UNNAMED = new Set(["unnamed_person", "unnamed_group"]);
const CHOICES = [
  ["", "not given"],
  ...Object.entries(SOURCE_KINDS).filter(([kind]) => kind !== "anonymous"),
];

// Return a form for an item; `save` is called with the corrected item, `cancel` without arguments.
export function editingForm(item, context, save, cancel) {
  const layer = layerOf(item.id);
  const fields = {
    quotes: quoteFields,
    attributions: statementFields,
    figures: figureFields,
    entities: nameFields,
    times: timeFields,
  };
  const problem = el("p", { class: "doubt", role: "alert" });
  const fail = (error) => problem.replaceChildren(isolated(error.message));
  let made = null;
  // highlight the item in the text as it would be
  const changed = () => made && context.preview(made.edited());
  made = fields[layer](item, { ...context, changed, fail });
  const { elements, edited } = made;
  const form = el(
    "form",
    { class: "editing", "aria-label": "Edit" },
    elements,
    problem,
    el(
      "p",
      { class: "actions" },
      el("button", { type: "submit", class: "act" }, "Save"),
      el("button", { type: "button", class: "act", onclick: cancel }, "Cancel"),
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      await save(edited());
    } catch (error) {
      fail(error);
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    cancel();
  });
  return form;
}

function quoteFields(item, context) {
  const speaker = whoField("Speaker", item.speakers ?? [], context);
  const words = wordsField("Words", item, context);
  const kind = kindField("quotes", item);
  const speech = el("input", { type: "checkbox", checked: item.speech });
  return {
    elements: [
      speaker.element,
      words.element,
      kind.element,
      el("label", { class: "check" }, speech, "Somebody is quoted"),
    ],
    edited: () => {
      const { start, end, text } = words.value();
      const marks = marksAround({ start, end }, item.marks, context.places);
      const who = speech.checked ? speaker.value() : [];
      const sure = same(who, item.speakers ?? []) ? (item.speaker_confidence ?? null) : null;
      const said = { speaker: only(who), speakers: who, speaker_confidence: sure };
      const given = { kind: kind.value(), speech: speech.checked };
      return { ...item, start, end, text, marks, ...given, ...said };
    },
  };
}

// Return the marks next to some words, otherwise the previous marks.
function marksAround({ start, end }, known, places) {
  const before = OPENING.test(places.letter(start - 1) ?? "");
  const after = CLOSING.test(places.letter(end) ?? "");
  return {
    open: before ? places.span(start - 1, start) : (known?.open ?? null),
    close: after ? places.span(end, end + 1) : (known?.close ?? null),
  };
}

function statementFields(item, context) {
  const who = whoField("Who says it", item.source?.entities ?? [], context);
  const sort = selectField("The source is", CHOICES, item.source?.kind ?? "");
  const source = spansField("Source", item.source?.spans, context);
  const cue = spansField("Cue", item.cue?.spans, context);
  const content = spansField("Content", item.content?.spans, context);
  const kind = kindField("attributions", item);
  return {
    elements: [
      who.element,
      sort.element,
      source.element,
      cue.element,
      content.element,
      kind.element,
    ],
    edited: () => ({
      ...item,
      kind: kind.value(),
      source: sourceOf(item.source, source.value(), who.value(), sort.value()),
      cue: cueOfSpans(item.cue, cue.value()),
      content: content.value().length ? { spans: content.value() } : null,
    }),
  };
}

// Return a source; if it has an entity, the server derives its kind from that.
function sourceOf(known, spans, entities, chosen) {
  if (!spans.length) return null;
  const entity = only(entities);
  const form = known && samePlaces(known.spans, spans) ? known.form : formOf(spans);
  const kind = entities.length && UNNAMED.has(chosen) ? "unknown" : chosen || null;
  const anonymous = kind ? UNNAMED.has(kind) : Boolean(known?.anonymous && !entities.length);
  const sure = known && same(known.entities, entities) ? known.entity_confidence : null;
  return { form, spans, entity, anonymous, kind, entities, entity_confidence: sure };
}

function only(ids) {
  return ids.length === 1 ? ids[0] : null;
}

function same(ids, others) {
  return ids.join() === others.join();
}

function formOf([{ text }]) {
  if (PRONOUN.test(text)) return "pronoun";
  return /^\p{Lu}/u.test(text) ? "name" : "nominal";
}

// Return a cue for some words; if the words changed, its lemma is unknown.
function cueOfSpans(known, spans) {
  if (!spans.length) return null;
  if (known && samePlaces(known.spans, spans)) return known;
  return { spans, lemma: null, type: known?.type ?? null, negated: known?.negated ?? false };
}

function samePlaces(spans, others) {
  const places = (list) => list.map(({ start, end }) => `${start} ${end}`).join();
  return places(spans) === places(others);
}

function figureFields(item, context) {
  const words = wordsField("Words", item, context);
  const value = textField("Value", item.value, "an exact number: 1200000, 0.5, 1/3", VALUE);
  const low = textField("From", item.low, "start of a range", NUMBER);
  const high = textField("To", item.high, "end of a range", NUMBER);
  const unit = textField("Unit", item.unit, "USD, %, km …, or empty");
  const single = { single: true };
  const what = spansField("Of what", [item.measures ?? []].flat(), context, single);
  const kind = kindField("figures", item);
  const whose = selectField("Whose", optional(Object.entries(context.names())), item.holder ?? "");
  const holderWords = spansField("Words for whose it is", [item.holder_text ?? []].flat(), context, single);
  const times = context.times().map(({ id, text: said }) => [id, said]);
  const when = selectField("When", optional(times), item.time ?? "");
  const change = selectField("Change", CHANGES, item.change ?? "");
  const role = selectField("The figure says", ROLES_OF_CHANGE, item.change_role ?? "");
  const fields = [words, kind, value, low, high, unit, what, whose, holderWords, when, change, role];
  return {
    elements: fields.map(({ element }) => element),
    edited: () => {
      const { start, end, text } = words.value();
      const numbers = { value: value.value(), low: low.value(), high: high.value() };
      const vague = item.vague && numbers.value === null;
      const links = {
        measures: what.value()[0] ?? null,
        holder: whose.value() || null,
        holder_text: holderWords.value()[0] ?? null,
        time: when.value() || null,
      };
      const moved = { change: change.value() || null, change_role: role.value() || null };
      const given = { kind: kind.value(), unit: unit.value(), vague };
      return { ...item, start, end, text, ...numbers, ...given, ...links, ...moved };
    },
  };
}

// Return a field for the speakers: each is an existing name, or a new one selected in the text.
function whoField(label, chosen, { names, picked, addName, changed, fail }) {
  const fields = el("div");
  const fresh = el("span", { class: "aside" });
  const another = el("button", { type: "button", class: "link" }, "Add another speaker");
  another.addEventListener("click", () => more(NOBODY).focus());

  function more(id) {
    const field = el("select", null, options(id));
    const words = fields.childElementCount ? "And" : label;
    fields.append(el("label", null, el("span", null, words), field));
    return field;
  }

  function options(id) {
    const people = Object.entries(names()).map(([one, name]) => [one, plain(shortened(name, 60))]);
    return optionsOf([[NOBODY, "nobody, or unknown"], ...people], id);
  }

  function selects() {
    return [...fields.querySelectorAll("select")];
  }

  async function take(kind) {
    try {
      const id = await addName(picked.span(), kind);
      const last = selects().at(-1);
      for (const one of selects()) one.replaceChildren(...options(one === last ? id : one.value));
      changed();
    } catch (error) {
      fail(error);
    }
  }

  function offer() {
    const span = picked.span();
    const button = (kind, text) =>
      el("button", { type: "button", class: "link", onclick: () => take(kind) }, text);
    fresh.replaceChildren(
      "Not in the list? ",
      ...(span
        ? [
            `Add “${plain(shortened(span.text, 32))}” as `,
            button("PERSON", "a person"),
            " or ",
            button("ORG", "an organisation"),
          ]
        : ["Select the name in the text."]),
    );
  }

  for (const id of chosen.length ? chosen : [NOBODY]) more(id);
  offer();
  picked.heard(offer, fresh);
  const value = () => [...new Set(selects().map((one) => one.value).filter(Boolean))];
  return { element: el("div", null, fields, another, " ", fresh), value };
}

function optional(options) {
  return [["", "not given"], ...options.map(([id, text]) => [id, plain(shortened(text, 60))])];
}

function kindField(layer, item) {
  return selectField("Kind", KIND_NAMES[layer].map((name) => [name, name]), item.kind);
}

function nameFields(item, context) {
  const name = textField("Name", item.name, "the fullest name in the article");
  const label = selectField("Type", Object.entries(LABELS), item.label);
  const mentions = spansField("Mentions", item.mentions, context);
  const known = (span) => item.mentions.find((one) => samePlaces([one], [span]));
  const mention = (span) => known(span) ?? { ...span, kind: formOf([span]), confidence: null };
  return {
    elements: [name.element, label.element, mentions.element],
    edited: () => ({
      ...item,
      name: name.value(),
      label: label.value(),
      mentions: mentions.value().map(mention),
    }),
  };
}

function timeFields(item, context) {
  const words = wordsField("Words", item, context);
  const kind = kindField("times", item);
  const value = textField("Value", item.value, "2025-05-06, 2025-W19, P3D …, or empty");
  const relative = el("input", { type: "checkbox", checked: item.relative });
  return {
    elements: [
      words.element,
      kind.element,
      value.element,
      el("label", { class: "check" }, relative, "Relative to another date"),
    ],
    edited: () => {
      const { start, end, text } = words.value();
      const given = { kind: kind.value(), value: value.value(), relative: relative.checked };
      // the server derives the range from the value
      return { ...item, start, end, text, ...given };
    },
  };
}

function selectField(label, options, chosen) {
  const field = el("select", null, optionsOf(options, chosen));
  return { element: el("label", null, el("span", null, label), field), value: () => field.value };
}

function optionsOf(options, chosen) {
  return options.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
}

// Return a text field; if it has to match a `pattern`, the browser shows an error otherwise.
function textField(label, value, hint, pattern) {
  const field = el("input", {
    type: "text",
    value: value ?? "",
    autocomplete: "off",
    pattern: pattern && `\\s*(${pattern})\\s*`,
    title: pattern && hint,
  });
  const element = el(
    "label",
    null,
    el("span", null, label),
    field,
    el("span", { class: "aside" }, hint),
  );
  return { element, value: () => field.value.trim() || null };
}

// Return a field for an item's single span.
function wordsField(label, span, context) {
  const field = spansField(label, [span], context, { single: true, needed: true });
  return { element: field.element, value: () => field.value()[0] };
}

// Return a field for spans of the text: their ends can be moved by a word, or set from the
// selection in the text.
function spansField(label, spans, context, { single = false, needed = false } = {}) {
  const { places, picked } = context;
  let value = (spans ?? []).map(({ start, end }) => places.span(start, end));
  const list = el("ol", { class: "spans" });
  const take = el("button", { type: "button", class: "link" });
  take.addEventListener("click", () => {
    const chosen = picked.span();
    if (!chosen) return;
    value = single ? [chosen] : merged(value, chosen, places);
    fill();
  });

  function nudge(at, side, by) {
    value[at] = places.nudged(value[at], side, by);
    fill(`${at} ${side} ${by}`);
  }

  function row(span, at) {
    const button = (side, by, sign) =>
      el(
        "button",
        {
          type: "button",
          class: "nudge",
          "data-key": `${at} ${side} ${by}`,
          "aria-label": `${label}: ${side} one word ${by < 0 ? "earlier" : "later"}`,
          onclick: () => nudge(at, side, by),
        },
        sign,
      );
    const remove = () => {
      value.splice(at, 1);
      fill();
      take.focus();
    };
    return el(
      "li",
      null,
      el("span", { class: "nudges" }, button("start", -1, "‹"), button("start", 1, "›")),
      isolated(ends(span.text), { class: "words" }),
      el("span", { class: "nudges" }, button("end", -1, "‹"), button("end", 1, "›")),
      !needed &&
        el(
          "button",
          { type: "button", class: "nudge", "aria-label": `${label}: remove`, onclick: remove },
          "×",
        ),
    );
  }

  function fill(focused) {
    const rows = value.map(row);
    list.replaceChildren(...(rows.length ? rows : [el("li", { class: "dim" }, "none")]));
    if (focused) list.querySelector(`[data-key="${focused}"]`).focus();
    offer();
    context.changed();
  }

  function offer() {
    const chosen = picked.span();
    take.disabled = !chosen;
    take.textContent = chosen
      ? `${single || !value.length ? "Use" : "Add"} “${plain(shortened(chosen.text, 32))}”`
      : "Select words in the text to use them";
  }

  fill();
  picked.heard(offer, list);
  const element = el(
    "fieldset",
    { class: "field" },
    el("legend", null, label),
    list,
    take,
  );
  return { element, value: () => value };
}

// Return spans with one more, in the order of the text; spans that touch it are merged with it.
function merged(spans, added, places) {
  const apart = spans.filter((span) => span.end <= added.start || added.end <= span.start);
  const touching = spans.filter((span) => !apart.includes(span));
  const one = places.span(
    Math.min(added.start, ...touching.map(({ start }) => start)),
    Math.max(added.end, ...touching.map(({ end }) => end)),
  );
  return [...apart, one].sort((a, b) => a.start - b.start);
}

// Shorten the middle of a long span; its ends matter most.
function ends(text) {
  return text.length <= 90 ? text : `${text.slice(0, 42)} … ${text.slice(-42)}`;
}

// Return a new item that a reviewer adds, made from some words.
export function blankItem(layer, { start, end }, places) {
  if (layer === "attributions") {
    const content = { spans: [places.span(start, end)] };
    const empty = { source: null, cue: null, quotes: [], figures: [], parent: null };
    return { id: "a+", kind: "indirect", ...empty, content, confidence: null };
  }
  if (layer === "figures") {
    const numbers = ["value", "low", "high", "unit", "unit_text", "bound", "change", "change_role"];
    const links = ["rate", "measures", "holder", "holder_text", "time", "attribution"];
    const empty = Object.fromEntries([...numbers, ...links].map((name) => [name, null]));
    const span = places.span(start, end);
    return { id: "f+", ...span, kind: "count", ...empty, unit_assumed: false, vague: false };
  }
  if (layer === "times") {
    return { id: "t+", ...places.span(start, end), kind: "date", value: null, relative: false };
  }
  if (layer === "entities") return blankName(places.span(start, end), "PERSON");
  const [from, to] = [
    start + (OPENING.test(places.letter(start)) ? 1 : 0),
    end - (CLOSING.test(places.letter(end - 1)) ? 1 : 0),
  ];
  const marks = marksAround({ start: from, end: to }, null, places);
  const empty = { speech: true, continues: null, speaker: null, attribution: null };
  return { id: "q+", ...places.span(from, to), marks, kind: "direct", ...empty };
}

export function blankName(span, label) {
  const mentions = [{ ...span, kind: "name", confidence: null }];
  return { id: "e+", name: span.text, label, mentions, descriptions: [], identifiers: {} };
}
