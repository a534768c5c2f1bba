// Identities: the same person, organisation or place in all articles, with the evidence.

import { counted, el, isolated, outward, plain } from "./dom.js";
import { LABELS, dateOf } from "./data.js";
import { findIdentities, loadIdentity, overview } from "./store.js";
import { fillSlowly, masthead, moreViews } from "./frame.js";
import { downloads } from "./export.js";
import { plot } from "./plot.js";

const ROWS = 100;
const ROW = ["id", "name", "label", "entities", "mentions", "first_seen", "last_seen"];
// Extension point: when the page is served, the means to decide about an identity register here.
export const deciding = [];
// The last search, restored when the reader comes back from an identity.
const wanted = { words: "", label: "" };

if (overview.identities) {
  moreViews.push({
    href: "#/identities",
    text: "Identities",
    name: "identities",
    open: (id) => (id ? identityView(id) : identitiesView()),
  });
}

function identitiesView() {
  const list = el("tbody");
  const status = el("p", { class: "dim", role: "status" });
  const search = el("input", { type: "search", placeholder: "a name" });
  search.value = wanted.words;
  const label = el(
    "select",
    null,
    el("option", { value: "" }, "all"),
    Object.entries(LABELS).map(([value, text]) =>
      el("option", { value, selected: value === wanted.label }, text),
    ),
  );
  let shown = [];
  async function update() {
    Object.assign(wanted, { words: search.value, label: label.value });
    const asked = { ...wanted };
    try {
      const { found, more } = await findIdentities(asked.words.trim(), asked.label);
      if (asked.words !== wanted.words || asked.label !== wanted.label) return;
      shown = found;
      status.textContent = counted(found.length, "identity", "identities") + (more ? " shown; search for others" : "");
      fillSlowly(list, found, identityRow, ROWS);
    } catch (error) {
      status.replaceChildren(isolated(error.message));
    }
  }
  search.addEventListener("input", update);
  label.addEventListener("change", update);
  update();
  const element = el(
    "main",
    { class: "wide", id: "main" },
    masthead("Identities", "Who and what the articles name, each once, whatever they call it."),
    el(
      "form",
      { class: "finder", role: "search", onsubmit: (event) => event.preventDefault() },
      el("label", null, el("span", null, "Search"), search),
      el("label", null, el("span", null, "Kind"), label),
    ),
    downloads("identities", ROW.map((name) => [name, (one) => one[name]]), () => shown),
    status,
    tableOf(
      "voices",
      "Identities and how often they are named",
      ["Name", "#Articles", "#Mentions", "Seen"],
      list,
    ),
  );
  return { element, title: "Identities" };
}

// Return a table; the titles of columns with numbers begin with "#".
function tableOf(look, caption, titles, body) {
  const heads = titles.map((title) => {
    const numeric = title.startsWith("#");
    return el("th", { scope: "col", class: numeric ? "number" : null }, title.replace("#", ""));
  });
  const head = el("thead", null, el("tr", null, heads));
  return el("table", { class: look }, el("caption", { class: "unseen" }, caption), head, body);
}

function identityRow(one) {
  return el(
    "tr",
    null,
    el(
      "th",
      { scope: "row" },
      el("a", { href: `#/identities/${one.id}` }, isolated(one.name)),
      el("span", { class: "kind" }, ` ${LABELS[one.label] ?? one.label}`),
    ),
    [
      ["Articles", one.entities],
      ["Mentions", one.mentions],
    ].map(([title, number]) =>
      el("td", { class: "number", "data-title": title }, number.toLocaleString("en")),
    ),
    el("td", { "data-title": "Seen" }, seen(one)),
  );
}

function seen({ first_seen: first, last_seen: last }) {
  if (!first) return "–";
  return first === last ? dateOf(first) : `${dateOf(first)} – ${dateOf(last)}`;
}

async function identityView(id) {
  const element = el("main", { class: "wide known", id: "main" });
  const card = await loadIdentity(id);
  show(card);

  function show(one) {
    const tool = deciding.map((make) => make(one, show))[0];
    element.replaceChildren(...identityCard(one, tool).filter(Boolean));
  }

  return { element, title: plain(card.name) };
}

function identityCard(card, tool) {
  const facts = [
    LABELS[card.label] ?? card.label,
    seen(card),
    counted(card.entities, "article"),
    counted(card.mentions, "mention"),
    ...Object.entries(card.identifiers).map(([system, value]) => isolated(`${system} ${value}`)),
  ];
  return [
    masthead(isolated(card.name), facts.map((fact) => el("span", null, fact))),
    card.aliases.length > 0 && el("p", null, "Also named ", list(card.aliases), "."),
    tool?.head,
    ...section("Statements", card.statements, statementsList),
    ...section("Figures over time", card.series, seriesParts),
    ...section("Perhaps the same", card.candidates, (pairs) =>
      el("ul", { class: "pairs" }, pairs.map((pair) => candidateRow(card, pair, tool))),
    ),
    ...section("Decisions", card.actions, (actions) =>
      el("ul", { class: "pairs" }, actions.map((one) => actionRow(one, tool))),
    ),
    ...section("Articles and evidence", card.members, () => membersTable(card, tool)),
    tool?.foot,
  ];
}

function section(title, items, body) {
  return items.length ? [el("h2", null, title), body(items)].flat() : [];
}

function list(names) {
  return names.flatMap((name, at) => [at ? ", " : null, isolated(name)]);
}

// Return a link to a place in an article of the page, otherwise to where it was published.
function placeOf(one, place, text) {
  if (one.at == null) return one.uri ? outward(one.uri, text) : isolated(text);
  return el("a", { href: `#/article/${one.at}/${place}` }, isolated(text));
}

function statementsList(statements) {
  return el(
    "ol",
    { class: "statements" },
    statements.map((one) =>
      el(
        "li",
        { class: `statement ${one.kind}` },
        el("p", { class: "saying" }, placeOf(one, one.statement_id, one.statement)),
        el(
          "p",
          { class: "tail" },
          dateOf(one.published),
          " ",
          isolated(one.title ?? one.article),
          one.articles > 1 && ` and ${counted(one.articles - 1, "other article")}`,
        ),
      ),
    ),
  );
}

// Return the series that have several days as plots, and fold up the others.
function seriesParts(all) {
  const moved = all.filter((series) => new Set(series.points.map((point) => point.day)).size > 1);
  const others = all.filter((series) => !moved.includes(series));
  return [
    ...moved.map((series) => seriesPart(series, true)),
    others.length > 0 &&
      el(
        "details",
        { open: !moved.length },
        el("summary", null, `${counted(others.length, "measure")} of one day`),
        others.map((series) => seriesPart(series, false)),
      ),
  ].filter(Boolean);
}

function seriesPart({ measure, unit, change, points }, moved) {
  const name = [measure, unit, change].filter(Boolean).join(", ");
  const open = (point) => {
    if (point.at != null) location.hash = `#/article/${point.at}/${point.figure}`;
  };
  return el(
    "section",
    { class: "series" },
    el("h3", null, isolated(name)),
    moved && plot(points.filter((point) => point.day), open, true),
    tableOf(
      "points",
      `Values of ${plain(name)}`,
      ["Date", "#Value", "Said by", "Compared", "Article"],
      el("tbody", null, points.map(valueRow)),
    ),
  );
}

function valueRow(point) {
  return el(
    "tr",
    null,
    el("td", { class: "day" }, point.day ?? "–", !point.told && el("span", { class: "dim" }, " (published)")),
    el("td", { class: "number" }, isolated(point.value)),
    el("td", { "data-title": "Said by" }, point.given_by ? isolated(point.given_by) : "–"),
    el("td", { "data-title": "Compared" }, point.relation ?? "–"),
    el("td", { "data-title": "Article" }, placeOf(point, point.figure, point.title ?? point.article)),
  );
}

function candidateRow(card, pair, tool) {
  const [id, name] = pair.one === card.id ? [pair.other, pair.other_name] : [pair.one, pair.one_name];
  return el(
    "li",
    null,
    el("a", { href: `#/identities/${id}` }, isolated(name)),
    ` with a probability of ${pair.score.toFixed(2)} `,
    tool?.merge(id, name),
  );
}

function actionRow(one, tool) {
  return el(
    "li",
    null,
    `${one.action} by `,
    isolated(one.made_by),
    `, ${dateOf(one.made_at)}`,
    one.reason && [": ", isolated(one.reason)],
    " ",
    tool?.undo(one),
  );
}

function membersTable(card, tool) {
  const choice = tool ? ["Choose"] : [];
  const rows = card.members.map((one) =>
    el(
      "tr",
      null,
      tool && el("td", null, tool.choose(one)),
      el("td", { class: "day" }, (one.published ?? "–").slice(0, 10)),
      el(
        "td",
        null,
        placeOf(one, one.entity, one.title ?? one.article),
        el("p", { class: "dim" }, evidenceOf(one.evidence)),
      ),
      el("td", { class: "number", "data-title": "Score" }, one.score == null ? "–" : one.score.toFixed(2)),
    ),
  );
  return [
    el(
      "p",
      { class: "aside" },
      "Below each article is what another article of this identity says, too. The score is the ",
      "probability that its name belongs to the other names of the identity; there is none if all ",
      "articles give the same name, gender and field of work.",
    ),
    card.profiles.some((one) => one.evidence.properties) && linksOf(card),
    tableOf(
      "evidence",
      "Articles and evidence",
      [...choice, "Date", "Article and what agrees", "#Score"],
      el("tbody", null, rows),
    ),
  ].filter(Boolean);
}

function evidenceOf(evidence) {
  const parts = [
    ["names", "named "],
    ["roles", "described as "],
    ["companions", "with "],
  ].filter(([kind]) => evidence[kind]?.length);
  if (!parts.length) return null;
  return parts.flatMap(([kind, word], at) => [at ? "; " : null, word, list(evidence[kind])]);
}

function linksOf(card) {
  const links = new Map(
    card.profiles
      .filter((one) => one.evidence.properties)
      .map((one) => [one.evidence.profiles.join(), one]),
  );
  return el(
    "details",
    null,
    el("summary", null, counted(links.size, "link between its names", "links between its names")),
    el(
      "ul",
      { class: "pairs" },
      [...links.values()].map(({ score, evidence }) =>
        el(
          "li",
          null,
          isolated(evidence.profiles.join(" = ")),
          ` ${score.toFixed(2)}: `,
          evidenceOf(evidence),
          el("span", { class: "dim" }, " ", evidence.properties.join(", ")),
        ),
      ),
    ),
  );
}
