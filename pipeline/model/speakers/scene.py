"""The input of the ranker of speakers, in tokens: mentions, sources and quotations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from operator import attrgetter
from typing import NamedTuple, Protocol

from pipeline.document.columns import SUBJECTS, Columns
from pipeline.names.lists import PRONOUNS, Gender, gender_of
from pipeline.names.spelling import fold
from pipeline.text.spans import TokenSpan

FIRST_PERSON = frozenset(("i", "me", "my", "mine", "myself", "we", "us", "our", "ours"))
GENDERED = {word: 1 if gender == "m" else -1 for word, gender in PRONOUNS.items()}
SIGNS = {None: 0, "m": 2, "f": -2}
LEADING_TAGS = frozenset(("DT", "WDT", "IN", "VBG"))
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


class NamedEntity(Protocol):
    """An entity."""

    @property
    def label(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def gender(self) -> Gender | None: ...


class SceneAttribution(NamedTuple):
    """An attribution: the words of its source, cue and content."""

    source: tuple[TokenSpan, ...]
    cue: tuple[TokenSpan, ...]
    content: tuple[TokenSpan, ...]
    lemma: str | None
    type: str | None
    confidence: float = 1.0
    """The probability of the attribution."""


class SceneQuotation(NamedTuple):
    """A quotation, by the tokens between its marks."""

    start: int
    end: int
    speech: bool
    direct: bool
    attribution: int | None
    continues: int | None
    parent: int | None


class SpeakerScene:
    """The mentions of a document with indices over them, and who is quoted where."""

    def __init__(
        self,
        columns: Columns,
        chains: Sequence[NamedEntity],
        references: Sequence[Mentioned],
        sources: Sequence[SceneAttribution],
        quotations: Sequence[SceneQuotation],
        beliefs: Beliefs,
    ) -> None:
        self.columns = columns
        self.chains = chains
        self.persons = sum(one.label == "PERSON" for one in chains)
        self.sources = sources
        self.quotations = quotations
        self.beliefs = beliefs
        self.quoted = [-1] * len(columns.words)
        for number, quotation in enumerate(quotations):
            if quotation.speech:
                start, end = quotation.start, min(quotation.end, len(self.quoted))
                self.quoted[start:end] = [number] * max(0, end - start)
        lower = columns.lower
        # "I" in a quotation depends on the speaker
        named = [
            r for r in references if self.quoted[r.head] < 0 or lower[r.head] not in FIRST_PERSON
        ]
        self.references = sorted(named, key=attrgetter("start", "end", "chain"))
        self.starts = [one.start for one in self.references]
        self.places: dict[int, list[int]] = defaultdict(list)
        """Starts of the references of each chain."""
        self.names: dict[int, list[int]] = defaultdict(list)
        """Starts of its names."""
        self.name_starts: list[int] = []
        self.name_chains: list[int] = []
        self.gender: dict[int, int] = defaultdict(int)
        self.subjects: dict[int, list[Mentioned]] = defaultdict(list)
        """The references that are the subject of each verb."""
        self._index()
        self.heads = [self._head(one) for one in sources]
        self.at_source = [
            () if head is None else tuple(dict.fromkeys(r.chain for r in self.at(head)))
            for head in self.heads
        ]
        """Which chains cover the head of each source."""
        self.phrases = self._phrases()
        """The number of the first attribution with the same source as each one."""
        self.speaking: dict[int, int] = defaultdict(int)
        for found in self.at_source:
            for chain in found:
                self.speaking[chain] += 1

    def _index(self) -> None:
        columns = self.columns
        for one in self.references:
            self.places[one.chain].append(one.start)
            if one.kind == "name":
                self.names[one.chain].append(one.start)
                self.name_starts.append(one.start)
                self.name_chains.append(one.chain)
            elif one.kind == "pronoun":
                self.gender[one.chain] += GENDERED.get(columns.lower[one.head], 0)
            if columns.deps[one.head] in SUBJECTS:
                self.subjects[columns.heads[one.head]].append(one)
        for number, named in enumerate(self.chains):
            if named.label == "PERSON":
                first, *_ = (*named.name.split(), "")
                self.gender[number] += SIGNS[named.gender or gender_of(fold(first))]

    def _phrases(self) -> list[int]:
        first: dict[tuple[TokenSpan, ...], int] = {}
        return [
            first.setdefault(one.source, number) if one.source else number
            for number, one in enumerate(self.sources)
        ]

    def last(self, number: int) -> list[int]:
        """Return up to two attributions before one, nearest first, with sources of their own."""
        return self._beside(number, range(number - 1, -1, -1), 2)

    def next(self, number: int) -> list[int]:
        """Return the attribution after one with another source, if there is one."""
        return self._beside(number, range(number + 1, len(self.sources)), 1)

    def _beside(self, number: int, others: Iterable[int], limit: int) -> list[int]:
        found: dict[int, int] = {}
        for at in others:
            phrase = self.phrases[at]
            if phrase != self.phrases[number] and phrase not in found:
                found[phrase] = at
                if len(found) == limit:
                    break
        return list(found.values())

    def spoken_by(self, found: Mapping[int, int]) -> SpeakerScene:
        """Return the scene in which sources that no mention covers are the given chains."""
        other = copy(self)
        other.at_source = [
            one or ((found[number],) if number in found else ())
            for number, one in enumerate(self.at_source)
        ]
        return other

    def again(self, references: Sequence[Mentioned], beliefs: Beliefs) -> SpeakerScene:
        """Return the scene with more references."""
        given = (references, self.sources, self.quotations, beliefs)
        return SpeakerScene(self.columns, self.chains, *given)

    def _head(self, one: SceneAttribution) -> int | None:
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
