// The data of the page, fetched from its server one article at a time.

const LISTED = 200;
const lists = {};

export const overview = JSON.parse(document.getElementById("overview").textContent);

export async function load(number) {
  const { view, ...more } = await ask(`page/articles/${number}`);
  return { ...view, ...more };
}

export async function loadIdentity(id) {
  return ask(`identities/${encodeURIComponent(id)}`);
}

// Return the identities of a label whose names contain all words, those named most.
export async function findIdentities(words, label) {
  const asked = new URLSearchParams({ q: words, limit: LISTED, ...(label && { label }) });
  const found = await ask(`identities?${asked}`);
  return { found, more: found.length === LISTED };
}

// Return a list of the overview: the speakers, or the measures.
export async function listOf(name) {
  return (lists[name] ??= await ask(`page/${name}`));
}

// Return a page of the articles with all words, which may be beginnings of words, and their number.
export async function findArticles(words, order, start, size) {
  const asked = { q: words, offset: start, limit: size, ...(order && { order }) };
  return ask(`page/index?${new URLSearchParams(asked)}`);
}

// Post data to the server and return its answer; a refusal is thrown as an error with its reason.
export async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(`/${path}`, body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The server does not respond. Is it still running?");
  }
  const read = await answer.json();
  if (!answer.ok) throw new Error(`${read.detail} (${read.code}). ${read.hint}`);
  return read;
}
