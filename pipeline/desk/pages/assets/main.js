// The routes of the page: #/ is the index, #/article/3/q2 a place in an article, and so on.

import { el, isolated, plain } from "./dom.js";
import { overview } from "./store.js";
import { articleView } from "./article.js";
import { moreViews } from "./frame.js";
import { indexView } from "./overview.js";
import { measuresView } from "./measures.js";
import { findingsView } from "./findings.js";
import { voiceView, voicesView } from "./voices.js";

const NAVIGATION = [
  ["#/", "Articles", "index"],
  ["#/speakers", "Speakers", "speaker"],
  ["#/findings", "Findings", "findings"],
  ["#/figures", "Figures over time", "figures"],
];
const pageElement = document.getElementById("page");
let view = null;
let atHash = null;

async function viewAt(kind, place) {
  const number = /^\d+$/u.test(place) ? Number(place) : 0;
  const one = overview.counts.articles === 1;
  if (kind === "article" && number < overview.counts.articles) return ["index", await articleView(number)];
  if (kind === "speaker" && number < overview.counts.sources) return ["speaker", await voiceView(number)];
  if (kind === "speakers") return ["speaker", await voicesView()];
  if (kind === "findings") return ["findings", findingsView(place)];
  if (kind === "figures") return ["figures", await measuresView(place && number)];
  const more = moreViews.find(({ name }) => name === kind);
  if (more) return [more.name, await more.open(place)];
  return ["index", one ? await articleView(0) : indexView()];
}

async function open(first = false) {
  const [, kind, number, place] = location.hash.split("/");
  const hash = `${kind ?? ""}/${number ?? ""}`;
  if (hash !== atHash) {
    atHash = hash;
    const [section, opened] = await viewAt(kind, number ?? "").catch(failed);
    if (atHash !== hash) {
      opened.end?.();
      return;
    }
    view?.end?.();
    view = opened;
    pageElement.replaceChildren(skip(), navigation(section, view), view.element);
    document.title = plain(view.title);
    scrollTo(0, 0);
    if (!first) (view.focus ?? focusHeading)();
  }
  if (place) view.goTo?.(place);
}

function failed(error) {
  const why = el("p", { role: "alert" }, isolated(error.message));
  const element = el("main", { class: "wide", id: "main" }, el("h1", null, "Not found"), why);
  return ["", { element, title: "Not found" }];
}

function focusHeading() {
  const heading = pageElement.querySelector("h1");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function skip() {
  const link = el("a", { href: "#main", class: "skip" }, "Skip to content");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const target = document.getElementById("text") ?? document.getElementById("main");
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus();
  });
  return link;
}

function navigation(section, opened) {
  if (overview.counts.articles === 1 && !moreViews.length) return "";
  const parts = [...NAVIGATION, ...moreViews.map(({ href, text, name }) => [href, text, name])];
  return el(
    "nav",
    { "aria-label": "Sections of the page", class: `parts ${opened.element.className}` },
    el(
      "div",
      null,
      parts.map(([href, text, name]) =>
        el("a", { href, "aria-current": name === section ? "page" : null }, text),
      ),
    ),
  );
}

addEventListener("hashchange", () => open());
await open(true);
document.documentElement.dataset.ready = String(Math.round(performance.now()));
