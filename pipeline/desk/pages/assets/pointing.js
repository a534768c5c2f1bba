// Highlighting of the place in the text that is hovered, tapped or focused.

import { el } from "./dom.js";
import { entries } from "./card.js";
import { hueOf } from "./data.js";

const LIT = ["lit-entity", "lit-quote", "lit-figure", "lit-source", "lit-cue", "lit-content"];
const LIT_BY = { e: "lit-entity", q: "lit-quote", f: "lit-figure", t: "lit-figure" };
const WHOLE = ".lit-quote, .lit-source, .lit-cue, .lit-content";
const GAP = 10;

// Make a text respond to pointing. `layers` is the set of layers that are on.
export function pointing(read, text, pieces, layers) {
  const card = el("div", { id: "card", class: "card", role: "tooltip", hidden: true });
  let lit = [];
  let pinned = false;
  let shownFor = null;

  function refsOf(span) {
    return span.dataset.refs.split(" ").filter((ref) => isOn(ref, layers));
  }

  function show(span) {
    if (shownFor === span) return;
    hide();
    const refs = refsOf(span);
    const made = entries(read, refs, layers);
    if (!made.length) return;
    shownFor = span;
    light(refs);
    card.replaceChildren(...made);
    card.hidden = false;
    place(card, span, lit);
    span.setAttribute("aria-describedby", "card");
  }

  function light(refs) {
    const statement = refs.findLast((ref) => ref[0] === "a");
    for (const ref of refs) {
      const id = ref.split(":")[0];
      if (id[0] === "a" && ref !== statement) continue;
      for (const span of pieces.get(id) ?? []) {
        if (id[0] === "a") for (const role of rolesOf(span, id)) add(span, `lit-${role}`);
        else if (LIT_BY[id[0]]) add(span, LIT_BY[id[0]], id);
      }
    }
    if (statement) text.classList.add("pointed");
  }

  function add(span, name, id) {
    span.classList.add(name);
    if (name === "lit-entity") span.style.setProperty("--lit-hue", String(hueOf(id)));
    lit.push(span);
  }

  function hide() {
    for (const span of lit) {
      span.classList.remove(...LIT);
      span.style.removeProperty("--lit-hue");
    }
    text.classList.remove("pointed");
    shownFor?.removeAttribute("aria-describedby");
    lit = [];
    shownFor = null;
    pinned = false;
    card.hidden = true;
  }

  // Go to an item: scroll it into view, highlight it and focus it.
  function goTo(id) {
    const span = firstOf(pieces.get(id) ?? [], id);
    if (!span) return false;
    focusOn(span);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    span.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    return true;
  }

  function focusOn(span) {
    span.tabIndex = -1;
    span.focus({ preventScroll: true });
    show(span);
    pinned = true;
  }

  // The first piece of each visible item, in the order of the text.
  function stops() {
    const first = new Set();
    for (const [id, spans] of pieces) {
      if (isOn(id, layers)) {
        if (id[0] === "e") spans.forEach((span, at) => startsMention(spans, at) && first.add(span));
        else first.add(firstOf(spans, id));
      }
    }
    return [...text.querySelectorAll("[data-refs]")].filter((span) => first.has(span));
  }

  function step(by) {
    const all = stops();
    const from = shownFor ?? document.activeElement;
    let at = all.indexOf(from);
    if (at < 0 && text.contains(from) && from !== text) {
      const after = all.findIndex(
        (span) => from.compareDocumentPosition(span) & Node.DOCUMENT_POSITION_FOLLOWING,
      );
      at = after < 0 ? all.length : by > 0 ? after - 1 : after;
    }
    const next = all[at < 0 && by < 0 ? all.length - 1 : at + by];
    if (!next) return;
    focusOn(next);
    next.scrollIntoView({ block: "nearest" });
  }

  text.addEventListener("pointerover", (event) => {
    const span = event.target.closest("[data-refs]");
    if (event.pointerType === "touch" || pinned) return;
    if (span) show(span);
    else hide();
  });
  text.addEventListener("pointerleave", () => pinned || hide());
  text.addEventListener("click", (event) => {
    const span = event.target.closest("[data-refs]");
    const again = span && span === shownFor && pinned;
    hide();
    if (!span || again || !getSelection().isCollapsed) return;
    show(span);
    pinned = shownFor !== null;
  });
  text.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, a")) return;
    if (event.key === "ArrowRight" || event.key === "j") step(1);
    else if (event.key === "ArrowLeft" || event.key === "k") step(-1);
    else return;
    event.preventDefault();
  });
  const life = new AbortController();
  const { signal } = life;
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide(), { signal });
  addEventListener("scroll", () => shownFor && place(card, shownFor, lit), { passive: true, signal });
  addEventListener("resize", () => shownFor && place(card, shownFor, lit), { signal });
  return { card, goTo, hide, end: () => life.abort() };
}

function isOn(ref, layers) {
  const layer = { e: "entities", q: "quotes", a: "statements", f: "figures", t: "figures" }[ref[0]];
  return layer === undefined || layers.has(layer);
}

// A figure begins at its number, not at the words that say what it measures.
function firstOf(spans, id) {
  return spans.find((one) => one.dataset.refs.split(" ").includes(id)) ?? spans[0];
}

function rolesOf(span, id) {
  return span.dataset.refs
    .split(" ")
    .filter((ref) => ref.startsWith(`${id}:`))
    .map((ref) => ref.slice(id.length + 1));
}

function startsMention(spans, at) {
  return at === 0 || spans[at].previousSibling !== spans[at - 1];
}

// Place the card below the highlighted parts of a statement or a quote, or above them, so that it
// covers none of them; if neither fits, place it below or above the span that is pointed at.
function place(card, span, lit) {
  const box = span.getClientRects()[0] ?? span.getBoundingClientRect();
  const boxes = lit.filter((one) => one.matches(WHOLE)).map((one) => one.getBoundingClientRect());
  const top = Math.min(box.top, ...boxes.map((one) => one.top));
  const bottom = Math.max(box.bottom, ...boxes.map((one) => one.bottom));
  const width = card.offsetWidth;
  const height = card.offsetHeight;
  const left = Math.min(Math.max(box.left, GAP), Math.max(innerWidth - width - GAP, GAP));
  const fits = (above) => above >= 0 && above + height < innerHeight;
  const places = [bottom + GAP, top - GAP - height, box.bottom + GAP, box.top - GAP - height];
  card.style.setProperty("left", `${left}px`);
  card.style.setProperty("top", `${places.find(fits) ?? box.bottom + GAP}px`);
}
