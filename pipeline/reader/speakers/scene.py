"""The input of the ranker of speakers, in tokens: mentions, sources and quotations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import NamedTuple, Protocol

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.document.names import fold, gender_of
from pipeline.text.spans import TokenSpan

FIRST_PERSON = frozenset(("i", "me", "my", "mine", "myself", "we", "us", "our", "ours"))


GENDERED = {"he": 1, "him": 1, "his": 1, "himself": 1, "she": -1, "her": -1, "hers": -1}


LEADING_TAGS = frozenset(("DT", "WDT", "IN"))


DEEPEST = 12
"""Maximum number of arcs of the parse to follow."""


Beliefs = Mapping[int, Mapping[int, float]]
"""By the head of a pronoun or noun phrase, the probability that it refers to each chain."""


WIDEST = 20
"""Maximum number of references that start within another one."""


class Mentioned(Protocol):
    """A mention of an entity, in token indices."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def head(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def chain(self) -> int: ...
    @property
    def confidence(self) -> float | None: ...


class Named(Protocol):
    """An entity."""

    @property
    def label(self) -> str: ...
    @property
    def name(self) -> str: ...


class Source(NamedTuple):
    """An attribution: the words of its source, cue and content."""

    source: tuple[TokenSpan, ...]
    cue: tuple[TokenSpan, ...]
    content: tuple[TokenSpan, ...]
    lemma: str | None
    type: str | None


class Quotation(NamedTuple):
    """A quotation, by the tokens between its marks."""

    start: int
    end: int
    speech: bool
    direct: bool
    attribution: int | None
    continues: int | None
    parent: int | None


class Scene:
    """The mentions of a document with indices over them, and who is quoted where."""

    def __init__(
        self,
        columns: Columns,
        chains: Sequence[Named],
        references: Sequence[Mentioned],
        sources: Sequence[Source],
        quotations: Sequence[Quotation],
        beliefs: Beliefs,
    ) -> None:
        self.columns = columns
        self.chains = chains
        self.sources = sources
        self.quotations = quotations
        self.beliefs = beliefs
        self.quoted = [-1] * len(columns.words)
        for number, quotation in enumerate(quotations):
            if quotation.speech:
                start, end = quotation.start, min(quotation.end, len(self.quoted))
                self.quoted[start:end] = [number] * max(0, end - start)
        self.references = sorted(
            (one for one in references if not self._speaks(one)),
            key=lambda one: (one.start, one.end, one.chain),
        )
        self.starts = [one.start for one in self.references]
        self.places: dict[int, list[int]] = defaultdict(list)
        """Starts of the references of each chain."""
        self.names: dict[int, list[int]] = defaultdict(list)
        """Starts of its names."""
        self.gender: dict[int, int] = {}
        for one in self.references:
            self.places[one.chain].append(one.start)
            if one.kind == "name":
                self.names[one.chain].append(one.start)
        names = [one for one in self.references if one.kind == "name"]
        self.name_starts, self.name_chains = [r.start for r in names], [r.chain for r in names]
        self._tell_genders()
        self.subjects: dict[int, list[Mentioned]] = defaultdict(list)
        """The references that are the subject of each verb."""
        for one in self.references:
            if columns.deps[one.head] in SUBJECTS:
                self.subjects[columns.heads[one.head]].append(one)
        self.heads = [self._head(one) for one in sources]
        self.at_source = [
            () if head is None else tuple(dict.fromkeys(r.chain for r in self.at(head)))
            for head in self.heads
        ]
        """Which chains cover the head of each source."""
        self.speaking: dict[int, int] = defaultdict(int)
        for found in self.at_source:
            for chain in found:
                self.speaking[chain] += 1

    def without(self, number: int) -> Scene:
        """Return the scene with one quotation that has no attribution."""
        other = copy(self)
        other.quotations = list(self.quotations)
        other.quotations[number] = self.quotations[number]._replace(attribution=None)
        return other

    def again(self, references: Sequence[Mentioned], beliefs: Beliefs) -> Scene:
        """Return the scene with more references."""
        given = (references, self.sources, self.quotations, beliefs)
        return Scene(self.columns, self.chains, *given)

    def _speaks(self, one: Mentioned) -> bool:
        """Return whether a reference is "I" in a quotation: its meaning depends on the speaker."""
        lower = self.columns.lower
        return self.quoted[one.head] >= 0 and lower[one.head] in FIRST_PERSON

    def _tell_genders(self) -> None:
        lower = self.columns.lower
        for one in self.references:
            if one.kind == "pronoun":
                sign = GENDERED.get(lower[one.head], 0)
                self.gender[one.chain] = self.gender.get(one.chain, 0) + sign
        for number, chain in enumerate(self.chains):
            if chain.label == "PERSON":
                known = gender_of(fold(chain.name.split()[0] if chain.name.split() else ""))
                sign = 0 if known is None else 2 if known == "m" else -2
                self.gender[number] = self.gender.get(number, 0) + sign

    def _head(self, one: Source) -> int | None:
        for start, end in one.source:
            if start < end:
                return self.head(start, end)
        return None

    def head(self, start: int, end: int) -> int:
        """Return the head of a source; "which" of "which the bank detailed" is none."""
        while start < end - 1 and self.columns.tags[start] in LEADING_TAGS:
            start += 1
        return self.columns.root(start, end)

    def at(self, token: int) -> list[Mentioned]:
        """Return the references that cover a token."""
        stop = bisect_right(self.starts, token)
        near = self.references[max(0, stop - WIDEST) : stop]
        return [one for one in near if one.end > token]

    def within(self, start: int, end: int, limit: int) -> Sequence[Mentioned]:
        """Return the first references that start in a range."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end)
        return self.references[first : min(last, first + limit)]

    def before(self, token: int, limit: int) -> Sequence[Mentioned]:
        """Return the references that start before a token, nearest first."""
        at = bisect_left(self.starts, token)
        return self.references[max(0, at - limit) : at][::-1]

    def after(self, token: int, limit: int) -> Sequence[Mentioned]:
        """Return the next references that start at or after a token."""
        at = bisect_left(self.starts, token)
        return self.references[at : at + limit]

    def is_subject(self, one: Mentioned) -> bool:
        """Return whether a reference is the subject of its clause, or coordinated with it."""
        deps, heads = self.columns.deps, self.columns.heads
        head = one.head
        for _ in range(4):
            if deps[head] != "conj":
                break
            head = heads[head]
        return deps[head] in SUBJECTS or (deps[head] == "pobj" and deps[heads[head]] == "agent")

    def named_in(self, chain: int, ranges: Sequence[TokenSpan]) -> bool:
        """Return whether a name of a chain starts in one of some ranges."""
        return starts_in(self.names.get(chain, ()), ranges)

    def named(self, ranges: Sequence[TokenSpan]) -> set[int]:
        """Return the chains of which a name starts in one of some ranges."""
        starts = self.name_starts
        bounds = ((bisect_left(starts, first), bisect_left(starts, last)) for first, last in ranges)
        return {chain for start, end in bounds for chain in self.name_chains[start:end]}

    def mentioned_in(self, chain: int, ranges: Sequence[TokenSpan]) -> bool:
        """Return whether any reference of a chain starts in one of some ranges."""
        return starts_in(self.places.get(chain, ()), ranges)

    def path(self, token: int, top: int) -> list[int] | None:
        """Return the tokens from one up to another that governs it, both included."""
        heads, found = self.columns.heads, [token]
        while found[-1] != top:
            above = heads[found[-1]]
            if above == found[-1] or len(found) > DEEPEST:
                return None
            found.append(above)
        return found


def sureness(one: Mentioned) -> float:
    """Return the confidence that a reference belongs to its chain; rules give none."""
    confidence: float | None = getattr(one, "confidence", None)
    return 1.0 if confidence is None else confidence


def starts_in(starts: Sequence[int], ranges: Sequence[TokenSpan]) -> bool:
    """Return whether one of some sorted places is in one of some ranges."""
    return any(bisect_left(starts, first) < bisect_left(starts, last) for first, last in ranges)
