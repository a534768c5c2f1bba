"""Claims that have a content, and how sure each is by the weights of ``attributions-filter``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from pipeline.records.labels import AttributionKind
from pipeline.stages.annotations import Attribution, Bounds
from pipeline.stages.attributing.claims import Claim
from pipeline.stages.attributing.confidence import Weights, confidence, properties
from pipeline.stages.attributing.learned.features import Claimed
from pipeline.stages.attributing.reading import Reading
from pipeline.stages.attributing.spoken import Attachment
from pipeline.stages.attributing.writing import attribution, kind_of

LEAST = 0.36
"""Claims that are less sure than this would not be given out by the weights alone."""
CERTAIN = frozenset({"colon", "signature"})
"""Rules whose own conditions are enough."""


class Candidate(NamedTuple):
    """A claim that has a content, and what is asked of it to judge it."""

    claim: Claim
    ranges: list[Bounds]
    """The tokens of its content."""
    kind: AttributionKind
    speaks: bool
    """It is given out however unsure: somebody is quoted by it, or its rule is certain."""

    def properties(self, *, nested: bool) -> Iterator[str]:
        """Yield its properties where its cue stands in the content of another, or does not."""
        words = sum(last - first for first, last in self.ranges)
        return properties(self.claim, nested=nested, quoted=self.kind, words=words)


def candidates(reading: Reading, attachment: Attachment) -> Iterator[Candidate]:
    """Yield the claims that have a content."""
    speaking = {
        id(claim)
        for index, claim in attachment.owner.items()
        if reading.quotes[index].kind == "direct" and reading.quotes[index].speech
    }
    for claim in attachment.claims:
        if claim.content:
            ranges = [reading.token_range(*bounds) for bounds in claim.content]
            speaks = id(claim) in speaking or claim.rule in CERTAIN
            yield Candidate(claim, ranges, kind_of(reading, claim.content), speaks)


def depths(contents: Iterable[list[Bounds]], size: int) -> list[int]:
    """Return for each of ``size`` tokens in how many of the contents it stands."""
    changes = [0] * (size + 1)
    for ranges in contents:
        for first, last in ranges:
            changes[first] += 1
            changes[last] -= 1
    return list(accumulate(changes))


def judged(
    found: list[Candidate], size: int, weights: Weights
) -> Iterator[tuple[Candidate, float, float]]:
    """Yield the candidates of a document of ``size`` tokens, each with how sure it is, and how sure
    it would be if it stood in no other.

    A cue in the content of a claim that would be given out is less likely one of its own.
    """
    sure = [confidence(one.properties(nested=False), weights) for one in found]
    likely = (one.ranges for one, p in zip(found, sure, strict=True) if p >= LEAST)
    depth = depths(likely, size)
    for one, p in zip(found, sure, strict=True):
        if depth[one.claim.cue[0]] > 0:
            yield one, confidence(one.properties(nested=True), weights), p
        else:
            yield one, p, p


def claimed(
    reading: Reading, found: list[Candidate], weights: Weights
) -> Iterator[tuple[Claimed, Attribution]]:
    """Yield the candidates as ranges of tokens, and as attributions."""
    for one, sure, alone in judged(found, len(reading.lower), weights):
        row = attribution(reading, one.claim)
        source = reading.token_range(*row.source[0]) if row.source else None
        cue = reading.token_range(*row.cue[0])
        content = [reading.token_range(*bounds) for bounds in row.content]
        yield (
            Claimed(
                cue,
                source if source and source[0] < source[1] else None,
                tuple(piece for piece in content if piece[0] < piece[1]),
                sure,
                one.claim.rule,
                one.speaks,
                alone,
            ),
            row,
        )
