"""Rank the candidates for the source of each attribution and the speaker of each quotation.

A small network scores every candidate of a source, or of a quotation, against "none of them". The
sources outside of quotations come first; what is likely of them is known when quotations are
ranked; who is quoted is known when the sources inside of quotations are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.document.rules import By, named
from pipeline.manifest import own_model
from pipeline.model.session import Floats, Scale, check_features, session
from pipeline.model.speakers import quotes, sources, trust
from pipeline.model.speakers.quotes import QuoteReader
from pipeline.model.speakers.scene import SceneQuotation, SpeakerScene
from pipeline.model.speakers.sources import Shares, SourceQuery, SourceReader
from pipeline.model.speakers.trust import Trust

MODEL = "speakers"
"""The name of the shipped ranker in the manifest."""
SOURCES = "sources.onnx"
QUOTES = "quotes.onnx"
CONFIG = "config.json"
DECIMALS = 6
OPEN = 0.25
"""Minimum probability of a candidate to report if the answer is left open."""
MEMBER = 0.5
"""Minimum probability of each of several speakers to be one of them."""
SPEAKS = 0.5
"""Minimum probability at which an answer counts as who spoke, for the sources beside it."""
QUERIES = 1000
"""Maximum number of queries to score at once: 8 MB of rows."""
PASSES = 3
"""Maximum number of times that a source is ranked."""
RIVAL = 0.35
"""Minimum probability of each of several speakers to be the only one, as a share of the highest."""

Scorer = Callable[[Floats], Floats]
"""From (n, k) rows to (n, 2) scores: being the only one, and being one of several."""


class Query(NamedTuple):
    """The candidates of one source or quotation, with a row of features each."""

    number: int
    candidates: list[int]
    rows: Floats


class Ranked(NamedTuple):
    """Probabilities of each candidate: to be the only one (the rest: none), and one of several."""

    candidates: list[int]
    shares: Floats
    members: Floats

    @property
    def likely(self) -> dict[int, float]:
        return dict(zip(self.candidates, self.shares.tolist(), strict=True))


class SpeakerAnswer(NamedTuple):
    """The entities, with a calibrated confidence; none if it is too low."""

    chains: tuple[int, ...]
    confidence: float | None
    candidates: tuple[int, ...] = ()
    """The candidates, if none is sure enough but some are likely."""
    by: By = MODEL

    @property
    def one(self) -> int | None:
        """The only entity."""
        return self.chains[0] if len(self.chains) == 1 else None


NO_SPEAKER = SpeakerAnswer((), None)
NO_CANDIDATE = named("no-candidate", "the text has named nobody who could say it")


@dataclass(slots=True)
class SpeakerRanking:
    """The result for a document, by the number of each attribution and quotation."""

    sources: dict[int, Ranked] = field(default_factory=dict)
    quotes: dict[int, Ranked] = field(default_factory=dict)
    around: dict[int, Ranked] = field(default_factory=dict)
    """Quotations as if the attributions with a source were not theirs."""

    @property
    def likely(self) -> dict[int, Shares]:
        return {number: one.likely for number, one in self.sources.items()}


def ranked(queries: Iterable[Query], scorer: Scorer) -> dict[int, Ranked]:
    """Score the candidates of queries, many in one run."""
    asked = iter(one for one in queries if one.candidates)
    found: dict[int, Ranked] = {}
    while some := list(islice(asked, QUERIES)):
        found |= _scored(some, scorer)
    return found


def _scored(asked: Sequence[Query], scorer: Scorer) -> dict[int, Ranked]:
    scores = np.round(scorer(np.concatenate([one.rows for one in asked])).astype(float), DECIMALS)
    lone, several = scores.T
    sizes = [len(one.candidates) for one in asked]
    bounds = [0, *accumulate(sizes)]
    top = np.maximum(0.0, np.maximum.reduceat(lone, bounds[:-1]))
    raised = np.exp(lone - np.repeat(top, sizes))
    total = np.add.reduceat(raised, bounds[:-1]) + np.exp(-top)
    shares = np.round(raised / np.repeat(total, sizes), DECIMALS)
    members = np.round(1 / (1 + np.exp(-np.clip(several, -30, 30))), DECIMALS)
    return {
        one.number: Ranked(one.candidates, shares[start:end], members[start:end])
        for one, (start, end) in zip(asked, pairwise(bounds), strict=True)
    }


def as_phrases(found: Mapping[int, Ranked], scene: SpeakerScene) -> dict[int, Ranked]:
    """Return the probabilities of sources; attributions with the same source have their mean."""
    phrases: dict[int, list[int]] = defaultdict(list)
    for number in found:
        phrases[scene.phrases[number]].append(number)
    means = {phrase: mean_of([found[n] for n in some]) for phrase, some in phrases.items()}
    return {number: means[scene.phrases[number]] for number in found}


def mean_of(several: Sequence[Ranked]) -> Ranked:
    """Return the mean of the probabilities of the same source in several attributions."""
    if len(several) == 1:
        return several[0]
    candidates = list(dict.fromkeys(c for one in several for c in one.candidates))
    place = {chain: at for at, chain in enumerate(candidates)}
    total = np.zeros((2, len(candidates)))
    for one in several:
        at = [place[chain] for chain in one.candidates]
        total[:, at] += (one.shares, one.members)
    shares, members = np.round(total / len(several), DECIMALS)
    return Ranked(candidates, shares, members)


def without(one: Ranked, chains: Collection[int], *, lost: bool) -> Ranked:
    """Return the probabilities if some chains are out of the question.

    Theirs is shared by the others in proportion, or ``lost`` to none of the candidates.
    """
    kept = np.array([chain not in chains for chain in one.candidates], dtype=bool)
    shares = np.where(kept, one.shares, 0.0)
    if not lost:
        left = 1.0 - float(one.shares[~kept].sum())
        shares = np.round(shares / max(left, 10.0**-DECIMALS), DECIMALS)
    return Ranked(one.candidates, shares, np.where(kept, one.members, 0.0))


def speaking(found: Mapping[int, Ranked]) -> dict[int, int]:
    """Return the likeliest candidate of each source that more likely than not has said it."""
    return {
        number: one.candidates[int(one.shares.argmax())]
        for number, one in found.items()
        if one.shares.max() >= SPEAKS
    }


def settled(
    scene: SpeakerScene,
    scorer: Scorer,
    found: Mapping[int, Ranked],
    quotes: Mapping[int, Ranked] | None,
) -> dict[int, Ranked]:
    """Rank the sources outside of quotations, or those inside, in passes.

    Who spoke last may be an answer itself ("the report"): sources beside new answers are ranked
    anew. ``found`` has the sources that are known already.
    """
    raw, asked = dict(found), None
    now = scene.spoken_by(speaking(found))
    for _ in range(PASSES):
        raw |= ranked(source_queries(now, quotes, asked), scorer)
        found = as_phrases(raw, scene)
        before, now = now, scene.spoken_by(speaking(found))
        changed = {at for at in raw if now.at_source[at] != before.at_source[at]}
        asked = {at for at in raw if changed.intersection(scene.last(at) + scene.next(at))}
        if not asked:
            break
    return dict(found)


def source_queries(
    scene: SpeakerScene, quotes: Mapping[int, Ranked] | None, numbers: Collection[int] | None = None
) -> Iterator[Query]:
    """Yield the queries of the sources outside of quotations, or of those inside.

    ``numbers`` limits them to some attributions.
    """
    reader = SourceReader(scene)
    every = range(len(scene.sources)) if numbers is None else sorted(numbers)
    for start in range(0, len(every), QUERIES):
        asked = list(_asked(reader, quotes, every[start : start + QUERIES]))
        rows = reader.rows(asked)
        ends = accumulate(len(one.candidates) for one in asked)
        for one, end in zip(asked, ends, strict=True):
            yield Query(one.number, one.candidates, rows[end - len(one.candidates) : end])


def _asked(
    reader: SourceReader, quotes: Mapping[int, Ranked] | None, numbers: Iterable[int]
) -> Iterator[SourceQuery]:
    """Yield sources with their candidates, as ``source_queries`` needs them."""
    scene = reader.scene
    size = len(scene.columns.words)
    for number in numbers:
        place = reader.place(number)
        within = scene.quoted[place] if place < size else -1
        if (within >= 0) != (quotes is not None):
            continue
        enclosing: Shares = {}
        if quotes is not None and within in quotes:
            enclosing = quotes[within].likely
        yield SourceQuery(number, reader.candidates(number, enclosing), enclosing)


def own_source(scene: SpeakerScene, one: SceneQuotation) -> int | None:
    """Return the attribution of a quotation, if that has a source."""
    own = one.attribution
    if own is None or own >= len(scene.sources) or not scene.sources[own].source:
        return None
    return own


def quote_queries(scene: SpeakerScene, likely: Mapping[int, Shares]) -> Iterator[Query]:
    """Yield the queries of all quotations; one with a source is read as if it had none."""
    reader = QuoteReader(scene, likely)
    for number, one in enumerate(scene.quotations):
        if one.speech:
            reader.hidden = own_source(scene, one)
            candidates = reader.candidates(number)
            yield Query(number, candidates, reader.rows(number, candidates))


def with_own(
    scene: SpeakerScene, quotes: Mapping[int, Ranked], sources: Mapping[int, Ranked]
) -> dict[int, Ranked]:
    """Return the probabilities for all quotations; one with a source has those of the source."""
    found = {}
    for number, one in enumerate(scene.quotations):
        own = own_source(scene, one)
        likely = quotes.get(number) if own is None else sources.get(own)
        if one.speech and likely is not None:
            found[number] = likely
    return found


def read(
    scene: SpeakerScene, sources: Scorer, quotes: Scorer, outside: SpeakerRanking | None = None
) -> SpeakerRanking:
    """Rank everything in a document, or only the sources inside of quotations.

    ``outside`` is the result for the other sources and the quotations.
    """
    if outside is None:
        found = SpeakerRanking(settled(scene, sources, {}, None))
        found.around = ranked(quote_queries(scene, found.likely), quotes)
        found.quotes = with_own(scene, found.around, found.sources)
    else:
        found = SpeakerRanking(dict(outside.sources), outside.quotes, outside.around)
    found.sources = settled(scene, sources, found.sources, found.quotes)
    return found


class SpeakerRanker:
    """The two trained networks with their scales."""

    def __init__(self, folder: Path) -> None:
        table = json.loads((folder / CONFIG).read_text("utf-8"))
        self.min_identity: float = table["min_identity"]
        self.source_trust = Trust(table["source_trust"], trust.SOURCE_FEATURES)
        self.quote_trust = Trust(table["quote_trust"], trust.QUOTE_FEATURES)
        self.quote_scale = Scale(**table["quote_scale"])
        read = {"source_features": sources.FEATURES, "quote_features": quotes.FEATURES}
        check_features(folder, table, read)
        self._sources, self._quotes = session(folder / SOURCES), session(folder / QUOTES)

    def read(self, scene: SpeakerScene, outside: SpeakerRanking | None = None) -> SpeakerRanking:
        """Rank everything in a document, as ``read`` does."""
        return read(scene, self._score_sources, self._score_quotes, outside)

    def trust_in_source(self, scene: SpeakerScene, number: int) -> Callable[[Ranked], float]:
        """Return the function that gives the confidence of the likeliest candidate of a source."""
        return lambda one: self.source_trust(trust.of_source(scene, number, one.likely))

    def trust_in_quote(
        self, scene: SpeakerScene, number: int, own: int, found: SpeakerRanking
    ) -> float:
        """Return the confidence that a quotation is by the source of its attribution ``own``."""
        likely, around = found.sources[own].likely, found.around.get(number)
        values = trust.of_quote(
            scene, scene.quotations[number], own, likely, around.likely if around else {}
        )
        return self.quote_trust(values)

    def trust_in_free(self, one: Ranked) -> float:
        """Return the confidence of the likeliest speaker of a quotation without a source."""
        return self.quote_scale(float(one.shares.max()))

    def _score_sources(self, rows: Floats) -> Floats:
        scores: Floats = self._sources.run(None, {"rows": rows})[0]
        return scores

    def _score_quotes(self, rows: Floats) -> Floats:
        scores: Floats = self._quotes.run(None, {"rows": rows})[0]
        return scores


def answer(
    one: Ranked | None, confidence: Callable[[Ranked], float], least: float, *, joined: bool = False
) -> SpeakerAnswer:
    """Decide on the entities; ``joined``: the words name several.

    ``confidence`` returns that of the likeliest candidate.
    """
    if one is None:
        return SpeakerAnswer((), None, by=NO_CANDIDATE)
    shares: list[float] = one.shares.tolist()
    best = max(shares)
    if joined:
        several = [
            at
            for at, member in enumerate(one.members.tolist())
            if member >= MEMBER and shares[at] >= RIVAL * best
        ]
        if len(several) > 1:
            sure = float(np.prod(one.members[several]))
            chains = tuple(sorted(one.candidates[at] for at in several))
            return (
                SpeakerAnswer(chains, round(sure, 4))
                if sure >= least
                else SpeakerAnswer((), None, chains)
            )
    sure = confidence(one)
    if sure >= least:
        return SpeakerAnswer((one.candidates[shares.index(best)],), round(sure, 4))
    if best < OPEN:
        return NO_SPEAKER
    order = sorted(range(len(shares)), key=lambda at: -shares[at])
    return SpeakerAnswer(
        (), None, tuple(one.candidates[at] for at in order if shares[at] >= best / 4)
    )


@cache
def ranker(name: str = MODEL) -> SpeakerRanker:
    """Return a ranker of ``models/`` by its name in the manifest, checked and loaded once.

    Raises ``ModelChanged`` or ``ManifestUnreadable``.
    """
    _, folder = own_model(name)
    return SpeakerRanker(folder)
