// Keyboard shortcuts of the review.

import { el } from "./dom.js";

const SHORTCUTS = [
  ["A", "accept"],
  ["R", "reject"],
  ["E", "edit"],
  ["U", "undo the decision"],
  ["J", "next finding"],
  ["K", "previous finding"],
  ["O", "next finding without a decision"],
  ["N", "next article without a decision"],
];

export function shortcuts() {
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
      "Shortcuts work while the focus is in the review or in the text. In the text, ",
      el("kbd", null, "←"),
      " and ",
      el("kbd", null, "→"),
      " choose the finding.",
    ),
  );
}

// Return a listener that runs the action of a key, except while the user is typing. `not` are keys
// to leave to other elements.
export function keys(deeds) {
  return (event, not = "") => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, form")) return;
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(deeds, key) || not.includes(key)) return;
    deeds[key]();
    event.preventDefault();
  };
}
