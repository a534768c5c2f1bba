// An article entered by the reader, extracted by the server and not stored.

import { el, isolated } from "./dom.js";
import { viewOfArticle } from "./article.js";
import { prepared } from "./data.js";
import { masthead, moreViews } from "./frame.js";
import { ask, overview } from "./remote.js";

moreViews.push({ href: "#/new", text: "New article", name: "new", open: newView });

function newView() {
  const text = el("textarea", { rows: 14, required: true });
  const published = el("input", { type: "date" });
  const button = el("button", { type: "submit", class: "act" }, "Extract");
  const status = el("p", { class: "dim", role: "status" });
  const form = el(
    "form",
    { class: "new" },
    el("label", null, el("span", null, "Text"), text),
    el("label", null, el("span", null, "Published"), published),
    el("p", { class: "actions" }, button),
    status,
  );
  const about = "Paste a text to see its findings. It is not stored, and cannot be reviewed.";
  const element = el("main", { class: "wide", id: "main" }, masthead("New article", about), form);
  const view = { element, title: "New article", end: () => {}, goTo: () => {} };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = "Extracting; the first article also loads the models …";
    try {
      const { keys } = overview;
      const article = { [keys.text]: text.value, [keys.published]: published.value };
      show(await ask("page/extract", article));
    } catch (error) {
      status.replaceChildren(isolated(error.message));
      button.disabled = false;
    }
  });

  function show({ view: read, record }) {
    const { element: shown, goTo, end } = viewOfArticle(prepared(read));
    Object.assign(view, { goTo, end });
    const again = el("button", { type: "button", class: "link" }, "Another article");
    again.addEventListener("click", () => {
      end();
      shown.replaceWith(element);
      button.disabled = false;
      status.textContent = "";
      text.focus();
    });
    const whole = JSON.stringify(record, null, 2);
    shown
      .querySelector(".column")
      .append(
        el("details", null, el("summary", null, "The record"), el("pre", null, isolated(whole))),
        el("p", null, again),
      );
    element.replaceWith(shown);
    shown.querySelector("#text").focus();
  }

  return view;
}
