"""A record with every kind of link, and corrections made without any help."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipeline.document.annotations import (
    DocAttribution,
    DocEntity,
    DocFigure,
    DocMention,
    DocQuote,
    DocTime,
)
from pipeline.records import schema
from pipeline.records.assemble import assemble
from pipeline.records.corrections import (
    Action,
    Correction,
    Layer,
    Referred,
    Reviewed,
    layer_of,
    place,
    references,
    version_of,
    with_speakers,
)
from pipeline.records.review import apply, complete, judge, review
from pipeline.records.schema import ArticleRecord, Span
from pipeline.text.spans import CharSpan
from tests.blank import BLANK

TEXT = (
    "Ann Lee, the mayor, said “we won” on Monday. “No,” Bo Ek told her. “Not yet.”\n"
    "Officials said 12 people and 5% left. Mr. Ek thinks Lee said 3 lost."
)
WHEN = "2025-05-02T09:30:00Z"


def at(words: str, number: int = 0) -> CharSpan:
    """Return where words stand in ``TEXT``, at their first place or a later one."""
    found = [match.span() for match in re.finditer(re.escape(words), TEXT)]
    return found[number]


def made(id: str | None = "lee") -> ArticleRecord:
    """Return the record: two persons, three quotes, three figures, five attributions.

    ``a2`` is one statement of ``q2`` and ``q3``, ``a5`` is inside ``a4``, and ``f3`` in both.
    """
    doc = BLANK.make_doc(TEXT)
    news = doc._.news
    news.entities = [
        DocEntity(
            "Ann Lee",
            "PERSON",
            (
                DocMention(*at("Ann Lee"), "name"),
                DocMention(*at("her"), "pronoun"),
                DocMention(*at("Lee", 1), "name"),
            ),
        ),
        DocEntity(
            "Bo Ek", "PERSON", (DocMention(*at("Bo Ek"), "name"), DocMention(*at("Mr. Ek"), "name"))
        ),
    ]
    news.quotes = [
        _quote("“we won”", "mixed", 0, 0),
        _quote("“No,”", "direct", 1, 1),
        _quote("“Not yet.”", "direct", 1, 1)._replace(continues=1),
    ]
    news.times = [DocTime(*at("Monday"), "date", None, True)]
    news.figures = [
        DocFigure(*at("12"), "count", "12", measures=at("people")),
        DocFigure(*at("5%"), "percent", "5", unit="%"),
        DocFigure(*at("3"), "count", "3"),
    ]
    news.attributions = [
        _said(at("Ann Lee"), at("said"), at("“we won”"), "mixed", 0),
        DocAttribution(
            (at("Bo Ek"),), (at("told"),), (at("“No,”"), at("“Not yet.”")), "direct", "name",
            "tell", "say", entity=1, source_kind="person", confidence=0.9,
        ),
        DocAttribution(
            (at("Officials"),), (at("said", 1),), (at("12 people and 5% left"),), "indirect",
            "nominal", "say", "say", anonymous=True, source_kind="unnamed_group", confidence=0.6,
        ),
        _said(at("Mr. Ek"), at("thinks"), at("Lee said 3 lost"), "indirect", 1),
        _said(at("Lee", 1), at("said", 2), at("3 lost"), "indirect", 0)._replace(parent=3),
    ]  # fmt: skip
    return assemble(doc, id=id)


def _quote(marked: str, kind: Any, attribution: int, speaker: int) -> DocQuote:
    start, end = at(marked)
    marks = (start, start + 1), (end - 1, end)
    return DocQuote(
        start + 1, end - 1, *marks, kind, True, attribution=attribution, speaker=speaker
    )


def _said(
    source: CharSpan, cue: CharSpan, content: CharSpan, kind: Any, who: int
) -> DocAttribution:
    return DocAttribution(
        (source,),
        (cue,),
        (content,),
        kind,
        "name",
        "say",
        "say",
        entity=who,
        source_kind="person",
        confidence=0.8,
    )


def item(record: ArticleRecord, id: str) -> Any:
    """Return an item of a record."""
    layers = (record.entities, record.quotes, record.figures, record.times, record.attributions)
    return next(one for layer in layers for one in layer if one.id == id)


def told(item: Any, *who: str | None) -> Any:
    """Return an item as said by entities."""
    return with_speakers(item, tuple(one for one in who if one is not None))


def changed(item: Any, **changes: Any) -> Any:
    """Return an item with other values; ``speaker`` is one, several or None."""
    if "speaker" in changes:
        who = changes.pop("speaker")
        item = told(item, *(who if isinstance(who, tuple) else (who,)))
    if isinstance(item, schema.Figure) and "value" in changes:
        changes["value"] = Decimal(changes["value"])
    return item.model_copy(update=changes)


def by_hand(
    record: ArticleRecord,
    layer: Layer,
    action: str,
    before: Reviewed | None = None,
    after: Reviewed | None = None,
) -> Correction:
    """Return a correction without any help."""
    both = [one for one in (before, after) if one is not None]
    ids = dict.fromkeys(id for one in both for id in references(one))
    return Correction(
        record=record.id,
        sha256=record.source.sha256,
        version=version_of(record),
        layer=layer,
        action=action,  # type: ignore[arg-type]  # checked by the model
        item=both[0].id if both else None,
        before=before,
        after=after,
        refers=tuple(
            Referred(
                id=id,
                spans=place(item(record, id)),
                name=getattr(item(record, id), "name", None),
            )
            for id in ids
        ),
        who="ann",
        when=WHEN,
    )


def span(words: str, number: int = 0) -> Span:
    start, end = at(words, number)
    return Span(start=start, end=end, text=words)


class Reviewer:
    """A reviewer who makes one decision on a record after another."""

    def __init__(self, record: ArticleRecord, said: Sequence[Correction] = ()) -> None:
        self.record = record
        self.said = list(said)

    def items(self) -> dict[str, Reviewed]:
        return dict(review(self.record, self.said).items)

    def say(self, action: Action, id: str, after: Reviewed | None = None) -> None:
        layer = layer_of(id)
        assert layer is not None
        self.said.append(
            judge(
                self.record,
                self.said,
                layer=layer,
                action=action,
                item=id,
                after=after,
                who="ann",
                when=WHEN,
            )
        )

    def edit(self, item: str, **changes: Any) -> None:
        self.say("edit", item, changed(self.items()[item], **changes))

    def add(self, like: Reviewed, **changes: Any) -> str:
        self.say("add", like.id, changed(like, **changes))
        return str(self.said[-1].item)

    def complete(self, layer: Layer) -> None:
        self.said += complete(self.record, self.said, layer=layer, who="ann", when=WHEN)

    def result(self) -> ArticleRecord:
        corrected = apply(self.record, self.said)
        assert ArticleRecord.from_line(corrected.to_line()) == corrected
        assert apply(corrected, self.said) == corrected
        return corrected
