"""Find speakers quoted within another quotation: "She told me that it was over," he said.

The tagger reads the words between two marks as a separate text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.learned.beliefs import CONTENT, CUE, SOURCE, Beliefs, Reported
from pipeline.stages.attributing.learned.features import CODES, Features, mark_quotation
from pipeline.stages.attributing.learned.windows import LONGEST, cut
from pipeline.stages.attributing.reading import Reading

SHORTEST = 4
"""Minimum number of tokens of a quotation to read."""
KIND_OF_CUE, QUOTE = CODES.index("cue"), CODES.index("quote")


class Inside(NamedTuple):
    """The words inside the quotations of a document."""

    ranges: list[Bounds]
    found: Features
    """The arrays of the document, without the marks of these quotations."""


def inside(reading: Reading, found: Features) -> Inside:
    """Return the words inside quotations that contain a possible cue."""
    ranges = [
        part
        for index in reading.outer
        if reading.quotes[index].speech
        for part in _inside(reading, index, found)
    ]
    if not ranges:
        return Inside([], found)
    codes = found.codes.copy()
    for start, end in ranges:
        codes[start:end, QUOTE] = 0
    for index, quote in enumerate(reading.quotes):
        if quote.parent is not None:
            mark_quotation(codes, reading.token_range(*reading.bounds(index)), quote)
    return Inside(ranges, found._replace(codes=codes))


def _inside(reading: Reading, index: int, found: Features) -> Iterator[Bounds]:
    first, last = reading.tokens[index]
    start, end = first + 1, last - (reading.quotes[index].close is not None)
    if end - start >= SHORTEST and found.codes[start:end, KIND_OF_CUE].any():
        yield from cut(found.codes, start, end, LONGEST)


def likelihood(beliefs: Beliefs, one: Reported) -> float:
    """Return the probability of the least likely part of an attribution."""
    parts: list[tuple[int, Sequence[Bounds]]] = [(CUE, (one.cue,)), (CONTENT, one.content)]
    if one.source is not None:
        parts.append((SOURCE, (one.source,)))
    means = []
    for role, ranges in parts:
        tokens = np.concatenate([np.arange(*piece) for piece in ranges])
        means.append(float(beliefs.tags[tokens, role : role + 2].sum(axis=1).mean()))
    return round(min(means), 6)
