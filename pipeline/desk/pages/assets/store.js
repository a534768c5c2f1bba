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

// Return a list of the overview: the speakers, or the measures.
export async function listOf(name) {
  return overview[name];
}

const texts = [];
let reading = null;

// Read all texts, a few at a time, so that typing stays responsive.
async function readTexts() {
  let until = 0;
  for (const row of overview.articles) {
    if (performance.now() > until) {
      await new Promise((done) => setTimeout(done, 0));
      until = performance.now() + PATIENCE;
    }
    const { title, name, publisher, published } = row;
    const text = textOf(await load(texts.length));
    texts.push(` ${wordsIn([title, name, publisher, published, text].join(" "))}`);
  }
}

function wordsIn(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");
}

// Return a page of the articles with all words, which may be beginnings of words, and their number.
export async function findArticles(words, order, start, size) {
  const wanted = wordsIn(words).split(" ").filter(Boolean);
  if (wanted.length) await (reading ??= readTexts());
  const found = overview.articles
    .map((row, number) => ({ ...row, number }))
    .filter(({ number }) => wanted.every((word) => texts[number].includes(` ${word}`)));
  if (order) {
    const key = (row) => row[order] ?? "";
    found.sort((one, other) => (key(one) < key(other)) - (key(one) > key(other)));
  }
  return { total: found.length, rows: found.slice(start, start + size) };
}

function textOf(read) {
  return read.paragraphs
    .map((pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : piece[0])).join(""))
    .join("\n");
}
