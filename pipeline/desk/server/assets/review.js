// The review: a person accepts, rejects or edits each finding, by mouse or keyboard.

import { counted, el, isolated, plain } from "./dom.js";
import { morePanels } from "./article.js";
import { moreFacts } from "./overview.js";
import { masthead, moreViews } from "./frame.js";
import { ask } from "./remote.js";
import { REVIEWED, isEqual, judging, layerOf, spansOf } from "./judging.js";
import { ONE, cardOf, findingRow, strikeOut, wordsOfItem } from "./finding.js";
import { keys, shortcuts } from "./keys.js";
import { blankItem, blankName, editingForm } from "./editing.js";
import { pick, placesOf } from "./places.js";

const DONE = { accept: "Accepted", reject: "Rejected", edit: "Edited", withdraw: "Undone" };

// keys that move through the text while the focus is in it
const STEPS = "jk";
const ROLES = ["item", "source", "cue", "content"];
const UNSURE = {
  who: ["Unsure speakers", (judged) => judged.unsureWho()],
  figure: ["Unsure figures", (judged) => judged.unsureFigures()],
};
const ONE_COLUMN = "(max-width: 66rem)";

// whether the reviewer is moving from article to article
let goesOn = false;

morePanels.push(reviewPanel);
moreViews.push({ href: "#/review", text: "Review", name: "review", open: nextArticle });
moreFacts.push((row) => row.judged > 0 && `${row.judged.toLocaleString("en")} reviewed`);

// Go to the article without a decision that comes next by expected harm, or tell that none is left.
async function nextArticle(after) {
  const { number } = await ask(`page/next${after && `?after=${after}`}`);
  const text = number === null ? "No article without a decision is left." : "Loading …";
  if (number !== null) {
    goesOn = true;
    location.replace(`#/article/${number}`);
  }
  const element = el("main", { class: "wide", id: "main" }, masthead("Review", text));
  return { element, title: "Review" };
}

function reviewPanel(read, column, pointer) {
  if (!read.review) return null;
  const places = placesOf(read, column);
  const picked = pick(places);
  const judged = judging(read, refresh);
  const status = el("p", { class: "dim", role: "status" });
  const meter = el("progress", { "aria-label": "Reviewed" });
  const card = el("div", { class: "judging", role: "group", tabindex: -1 });
  const list = el("ol", { class: "findings" });
  const remarks = el("ul", { class: "warnings", "aria-label": "Corrections that do not fit" });
  const layer = chooser(refresh);
  const order = el(
    "select",
    { onchange: refresh },
    el("option", { value: "" }, "expected harm first"),
    el("option", { value: "text" }, "in reading order"),
  );
  const open = el("input", { type: "checkbox", onchange: refresh });
  const whole = wholeLayers(judged, say);
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
      el("label", null, el("span", null, "Order"), order),
      el("label", { class: "check" }, open, "Only without a decision"),
    ),
    meter,
    status,
    remarks,
    card,
    list,
    adding,
    whole.element,
    el("p", { class: "next" }, el("a", { href: `#/review/${read.number}` }, "Next article")),
    shortcuts(),
  );

  function shown() {
    const chosen = layer.value();
    if (UNSURE[chosen]) {
      const doubts = UNSURE[chosen][1](judged);
      const item = judged.item(current);
      // an item that was just judged is no longer in doubt, but stays in view
      return item && !doubts.includes(item) && judged.judgement(current) ? [item, ...doubts] : doubts;
    }
    return judged
      .items(order.value === "text")
      .filter((item) => !chosen || layerOf(item.id) === chosen)
      .filter((item) => !open.checked || item.id === current || !judged.judgement(item.id));
  }

  function refresh() {
    const all = judged.items();
    const done = all.filter((item) => judged.judgement(item.id)).length;
    meter.max = Math.max(all.length, 1);
    meter.value = done;
    status.textContent = plain(`${said}${said && " "}${done} of ${counted(all.length, "finding")} reviewed.`);
    if (!judged.item(current)) current = shown()[0]?.id ?? null;
    const unsure = Object.values(UNSURE).map(([, of]) => of(judged));
    const doubts = new Set(unsure.flat().map(({ id }) => id));
    layer.update(unsure.map((items) => items.length));
    list.replaceChildren(
      ...shown().map((item) => {
        const judgement = judged.judgement(item.id);
        const doubted = doubts.has(item.id);
        return findingRow(item, judgement, doubted, item.id === current, () => choose(item.id));
      }),
    );
    strikeOut(column, judged);
    remarks.replaceChildren(...judged.remarks().map((text) => el("li", null, isolated(text))));
    whole.update();
    if (!form) fillCard();
    light();
  }

  function choose(id, focus = true) {
    current = id;
    form = null;
    said = "";
    refresh();
    if (focus) card.focus({ preventScroll: true });
    showRow();
    if (!id || matchMedia(ONE_COLUMN).matches) return;
    const range = places.rangeOf(spansOf(judged.item(id))[0][1]);
    range?.startContainer.parentElement.scrollIntoView({ block: "center" });
  }

  function focus() {
    card.focus({ preventScroll: !matchMedia(ONE_COLUMN).matches });
  }

  // Scroll the list, and nothing else, to the row of the current item.
  function showRow() {
    const row = list.querySelector("[aria-current]");
    if (!row) return;
    const [box, frame] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollTop += Math.min(box.top - frame.top, 0) + Math.max(box.bottom - frame.bottom, 0);
  }

  // Highlight the current item, at its edited position.
  function light(item = current && judged.item(current)) {
    const registry = CSS.highlights;
    if (!registry) return;
    for (const role of ROLES) registry.delete(`review-${role}`);
    if (element.hidden || !item) return;
    for (const role of ROLES) {
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
      const nothing = judged.items().length
        ? "There is nothing left to review here."
        : "No findings were found in this article. Select words in the text to add one.";
      card.replaceChildren(el("p", { class: "dim" }, nothing));
      card.setAttribute("aria-label", nothing);
      return;
    }
    const judgement = judged.judgement(item.id);
    card.setAttribute("aria-label", plain(`${ONE[layerOf(item.id)]}: ${wordsOfItem(item)}`));
    card.replaceChildren(...cardOf(judged, places, item, judgement, { judge, edit: editCurrent }));
  }

  // Send a judgement on an item or a layer to the server, and return whether it was accepted.
  async function say(judgement, name) {
    if (busy) return false;
    busy = true;
    let taken = true;
    try {
      await judged.say(judgement);
      said = `${DONE[judgement.action] ?? "Saved"}: ${name}.`;
    } catch (error) {
      taken = false;
      said = error.message;
    }
    busy = false;
    refresh();
    return taken;
  }

  async function judge(action) {
    const item = judged.item(current);
    if (!item || form || busy) return;
    if (action === "withdraw" && !judged.judgement(item.id)) return;
    const name = `${ONE[layerOf(item.id)].toLowerCase()} ${wordsOfItem(item)}`;
    const taken = await say({ layer: layerOf(item.id), action, item: item.id }, name);
    // unless another item was selected meanwhile
    if (taken && action !== "withdraw" && current === item.id) goOn();
  }

  // Move to the next finding without a judgement, if there is one.
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

  function editCurrent() {
    const item = judged.item(current);
    if (!item || busy) return;
    edit(item, async (edited) => {
      const action = isEqual(edited, item) ? "accept" : "edit";
      const after = action === "edit" ? edited : null;
      await judged.say({ layer: layerOf(item.id), action, item: item.id, after });
      said = `${DONE[action]}: ${wordsOfItem(edited)}.`;
    });
  }

  function add(name) {
    const span = picked.span();
    if (!span) return;
    const item = blankItem(name, span, places);
    edit(item, async (edited) => {
      const [made] = await judged.say({ layer: name, action: "add", after: edited });
      current = made.item;
      said = `Added: ${wordsOfItem(edited)}.`;
    });
  }

  // Add a name that the pipeline missed, and return its id.
  async function addName(span, label) {
    const after = blankName(span, label);
    const [made] = await judged.say({ layer: "entities", action: "add", after });
    return made.item;
  }

  function edit(item, save) {
    const close = () => {
      form = null;
      fillCard();
      light();
      card.focus({ preventScroll: true });
    };
    form = editingForm(
      item,
      { places, picked, names: judged.names, times: judged.times, addName, preview: light },
      async (edited) => {
        await save(edited);
        const kept = said;
        close();
        goOn();
        said = kept;
        refresh();
      },
      close,
    );
    card.setAttribute("aria-label", `Edit the ${ONE[layerOf(item.id)].toLowerCase()}`);
    card.replaceChildren(el("h3", null, `${ONE[layerOf(item.id)]}`), form);
    form.querySelector("select, input, button").focus();
  }

  function step(by, waiting = false) {
    const items = shown().filter((item) => !waiting || !judged.judgement(item.id));
    const at = items.findIndex((item) => item.id === current);
    const next = waiting && at < 0 ? items[0] : items[at + by];
    if (next) choose(next.id);
  }

  const pressed = keys({
    a: () => judge("accept"),
    r: () => judge("reject"),
    e: editCurrent,
    u: () => judge("withdraw"),
    j: () => step(1),
    k: () => step(-1),
    o: () => step(1, true),
    n: openNext,
  });

  function openNext() {
    location.hash = `#/review/${read.number}`;
  }

  // Select the item that is pointed at in the text; pointing again selects the next one there.
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
    showRow();
  }

  column.addEventListener("click", follow);
  column.addEventListener("focusin", follow);
  column.addEventListener("keydown", (event) => element.hidden || pressed(event, STEPS));
  element.addEventListener("keydown", (event) => pressed(event));
  element.addEventListener("shown", () => {
    pointer.hide();
    light();
  });
  element.addEventListener("hid", () => light());
  element.addEventListener("opened", () => {
    choose(current, false);
    focus();
  });
  picked.heard(() => {
    for (const button of adding.querySelectorAll("button")) button.disabled = !picked.span();
  }, element);
  refresh();
  const chosen = goesOn;
  goesOn = false;
  return { name: "review", label: "Review", element, chosen, focus, end: picked.end };
}

function chooser(change) {
  const doubts = Object.keys(UNSURE).map((value) => el("option", { value }));
  const field = el(
    "select",
    { onchange: change },
    el("option", { value: "" }, "all"),
    Object.entries(REVIEWED).map(([value, text]) => el("option", { value }, text)),
    doubts,
  );
  return {
    element: el("label", null, el("span", null, "Findings"), field),
    value: () => field.value,
    update: (counts) =>
      doubts.forEach((option, at) => {
        option.textContent = `${Object.values(UNSURE)[at][0]} (${counts[at]})`;
      }),
  };
}

function addButtons(picked, add) {
  return el(
    "p",
    { class: "adding" },
    el("span", { class: "dim" }, "Add the selected text as a "),
    Object.entries(ONE).map(([name, title]) =>
      el(
        "button",
        { type: "button", class: "act", disabled: !picked.span(), onclick: () => add(name) },
        title.toLowerCase(),
      ),
    ),
  );
}

// Return checkboxes with which a reviewer marks a layer as complete.
function wholeLayers(judged, say) {
  const boxes = Object.entries(REVIEWED).map(([name, title]) => {
    const box = el("input", { type: "checkbox" });
    box.addEventListener("change", () =>
      say({ layer: name, action: box.checked ? "complete" : "withdraw" }, title.toLowerCase()),
    );
    return [name, title, box];
  });
  const element = el(
    "div",
    null,
    el("h3", null, "Is anything missing?"),
    el(
      "ul",
      null,
      boxes.map(([, title, box]) => {
        const text = `${title}: none are missing, and those without a decision are right`;
        return el("li", null, el("label", { class: "check" }, box, text));
      }),
    ),
  );
  const update = () => {
    for (const [name, , box] of boxes) box.checked = judged.isComplete(name);
  };
  return { element, update };
}
