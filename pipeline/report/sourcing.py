"""Count who is quoted in articles: by standing, by gender if the text shows it, and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from pipeline.records.labels import SourceKind
from pipeline.report.article import excerpt, name
from pipeline.text.language import WORD

if TYPE_CHECKING:
    from pipeline.records.schema import ArticleRecord, Entity
from pipeline.report.speakers import STANDINGS, Kind, Speaker, Speakers

Gender = Literal["woman", "man"]
KINDS: tuple[Kind, ...] = (*get_args(SourceKind), "anonymous")
GENDERS: tuple[Gender, ...] = ("woman", "man")

PRONOUNS: dict[str, Gender] = {
    **dict.fromkeys(("she", "her", "hers", "herself"), "woman"),
    **dict.fromkeys(("he", "him", "his", "himself"), "man"),
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
        heard=tuple(_heard(one, entities) for one in Speakers(record).all()),
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
