"""Prepare a document for the ranker of reference: chains of names, speech and its speakers."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.reader.reference.features import Scene
from pipeline.stages.annotations import Attribution, Quote
from pipeline.stages.speakers import Places


def lay_out(
    columns: Columns,
    chains: Sequence[Chain],
    names: Sequence[Reference],
    quotes: Sequence[Quote],
    attributions: Sequence[Attribution],
) -> Scene:
    """Return the scene of a document."""
    places = Places(columns)
    heads = [places.head(one.source) for one in attributions]
    speech = [-1] * len(columns.words)
    voices: dict[int, int] = {}
    for number, one in enumerate(attributions):
        if one.lemma == ":" and one.source and len(one.content) == 1:
            _speak(places.tokens(one.content[0]), speech, voices, heads[number])
    for quote in quotes:
        if quote.speech:
            voice = heads[quote.attribution] if quote.attribution is not None else None
            if voice is None and quote.continues is not None and quote.parent is None:
                start = places.tokens((quotes[quote.continues].start, quote.end))[0]
                voice = voices.get(speech[start]) if start < len(speech) else None
            _speak(places.tokens((quote.start, quote.end)), speech, voices, voice)
    sources = frozenset(head for head in heads if head is not None)
    return Scene(columns, chains, names, speech, voices, sources)


def _speak(
    tokens: tuple[int, int], speech: list[int], voices: dict[int, int], voice: int | None
) -> None:
    start, end = tokens
    number = len(voices)
    speech[start:end] = [number] * (end - start)
    voices[number] = -1 if voice is None else voice
