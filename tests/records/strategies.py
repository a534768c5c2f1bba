"""Texts full of traps and documents with random annotations, for hypothesis."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.document.annotations import (
    DocAttribution,
    DocEntity,
    DocFigure,
    DocMention,
    DocQuote,
    DocTime,
)
from pipeline.records.labels import UNNAMED, SourceKind
from tests.blank import BLANK

KINDS = get_args(SourceKind)
NASTY = (
    "a b e\u0301 Ann said he 1.2 %$ \r\n \n \n\n \t \u0085 \u2028 \u2029 \u00a0 \u200b \u200d"
    " \ufeff \u202e \u2066 \u2069 \U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001d54f"
    " \U0001f1e9\U0001f1ea ß İ ı ﬁ “ ” \" ‘ ’ ' `` '' « » „ ‚ ‹ › — – - … ½ ٣ { } \\ / < > &"
)
PIECES = [*NASTY.split(" "), " ", "  ", "\n", "\r\n", "\u2028"]

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join).filter(str.strip)


@st.composite
def bounds(draw: st.DrawFn, text: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(text) - 1))
    return start, draw(st.integers(start + 1, len(text)))


@st.composite
def disjoint(draw: st.DrawFn, text: str, smallest: int = 1) -> tuple[tuple[int, int], ...]:
    cuts = draw(
        st.lists(st.integers(0, len(text)), unique=True, min_size=2, max_size=6).map(sorted)
    )
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return tuple(pairs[: draw(st.integers(smallest, len(pairs)))])


@st.composite
def quotes(draw: st.DrawFn, text: str, entities: int, attributions: int) -> list[DocQuote]:
    found: list[DocQuote] = []
    for number in range(draw(st.integers(0, 4)) if len(text) > 2 else 0):
        cuts = st.lists(st.integers(0, len(text)), unique=True, min_size=4, max_size=4)
        opened, start, end, closed = sorted(draw(cuts))
        close = (end, closed) if draw(st.booleans()) else None
        continues = draw(st.none() | st.integers(0, number - 1)) if number else None
        said: dict[str, Any] = {
            "speaker": draw(_index(entities)),
            "speakers": draw(_indices(entities)),
            "speaker_confidence": draw(st.none() | st.floats(0, 1)),
        }
        if continues is not None:
            said = {name: getattr(found[continues], name) for name in said}
        found.append(
            DocQuote(
                start,
                end,
                (opened, start),
                close,
                draw(st.sampled_from(["direct", "mixed"])),
                draw(st.booleans()),
                continues=continues,
                attribution=draw(_index(attributions)),
                **said,
            )
        )
    return found


def _index(size: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, size - 1) if size else st.none()


def _indices(size: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw no index at all most of the time, as stages do that know only one entity."""
    several = st.lists(st.integers(0, size - 1), max_size=3).map(tuple) if size else st.just(())
    return st.just(()) | several


@st.composite
def annotated(draw: st.DrawFn) -> Doc:
    """Draw a document with every layer filled at random, within the stages' contract."""
    text = draw(texts)
    doc = BLANK.make_doc(text)
    news = doc._.news
    places = draw(st.lists(bounds(text), unique=True, max_size=6))
    news.entities = [
        DocEntity(
            text[start:end],
            "PERSON",
            (
                DocMention(
                    start,
                    end,
                    draw(st.sampled_from(["name", "nominal", "pronoun"])),
                    draw(st.none() | st.floats(0, 1)),
                ),
            ),
            draw(st.sampled_from([(), ("mayor",)])),
            draw(st.sampled_from([(), (("iso3166", "CN"),)])),
        )
        for start, end in places
    ]
    count = draw(st.integers(0, 3))
    news.attributions = [
        DocAttribution(
            draw(disjoint(text, 1)) if len(text) > 1 else ((0, 1),),
            draw(st.sampled_from([(), ((len(text) - 1, len(text)),)])),
            draw(disjoint(text, 0)) if len(text) > 1 else (),
            draw(st.sampled_from(["direct", "mixed", "indirect"])),
            parent=draw(st.none() | st.integers(0, number - 1)) if number else None,
            confidence=draw(st.none() | st.floats(0, 1)),
            entity=(entity := draw(_index(len(places)))),
            anonymous=entity is None and (kind := draw(st.sampled_from(KINDS))) in UNNAMED,
            source_kind="person" if entity is not None else kind,
            entities=() if entity is None else draw(_indices(len(places))),
            entity_confidence=draw(st.none() | st.floats(0, 1)),
        )
        for number in range(count)
    ]
    news.quotes = draw(quotes(text, len(places), count)) if len(text) > 3 else []
    news.times = [
        DocTime(*span, "date", draw(st.sampled_from([None, "2024", "P3D"])))
        for span in draw(st.lists(bounds(text), max_size=3))
    ]
    news.figures = [
        DocFigure(
            *span,
            "money",
            draw(st.sampled_from([None, "1200000000000", "-0.5", "1/3"])),
            measures=draw(st.none() | bounds(text)),
            holder=draw(st.none() | bounds(text)),
            time=draw(_index(len(news.times))),
            confidence=draw(st.none() | st.floats(0, 1)),
        )
        for span in draw(st.lists(bounds(text), max_size=3))
    ]
    return doc
