"""Divide a document into windows for the network, at the ends of paragraphs if possible."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.learned.features import PLACE, Features, Floats, Integers

LONGEST = 300
"""Maximum number of tokens of a window."""
BATCH = 4000
"""Maximum number of tokens of a batch, including padding."""
FARTHEST = 10
"""Number of distance buckets in each direction, one for each power of two."""
NEAR = 4
"""A part may deviate from an even share by a fraction of one in this many."""


class Batch(NamedTuple):
    """B windows of one document, padded to the length of the longest, T tokens."""

    windows: list[Bounds]
    vectors: Floats
    tensor: Floats
    codes: Integers
    heads: Integers
    """(B, T), counted within the window; a token whose head is outside is its own head."""
    above: Integers
    """(B, T), likewise."""


def windows(codes: Integers, longest: int = LONGEST, *, even: bool = True) -> list[Bounds]:
    """Return ranges of at most ``longest`` tokens that cover the tokens of ``codes`` in order.

    Whole paragraphs are joined while they fit. A paragraph that is too long is cut at sentence
    starts, and a sentence that is too long anywhere. The number of windows is minimal. ``even``
    windows have lengths as equal as possible, since a batch is padded to the longest; otherwise
    windows are filled in order, which is better for training.
    """
    size = len(codes)
    starts = np.flatnonzero(codes[:, PLACE] == 2)
    units: list[Bounds] = []
    for start, end in pairwise([0, *starts[starts > 0].tolist(), size]):
        if end - start <= longest:
            units.append((start, end))
        else:
            units.extend(cut(codes, start, end, longest))
    filled = _joined(units, longest)
    if not even:
        return filled
    fewest = len(filled)
    shortest = -(-size // max(1, fewest))
    more = bisect_left(
        range(shortest, longest), True, key=lambda most: len(_joined(units, most)) <= fewest
    )
    return _joined(units, min(shortest + more, longest))


def _joined(units: Sequence[Bounds], most: int) -> list[Bounds]:
    """Join neighbouring ranges while they have at most ``most`` tokens."""
    found: list[Bounds] = []
    for start, end in units:
        if found and end - found[-1][0] <= most:
            found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def cut(codes: Integers, start: int, end: int, longest: int) -> Iterator[Bounds]:
    """Yield the parts of a range with at most ``longest`` tokens, cut at sentence starts."""
    sentences = start + 1 + np.flatnonzero(codes[start + 1 : end, PLACE] > 0)
    begun = start
    for first, last in pairwise([start, *sentences.tolist(), end]):
        if last - begun > longest and first > begun:
            yield begun, first
            begun = first
        while last - begun > longest:
            yield begun, begun + longest
            begun += longest
    if begun < end:
        yield begun, end


def parts(codes: Integers, longest: int) -> list[Bounds]:
    """Return ranges that cover the tokens of ``codes`` in order, with similar lengths.

    Each is cut at the sentence start nearest to an even share, or anywhere if none is near, since a
    batch is padded to its longest part.
    """
    size = len(codes)
    number = -(-size // longest)
    starts = np.flatnonzero(codes[:, PLACE] > 0)
    cuts = [0]
    for share in range(1, number):
        even = round(share * size / number)
        near = starts[np.abs(starts - even) <= size // (NEAR * number)]
        best = int(near[np.abs(near - even).argmin()]) if len(near) else even
        if best > cuts[-1]:
            cuts.append(best)
    return list(pairwise([*cuts, size]))


def batches(found: Features, ranges: Sequence[Bounds], limit: int = BATCH) -> Iterator[Batch]:
    """Yield the windows of a document in batches of at most ``limit`` tokens, short ones first."""
    group: list[Bounds] = []
    for one in sorted(ranges, key=lambda one: (one[1] - one[0], one)):
        if group and (len(group) + 1) * (one[1] - one[0]) > limit:
            yield batch(found, group)
            group = []
        group.append(one)
    if group:
        yield batch(found, group)


def batch(found: Features, ranges: list[Bounds]) -> Batch:
    """Return windows as padded arrays."""
    wide, long = len(ranges), max(end - start for start, end in ranges)

    def padded(rows: Floats | Integers) -> np.ndarray:
        filled = np.zeros((wide, long, *rows.shape[1:]), dtype=rows.dtype)
        for at, (start, end) in enumerate(ranges):
            filled[at, : end - start] = rows[start:end]
        return filled

    def within(rows: Integers) -> Integers:
        filled = np.tile(np.arange(long, dtype=np.int64), (wide, 1))
        for at, (start, end) in enumerate(ranges):
            here = rows[start:end] - start
            outside = (here < 0) | (here >= end - start)
            filled[at, : end - start] = np.where(outside, np.arange(end - start), here)
        return filled

    return Batch(
        ranges,
        padded(found.vectors),
        padded(found.tensor),
        padded(found.codes),
        within(found.heads),
        within(found.above),
    )


def distances(size: int) -> Integers:
    """Return (size, size) buckets of the distance from a token (row) to a cue (column).

    0 is the token itself, 1 to 10 are cues after it, by power of two, 11 to 20 cues before it.
    """
    apart = np.arange(1 - size, size)
    power = np.minimum(np.ceil(np.log2(np.abs(apart) + 1)), FARTHEST).astype(np.int64)
    buckets = np.where(apart >= 0, power, power + FARTHEST)
    return sliding_window_view(buckets, size)[::-1].copy()
