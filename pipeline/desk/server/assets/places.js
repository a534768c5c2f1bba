// Convert between text offsets in code points, as records have them, and positions in the page.

const WORD = /[\p{L}\p{N}]+(?:[’'.,-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;
const SPACE = /\s/u;

// Return functions that locate the text shown in a column.
export function placesOf(read, column) {
  const letters = Array.from(read.text);
  const blocks = [
    ...(read.headed ? [column.querySelector(".head h1")] : []),
    ...column.querySelectorAll(".text > p"),
  ];
  const offsets = blocks.map((_, number) => offsetsOf(read, letters, number));
  const words = edgesOf(read.text);

  function span(start, end) {
    return { start, end, text: letters.slice(start, end).join("") };
  }

  // Return the selected span of the text, without surrounding white space; null if there is none.
  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    let start = offsetAt(range.startContainer, range.startOffset);
    let end = offsetAt(range.endContainer, range.endOffset, true);
    if (start == null || end == null) return null;
    while (start < end && SPACE.test(letters[start])) start += 1;
    while (start < end && SPACE.test(letters[end - 1])) end -= 1;
    return start < end ? span(start, end) : null;
  }

  function offsetAt(node, at, isEnd = false) {
    const number = blocks.findIndex((block) => block.contains(node));
    if (number < 0) return null;
    const before = document.createRange();
    before.setStart(blocks[number], 0);
    before.setEnd(node, at);
    const count = leavesOf(before.cloneContents()).reduce((sum, leaf) => sum + sizeOf(leaf), 0);
    const known = offsets[number];
    if (isEnd) return count ? known[count - 1] + 1 : (known[0] ?? null);
    return known[count] ?? (known.length ? known.at(-1) + 1 : null);
  }

  // Return the DOM range of a span of the text.
  function rangeOf({ start, end }) {
    const from = pointAt(start);
    const to = pointAt(end - 1, true);
    if (!from || !to) return null;
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    return range;
  }

  function pointAt(offset, isEnd = false) {
    const number = offsets.findLastIndex((known) => known.length && known[0] <= offset);
    if (number < 0) return null;
    let left = offsets[number].findLastIndex((known) => known <= offset) + (isEnd ? 1 : 0);
    for (const leaf of leavesOf(blocks[number])) {
      const size = sizeOf(leaf);
      if (left < size || (isEnd && left === size)) return pointIn(leaf, left);
      left -= size;
    }
    return null;
  }

  // Move an end of a span by a word; it stays unchanged if there is no further word.
  function nudged({ start, end }, side, by) {
    const [edges, at] = side === "start" ? [words.starts, start] : [words.ends, end];
    const next = by < 0 ? edges.findLast((edge) => edge < at) : edges.find((edge) => edge > at);
    if (next === undefined) return span(start, end);
    const moved = side === "start" ? [next, end] : [start, next];
    return moved[0] < moved[1] ? span(...moved) : span(start, end);
  }

  return { span, selected, rangeOf, nudged, letter: (at) => letters[at] };
}

// The text offset of each character shown in a paragraph. A two-character line break is shown as
// one space.
function offsetsOf(read, letters, number) {
  const found = [];
  read.paragraphs[number].forEach((piece, at) => {
    let offset = read.starts[number][at];
    for (const _ of typeof piece === "string" ? piece : piece[0]) {
      found.push(offset);
      offset += letters[offset] === "\r" && letters[offset + 1] === "\n" ? 2 : 1;
    }
  });
  return found;
}

function edgesOf(text) {
  const starts = [];
  const ends = [];
  let units = 0;
  let points = 0;
  for (const match of text.matchAll(WORD)) {
    points += lengthOf(text.slice(units, match.index));
    starts.push(points);
    points += lengthOf(match[0]);
    ends.push(points);
    units = match.index + match[0].length;
  }
  return { starts, ends };
}

function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

// The nodes with the article's text: margin notes are not part of it, and a control character shown
// as a code counts as one character.
function leavesOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return [node];
  if (node.classList?.contains("note")) return [];
  if (node.classList?.contains("control")) return [node];
  return [...node.childNodes].flatMap(leavesOf);
}

function sizeOf(leaf) {
  return leaf.nodeType === Node.TEXT_NODE ? lengthOf(leaf.data) : 1;
}

function pointIn(leaf, points) {
  if (leaf.nodeType !== Node.TEXT_NODE) return [leaf, points ? leaf.childNodes.length : 0];
  return [leaf, Array.from(leaf.data).slice(0, points).join("").length];
}

// Return an object that keeps the words last selected in the text.
export function pick(places) {
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
