"""Report who is quoted in articles: by standing, by gender if the text shows it, and gaps.

The report is an HTML page, whose lists a script searches and divides into pages, and CSV that is
safe in spreadsheets.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from pipeline.desk.pages.article import excerpt, name
from pipeline.desk.pages.page import FOOT, Html, element, head, isolated, joined, script, style
from pipeline.desk.pages.speakers import STANDINGS, Kind, RecordSpeakers, Speaker
from pipeline.errors import safe
from pipeline.names import lists
from pipeline.records.labels import SourceKind
from pipeline.records.schema import ArticleRecord, Entity
from pipeline.text.language import WORD
from pipeline.text.words import plural

Gender = Literal["woman", "man"]
KINDS: tuple[Kind, ...] = (*get_args(SourceKind), "anonymous")
GENDERS: tuple[Gender, ...] = ("woman", "man")

PRONOUNS: dict[str, Gender] = {
    word: "woman" if gender == "f" else "man" for word, gender in lists.PRONOUNS.items()
}
TITLES: dict[str, Gender] = {
    **dict.fromkeys(("mrs", "ms", "miss", "madam", "dame"), "woman"),
    **dict.fromkeys(("mr", "mister", "sir"), "man"),
}


class Heard(NamedTuple):
    """One source of one article."""

    name: str
    kind: Kind
    gender: Gender | None
    """As shown by the article's pronouns and titles; None if they do not show it or disagree."""
    words: int
    quoted: int
    statements: int

    @property
    def named(self) -> bool:
        return STANDINGS[self.kind] == "named"

    @property
    def anonymous(self) -> bool:
        """Whether it is an unnamed person or group."""
        return STANDINGS[self.kind] == "anonymous"


class Unsourced(NamedTuple):
    """A figure without a source."""

    text: str
    what: str | None


@dataclass(frozen=True)
class ArticleSources:
    """The sources of one article."""

    id: str
    title: str
    published: str | None
    publisher: str | None
    heard: tuple[Heard, ...]
    figures: int
    """Number of figures except ranks, which hardly need a source."""
    unsourced: tuple[Unsourced, ...]

    @property
    def single_source(self) -> bool:
        """Whether there is only one source; an unresolved source counts as another."""
        return len(self.heard) == 1

    @property
    def words(self) -> int:
        return sum(one.words for one in self.heard)


@dataclass
class Total:
    """Words and sources of one kind."""

    words: int = 0
    sources: int = 0


@dataclass
class RunSources:
    """The sources of all articles together."""

    articles: list[ArticleSources] = field(default_factory=list)
    kinds: dict[Kind, Total] = field(default_factory=lambda: {kind: Total() for kind in KINDS})
    genders: dict[Gender | None, Total] = field(
        default_factory=lambda: {"woman": Total(), "man": Total(), None: Total()}
    )
    """Persons only."""

    def add(self, record: ArticleRecord) -> None:
        """Add an article."""
        sources = article_sources(record)
        self.articles.append(sources)
        for one in sources.heard:
            totals = [self.kinds[one.kind]]
            if one.kind == "person":
                totals.append(self.genders[one.gender])
            for total in totals:
                total.words += one.words
                total.sources += 1

    @property
    def words(self) -> int:
        return sum(total.words for total in self.kinds.values())

    @property
    def anonymous(self) -> int:
        """Words of unnamed persons and groups."""
        return sum(one.words for kind, one in self.kinds.items() if STANDINGS[kind] == "anonymous")

    def most_heard(self) -> list[tuple[Heard, int]]:
        """Return each source with its number of articles, those with most words first.

        Sources with the same name and kind are combined; if articles disagree on the gender, it is
        None. Unresolved sources come last, since "they" in two articles may or may not be the same
        source.
        """
        merged: dict[tuple[Kind, str], tuple[Heard, int]] = {}
        for one in (one for article in self.articles for one in article.heard):
            key = one.kind, one.name.casefold()
            if key not in merged:
                merged[key] = one, 1
                continue
            before, articles = merged[key]
            merged[key] = _together(before, one), articles + 1
        return sorted(
            merged.values(),
            key=lambda pair: (pair[0].kind == "unknown", -pair[0].words, pair[0].name),
        )


def article_sources(record: ArticleRecord) -> ArticleSources:
    """Return the sources of an article, those with most words first."""
    entities = {one.id: one for one in record.entities}
    figures = [one for one in record.figures if one.kind != "ordinal"]
    return ArticleSources(
        id=record.id,
        title=record.source.title or excerpt(record) or name(record),
        published=record.source.published,
        publisher=record.source.publisher,
        heard=tuple(_heard(one, entities) for one in RecordSpeakers(record).all()),
        figures=len(figures),
        unsourced=tuple(
            Unsourced(one.text, one.measures.text if one.measures else None)
            for one in figures
            if one.attribution is None
        ),
    )


def gender(entity: Entity) -> Gender | None:
    """Return a person's gender if the article's pronouns and titles agree on it.

    First names are not used: the text itself has to show it.
    """
    told = set(_told(entity))
    return told.pop() if len(told) == 1 else None


def _told(entity: Entity) -> Iterator[Gender]:
    for mention in entity.mentions:
        first = WORD.match(mention.text)
        word = first[0].casefold() if first else ""
        table = PRONOUNS if mention.kind == "pronoun" else TITLES
        if word in table:
            yield table[word]


def _heard(speaker: Speaker, entities: dict[str, Entity]) -> Heard:
    entity = entities.get(speaker.entity or "")
    told = gender(entity) if entity is not None and entity.label == "PERSON" else None
    statements = len(speaker.statements) + len(speaker.quotes)
    return Heard(speaker.name, speaker.kind, told, speaker.words, speaker.quoted, statements)


def _together(one: Heard, other: Heard) -> Heard:
    told = {one.gender, other.gender} - {None}
    return Heard(
        one.name,
        one.kind,
        told.pop() if len(told) == 1 else None,
        one.words + other.words,
        one.quoted + other.quoted,
        one.statements + other.statements,
    )


ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of cells that a spreadsheet would evaluate, including full-width forms."""
MARK = "\ufeff"
"""The byte order mark, by which a spreadsheet recognises UTF-8."""

Cell = str | int | float | None


def rows(head: Sequence[str], table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a table with its header.

    >>> [line.strip() for line in rows(["name", "words"], [["=1+1", 2]])][1]
    "'=1+1,2"
    """
    yield MARK + _line(head)
    for row in table:
        yield _line([inert(cell) for cell in row])


def inert(cell: Cell) -> Cell:
    r"""Return a cell that neither a spreadsheet nor a terminal evaluates; other cells are exact.

    There is an apostrophe before anything that a spreadsheet would evaluate, and characters that
    control a terminal are escaped, except for tabs and the ends of lines.

    >>> inert("=HYPERLINK(1)"), inert(" @x"), inert(-5), inert("Lee")
    ("'=HYPERLINK(1)", "' @x", -5, 'Lee')
    >>> inert("Lee\x1b[2J\r\nRoe")
    'Lee\\x1b[2J\r\nRoe'
    """
    if not isinstance(cell, str):
        return cell
    mark = "'" if cell.startswith(ACTIVE) or cell.lstrip().startswith(ACTIVE) else ""
    return mark + "\r\n".join(safe(line, keep="\n\t") for line in cell.split("\r\n"))


def _line(row: Sequence[Cell]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(row)
    return buffer.getvalue()


MOST_HEARD = 50
SIZE = 100
"""Entries of a list that are shown without the script, as in ``report.js``."""
SCRIPTS = ("dom.js", "report.js")
STYLES = ("base.css", "panel.css", "overview.css", "sources.css", "print.css")
NAMES: dict[Kind, tuple[str, str]] = {
    "person": ("person", "named people"),
    "organisation": ("organisation", "named organisations"),
    "place": ("place", "named places"),
    "unnamed_person": ("unnamed person", "unnamed people"),
    "unnamed_group": ("unnamed group", "unnamed groups"),
    "document": ("document", "documents"),
    "data": ("data", "data"),
    "unknown": ("not resolved", "not resolved"),
    "anonymous": ("anonymous", "anonymous, in records of schema 1.0"),
}
"""What to call one source of a kind, and several."""


ARTICLES = "articles.html"
"""The page of the articles, next to the report, which links to it."""
LOOKS = {
    "Kind": "kind",
    "Date": "day",
    **dict.fromkeys(("Sources", "Words", "Share", "Quoted", "Statements", "Articles"), "number"),
    **dict.fromkeys(("Named", "Unsourced figures"), "number"),
}
"""Classes of columns by their titles."""


def page(run: RunSources) -> Iterator[str]:
    """Yield the report of a run as an HTML page, part by part."""
    code = script(SCRIPTS)
    yield head("Who is heard", style=style(STYLES), scripts=[code])
    yield '<main class="wide" id="main">\n'
    yield from _summary(run)
    if run.articles:
        yield from _most_heard(run)
        yield from _articles(run)
        yield from _voices(run)
        yield from _gaps(run)
    yield "</main>\n"
    yield FOOT.format(script=code)


def article_table(run: RunSources) -> Iterator[str]:
    """Yield the lines of a CSV with a row for each article.

    ``words_anonymous`` counts the words of unnamed persons and groups.
    """
    kinds = [f"words_{kind}" for kind in NAMES]
    genders = [f"words_{gender}" for gender in GENDERS]
    head = ["id", "title", "published", "publisher", "sources", "single_source", "words_told"]
    yield from rows(
        [*head, *kinds, *genders, "figures", "figures_unsourced"], map(_row, run.articles)
    )


def source_table(run: RunSources) -> Iterator[str]:
    """Yield the lines of a CSV with a row for each source of each article."""
    head = ["article", "published", "source", "kind", "anonymous", "gender"]
    head += ["words", "quoted", "statements"]
    table: Iterable[list[Cell]] = (
        [
            article.id,
            article.published,
            one.name,
            None if one.kind == "anonymous" else one.kind,
            "yes" if one.anonymous else "no",
            one.gender,
            one.words,
            one.quoted,
            one.statements,
        ]
        for article in run.articles
        for one in article.heard
    )
    yield from rows(head, table)


def _row(article: ArticleSources) -> list[Cell]:
    words = {kind: sum(o.words for o in article.heard if o.kind == kind) for kind in NAMES}
    words["anonymous"] = sum(o.words for o in article.heard if o.anonymous)
    return [
        article.id,
        article.title,
        article.published,
        article.publisher,
        len(article.heard),
        "yes" if article.single_source else "no",
        article.words,
        *words.values(),
        *(sum(o.words for o in article.heard if o.gender == gender) for gender in GENDERS),
        article.figures,
        len(article.unsourced),
    ]


def _summary(run: RunSources) -> Iterator[str]:
    single = sum(one.single_source for one in run.articles)
    silent = sum(not one.heard for one in run.articles)
    figures = sum(one.figures for one in run.articles)
    unsourced = sum(len(one.unsourced) for one in run.articles)
    facts = (
        f"{plural(len(run.articles), 'articles')}",
        f"{plural(run.words, 'words')} attributed to sources",
        f"{_share(run.anonymous, run.words)} of them to anonymous sources",
        f"{plural(single, 'articles')} with a single source",
        f"{plural(silent, 'articles')} without a source",
        f"{unsourced:,} of {plural(figures, 'figures')} without a source",
    )
    heading = element("h1", "Who is heard", class_="headline")
    shown = element("p", *(element("span", fact) for fact in facts), class_="facts")
    yield element("header", heading, shown, class_="head")
    if not run.articles:
        yield element("p", "There are no articles.")
        return
    yield element("h2", "Share of words")
    kinds = {kind: total for kind, total in run.kinds.items() if total.sources}
    yield _sums({NAMES[kind][1]: total for kind, total in kinds.items()}, "Kind")
    yield _note(
        "Each word counts for the innermost source that it is attributed to. Unnamed people and "
        "groups are anonymous; documents and data are not. A source such as “they” is not "
        "resolved: no name was found for it, but it may have one."
    )
    yield element("h2", "Women and men")
    names = {"woman": "women", "man": "men", None: "unknown"}
    yield _sums({names[key]: total for key, total in run.genders.items()}, "Gender")
    yield _note(
        "Gender is taken from pronouns and titles (Mrs, Sir) in the article, never from first "
        "names. If there are none, or if they disagree, it is unknown. Pronouns are resolved "
        "automatically and may be wrong."
    )


def _sums(totals: dict[str, Total], title: str) -> Html:
    words = sum(total.words for total in totals.values())
    rows = [
        (
            name,
            f"{total.sources:,}",
            f"{total.words:,}",
            _share(total.words, words),
            _bar(total.words, words),
        )
        for name, total in totals.items()
    ]
    return _table((title, "Sources", "Words", "Share", ""), rows, "sums", f"Words by {title}")


def _most_heard(run: RunSources) -> Iterator[str]:
    heard = run.most_heard()
    yield element("h2", "Most heard")
    rows = [
        (
            isolated(one.name),
            _kind(one),
            f"{one.words:,}",
            _share(one.quoted, one.words),
            f"{one.statements:,}",
            f"{articles:,}",
        )
        for one, articles in heard[:MOST_HEARD]
    ]
    heads = ("Source", "Kind", "Words", "Quoted", "Statements", "Articles")
    yield _table(heads, rows, "heard", "Sources with the most words")
    yield _note(
        "Sources with the same name and kind are counted as one. Unresolved sources come last, "
        "because each “they” may be somebody else."
    )
    if len(heard) > MOST_HEARD:
        yield _note(f"The first {MOST_HEARD} of {len(heard):,} sources.")


def _kind(one: Heard) -> str:
    return ", ".join(filter(None, (NAMES[one.kind][0], one.gender)))


def _articles(run: RunSources) -> Iterator[str]:
    yield element("h2", "Articles")
    rows = []
    for number, one in enumerate(run.articles):
        named = sum(heard.words for heard in one.heard if heard.named)
        flag = "single source" if one.single_source else None if one.heard else "no source"
        rows.append(
            (
                _link(number, one),
                (one.published or "")[:10],
                f"{len(one.heard):,}",
                _share(named, one.words) if one.words else "–",
                f"{len(one.unsourced):,} of {one.figures:,}",
                element("span", flag, class_="flag") if flag else "",
            )
        )
    heads = ("Article", "Date", "Sources", "Named", "Unsourced figures", "")
    yield _table(heads, rows, "stories", "Articles")


def _link(number: int, article: ArticleSources) -> Html:
    return element("a", isolated(article.title), href=f"{ARTICLES}#/article/{number}")


def _voices(run: RunSources) -> Iterator[str]:
    yield element("h2", "Sources of each article")
    yield _note("Percentages are shares of the words that the article attributes to sources.")
    listed = (
        (
            _link(number, article),
            [
                (isolated(one.name), f" – {_share(one.words, article.words)}, {_kind(one)}")
                for one in article.heard
            ],
        )
        for number, article in enumerate(run.articles)
    )
    yield from _entries("Pages of the sources", listed)


def _gaps(run: RunSources) -> Iterator[str]:
    yield element("h2", "Figures without a source")
    yield _note(
        "Figures that are not part of a statement by a source. Ranks such as “first” are not "
        "listed. Many figures need no source, such as ages, known facts, or what the reporter "
        "has counted."
    )
    listed = (
        (
            _link(number, article),
            [(isolated(one.text), _of_what(one.what)) for one in article.unsourced],
        )
        for number, article in enumerate(run.articles)
    )
    yield from _entries("Pages of the figures", listed)


def _entries(
    name: str, listed: Iterable[tuple[Html, Sequence[tuple[str | None, ...]]]]
) -> Iterator[str]:
    """Yield a list of articles, each with its items; those without items are left out."""
    yield f'<div class="paged" data-name="{name}">'
    for number, (heading, items) in enumerate(one for one in listed if one[1]):
        entries = element("ul", *(element("li", *item) for item in items), class_="entries")
        yield element("section", element("h3", heading), entries, hidden=_beyond(number))
    yield "</div>\n"


def _beyond(number: int) -> str | None:
    """Return the attribute ``hidden`` of an entry of a list."""
    return "" if number >= SIZE else None


def _of_what(what: str | None) -> Html | None:
    return None if what is None else joined(" – ", isolated(" ".join(what.split())))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], look: str, caption: str) -> Html:
    """Return a table; the first cell of a row is its header."""
    cells = [
        element("th", head, scope="col", class_="number" if LOOKS.get(head) == "number" else None)
        if head
        else element("td")
        for head in heads
    ]
    lines = [
        element(
            "tr",
            element("th", first, scope="row"),
            *(
                element("td", cell, class_=LOOKS.get(head), data_title=head or None)
                for head, cell in zip(heads[1:], others, strict=True)
            ),
            hidden=_beyond(number),
        )
        for number, (first, *others) in enumerate(rows)
    ]
    return element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", element("tr", *cells)),
        element("tbody", *lines, class_="paged", data_name=f"Pages of {caption}")
        if look == "stories"
        else element("tbody", *lines),
        class_=look,
    )


def _bar(part: int, whole: int) -> Html:
    width = f"{100 * part / whole:.1f}%" if whole else "0%"
    return element(
        "svg",
        element("rect", width=width, height="100%"),
        class_="chart",
        aria_hidden="true",
    )


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)}%" if whole else "0%"


def _note(text: str) -> Html:
    return element("p", text, class_="aside")
