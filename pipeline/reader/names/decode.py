"""From the scores of tags to names: the likeliest valid sequence of tags.

A span of one token has the tag U; a longer one begins with B, goes through I and ends with L, all
with its label; O is outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.document.names import NAME_LABELS

Floats = NDArray[np.float32]

LABELS = (*NAME_LABELS, "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL")
"""The labels of names, then those of dates and amounts."""
TAGS = ("O", *(f"{place}-{label}" for label in LABELS for place in "BILU"))
BEGIN, INSIDE, LAST, UNIT = (np.arange(len(LABELS)) * 4 + place for place in range(1, 5))
"""The columns of the tags of each place, in the order of ``LABELS``."""


UNSEEN = -6.0
FOUND = -0.2
"""Log-probabilities of what another recogniser misses, and of what it finds."""


class Found(NamedTuple):
    """Tokens that are a name or another entity."""

    start: int
    end: int
    label: str
    sure: float = 0.0
    """Log-probability of the label, for names that the document agrees on."""


def spans(likely: Floats) -> list[Found]:
    """Return the spans of the likeliest valid sequence of tags.

    ``likely`` are the (n, tags) log-probabilities of each token's tags. Where each token's own best
    tags form a valid sequence, that is the likeliest; only what stands between two tokens that are
    outside and does not fit together is searched.
    """
    best = likely.argmax(axis=1)
    found: list[Found] = []
    named = np.flatnonzero(best)
    if not len(named):
        return found
    for run in np.split(named, np.flatnonzero(np.diff(named) > 1) + 1):
        start, end = int(run[0]), int(run[-1]) + 1
        tags = best[start:end].tolist()
        if not _valid(tags):
            tags = _search(likely[start:end])
        found.extend(_read(tags, start))
    return found


def of_spans(size: int, found: Iterable[tuple[int, int, str]]) -> Floats:
    """Return log-probabilities that correspond to the spans of another recogniser.

    An entity that it finds is likely; elsewhere, a name is unlikely but possible.
    """
    likely = np.full((size, len(TAGS)), UNSEEN, dtype=np.float32)
    likely[:, 0] = np.log1p(-np.exp(UNSEEN) * (len(TAGS) - 1))
    for start, end, label in found:
        if label not in LABELS:
            continue
        at = LABELS.index(label)
        tags = [BEGIN[at], *[INSIDE[at]] * (end - start - 2), LAST[at]]
        rows = np.arange(start, end)
        likely[rows, 0] = FOUND + UNSEEN
        likely[rows, [UNIT[at]] if end - start == 1 else tags] = FOUND
    return likely


def _valid(tags: list[int]) -> bool:
    """Return whether tags are a valid sequence."""
    open_label = -1
    for tag in tags:
        label, place = divmod(tag - 1, 4) if tag else (-1, 3)
        if (place in (1, 2)) != (open_label >= 0) or (open_label >= 0 and label != open_label):
            return False
        open_label = label if place in (0, 1) else -1
    return open_label < 0


def _search(likely: Floats) -> list[int]:
    """Return the likeliest valid tags: for each token, the best way to end closed or in a label."""
    size = len(likely)
    closed, opened = 0.0, np.full(len(LABELS), -np.inf)
    came: list[tuple[int, NDArray[np.bool_], int]] = []
    for row in likely:
        unit = int(row[UNIT].argmax())
        own = (
            (float(row[0]), 0)
            if row[0] >= row[UNIT[unit]]
            else (float(row[UNIT[unit]]), int(UNIT[unit]))
        )
        ended = opened + row[LAST]
        label = int(ended.argmax())
        begun, gone = closed + row[BEGIN], opened + row[INSIDE]
        fresh = begun >= gone
        tag = own[1] if closed + own[0] >= ended[label] else int(LAST[label])
        came.append((tag, fresh, label))
        closed = max(closed + own[0], float(ended[label]))
        opened = np.maximum(begun, gone)
    tags = [0] * size
    at, inside = size - 1, -1
    while at >= 0:
        tag, fresh, label = came[at]
        if inside < 0:
            tags[at] = tag
            inside = label if tag and (tag - 1) % 4 == 2 else -1
        elif fresh[inside]:
            tags[at], inside = int(BEGIN[inside]), -1
        else:
            tags[at] = int(INSIDE[inside])
        at -= 1
    return tags


def _read(tags: list[int], start: int) -> Iterator[Found]:
    begun = start
    for at, tag in enumerate(tags, start):
        label, place = divmod(tag - 1, 4) if tag else (-1, -1)
        if place in (0, 3):
            begun = at
        if place in (2, 3):
            yield Found(begun, at + 1, LABELS[label])
