// The lists of the report: a search in all of them, and the pages of each.

import { el } from "./dom.js";

const SIZE = 100;

function paged(list) {
  const rows = [...list.children];
  let words = null;
  let found = rows;
  let start = 0;
  const status = el("span", { class: "dim", role: "status" });
  const step = (text, by) =>
    el("button", { type: "button", class: "act", onclick: () => show(start + by) }, text);
  const [before, after] = [step("Previous", -SIZE), step("Next", SIZE)];
  (list.closest("table") ?? list).after(
    el("nav", { class: "pages", "aria-label": list.dataset.name }, before, after, status),
  );

  function show(from) {
    start = from;
    const page = new Set(found.slice(start, start + SIZE));
    for (const row of rows) row.hidden = !page.has(row);
    const last = start + page.size;
    const shown = page.size < found.length ? `${start + 1} to ${last} of ` : "";
    status.textContent = `${shown}${found.length.toLocaleString("en")}`;
    before.disabled = !start;
    after.disabled = last >= found.length;
  }

  show(0);
  return (wanted) => {
    words ??= rows.map((row) => row.textContent.toLowerCase());
    found = rows.filter((_, at) => wanted.every((word) => words[at].includes(word)));
    show(0);
  };
}

const finds = [...document.querySelectorAll(".paged")].map(paged);
const search = el("input", { type: "search", placeholder: "an article or a source" });
search.addEventListener("input", () => {
  const wanted = search.value.toLowerCase().split(/\s+/u).filter(Boolean);
  for (const find of finds) find(wanted);
});
document.querySelector("h2:has(+ .stories)")?.after(
  el("form", { class: "finder", role: "search" }, el("label", null, el("span", null, "Search"), search)),
);
document.querySelector(".finder")?.addEventListener("submit", (event) => event.preventDefault());
