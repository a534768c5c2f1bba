"""Assign entities to the sources of attributions, and speakers to quotations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.document.annotations import DocAttribution, DocQuote
from pipeline.document.columns import Columns
from pipeline.document.rules import named
from pipeline.model.reference.ranker import relative_of
from pipeline.model.speakers.ranker import (
    SPEAKS,
    SpeakerAnswer,
    SpeakerRanker,
    SpeakerRanking,
    answer,
    mean_of,
    own_source,
    ranker,
    without,
)
from pipeline.model.speakers.scene import (
    Beliefs,
    Mentioned,
    NamedEntity,
    SceneAttribution,
    SceneQuotation,
    SpeakerScene,
)
from pipeline.records.labels import KIND_OF_LABEL, UNNAMED, SourceKind
from pipeline.stages.coreference.replies import introduces, replies
from pipeline.stages.coreference.sourcekinds import SourceKinds
from pipeline.text.spans import CharSpan, TokenSpan

JOINING = frozenset(("and", "&", "or", "both"))
INTERVIEW = named("interview", "A: We lost. (the person whom the text names most)")
OWN_SOURCE = named("own-source", "the source of its attribution")
QUOTED = named("quoted", "“We lost.” (an attribution without a source has its quotation's speaker)")
CONTINUED = named("continued", "“We lost.¶“It was a mess,” she said. (parts of one quotation)")
NOT_SPEECH = named("not-speech", "a thief known as “The Wall”")
NEAR = 12
"""Maximum number of tokens from a possessive to its noun."""
FEW = 12
"""Number of words of a quotation to show if its speaker is left open."""


class Open(NamedTuple):
    """A source or quotation whose speaker is left open, in characters, with the candidates."""

    start: int
    end: int
    text: str
    candidates: tuple[int, ...]


class TokenIndex:
    """Look up tokens by character offset."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def tokens(self, bounds: CharSpan) -> TokenSpan:
        """Return the tokens that overlap a stretch of text, as a half-open range."""
        start = bisect_right(self.columns.ends, bounds[0])
        end = bisect_left(self.columns.starts, bounds[1])
        return start, max(start, end)

    def ranges(self, bounds: Sequence[CharSpan]) -> tuple[TokenSpan, ...]:
        """Return the tokens of stretches of text, without empty ones."""
        starts, ends = self.columns.starts, self.columns.ends
        found = [(bisect_right(ends, start), bisect_left(starts, end)) for start, end in bounds]
        return tuple([one for one in found if one[0] < one[1]])

    def sources(self, attributions: Iterable[DocAttribution]) -> list[SceneAttribution]:
        """Return attributions with their source, cue and content in tokens."""
        return [
            SceneAttribution(
                self.ranges(one.source),
                self.ranges(one.cue),
                self.ranges(one.content),
                one.lemma,
                one.type,
                1.0 if one.confidence is None else one.confidence,
            )
            for one in attributions
        ]

    def head(self, bounds: Sequence[CharSpan]) -> int | None:
        """Return the head token of a source."""
        for start, end in self.ranges(bounds):
            return self.columns.root(start, end)
        return None


class Speakers:
    """Decide who speaks: trained rankers choose among the entities of the text, or none.

    Below ``min_identity``, there is no answer, and the candidates are returned instead.
    """

    def __init__(self, *, min_identity: float | None = None) -> None:
        self._least = min_identity

    @property
    def ranker(self) -> SpeakerRanker:
        return ranker()

    @property
    def min_identity(self) -> float:
        return self.ranker.min_identity if self._least is None else self._least

    def resolve(
        self,
        columns: Columns,
        chains: Sequence[NamedEntity],
        references: Sequence[Mentioned],
        quotes: Sequence[DocQuote],
        attributions: Sequence[DocAttribution],
        beliefs: Beliefs,
        outside: SpeakerAnswers | None = None,
    ) -> SpeakerAnswers:
        """Return who speaks. ``outside`` is the answer when nothing was known of the mentions in
        quotations: only the sources in quotations are read anew.
        """
        if outside is None:
            reading = None
            scene = make_scene(columns, chains, references, quotes, attributions, beliefs)
        else:
            reading = outside.reading
            scene = outside.scene.again(references, beliefs)
        if not quotes and not attributions:
            return SpeakerAnswers(scene, references, SpeakerRanking(), [])
        ranker, least = self.ranker, self.min_identity
        found = with_others(ranker.read(scene, reading), scene, attributions)
        sources = [
            answer(
                found.sources.get(n),
                ranker.trust_in_source(scene, n),
                least,
                joined=_joins(scene, one),
            )
            for n, one in enumerate(scene.sources)
        ]
        said = SpeakerAnswers(scene, references, found, sources)
        said.answer_turns()
        said.answer_quotes(ranker, least)
        return said


@dataclass(slots=True)
class SpeakerAnswers:
    """Who speaks in one document: what was read, and the answers for sources and quotations."""

    scene: SpeakerScene
    references: Sequence[Mentioned]
    reading: SpeakerRanking
    sources: list[SpeakerAnswer]
    quotes: list[SpeakerAnswer] = field(default_factory=list)
    turns: frozenset[int] = frozenset()
    """Attributions that are turns of an interview."""
    apart: set[int] = field(default_factory=set)
    """Quotations that continue nothing, since somebody else says them."""

    def answer_turns(self) -> None:
        """Assign the turns "A:" of an interview to the person whom the text before names most."""
        words, scene = self.scene.columns.words, self.scene
        turns = [
            (number, one.source[0][0])
            for number, one in enumerate(scene.sources)
            if one.lemma == ":"
            and len(one.source) == 1
            and one.source[0][1] == one.source[0][0] + 1
            and words[one.source[0][0]].rstrip(".") in ("Q", "A")
        ]
        if not turns:
            return
        self.turns = frozenset(number for number, _ in turns)
        for number in self.turns:
            self.sources[number] = SpeakerAnswer((), None, by=INTERVIEW)
        most = Counter(
            one.chain
            for one in scene.references[: bisect_left(scene.starts, turns[0][1])]
            if scene.chains[one.chain].label == "PERSON"
        ).most_common(2)
        if len(most) == 1 or (len(most) == 2 and most[0][1] > most[1][1]):
            for number, turn in turns:
                if words[turn].startswith("A"):
                    self.sources[number] = SpeakerAnswer((most[0][0],), None, by=INTERVIEW)

    def answer_quotes(self, ranker: SpeakerRanker, least: float) -> None:
        """Answer quotations by the source of their attribution, if it has one, and the reverse.

        Quotations that continue one another have one answer.
        """
        scene = self.scene
        for number, one in enumerate(scene.quotations):
            own = own_source(scene, one)
            if not one.speech:
                found = SpeakerAnswer((), None, by=NOT_SPEECH)
            elif own is not None:
                found = self._by_source(number, own, ranker, least)
            else:
                found = answer(self.reading.quotes.get(number), ranker.trust_in_free, least)
            self.quotes.append(found)
        for parts in self._continued():
            found = self._together(parts, ranker, least)
            for number in parts:
                self.quotes[number] = found
                own = own_source(scene, scene.quotations[number])
                if own is not None and not set(found.chains).isdisjoint(
                    self.sources[own].candidates
                ):
                    self.sources[own] = found
        for one, found in zip(scene.quotations, self.quotes, strict=True):
            at = one.attribution
            if at is None or at >= len(self.sources) or scene.sources[at].source:
                continue
            if found.chains and not self.sources[at].chains:
                self.sources[at] = found._replace(by=QUOTED)

    def _by_source(
        self, number: int, own: int, ranker: SpeakerRanker, least: float
    ) -> SpeakerAnswer:
        """Return the answer for the source of a quotation, unless too little speaks for it."""
        found, reading = self.sources[own]._replace(by=OWN_SOURCE), self.reading
        if found.one is None or found.confidence is None or own not in reading.sources:
            return found
        trust = ranker.trust_in_quote(self.scene, number, own, reading)
        sure = min(trust, found.confidence)
        if sure >= least:
            return found._replace(confidence=sure)
        return SpeakerAnswer((), None, found.chains, by=OWN_SOURCE)

    def _continued(self) -> list[list[int]]:
        """Return the quotations that continue one another, at least two each.

        Where the text gives them to different people, the later one continues nothing.
        """
        scene, found = self.scene, [[at] for at in range(len(self.scene.quotations))]
        said = [self._own(one) for one in scene.quotations]  # in the end, by a quotation's parts
        for number, one in enumerate(scene.quotations):
            before = one.continues
            if before is None or before >= number:
                continue
            speech = one.speech == scene.quotations[before].speech
            if speech and len(said[before] | said[number]) < 2:
                found[before].append(number)
                found[number] = found[before]
                said[before] |= said[number]
                said[number] = said[before]
            else:
                self.apart.add(number)
        return [parts for at, parts in enumerate(found) if parts[0] == at and len(parts) > 1]

    def _own(self, one: SceneQuotation) -> set[tuple[int, ...]]:
        """Return the answer of the source of a quotation, if it has one."""
        own = own_source(self.scene, one)
        return set() if own is None else {self.sources[own].chains} - {()}

    def _together(self, parts: Sequence[int], ranker: SpeakerRanker, least: float) -> SpeakerAnswer:
        """Return one answer for the parts of a quotation: that of the surest source of theirs, or
        else by the mean of what is known of each part.
        """
        scene = self.scene
        owns = [own_source(scene, scene.quotations[number]) for number in parts]
        pairs = zip(parts, owns, strict=True)
        answers = [self.quotes[number] for number, own in pairs if own is not None]
        answered = [one for one in answers if one.chains]
        if answered:
            return max(answered, key=lambda one: one.confidence or 0.0)._replace(by=CONTINUED)
        if len(answers) == len(parts):
            return self.quotes[parts[0]]
        known = {
            (own, None if own is not None else number): self.reading.sources.get(own)
            if own is not None
            else self.reading.quotes.get(number)
            for own, number in zip(owns, parts, strict=True)
        }
        ranked = [one for one in known.values() if one is not None]
        if not ranked:
            return self.quotes[parts[0]]
        found = answer(mean_of(ranked), ranker.trust_in_free, least)
        return found._replace(by=CONTINUED) if found.chains else found

    def attributed(self, attributions: Sequence[DocAttribution]) -> list[DocAttribution]:
        """Return attributions with their entities and the kinds of their sources."""
        kinds = SourceKinds(self.scene.columns, self.scene.chains, self.references)
        return [self._with_entity(at, one, kinds) for at, one in enumerate(attributions)]

    def spoken(self, quotes: Sequence[DocQuote]) -> list[DocQuote]:
        """Return quotations with their speakers."""
        return [
            one._replace(
                speaker=found.one,
                speakers=found.chains,
                speaker_confidence=found.confidence,
                continues=None if number in self.apart else one.continues,
            )
            for number, (one, found) in enumerate(zip(quotes, self.quotes, strict=True))
        ]

    def _with_entity(self, number: int, one: DocAttribution, kinds: SourceKinds) -> DocAttribution:
        found, scene = self.sources[number], self.scene
        if found.chains:
            return one._replace(
                entity=found.one,
                entities=found.chains,
                entity_confidence=found.confidence,
                anonymous=False,
                source_kind=KIND_OF_LABEL[scene.chains[found.chains[0]].label],
            )
        kind: SourceKind | None = None
        for start, end in scene.sources[number].source[:1]:
            kind = kinds.of(start, end, scene.head(start, end))
            inside = (c for c in found.candidates if scene.named_in(c, [(start, end)]))
            open_to = next(inside, None)  # a name that may be the source's own: it has one, then
            if open_to is not None and kind in (*UNNAMED, "unknown"):
                kind = KIND_OF_LABEL[scene.chains[open_to].label]
        if number in self.turns:
            kind = "unnamed_person"
        return one._replace(
            entity=None,
            entities=(),
            entity_confidence=None,
            anonymous=kind in UNNAMED,
            source_kind=kind,
        )

    def open(
        self, quotes: Sequence[DocQuote], attributions: Sequence[DocAttribution]
    ) -> Iterator[Open]:
        """Yield open cases with candidates: sources, and quotations without a source."""
        columns = self.scene.columns
        for one, found, source in zip(attributions, self.sources, self.scene.sources, strict=True):
            if found.candidates and source.source:
                start, end = source.source[0]
                text = text_of(columns, start, end)
                yield Open(one.source[0][0], one.source[0][1], text, found.candidates)
        for quote, found, spoken in zip(quotes, self.quotes, self.scene.quotations, strict=True):
            if found.candidates and quote.attribution is None:
                text = text_of(columns, spoken.start, min(spoken.end, spoken.start + FEW))
                yield Open(quote.start, quote.end, text, found.candidates)


def with_others(
    found: SpeakerRanking, scene: SpeakerScene, attributions: Sequence[DocAttribution]
) -> SpeakerRanking:
    """Return what was read without persons who certainly are not the source.

    Whoever replies is not whom they reply to, "another resident" is nobody named before, and "her
    boss" is not she.
    """
    known = dict(found.sources)
    for number, other in replies(scene.columns, scene.sources, attributions).items():
        if number in known and other in known and known[other].shares.max(initial=0.0) >= SPEAKS:
            spoke = known[other].candidates[int(known[other].shares.argmax())]
            if not scene.named_in(spoke, scene.sources[number].source):
                known[number] = without(known[number], {spoke}, lost=False)
    for number, one in enumerate(scene.sources):
        if number in known and introduces(scene.columns, one.source):
            before = {
                chain
                for chain in known[number].candidates
                if scene.chains[chain].label == "PERSON"
                and not scene.named_in(chain, one.source)
                and scene.named_in(chain, ((0, one.source[0][0]),))
            }
            known[number] = without(known[number], before, lost=True)
        head = scene.heads[number]
        if number in known and head is not None:
            known[number] = without(known[number], owners(scene, head), lost=True)
    return SpeakerRanking(known, found.quotes, found.around)


def owners(scene: SpeakerScene, head: int) -> set[int]:
    """Return the persons that the head of a source belongs to: Lee in "Lee's boss"."""
    columns = scene.columns
    whose = [at for at in range(max(0, head - NEAR), head) if relative_of(columns, at) == head]
    likely = (scene.beliefs.get(at, {}) for at in whose)
    found = {chain for one in likely for chain, share in one.items() if share >= SPEAKS}
    found |= {one.chain for at in whose for one in scene.at(at) if one.head == at}
    return {chain for chain in found if scene.chains[chain].label == "PERSON"}


def _joins(scene: SpeakerScene, one: SceneAttribution) -> bool:
    """Return whether the words of a source join several names."""
    lower = scene.columns.lower
    return any(not JOINING.isdisjoint(lower[start:end]) for start, end in one.source)


def text_of(columns: Columns, start: int, end: int) -> str:
    """Return the text of some tokens with single spaces."""
    spaced = (
        " " * (i > start and columns.starts[i] > columns.ends[i - 1]) + columns.words[i]
        for i in range(start, end)
    )
    return " ".join("".join(spaced).split())


def make_scene(
    columns: Columns,
    chains: Sequence[NamedEntity],
    references: Sequence[Mentioned],
    quotes: Sequence[DocQuote],
    attributions: Sequence[DocAttribution],
    beliefs: Beliefs,
) -> SpeakerScene:
    """Return a document as the ranker reads it."""
    places = TokenIndex(columns)
    sources = places.sources(attributions)
    quotations = [
        SceneQuotation(
            *places.tokens((one.start, one.end)),
            one.speech,
            one.kind == "direct",
            one.attribution,
            one.continues,
            one.parent,
        )
        for one in quotes
    ]
    return SpeakerScene(columns, chains, references, sources, quotations, beliefs)
