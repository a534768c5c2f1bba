// The review: each finding is accepted, rejected or mended by a person, by mouse or by keyboard.

import { counted, el, isolated, plain, shortened } from "./dom.js";
import { morePanels } from "./article.js";
import { moreFacts } from "./overview.js";
import { overview } from "./remote.js";
import { confidence } from "./card.js";
import { REVIEWED, judging, layerOf, spansOf } from "./judging.js";
import { blankItem, mendingForm } from "./mending.js";
import { placesOf } from "./places.js";

const VERDICTS = {
  accepted: ["✓", "accepted"],
  mended: ["✎", "mended"],
  added: ["+", "added"],
  rejected: ["✗", "rejected"],
};
const ONE = { quotes: "Quote", attributions: "Statement", figures: "Figure" };
const SHORTCUTS = [
  ["A", "accept"],
  ["R", "reject"],
  ["M", "mend"],
  ["U", "take back what was said"],
  ["J", "next"],
  ["K", "the one before"],
  ["O", "next that nobody judged"],
];
const DONE = { accept: "Accepted", reject: "Rejected", mend: "Mended", withdraw: "Taken back" };

const ONE_COLUMN = "(max-width: 66rem)";
const AROUND = 110;

morePanels.push(reviewPanel);
moreFacts.push((row) => row.judged > 0 && `${row.judged.toLocaleString("en")} judged`);

function reviewPanel(read, column, pointer) {
  const places = placesOf(read, column);
  const picked = pick(places);
  const judged = judging(read, refresh);
  const status = el("p", { class: "dim", role: "status" });
  const meter = el("progress", { "aria-label": "Judged" });
  const card = el("div", { class: "judging", role: "group", tabindex: -1 });
  const list = el("ol", { class: "findings" });
  const layer = chooser(refresh);
  const open = el("input", { type: "checkbox", onchange: refresh });
  const whole = el("div", { class: "whole" });
  const adding = addButtons(picked, add);
  let current = null;
  let form = null;
  let said = "";
  let busy = false;

  const element = el(
    "section",
    { class: "review" },
    el("h2", null, "Review"),
    el(
      "div",
      { class: "filters" },
      layer.element,
      el("label", { class: "check" }, open, "Only what nobody judged"),
    ),
    meter,
    status,
    card,
    list,
    adding,
    whole,
    shortcuts(),
  );

  function shown() {
    return judged
      .items()
      .filter((item) => !layer.value() || layerOf(item.id) === layer.value())
      .filter((item) => !open.checked || item.id === current || !judged.judgement(item.id));
  }

  function refresh() {
    const all = judged.items();
    const done = all.filter((item) => judged.judgement(item.id)).length;
    meter.max = Math.max(all.length, 1);
    meter.value = done;
    overview.articles[read.number].judged = done;
    status.textContent = plain(`${said}${said && " "}${done} of ${counted(all.length, "finding")} judged.`);
    if (!judged.item(current)) current = shown()[0]?.id ?? null;
    list.replaceChildren(
      ...shown().map((item) => {
        const judgement = judged.judgement(item.id);
        return findingRow(item, judgement, item.id === current, () => choose(item.id));
      }),
    );
    mark(column, judged);
    fillWhole();
    if (!form) fillCard();
    light();
  }

  function choose(id, focus = true) {
    current = id;
    form = null;
    said = "";
    refresh();
    if (focus) card.focus({ preventScroll: true });
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    if (!id || matchMedia(ONE_COLUMN).matches) return;
    const range = places.rangeOf(spansOf(judged.item(id))[0][1]);
    range?.startContainer.parentElement.scrollIntoView({ block: "center" });
  }

  // Light up what is judged, wherever its ends are by now.
  function light(item = current && judged.item(current)) {
    const registry = CSS.highlights;
    if (!registry) return;
    for (const role of ["item", "source", "cue", "content"]) registry.delete(`review-${role}`);
    if (element.hidden || !item) return;
    for (const role of ["item", "source", "cue", "content"]) {
      const ranges = spansOf(item)
        .filter(([one]) => one === role)
        .map(([, span]) => places.rangeOf(span))
        .filter(Boolean);
      registry.set(`review-${role}`, new Highlight(...ranges));
    }
  }

  function fillCard() {
    const item = current && judged.item(current);
    if (!item) {
      card.replaceChildren(el("p", { class: "dim" }, "Nothing is left to be judged here."));
      card.setAttribute("aria-label", "Nothing is left");
      return;
    }
    const judgement = judged.judgement(item.id);
    card.setAttribute("aria-label", plain(`${ONE[layerOf(item.id)]}: ${wordsOfItem(item)}`));
    card.replaceChildren(...cardOf(read, places, item, judgement, { judge, mend }));
  }

  function fillWhole() {
    whole.replaceChildren(
      el("h3", null, "Is anything missing?"),
      el(
        "ul",
        null,
        Object.entries(REVIEWED).map(([name, title]) => {
          const box = el("input", { type: "checkbox", checked: judged.isComplete(name) });
          box.addEventListener("change", () =>
            say({ layer: name, action: box.checked ? "complete" : "withdraw" }, title),
          );
          const text = `${title}: none is missing, and those not judged are right`;
          return el("li", null, el("label", { class: "check" }, box, text));
        }),
      ),
    );
  }

  async function say(judgement, name) {
    if (busy) return;
    busy = true;
    said = "";
    try {
      await judged.say(judgement);
      said = `${DONE[judgement.action] ?? "Kept"}: ${name}.`;
    } catch (error) {
      said = error.message;
    } finally {
      busy = false;
    }
    refresh();
  }

  async function judge(action) {
    const item = judged.item(current);
    if (!item || form || busy) return;
    if (action === "withdraw" && !judged.judgement(item.id)) return;
    const name = `${ONE[layerOf(item.id)].toLowerCase()} ${wordsOfItem(item)}`;
    await say({ layer: layerOf(item.id), action, item: item.id }, name);
    if (action !== "withdraw") goOn();
  }

  // Go on to the next finding that nobody judged, if there is one.
  function goOn() {
    const items = shown();
    const at = items.findIndex((item) => item.id === current);
    const waiting = [...items.slice(at + 1), ...items.slice(0, Math.max(at, 0))];
    const next = waiting.find((item) => !judged.judgement(item.id));
    const kept = said;
    choose(next?.id ?? current);
    said = kept;
    refresh();
  }

  function mend() {
    const item = judged.item(current);
    if (!item) return;
    edit(item, async (mended) => {
      const judgement = { layer: layerOf(item.id), action: "mend", item: item.id, after: mended };
      await judged.say(judgement);
      said = `Mended: ${wordsOfItem(mended)}.`;
    });
  }

  function add(name) {
    const span = picked.span();
    if (!span) return;
    const item = blankItem(name, span, places);
    edit(item, async (mended) => {
      const [made] = await judged.say({ layer: name, action: "add", after: mended });
      current = made.item;
      said = `Added: ${wordsOfItem(mended)}.`;
    });
  }

  function edit(item, save) {
    const close = () => {
      form = null;
      fillCard();
      light();
      card.focus({ preventScroll: true });
    };
    form = mendingForm(
      item,
      { read, places, picked, preview: light },
      async (mended) => {
        await save(mended);
        const kept = said;
        close();
        goOn();
        said = kept;
        refresh();
      },
      close,
    );
    card.setAttribute("aria-label", `Mend the ${ONE[layerOf(item.id)].toLowerCase()}`);
    card.replaceChildren(el("h3", null, `${ONE[layerOf(item.id)]}`), form);
    form.querySelector("select, input, button").focus();
  }

  function step(by, waiting = false) {
    const items = shown().filter((item) => !waiting || !judged.judgement(item.id));
    const at = items.findIndex((item) => item.id === current);
    const next = waiting && at < 0 ? items[0] : items[at + by];
    if (next) choose(next.id);
  }

  function pressed(event) {
    if (element.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, .mending, .layers")) return;
    const key = event.key.toLowerCase();
    const inText = column.contains(event.target);
    if (key === "a") judge("accept");
    else if (key === "r") judge("reject");
    else if (key === "u") judge("withdraw");
    else if (key === "m") mend();
    else if (key === "j" && !inText) step(1);
    else if (key === "k" && !inText) step(-1);
    else if (key === "o") step(1, true);
    else return;
    event.preventDefault();
  }

  // What is pointed at in the text is what is judged; pointed at again, the next that stands there.
  function follow(event) {
    const span = event.target.closest("[data-refs]");
    if (element.hidden || !span || form || !getSelection().isCollapsed) return;
    const ids = span.dataset.refs.split(" ").map((ref) => ref.split(":")[0]);
    const here = [...new Set(ids.reverse())].filter((id) => layerOf(id) && judged.item(id));
    if (!here.length) return;
    const at = event.type === "click" ? here.indexOf(current) : -1;
    current = here[(at + 1) % here.length];
    said = "";
    refresh();
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  column.addEventListener("click", follow);
  column.addEventListener("focusin", follow);
  column.addEventListener("keydown", pressed);
  element.addEventListener("keydown", pressed);
  element.addEventListener("shown", () => {
    pointer.hide();
    light();
  });
  element.addEventListener("hid", () => light());
  picked.heard(() => {
    for (const button of adding.querySelectorAll("button")) button.disabled = !picked.span();
  }, element);
  refresh();
  return { name: "review", label: "Review", element, end: picked.end };
}

// Return what keeps the words that were last selected in the text.
function pick(places) {
  const listeners = [];
  let last = null;
  const life = new AbortController();
  document.addEventListener(
    "selectionchange",
    () => {
      const now = places.selected();
      if (!now) return;
      last = now;
      for (const [hear, element] of listeners) if (element.isConnected) hear();
    },
    { signal: life.signal },
  );
  return {
    span: () => last,
    heard: (hear, element) => listeners.push([hear, element]),
    end: () => life.abort(),
  };
}

function chooser(change) {
  const field = el(
    "select",
    { onchange: change },
    el("option", { value: "" }, "all"),
    Object.entries(REVIEWED).map(([value, text]) => el("option", { value }, text)),
  );
  return { element: el("label", null, el("span", null, "Findings"), field), value: () => field.value };
}

function wordsOfItem(item) {
  const spans = spansOf(item).filter(([role]) => role === "item" || role === "content");
  const told = spans.length ? spans : spansOf(item);
  return told.map(([, { text }]) => text.replace(/\s+/gu, " ")).join(" … ");
}

function findingRow(item, judgement, isCurrent, choose) {
  const [sign, word] = judgement ? VERDICTS[judgement.verdict] : ["", "not judged"];
  const button = el(
    "button",
    { type: "button", class: "finding", "aria-current": isCurrent ? "true" : null },
    el("span", { class: `verdict ${judgement?.verdict ?? "open"}`, "aria-hidden": "true" }, sign),
    el("span", { class: "kind" }, ONE[layerOf(item.id)]),
    isolated(shortened(wordsOfItem(item), 70), { class: "words" }),
    el("span", { class: "unseen" }, `, ${word}`),
  );
  button.addEventListener("click", choose);
  return el("li", null, button);
}

function cardOf(read, places, item, judgement, { judge, mend }) {
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
      item.speech === false ? "In quotation marks" : `${ONE[layerOf(item.id)]}, ${item.kind}`,
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
      factsOf(read, item)
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
      act("Mend", "M", mend),
      judgement && act("Take back", "U", () => judge("withdraw")),
    ),
  ];
}

// Return the words around an item, for screens on which the text is far away.
function contextOf(places, item) {
  const spans = spansOf(item).map(([, span]) => span);
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.end));
  const around = places.span(Math.max(start - AROUND, 0), end + AROUND).text;
  const text = around.replace(/\s+/gu, " ");
  return el("p", { class: "context aside" }, isolated(`… ${text} …`));
}

function factsOf(read, item) {
  const nameOf = (id) => read.items.get(id)?.name;
  const textOf = (part) => part?.spans.map(({ text }) => text).join(" … ");
  switch (layerOf(item.id)) {
    case "quotes":
      return [
        ["Speaker", item.speech ? (nameOf(item.speaker) ?? none("not known")) : null],
        ["Speech", item.speech ? null : none("nobody is quoted")],
      ];
    case "attributions":
      return [
        ["Who", nameOf(item.source?.entity) ?? (item.source ? none("not named") : none("open"))],
        ["Source", textOf(item.source)],
        ["Cue", textOf(item.cue)],
        ["Confidence", confidence(item)],
      ];
    default:
      return [
        ["Value", item.value ?? ([item.low, item.high].filter(Boolean).join(" to ") || none("none"))],
        ["Unit", item.unit],
        ["Of what", item.measures?.text],
      ];
  }
}

function none(text) {
  return el("em", { class: "dim" }, text);
}

function addButtons(picked, add) {
  return el(
    "p",
    { class: "adding" },
    el("span", { class: "dim" }, "Add what is selected in the text as a "),
    Object.entries(ONE).map(([name, title]) =>
      el(
        "button",
        { type: "button", class: "act", disabled: !picked.span(), onclick: () => add(name) },
        title.toLowerCase(),
      ),
    ),
  );
}

// Mark in the text what was judged.
function mark(column, judged) {
  for (const span of column.querySelectorAll("[data-refs]")) {
    const ids = span.dataset.refs.split(" ").map((ref) => ref.split(":")[0]);
    const verdicts = ids.filter(layerOf).map((id) => judged.judgement(id)?.verdict);
    const own = verdicts.filter(Boolean);
    span.classList.toggle("was-rejected", own.includes("rejected"));
    span.classList.toggle("was-judged", own.length > 0 && own.length === verdicts.length);
  }
}

function shortcuts() {
  return el(
    "details",
    { class: "shortcuts" },
    el("summary", null, "Keys"),
    el(
      "dl",
      null,
      SHORTCUTS.flatMap(([key, text]) => [el("dt", null, el("kbd", null, key)), el("dd", null, text)]),
    ),
    el(
      "p",
      { class: "aside" },
      "They count while the focus is in the review or in the text. In the text, ",
      el("kbd", null, "←"),
      " and ",
      el("kbd", null, "→"),
      " choose what is judged.",
    ),
  );
}
