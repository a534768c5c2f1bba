// The data of the page, fetched from its server one article at a time.

const PAUSE = 200;
const LISTED = 200;

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

// Return a full-text search; `found` is called when there are more results to show.
export function searchTexts(found) {
  const answers = new Map();
  let timer = null;
  async function read(wanted) {
    const { numbers } = await ask(`page/search?q=${encodeURIComponent(wanted)}`);
    answers.set(wanted, new Set(numbers));
    found();
  }
  return {
    ask(wanted) {
      clearTimeout(timer);
      if (wanted && !answers.has(wanted)) timer = setTimeout(read, PAUSE, wanted);
    },
    has: (number, wanted) => answers.get(wanted)?.has(number) ?? false,
    done: (wanted) => answers.has(wanted),
    stop: () => clearTimeout(timer),
  };
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
