// Merge, split and rename identities, and undo such a decision.

import { el, isolated, plain } from "./dom.js";
import { ask, loadIdentity } from "./remote.js";
import { deciding } from "./identities.js";

// What the last decision was, shown on the card that it led to.
let decided = null;

deciding.push(decider);

// Return the controls on the card of an identity; `show` replaces the card.
function decider(card, show) {
  const chosen = new Map();
  const reason = el("input", { type: "text", placeholder: "optional" });
  const status = el("p", { class: "decided", role: "status", tabindex: -1 });
  if (decided) {
    const { text, number } = decided;
    status.append(text, " ", number ? undo({ number }) : "");
    decided = null;
  }

  async function decide(decision, text) {
    try {
      const said = { ...decision, ...(reason.value.trim() && { reason: reason.value.trim() }) };
      const { identity, number } = await ask("identities", said);
      const now = await loadIdentity(identity ?? card.id);
      history.replaceState(null, "", `#/identities/${now.id}`);
      decided = { text, number: decision.action !== "undo" && number };
      show(now);
      document.querySelector(".decided").focus();
    } catch (error) {
      status.replaceChildren(isolated(error.message));
    }
  }

  function undo({ number }) {
    return button("Undo", () => decide({ action: "undo", number }, "Undone."));
  }

  const split = button("Split off the chosen articles", () =>
    decide(
      { action: "split", identity: card.id, members: [...chosen.values()] },
      "The chosen articles are another identity.",
    ),
  );
  split.disabled = true;

  function choose(one) {
    const box = el("input", {
      type: "checkbox",
      "aria-label": plain(`Choose ${one.title ?? one.article}`),
    });
    box.addEventListener("change", () => {
      const key = `${one.article}/${one.entity}`;
      if (box.checked) chosen.set(key, [one.article, one.entity]);
      else chosen.delete(key);
      split.disabled = !chosen.size;
    });
    return box;
  }

  const merge = (id, name) =>
    button("Merge", () =>
      decide({ action: "merge", identities: [card.id, id] }, `Merged with ${plain(name)}.`),
    );
  const head = el(
    "details",
    { class: "deciding" },
    el("summary", null, "Merge or rename"),
    field("Merge with (a name, or an id)", "Merge", (other) =>
      decide({ action: "merge", identities: [card.id, other] }, `Merged with ${plain(other)}.`),
    ),
    field("Rename", "Rename", (name) =>
      decide({ action: "rename", identity: card.id, name }, "Renamed."),
    ),
    el("label", null, el("span", null, "Reason"), reason),
  );
  return { head: el("div", null, head, status), choose, merge, undo, foot: el("p", { class: "actions" }, split) };
}

function button(text, action) {
  return el("button", { type: "button", class: "act", onclick: action }, text);
}

function field(label, text, done) {
  const input = el("input", { type: "text", required: true });
  const form = el(
    "form",
    null,
    el("label", null, el("span", null, label), input),
    el("button", { type: "submit", class: "act" }, text),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(input.value.trim());
  });
  return form;
}
