"""Collect possible attributions: claims of the rules, the network's tags, and combinations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.learned.beliefs import Beliefs, Reported
from pipeline.stages.attributing.learned.boundaries import completed, whole_source
from pipeline.stages.attributing.learned.features import Claimed, Floats
from pipeline.stages.attributing.manner import tells_how
from pipeline.stages.attributing.reading import SOFT, Reading

Origin = Literal["rules", "network", "mixed", "grown", "grown wide"]

LIKELY_CUE = 0.08
"""A proposal is grown around tokens with at least this probability of beginning a cue."""
GROWN: tuple[tuple[Origin, float, float], ...] = (("grown", 0.3, 0.2), ("grown wide", 0.12, 0.1))
"""Minimum probability of a token to become part of a content, and of a source."""
GAP = 2
"""Maximum number of less likely tokens to bridge between two parts of a content."""


class Proposal(NamedTuple):
    """A possible attribution in tokens."""

    cue: Bounds
    source: Bounds | None
    content: tuple[Bounds, ...]
    origin: Origin
    claim: int | None = None
    """The index of the rules' claim with this content, if any."""


class Claims:
    """The claims of the rules, indexed by the tokens of their cues."""

    def __init__(self, claims: Sequence[Claimed]) -> None:
        self.claims = claims
        self._at: dict[int, list[int]] = defaultdict(list)
        for index, one in enumerate(claims):
            for token in range(*one.cue):
                self._at[token].append(index)

    def sharing(self, cue: Bounds) -> list[int]:
        """Return the claims that share a token with the cue."""
        return sorted({index for token in range(*cue) for index in self._at.get(token, ())})


def proposals(
    reading: Reading, claims: Claims, beliefs: Beliefs, reported: Iterable[Reported]
) -> list[Proposal]:
    """Return each possible attribution once, in the order of discovery.

    Words in marks that are not speech, such as a title, are attributed only if a rule does so.
    """
    found: dict[tuple[int, Bounds | None, tuple[Bounds, ...]], Proposal] = {}
    for one in _gathered(reading, claims, beliefs, reported):
        if one.content and (one.origin == "rules" or not _title(reading, one.content)):
            found.setdefault((one.cue[0], one.source, one.content), one)
    return list(found.values())


def _gathered(
    reading: Reading, claims: Claims, beliefs: Beliefs, reported: Iterable[Reported]
) -> Iterator[Proposal]:
    for index, claim in enumerate(claims.claims):
        yield Proposal(claim.cue, claim.source, claim.content, "rules", index)
    for given in reported:
        one = given._replace(source=whole_source(reading, given.source, given.cue))
        content = trimmed(reading, one.content, one.cue, one.source)
        yield Proposal(one.cue, one.source, content, "network")
        for index in claims.sharing(one.cue):
            claim = claims.claims[index]
            if claim.source != one.source:
                yield Proposal(one.cue, one.source, claim.content, "mixed", index)
                yield Proposal(one.cue, claim.source, content, "mixed")
    for at in np.flatnonzero(beliefs.begins_cue > LIKELY_CUE).tolist():
        cue = (at, _cue_end(beliefs, at))
        start, contents, sources = beliefs.of_cue(cue)
        for origin, content_least, source_least in GROWN:
            source = whole_source(reading, _likeliest_run(sources, start, source_least), cue)
            runs = _runs(contents, start, content_least, GAP)
            yield Proposal(cue, source, trimmed(reading, runs, cue, source), origin)


def _cue_end(beliefs: Beliefs, at: int) -> int:
    end = at + 1
    while end < len(beliefs.tags) and beliefs.tags[end, 2] > 0.5:
        end += 1
    return end


def _runs(likely: Floats, start: int, least: float, gap: int) -> list[Bounds]:
    """Return the ranges of sufficiently likely tokens, merging those close together."""
    found: list[Bounds] = []
    for at in ((likely > least).nonzero()[0] + start).tolist():
        if found and at - found[-1][1] <= gap:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _likeliest_run(likely: Floats, start: int, least: float) -> Bounds | None:
    runs = _runs(likely, start, least, 0)
    sums = [float(likely[first - start : last - start].sum()) for first, last in runs]
    return runs[sums.index(max(sums))] if runs else None


def trimmed(
    reading: Reading, ranges: Iterable[Bounds], cue: Bounds, source: Bounds | None
) -> tuple[Bounds, ...]:
    """Return a content with its final boundaries: without punctuation at its ends or the words of
    its cue and source, and with complete quotations.
    """
    pieces: list[Bounds] = []
    for first, last in ranges:
        bounds = reading.content(*completed(reading, first, last, cue))
        if bounds is None:
            continue
        start, end = reading.token_range(*bounds)
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(end, pieces[-1][1]))
        else:
            pieces.append((start, end))
    for hole in (cue, source):
        if hole is not None:
            pieces = [part for piece in pieces for part in _without(reading, piece, hole)]
    return tuple(piece for piece in pieces if not tells_how(reading, piece, pieces, cue))


def _without(reading: Reading, piece: Bounds, hole: Bounds) -> Iterator[Bounds]:
    """Yield the parts of a range around a hole, without punctuation at the cut."""
    (start, end), (first, last) = piece, hole
    if last <= start or first >= end:
        yield piece
        return
    for left, right in ((start, first), (last, end)):
        while left < right and _soft(reading.lower[left]):
            left += 1
        while left < right and _soft(reading.lower[right - 1]):
            right -= 1
        if left < right:
            yield left, right


def _title(reading: Reading, content: tuple[Bounds, ...]) -> bool:
    """Return whether a content is one quotation that is not speech."""
    indices = {reading.at_quote[at] for start, end in content for at in range(start, end)}
    return len(indices) == 1 and not any(at < 0 or reading.quotes[at].speech for at in indices)


def _soft(word: str) -> bool:
    return word in SOFT or word.isspace()
