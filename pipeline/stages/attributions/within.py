"""Find attributions within another one: "She told me that it was over," he said.

The tagger reads the words between two marks, or those of a content, as a separate text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.stages.attributions.beliefs import CONTENT, CUE, SOURCE, Beliefs, Reported
from pipeline.stages.attributions.features import (
    CUE_TYPE,
    LONGEST,
    QUOTE,
    Features,
    cut,
    mark_quotation,
)
from pipeline.stages.attributions.reading import Reading
from pipeline.text.spans import TokenSpan

SHORTEST = 4
"""Minimum number of tokens of a range to read."""


class Inside(NamedTuple):
    """Parts of a document to read on their own."""

    ranges: list[TokenSpan]
    found: Features
    """The arrays of the document."""


def inside_quotations(reading: Reading, found: Features) -> Inside:
    """Return the words inside quotations that contain a cue of the lexicon, without their marks."""
    codes = found.codes.copy()
    ranges: list[TokenSpan] = []
    for index in reading.outer:
        if reading.quotes[index].speech:
            first, last = reading.tokens[index]
            end = last - (reading.quotes[index].close is not None)
            if end - first > SHORTEST and codes[first + 1 : end, CUE_TYPE].any():
                ranges.extend(cut(found.codes, first + 1, end, LONGEST))
    for start, end in ranges:
        codes[start:end, QUOTE] = 0
    for index, quote in enumerate(reading.quotes):
        if quote.parent is not None:
            mark_quotation(codes, reading.token_range(*reading.bounds(index)), quote)
    return Inside(ranges, found._replace(codes=codes))


def inside_contents(found: Features, contents: Iterable[Sequence[TokenSpan]]) -> Inside:
    """Return the parts of contents that contain a cue of the lexicon outside quotations.

    Of parts that overlap, the first is returned.
    """
    cues = (found.codes[:, CUE_TYPE] > 0) & (found.codes[:, QUOTE] == 0)
    ranges: list[TokenSpan] = []
    read = 0
    for start, end in sorted(piece for content in contents for piece in content):
        if start >= read and end - start >= SHORTEST and cues[start:end].any():
            ranges.extend(cut(found.codes, start, end, LONGEST))
            read = end
    return Inside(ranges, found)


def likelihood(beliefs: Beliefs, one: Reported) -> float:
    """Return the probability of the least likely part of an attribution."""
    parts: list[tuple[int, Sequence[TokenSpan]]] = [(CUE, (one.cue,)), (CONTENT, one.content)]
    if one.source is not None:
        parts.append((SOURCE, (one.source,)))
    means = []
    for role, ranges in parts:
        tokens = np.concatenate([np.arange(*piece) for piece in ranges])
        means.append(float(beliefs.tags[tokens, role : role + 2].sum(axis=1).mean()))
    return round(min(means), 6)
