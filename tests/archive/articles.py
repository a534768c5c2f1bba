"""Articles with the quotations and figures that a test needs."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from pipeline.document.annotations import (
    DocAttribution,
    DocEntity,
    DocFigure,
    DocMention,
    DocQuote,
    DocTime,
)
from pipeline.records.assemble import assemble
from pipeline.records.schema import ArticleRecord, ModelVersion, Provenance, Source, text_sha256
from pipeline.text.spans import CharSpan
from tests.blank import BLANK

WORDS = [
    "river",
    "market",
    "bridge",
    "ticket",
    "garden",
    "winter",
    "letter",
    "engine",
    "valley",
    "doctor",
]


class Says(NamedTuple):
    """A quotation: ``Ann Roe said: “We lost.”``; without a speaker it has no attribution."""

    speaker: str | None
    words: str


class Value(NamedTuple):
    """A figure: ``Ann Roe said the trade deficit of China was 5 in 2024.``"""

    value: str
    measure: str = "trade deficit"
    holder: str | None = "China"
    time: str | None = "2024"
    given_by: str | None = None
    bound: Any = None
    unit: str | None = None
    role: Any = None
    """from, to or delta of an increase."""


def prose(seed: int, sentences: int = 12) -> str:
    """Return sentences that no other seed has."""
    chance = random.Random(seed)
    made = (
        f"The {seed}th {' '.join(chance.choices(WORDS, k=9))} {chance.randrange(10**6)}."
        for _ in range(sentences)
    )
    return "\n\n".join(made)


def article(id: str, *parts: str | Says | Value, **source: Any) -> ArticleRecord:
    """Return the record of an article that consists of the parts."""
    return _Article().record(id, parts, source)


class _Article:
    def __init__(self) -> None:
        self.text = ""
        self.names: dict[str, list[CharSpan]] = {}
        self.quotes: list[DocQuote] = []
        self.figures: list[DocFigure] = []
        self.times: list[DocTime] = []
        self.attributions: list[DocAttribution] = []

    def put(self, words: str) -> CharSpan:
        start = len(self.text)
        self.text += words
        return start, len(self.text)

    def name(self, name: str) -> CharSpan:
        bounds = self.put(name)
        self.names.setdefault(name, []).append(bounds)
        return bounds

    def attribute(self, name: str, kind: Any) -> None:
        """Write ``name said`` and the attribution of what follows."""
        source = self.name(name)
        self.put(" ")
        cue = self.put("said")
        entity = list(self.names).index(name)
        self.attributions.append(
            DocAttribution((source,), (cue,), (), kind, "name", "say", "say", entity=entity)
        )

    def close(self, start: int) -> None:
        content = ((start, len(self.text)),)
        self.attributions[-1] = self.attributions[-1]._replace(content=content)

    def says(self, part: Says) -> None:
        if part.speaker:
            self.attribute(part.speaker, "direct")
            self.put(": ")
        opened = self.put("“")
        start, end = self.put(part.words)
        closed = self.put("”")
        made = DocQuote(start, end, opened, closed, "direct", True)
        if part.speaker:
            self.close(opened[0])
            speaker = list(self.names).index(part.speaker)
            made = made._replace(attribution=len(self.attributions) - 1, speaker=speaker)
        self.quotes.append(made)

    def value(self, part: Value) -> None:
        if part.given_by:
            self.attribute(part.given_by, "indirect")
            self.put(" ")
        begin = len(self.text)
        self.put("the ")
        measures = self.put(part.measure)
        holder = None
        if part.holder:
            self.put(" of ")
            holder = self.name(part.holder)
        self.put(" was ")
        start, end = self.put(part.value)
        made = DocFigure(
            start, end, "count", part.value, unit=part.unit, bound=part.bound, measures=measures
        )
        if part.role:
            made = made._replace(change="increase", change_role=part.role)
        if part.time:
            self.put(" in ")
            self.times.append(DocTime(*self.put(part.time), "date", part.time))
            made = made._replace(time=len(self.times) - 1)
        if part.given_by:
            self.close(begin)
        self.figures.append(made._replace(holder=holder))

    def record(self, id: str, parts: Any, source: dict[str, Any]) -> ArticleRecord:
        for part in parts:
            if isinstance(part, Says):
                self.says(part)
            elif isinstance(part, Value):
                self.value(part)
            else:
                self.put(part)
            self.put(".\n\n")
        doc = BLANK.make_doc(self.text)
        news = doc._.news
        news.entities = [
            DocEntity(name, "PERSON", tuple(DocMention(*bounds, "name") for bounds in places))
            for name, places in self.names.items()
        ]
        news.quotes, news.figures, news.times = self.quotes, self.figures, self.times
        news.attributions = self.attributions
        given = dict.fromkeys(("uri", "title", "byline", "publisher", "published", "language"))
        return assemble(
            doc,
            id=id,
            source=Source(**(given | {"meta": {}} | source), sha256=text_sha256(self.text)),
            provenance=Provenance(
                pipeline="0.1.0",
                settings=f"sha256:{'0' * 64}",
                models=(ModelVersion(name="m", version="1", sha256="0" * 64),),
            ),
        )
