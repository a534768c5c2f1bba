"""Judge proposals: how likely each is an attribution, and what speaks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.document.syntax import SUBJECTS
from pipeline.model.session import Floats, Integers
from pipeline.stages.attributions.beliefs import CONTENT, Beliefs, Reported
from pipeline.stages.attributions.features import CUE_TYPE, TYPES, AttributionFeatures
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
CUE_KINDS = [len(TYPES) + 2, *range(len(TYPES)), *([len(TYPES)] * len(TYPES)), len(TYPES) + 1]
"""The kind of a cue, by its code in ``AttributionFeatures``."""
MANY = 40
"""Maximum count of content tokens; longer contents are treated the same."""
SHARE = 0.5
"""Weight of the content's boundaries in the judgement; the rest is for its presence."""


ZERO = np.zeros(1, dtype=np.float32)


class ProposalArrays(NamedTuple):
    """The ranges of m proposals with p pieces of content; a missing source is an empty range."""

    cues: Integers
    """(m, 2)"""
    sources: Integers
    """(m, 2)"""
    pieces: Integers
    """(p, 2)"""
    owner: Integers
    """(p,) the proposal of each piece."""
    first: Integers
    """(m,) the first piece of each proposal."""
    last: Integers
    """(m,) the last piece of each proposal."""
    words: Integers
    """(m,) the number of tokens of the contents."""

    @classmethod
    def of(cls, found: Sequence[Proposal | Reported]) -> ProposalArrays:
        """Return the ranges of at least one attribution."""
        counts = np.array([len(one.content) for one in found])
        pieces = np.array([piece for one in found for piece in one.content])
        behind = counts.cumsum()
        return cls(
            np.array([one.cue for one in found]),
            np.array([one.source or (0, 0) for one in found]),
            pieces,
            np.arange(len(found)).repeat(counts),
            behind - counts,
            behind - 1,
            np.add.reduceat(pieces[:, 1] - pieces[:, 0], behind - counts),
        )


class Judging:
    """The data of a document from which proposals get their features."""

    def __init__(
        self,
        reading: Reading,
        found: AttributionFeatures,
        beliefs: Beliefs,
        reported: Sequence[Reported],
    ) -> None:
        self.reading = reading
        self.found = found
        self.beliefs = beliefs
        self.reported = reported

    def known(self, found: Sequence[Proposal]) -> Floats:
        """Return (m, k) features of m proposals, columns as in ``KNOWN``."""
        if not found:
            return np.zeros((0, len(KNOWN)), dtype=np.float32)
        asked = ProposalArrays.of(found)
        columns = [
            *self._believed(asked),
            *self._shape(asked),
            _columns((one.origin for one in found), ORIGINS),
            *self._of_network(asked),
            _odds(self.beliefs.content[asked.cues[:, 0]]),
            self.reading.quoted[asked.cues[:, 0]],
            *self._of_parse(asked),
        ]
        return np.column_stack(columns).astype(np.float32)

    def _believed(self, asked: ProposalArrays) -> list[NDArray[Any]]:
        begun = np.diff(asked.cues[:, 0], prepend=-1) != 0
        which = begun.cumsum() - 1
        of_cues = (self.beliefs.of_cue((first, last)) for first, last in asked.cues[begun].tolist())
        starts, contents, sources = zip(*of_cues, strict=True)
        sizes = np.array([len(one) for one in contents])
        zeros, most = (np.cumsum(sizes + 1) - sizes - 1)[which], sizes[which]
        shift = np.array(starts)[which]

        def inside(
            likely: Iterable[Floats], ranges: Integers, owner: Integers
        ) -> Iterator[NDArray[Any]]:
            """Yield the sums in ranges, where tokens outside the window count as zero, and in all
            of the window.
            """
            before = np.concatenate([part for one in likely for part in (ZERO, one.cumsum())])
            edges = np.clip(ranges.T - shift[owner], 0, most[owner])
            first, last = before[zeros[owner] + edges]
            yield np.bincount(owner, last - first, len(which))
            yield before[zeros + most].astype(np.float64)

        begins, content = self.beliefs.begins_cue, self.beliefs.content
        begin, end = asked.pieces[asked.first, 0], asked.pieces[asked.last, 1]
        held, total = inside(contents, asked.pieces, asked.owner)
        named, total_named = inside(sources, asked.sources, np.arange(len(which)))
        width = np.maximum(asked.sources[:, 1] - asked.sources[:, 0], 1)
        given = asked.sources[:, 1] > 0
        return [
            _odds(begins[asked.cues[:, 0]]),
            _odds(np.maximum.reduceat(np.append(begins, 0), asked.cues.ravel())[::2]),
            _odds(held / (asked.words + total - held)),
            _odds(held / asked.words),
            np.minimum(total - held, MANY) / MANY,
            total < 0.5,
            _odds(self.beliefs.tags[begin, CONTENT]),
            _odds(np.where(begin > 0, content[begin - 1], 0.0)),
            _odds(content[end - 1]),
            _odds(np.append(content, ZERO)[end]),
            given * _odds(named / (width + total_named - named)),
            given * _odds(named / width),
            np.minimum(total_named - named, 6.0) / 6,
            ~given,
        ]

    def _shape(self, asked: ProposalArrays) -> list[NDArray[Any]]:
        first, last = np.append(0, self.reading.quoted.cumsum())[asked.pieces.T]
        quoted = np.add.reduceat(last - first, asked.first) / asked.words
        return [
            np.log(asked.words),
            asked.last - asked.first + 1,
            asked.words <= 2,
            quoted,
            quoted >= 0.8,
            (quoted > 0.0) & (quoted < 0.8),
        ]

    def _of_network(self, asked: ProposalArrays) -> list[NDArray[Any]]:
        """Return the features from the reported attribution whose content is most similar."""
        found = np.zeros((4, len(asked.words)))
        if not self.reported:
            return [*found]
        theirs = ProposalArrays.of(self.reported)
        at, best, alike = overlaps(asked, theirs)
        order = np.argsort(-alike, kind="stable")
        order = order[np.unique(at[order], return_index=True)[1]]
        at, best, alike = at[order], best[order], alike[order]
        same = _meet(asked.sources[at], theirs.sources[best])
        same |= (asked.sources[at, 1] == 0) & (theirs.sources[best, 1] == 0)
        found[:, at] = alike, same, _meet(asked.cues[at], theirs.cues[best]), alike * same
        return [*found]

    def _of_parse(self, asked: ProposalArrays) -> list[NDArray[Any]]:
        """Return the features from the lexicon, the parse, and the words around a content."""
        reading, columns = self.reading, self.reading.columns
        deps, lower, doc = columns.deps, reading.lower, reading.doc
        types = self.found.codes[:, CUE_TYPE]
        latest = np.maximum.accumulate(np.where(types > 0, np.arange(len(types)), -1))
        listed = np.maximum(latest[asked.cues[:, 1] - 1], asked.cues[:, 0])
        named = [reading.head(*source) for source in asked.sources.tolist()]
        held = np.array([reading.head(*piece) for piece in asked.pieces.tolist()])
        head, tail = held[asked.first].tolist(), held[asked.last].tolist()
        begin, end = asked.pieces[asked.first, 0], asked.pieces[asked.last, 1]
        begins, ends = begin.tolist(), end.tolist()
        firsts = [columns.sentences[at] for at in begins]
        finals = [columns.sentences[at - 1] for at in ends]
        governed, above = self.found.heads, self.found.above
        below = _within(governed[named], asked.cues) | _within(above[named], asked.cues)
        below &= asked.sources[:, 1] > 0
        return [
            np.eye(max(CUE_KINDS) + 1)[np.array(CUE_KINDS)[types[listed]]],
            below & [deps[at] in SUBJECTS for at in named],
            below,
            _within(governed[head], asked.cues),
            _columns((deps[at] for at in head), ROLES),
            _columns((lower[at] for at in begins), WORDS),
            begin == [doc[at].left_edge.i for at in head],
            end == [doc[at].right_edge.i + 1 for at in tail],
            begin == asked.cues[:, 1],
            end <= asked.cues[:, 0],
            [not "".join(lower[at - 1 : at]).isalnum() for at in begins],
            [not "".join(lower[at : at + 1]).isalnum() for at in ends],
            np.minimum(np.subtract(finals, firsts), 3) / 3,
        ]


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
    holders: list[tuple[int, ...]] = [()] * max((one.content[-1][1] for one in found), default=0)
    order = np.argsort(-judged, kind="stable")
    for index in order[judged[order] >= least].tolist():
        one = found[index]
        if not cues.isdisjoint(range(*one.cue)):
            continue
        pieces = [slice(*piece) for piece in one.content]
        near = set().union(*(held for piece in pieces for held in holders[piece]))
        if not all(nested(one, found[other]) for other in near):
            continue
        taken.append(index)
        cues.update(range(*one.cue))
        for piece in pieces:
            holders[piece] = [(*held, index) for held in holders[piece]]
    return sorted(taken, key=lambda index: (found[index].content, found[index].cue))


def nested(one: Proposal, other: Proposal) -> bool:
    """Return whether the cue of one of two proposals is in the content of the other."""
    return _holds(other.content, one.cue[0]) or _holds(one.content, other.cue[0])


def _holds(content: Sequence[TokenSpan], token: int) -> bool:
    """Return whether a token is in one of the ranges, which are ordered and disjoint."""
    at = bisect_right(content, token, key=itemgetter(0)) - 1
    return at >= 0 and token < content[at][1]


def overlaps(
    these: ProposalArrays, those: ProposalArrays
) -> tuple[Integers, Integers, NDArray[np.float64]]:
    """Return the pairs of attributions whose contents overlap, with intersection over union.

    The pieces of ``those`` are disjoint.
    """
    order = those.pieces[:, 0].argsort()
    pieces, owner = those.pieces[order], those.owner[order]
    low = pieces[:, 1].searchsorted(these.pieces[:, 0], "right")
    counts = pieces[:, 0].searchsorted(these.pieces[:, 1]) - low
    one = np.arange(len(counts)).repeat(counts)
    other = np.arange(len(one)) - (counts.cumsum() - counts - low).repeat(counts)
    (start, end), (first, last) = these.pieces[one].T, pieces[other].T
    pairs, places = np.unique(
        these.owner[one] * len(those.words) + owner[other], return_inverse=True
    )
    common = np.bincount(places, np.minimum(end, last) - np.maximum(start, first))
    mine, best = np.divmod(pairs, len(those.words))
    return mine, best, common / (these.words[mine] + those.words[best] - common)


def _meet(these: Integers, those: Integers) -> NDArray[np.bool_]:
    """Return whether each two ranges share a token."""
    return (these[:, 0] < those[:, 1]) & (those[:, 0] < these[:, 1])


def _within(tokens: Integers, ranges: Integers) -> NDArray[np.bool_]:
    return (ranges[:, 0] <= tokens) & (tokens < ranges[:, 1])


def _columns(found: Iterable[str], known: Sequence[str]) -> NDArray[np.float64]:
    """Return one column for each known label: whether it is the one that is found."""
    number = {label: at for at, label in enumerate(known)}
    return np.eye(len(known) + 1)[[number.get(one, -1) for one in found], :-1]


def _odds(likely: NDArray[Any]) -> NDArray[np.float64]:
    likely = np.clip(likely.astype(np.float64), 1e-4, 1 - 1e-4)
    odds: NDArray[np.float64] = np.log(likely / (1 - likely))
    return odds
