"""Small records with every layer."""

from __future__ import annotations

from typing import Any

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
from tests.blank import BLANK

TEXT = 'Al Roe, the mayor, said "no" in May. He lost 5 cows, officials said.'


def record(
    id: str = "x", *, text: str = TEXT, pipeline: str = "0.1.0", name: str = "Al Roe", **source: Any
) -> ArticleRecord:
    """Return the record of ``TEXT``, or of a text of the same length."""
    doc = BLANK.make_doc(text)
    news = doc._.news
    news.entities = [
        DocEntity(
            name,
            "PERSON",
            (DocMention(0, 6, "name"), DocMention(37, 39, "pronoun", 0.875)),
            ("mayor",),
            (("wikidata", "Q1"),),
        )
    ]
    quote = DocQuote(25, 27, (24, 25), (27, 28), "direct", True, attribution=0, speaker=0)
    news.quotes = [quote._replace(speaker_confidence=0.625)]
    news.times = [DocTime(32, 35, "date", None, True)]
    lost = DocFigure(45, 46, "count", "5", measures=(47, 51), holder=(37, 39), time=0)
    news.figures = [lost._replace(confidence=0.375)]
    news.attributions = [
        DocAttribution(
            ((0, 6),),
            ((19, 23),),
            ((24, 28), (29, 35)),
            "direct",
            "name",
            "say",
            "say",
            entity=0,
            entity_confidence=0.625,
            source_kind="person",
        ),
        DocAttribution(
            ((53, 62),),
            ((63, 67),),
            ((37, 51),),
            "indirect",
            "nominal",
            "say",
            "say",
            confidence=0.75,
            anonymous=True,
            source_kind="unnamed_group",
        ),
    ]
    given = dict.fromkeys(("uri", "title", "byline", "publisher", "published", "language"))
    return assemble(
        doc,
        id=id,
        source=Source(**(given | {"meta": {}} | source), sha256=text_sha256(text)),
        provenance=Provenance(
            pipeline=pipeline,
            settings=f"sha256:{'0' * 64}",
            models=(ModelVersion(name="m", version="1", sha256="0" * 64),),
        ),
        warnings=[],
    )
