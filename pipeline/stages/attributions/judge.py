"""Judge proposals: how likely each is an attribution, and what speaks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from math import log
from operator import itemgetter
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.document.syntax import SUBJECTS
from pipeline.reader.session import Floats
from pipeline.stages.attributions.beliefs import CONTENT, Beliefs, Reported
from pipeline.stages.attributions.features import ACCORDING, CUE_TYPE, TYPES, Features
from pipeline.stages.attributions.proposals import Origin, Proposal
from pipeline.stages.attributions.reading import Reading
from pipeline.text.spans import TokenSpan

ORIGINS: tuple[Origin, ...] = get_args(Origin)[:-1]
"""Those that are judged: the layout is certain."""
ROLES = ("ccomp", "xcomp", "dobj", "prep", "parataxis")
"""Dependencies of the head of a content that have columns."""
WORDS = ("that", "to", "as", "whether", "if", "for", "of", "about")
"""First words of a content that have columns."""
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
    "as the network reports",
    "source of the network",
    "cue of the network",
    "source as the network reports",
    "cue in a content believed",
    "cue in a quotation",
    *(f"verb of {kind}" for kind in TYPES),
    "noun",
    "according",
    "no cue of the lexicon",
    "source is the subject",
    "source below the cue",
    "content below the cue",
    *(f"content is {role}" for role in ROLES),
    *(f"content begins with {word}" for word in WORDS),
    "content begins a clause",
    "content ends a clause",
    "content behind the cue",
    "content before the cue",
    "mark before",
    "mark behind",
    "sentences",
)
"""The columns of a proposal's features."""
ORIGIN_ROWS = {one: [float(one == each) for each in ORIGINS] for one in ORIGINS}
CUE_KINDS = len(TYPES) + 3
MANY = 40
"""Maximum count of content tokens; longer contents are treated the same."""
SHARE = 0.5
"""Weight of the content's boundaries in the judgement; the rest is for its presence."""


class Judging:
    """The data of a document from which proposals get their features."""

    def __init__(
        self,
        reading: Reading,
        found: Features,
        beliefs: Beliefs,
        reported: Sequence[Reported],
    ) -> None:
        self.reading = reading
        self.beliefs = beliefs
        self.reported = reported
        # lists: reading a number from an array takes several times as long
        self.cue_types: list[int] = found.codes[:, CUE_TYPE].tolist()
        self.above: list[int] = found.above.tolist()
        self.sentences: list[int] = reading.columns.sentences
        self.begins_cue: list[float] = beliefs.begins_cue.tolist()
        self.begins_content: list[float] = beliefs.tags[:, CONTENT].tolist()
        self.content: list[float] = beliefs.content.tolist()
        quoted = np.array(reading.at_quote) >= 0
        self.quoted: list[bool] = quoted.tolist()
        self.quoted_before = np.concatenate([[0], np.cumsum(quoted)])
        self.reported_at = [-1] * len(self.quoted)
        for index, one in enumerate(reported):
            for start, end in one.content:
                self.reported_at[start:end] = [index] * (end - start)

    def known(self, found: Sequence[Proposal]) -> Floats:
        """Return (m, k) features of m proposals, columns as in ``KNOWN``."""
        rows = [self._row(one) for one in found]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(KNOWN))

    def _row(self, one: Proposal) -> list[float]:
        size = _size(one.content)
        return [
            *self._believed(one, size),
            *self._shape(one, size),
            *ORIGIN_ROWS[one.origin],
            *self._of_network(one),
            _odds(self.content[one.cue[0]]),
            float(self.quoted[one.cue[0]]),
            *self._of_parse(one),
        ]

    def _believed(self, one: Proposal, words: int) -> list[float]:
        first, last = one.cue
        start, contents, sources = self.beliefs.sums(one.cue)
        inside, total = _inside(contents, one.content, start), float(contents[-1])
        begin, end = one.content[0][0], one.content[-1][1] - 1
        found = [
            _odds(self.begins_cue[first]),
            _odds(max(self.begins_cue[first:last])),
            _odds(inside / (words + total - inside)),
            _odds(inside / words),
            min(total - inside, MANY) / MANY,
            float(total < 0.5),
            _odds(self.begins_content[begin]),
            _odds(self.content[begin - 1] if begin else 0.0),
            _odds(self.content[end]),
            _odds(self.content[end + 1] if end + 1 < len(self.content) else 0.0),
        ]
        total = float(sources[-1])
        if one.source is None:
            return [*found, 0.0, 0.0, min(total, 6.0) / 6, 1.0]
        inside, words = _inside(sources, (one.source,), start), one.source[1] - one.source[0]
        return [
            *found,
            _odds(inside / (words + total - inside)),
            _odds(inside / words),
            min(total - inside, 6.0) / 6,
            0.0,
        ]

    def _shape(self, one: Proposal, words: int) -> list[float]:
        quoted = _inside(self.quoted_before, one.content, 0) / words
        return [
            log(words),
            float(len(one.content)),
            float(words <= 2),
            quoted,
            float(quoted >= 0.8),
            float(0.0 < quoted < 0.8),
        ]

    def _of_network(self, one: Proposal) -> list[float]:
        """Return the features from the reported attribution whose content is most similar."""
        best: Reported | None = None
        alike = 0.0
        near: set[int] = set()
        for start, end in one.content:
            near.update(self.reported_at[start:end])
        for index in sorted(near):
            if index >= 0:
                value = overlap(one.content, self.reported[index].content)
                if value > alike:
                    best, alike = self.reported[index], value
        if best is None:
            return [0.0, 0.0, 0.0, 0.0]
        source = float(same_source(one.source, best.source))
        return [alike, source, float(_meet(one.cue, best.cue)), alike * source]

    def _of_parse(self, one: Proposal) -> list[float]:
        """Return the features from the lexicon, the parse, and the words around a content."""
        (start, end), (begin, last) = one.cue, (one.content[0][0], one.content[-1][1])
        columns, lower = self.reading.columns, self.reading.lower
        listed = next((at for at in range(end - 1, start - 1, -1) if self.cue_types[at]), start)
        kind = [0.0] * CUE_KINDS
        kind[_cue_kind(self.cue_types[listed])] = 1.0
        subject = below = 0.0
        if one.source is not None:
            head = self.reading.head(*one.source)
            below = float(start <= columns.heads[head] < end or start <= self.above[head] < end)
            subject = float(below and columns.deps[head] in SUBJECTS)
        head = self.reading.head(*one.content[0])
        governed = float(start <= columns.heads[head] < end)
        first = self.reading.doc[head].left_edge.i
        tail = self.reading.head(*one.content[-1])
        final = self.reading.doc[tail].right_edge.i + 1
        size = len(lower)
        return [
            *kind,
            subject,
            below,
            governed,
            *(float(columns.deps[head] == role) for role in ROLES),
            *(float(lower[begin] == word) for word in WORDS),
            float(begin == first),
            float(last == final),
            float(begin == end),
            float(last <= start),
            float(begin == 0 or not lower[begin - 1].isalnum()),
            float(last == size or not lower[last].isalnum()),
            min(self.sentences[last - 1] - self.sentences[begin], 3) / 3,
        ]


def _cue_kind(code: int) -> int:
    if not code:
        return CUE_KINDS - 1
    if code == ACCORDING:
        return CUE_KINDS - 2
    return min(code, len(TYPES) + 1) - 1


def judgement(likely: Floats) -> Floats:
    """Combine the judge's two probabilities for each proposal into one."""
    mean: Floats = (1 - SHARE) * likely[:, 0] + SHARE * likely[:, 1]
    return mean


def chosen(found: Sequence[Proposal], judged: Floats, least: float) -> list[int]:
    """Return the indices, in text order, of the proposals to return.

    The most likely come first. A cue has one content, and two contents that overlap must be nested:
    the cue of the inner one is in the outer one's content.
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
    """Return whether the cue of one of two proposals is in the content of the other."""
    return _holds(other.content, one.cue[0]) or _holds(one.content, other.cue[0])


def _holds(content: Sequence[TokenSpan], token: int) -> bool:
    """Return whether a token is in one of the ranges, which are ordered and disjoint."""
    at = bisect_right(content, token, key=itemgetter(0)) - 1
    return at >= 0 and token < content[at][1]


def overlap(these: Sequence[TokenSpan], those: Sequence[TokenSpan]) -> float:
    """Return the intersection over union of two lists of ranges, each ordered and disjoint."""
    common = at = 0
    for start, end in these:
        while at < len(those) and those[at][1] <= start:
            at += 1
        near = at
        while near < len(those) and those[near][0] < end:
            first, last = those[near]
            common += max(0, min(end, last) - max(start, first))
            near += 1
    return common / max(1, _size(these) + _size(those) - common)


def same_source(one: TokenSpan | None, other: TokenSpan | None) -> bool:
    """Return whether two sources share a token, or both are missing."""
    if one is None or other is None:
        return one is other
    return _meet(one, other)


def _meet(one: TokenSpan, other: TokenSpan) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _size(ranges: Sequence[TokenSpan]) -> int:
    return sum(end - start for start, end in ranges)


def _inside(before: NDArray[Any], ranges: Sequence[TokenSpan], start: int) -> float:
    """Return the sum over ranges; tokens outside the window count as zero."""
    most = len(before) - 1
    found = 0.0
    for first, last in ranges:
        left, right = min(max(first - start, 0), most), min(max(last - start, 0), most)
        found += float(before[right] - before[left])
    return found


def _odds(likely: float) -> float:
    likely = min(max(likely, 1e-4), 1 - 1e-4)
    return log(likely / (1 - likely))
