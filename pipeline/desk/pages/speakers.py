"""The speakers of a record, and the number of words attributed to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pipeline.records.labels import KIND_OF_LABEL, SourceKind
from pipeline.records.schema import ArticleRecord, Attribution, AttributionSource, Quote
from pipeline.text.words import WORD

Kind = SourceKind | Literal["anonymous"]
"""The record's kind of source. ``anonymous`` is for records of schema 1.0, which lack the kind."""


Standing = Literal["named", "anonymous", "document", "open"]
"""``document``: a document or data. ``open``: a source that may have a name, which was not found:
"they", "both parties".
"""


STANDINGS: Final[dict[Kind, Standing]] = {
    "person": "named",
    "organisation": "named",
    "place": "named",
    "unnamed_person": "anonymous",
    "unnamed_group": "anonymous",
    "anonymous": "anonymous",
    "document": "document",
    "data": "document",
    "unknown": "open",
}


@dataclass
class Speaker:
    """One source of an article, with the words attributed to it."""

    name: str
    kind: Kind
    standing: Standing = field(init=False)
    """Whether the text names the source, as a broad category; an entity has a name."""
    entity: str | None = None
    label: str | None = None
    words: int = 0
    quoted: int = 0
    """Number of these words that are in quotation marks."""
    statements: list[str] = field(default_factory=list)
    """Ids of the attributions."""
    quotes: list[str] = field(default_factory=list)
    """Ids of quotes without an attribution."""

    def __post_init__(self) -> None:
        self.standing = "named" if self.entity else STANDINGS[self.kind]


class RecordSpeakers:
    """The speakers of one record.

    A word belongs to the innermost statement that contains it: if Lee says that Kim said something,
    Kim's words are Kim's; a joint statement of Lee and Kim counts for each. Words outside all
    statements are the reporter's.
    """

    def __init__(self, record: ArticleRecord) -> None:
        self.record = record
        self.names = {one.id: one for one in record.entities}
        self.found: dict[str, Speaker] = {}
        self.by_attribution: dict[str, list[Speaker]] = {}
        self.by_quote: dict[str, list[Speaker]] = {}
        for one in record.attributions:
            self.by_attribution[one.id] = self._of_attribution(one)
            for speaker in self.by_attribution[one.id]:
                speaker.statements.append(one.id)
        for quote in record.quotes:
            self.by_quote[quote.id] = self._of_quote(quote) if quote.speech else []
            for speaker in self.by_quote[quote.id]:
                if quote.attribution is None:
                    speaker.quotes.append(quote.id)
        self._count()

    def all(self) -> list[Speaker]:
        """Return the speakers, those with most words first."""
        return sorted(self.found.values(), key=lambda one: (-one.words, one.name))

    def _of_attribution(self, one: Attribution) -> list[Speaker]:
        if one.source is None:
            return []
        if one.source.entities:
            return [self._named(id) for id in one.source.entities]
        text = " … ".join(" ".join(span.text.split()) for span in one.source.spans)
        kind = _kind(one.source)
        return [self.found.setdefault(f"{kind} {text.casefold()}", Speaker(text, kind))]

    def _of_quote(self, quote: Quote) -> list[Speaker]:
        if quote.speakers:
            return [self._named(id) for id in quote.speakers]
        return self.by_attribution.get(quote.attribution or "", [])

    def _named(self, id: str) -> Speaker:
        entity = self.names[id]
        kind = KIND_OF_LABEL[entity.label]
        return self.found.setdefault(id, Speaker(entity.name, kind, id, entity.label))

    def _count(self) -> None:
        depth = depths(self.record)
        spoken: list[tuple[int, int, int, int, list[Speaker]]] = []
        for one in self.record.attributions:
            if one.content:
                who = self.by_attribution[one.id]
                spoken += [
                    (depth[one.id], 1, span.start, span.end, who) for span in one.content.spans
                ]
        text = self.record.text
        marked = bytearray(len(text))
        for quote in self.record.quotes:
            if not quote.speech:
                continue
            marked[quote.start : quote.end] = b"\x01" * (quote.end - quote.start)
            level = depth.get(quote.attribution or "", 0)
            spoken.append((level, 0, quote.start, quote.end, self.by_quote[quote.id]))
        owners: list[Sequence[Speaker]] = [()] * len(text)
        for _, _, start, end, who in sorted(spoken, key=lambda one: one[:4]):
            owners[start:end] = [who] * (end - start)
        for word in WORD.finditer(text):
            for owner in owners[word.start()]:
                owner.words += 1
                owner.quoted += marked[word.start()]


def _kind(source: AttributionSource) -> Kind:
    """Return the kind of a source without an entity."""
    return source.kind or ("anonymous" if source.anonymous else "unknown")


def depths(record: ArticleRecord) -> dict[str, int]:
    """Return the nesting depth of each attribution; 0 means not nested."""
    parents = {one.id: one.parent for one in record.attributions}
    found: dict[str, int] = {}
    for one in parents:
        seen = {one}
        above = parents[one]
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        found[one] = len(seen) - 1
    return found
