// The data of the page, in blocks of its own document, parsed on demand.

const PATIENCE = 12;

export const overview = JSON.parse(document.getElementById("overview").textContent);

export async function load(number) {
  return JSON.parse(document.getElementById(`article-${number}`).textContent);
}

export async function loadIdentity(id) {
  const block = document.getElementById(`identity-${id}`);
  if (!block) throw new Error("There is no such identity.");
  return JSON.parse(block.textContent);
}

// Return the identities of a label whose names contain all words.
export async function findIdentities(words, label) {
  const wanted = words.toLowerCase().split(/\s+/u);
  const found = overview.identities.filter((one) => {
    const names = [one.name, ...one.aliases].join(" ").toLowerCase();
    return (!label || one.label === label) && wanted.every((word) => names.includes(word));
  });
  return { found, more: false };
}

// Return a full-text search. Texts are read a few at a time, so that typing stays responsive;
// `found` is called when there are more results to show.
export function searchTexts(found) {
  const texts = [];
  let timer = null;
  const all = overview.articles.length;
  async function read() {
    const until = performance.now() + PATIENCE;
    while (texts.length < all && performance.now() < until) {
      texts.push(textOf(await load(texts.length)).toLowerCase());
    }
    if (texts.length < all) timer = setTimeout(read, 0);
    else found();
  }
  return {
    ask() {
      if (timer === null && texts.length < all) timer = setTimeout(read, 0);
    },
    has: (number, wanted) => texts[number]?.includes(wanted) ?? false,
    done: () => texts.length === all,
    stop: () => clearTimeout(timer),
  };
}

function textOf(read) {
  return read.paragraphs
    .map((pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : piece[0])).join(""))
    .join("\n");
}
