"""What is known of a proposed attribution, for the judge; and the choice among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.annotations import Bounds
from pipeline.stages.attributing.learned.beliefs import CONTENT, Beliefs, Reported
from pipeline.stages.attributing.learned.features import CLAIMED, RULES, Claimed, Features, Floats
from pipeline.stages.attributing.learned.proposals import Claims, Proposal
from pipeline.stages.attributing.reading import Reading

ORIGINS = ("rules", "network", "mixed", "grown", "grown wide")
GROUPS = (*RULES, "preposition", "other", "no claim")
KNOWN = (
    "cue begins",
    "cue begins within",
    "content as believed",
    "content believed",
    "content elsewhere",
    "no content believed",
    "content begins",
    "content before",
    "content ends",
    "content behind",
    "source as believed",
    "source believed",
    "source elsewhere",
    "no source",
    "words",
    "stretches",
    "short",
    "quoted",
    "direct",
    "mixed",
    *(f"from {origin}" for origin in ORIGINS),
    "as the rules claim",
    "rules are sure",
    "source of the rules",
    "rules speak",
    "as the rules claim, surely",
    "source of the rules, surely",
    *(f"rule {group}" for group in GROUPS),
    "as the network reports",
    "source of the network",
    "cue of the network",
    "source as the network reports",
    "cue in a content believed",
    "cue in a quotation",
    "cue in a content claimed",
)
"""The columns of what is known of a proposal."""
CONTENT_COLUMN = CLAIMED.index("content")
MANY = 40
"""Tokens of a content beyond which their number tells nothing more."""
SHARE = 0.5
"""How much of the judgement is about the cut of the content, the rest about its being there."""


class Judging:
    """Everything about a document that a proposal is looked up in."""

    def __init__(
        self,
        reading: Reading,
        found: Features,
        claims: Claims,
        beliefs: Beliefs,
        reported: Sequence[Reported],
    ) -> None:
        self.reading = reading
        self.claims = claims
        self.beliefs = beliefs
        self.reported = reported
        self.claimed = found.claimed[:, CONTENT_COLUMN]
        self.quoted = np.array(reading.at_quote) >= 0
        self.reported_at = np.full(len(self.quoted), -1, dtype=np.int64)
        for index, one in enumerate(reported):
            for start, end in one.content:
                self.reported_at[start:end] = index

    def known(self, found: Sequence[Proposal]) -> Floats:
        """Return (m, k) what is known of m proposals, columns as in ``KNOWN``."""
        rows = [self._row(one) for one in found]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(KNOWN))

    def _row(self, one: Proposal) -> list[float]:
        tokens = _tokens(one.content)
        return [
            *self._believed(one, tokens),
            *self._shape(one, tokens),
            *(float(one.origin == origin) for origin in ORIGINS),
            *self._of_rules(one, tokens),
            *self._of_network(one, tokens),
            _odds(float(self.beliefs.content[one.cue[0]])),
            float(self.quoted[one.cue[0]]),
            float(self.claimed[one.cue[0]]),
        ]

    def _believed(self, one: Proposal, tokens: NDArray[np.int64]) -> list[float]:
        beliefs = self.beliefs
        first, last = one.cue
        start, contents, sources = beliefs.of_cue(one.cue)
        inside, total = _inside(contents, tokens - start)
        begin, end = int(tokens[0]), int(tokens[-1])
        size = len(beliefs.content)
        found = [
            _odds(float(beliefs.begins_cue[first])),
            _odds(float(beliefs.begins_cue[first:last].max())),
            _odds(inside / (len(tokens) + total - inside)),
            _odds(inside / len(tokens)),
            min(total - inside, MANY) / MANY,
            float(total < 0.5),
            _odds(float(beliefs.tags[begin, CONTENT])),
            _odds(float(beliefs.content[begin - 1]) if begin else 0.0),
            _odds(float(beliefs.content[end])),
            _odds(float(beliefs.content[end + 1]) if end + 1 < size else 0.0),
        ]
        if one.source is None:
            return [*found, 0.0, 0.0, min(float(sources.sum()), 6.0) / 6, 1.0]
        words = np.arange(*one.source)
        inside, total = _inside(sources, words - start)
        return [
            *found,
            _odds(inside / (len(words) + total - inside)),
            _odds(inside / len(words)),
            min(total - inside, 6.0) / 6,
            0.0,
        ]

    def _shape(self, one: Proposal, tokens: NDArray[np.int64]) -> list[float]:
        quoted = float(self.quoted[tokens].mean())
        return [
            float(np.log(len(tokens))),
            float(len(one.content)),
            float(len(tokens) <= 2),
            quoted,
            float(quoted >= 0.8),
            float(0.0 < quoted < 0.8),
        ]

    def _of_rules(self, one: Proposal, tokens: NDArray[np.int64]) -> list[float]:
        """Return what the claim with this cue whose content is most alike says of it."""
        best: Claimed | None = None
        alike = -1.0
        for index in self.claims.sharing(one.cue):
            claim = self.claims.claims[index]
            value = overlap(tokens, _tokens(claim.content))
            if value > alike:
                best, alike = claim, value
        if best is None:
            return [0.0, -3.0, 0.0, 0.0, 0.0, 0.0, *_one_hot("no claim")]
        source = float(same_source(one.source, best.source))
        speaks = float(best.speaks)
        of_rules = [alike, _odds(best.sure), source, speaks, alike * best.sure, source * best.sure]
        return [*of_rules, *_one_hot(best.rule)]

    def _of_network(self, one: Proposal, tokens: NDArray[np.int64]) -> list[float]:
        """Return what the reported attribution whose content is most alike says of it."""
        best: Reported | None = None
        alike = 0.0
        for index in np.unique(self.reported_at[tokens]).tolist():
            if index >= 0:
                value = overlap(tokens, _tokens(self.reported[index].content))
                if value > alike:
                    best, alike = self.reported[index], value
        if best is None:
            return [0.0, 0.0, 0.0, 0.0]
        source = float(same_source(one.source, best.source))
        return [alike, source, float(_meet(one.cue, best.cue)), alike * source]


def judgement(likely: Floats) -> Floats:
    """Return one number for each proposal from the judge's two."""
    mean: Floats = (1 - SHARE) * likely[:, 0] + SHARE * likely[:, 1]
    return mean


def chosen(found: Sequence[Proposal], judged: Floats, least: float) -> list[int]:
    """Return the proposals to give out, by their indices in text order.

    The likeliest come first. A cue has one content, and two contents that share a word stand one
    in the other: the cue of the inner one is in the outer one's content.
    """
    taken: list[int] = []
    cues: set[int] = set()
    holders: dict[int, list[int]] = defaultdict(list)
    for index in np.argsort(-judged, kind="stable").tolist():
        if judged[index] < least:
            break
        one = found[index]
        if not cues.isdisjoint(range(*one.cue)):
            continue
        tokens = [token for piece in one.content for token in range(*piece)]
        near = {other for token in tokens for other in holders.get(token, ())}
        if not all(nested(one, found[other]) for other in near):
            continue
        taken.append(index)
        cues.update(range(*one.cue))
        for token in tokens:
            holders[token].append(index)
    return sorted(taken, key=lambda index: (found[index].content, found[index].cue))


def nested(one: Proposal, other: Proposal) -> bool:
    """Tell whether the cue of one of two proposals stands in the content of the other."""
    return any(
        start <= a.cue[0] < end for a, b in ((one, other), (other, one)) for start, end in b.content
    )


def overlap(these: NDArray[np.int64], those: NDArray[np.int64]) -> float:
    """Return intersection over union of two ascending lists of tokens."""
    common = len(np.intersect1d(these, those, assume_unique=True))
    return common / max(1, len(these) + len(those) - common)


def same_source(one: Bounds | None, other: Bounds | None) -> bool:
    """Tell whether two sources share a token, or neither is there."""
    if one is None or other is None:
        return one is other
    return _meet(one, other)


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _tokens(ranges: Sequence[Bounds]) -> NDArray[np.int64]:
    if len(ranges) == 1:
        return np.arange(*ranges[0])
    return np.unique(np.concatenate([np.arange(*one) for one in ranges]))


def _inside(likely: Floats, places: NDArray[np.int64]) -> tuple[float, float]:
    """Return the sum over the places, and over all of the window; places outside count nothing."""
    there = places[(places >= 0) & (places < len(likely))]
    return float(likely[there].sum()), float(likely.sum())


def _odds(likely: float) -> float:
    likely = min(max(likely, 1e-4), 1 - 1e-4)
    return float(np.log(likely / (1 - likely)))


def _one_hot(rule: str) -> list[float]:
    group = "preposition" if rule.startswith("p-") else rule if rule in GROUPS else "other"
    return [float(group == one) for one in GROUPS]
