"""Claims that have a content, with their confidence by the weights of ``attributions-filter``."""

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
"""Claims with a lower confidence are not returned on the basis of the weights alone."""
CERTAIN = frozenset({"colon", "signature"})
"""Rules whose conditions are sufficient on their own."""


class Candidate(NamedTuple):
    """A claim that has a content, with what is needed to judge it."""

    claim: Claim
    ranges: list[Bounds]
    """The tokens of its content."""
    kind: AttributionKind
    speaks: bool
    """Whether to return it at any confidence: it quotes someone, or its rule is certain."""

    def properties(self, *, nested: bool) -> Iterator[str]:
        """Yield its properties; ``nested`` if its cue is in the content of another claim."""
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
    """Return, for each of ``size`` tokens, the number of contents that include it."""
    changes = [0] * (size + 1)
    for ranges in contents:
        for first, last in ranges:
            changes[first] += 1
            changes[last] -= 1
    return list(accumulate(changes))


def judged(
    found: list[Candidate], size: int, weights: Weights
) -> Iterator[tuple[Candidate, float, float]]:
    """Yield each candidate with its confidence, and with its confidence if it were not nested.

    ``size`` is the number of tokens. A cue in the content of an accepted claim is less likely to
    have its own attribution.
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
    """Yield the candidates as token ranges, and as attributions."""
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
