"""Read annotated articles into scenes, with the right chains for each query."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pipeline.document.annotations import DocAttribution, DocQuote
from pipeline.document.columns import Columns
from pipeline.model.reference.ranker import ReferenceRanker
from pipeline.model.speakers.ranker import NO_SPEAKER, SpeakerAnswer, SpeakerRanking
from pipeline.model.speakers.scene import Beliefs, Mentioned, NamedEntity, SpeakerScene
from pipeline.names.lists import Gender
from pipeline.records.corrections import overlap
from pipeline.stages.attributions.network import AttributionNetwork
from pipeline.stages.coreference.speakers import SpeakerAnswers, Speakers, TokenIndex, make_scene
from pipeline.stages.coreference.stage import Resolve
from pipeline.stages.language import annotate
from pipeline.text.spans import TokenSpan
from pipeline.training.fitting import load_unseen
from pipeline.training.folds import Unseen, fold_of, group_of
from pipeline.training.speakers.variants import variants

MATCHED = 0.5
"""Contents that share this part of their tokens belong to the same attribution."""
SAME_QUOTE = 0.8

View = Literal["found", "given", "variant"]
"""As the pipeline reads an article; with the annotated mentions and attributions; as the pipeline
reads one with rewritten sources."""
Rights = dict[int, frozenset[int]]
"""For each query with a known answer, the right chains; empty if none is right."""


@dataclass(slots=True)
class SpeakerExample:
    """One view of an article."""

    scene: SpeakerScene
    sources: Rights
    quotes: Rights
    wanted_sources: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """The right names, also those without a chain."""
    wanted_quotes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    view: View = "found"


class AnnotatedEntity(NamedTuple):
    """An annotated entity."""

    label: str
    name: str
    gender: Gender | None = None


class MarkedMention(NamedTuple):
    """An annotated mention, in token indices."""

    start: int
    end: int
    head: int
    kind: str
    chain: int
    confidence: float | None = None


class SpeakerTask(NamedTuple):
    """What the stage asks about a document."""

    columns: Columns
    chains: Sequence[NamedEntity]
    references: Sequence[Mentioned]
    quotes: Sequence[DocQuote]
    attributions: Sequence[DocAttribution]
    beliefs: Beliefs


class Recorder(Speakers):
    """Record the queries of the stage, and answer them by the mention at the head of each source.

    The shipped ranker has seen the articles, so that it must not have a say in what pronouns mean.
    """

    asked: SpeakerTask

    def resolve(
        self,
        columns: Columns,
        chains: Sequence[NamedEntity],
        references: Sequence[Mentioned],
        quotes: Sequence[DocQuote],
        attributions: Sequence[DocAttribution],
        beliefs: Beliefs,
        outside: SpeakerAnswers | None = None,  # noqa: ARG002 (the last call has all references)
    ) -> SpeakerAnswers:
        """Record a call; the last one of a document has all references."""
        self.asked = SpeakerTask(
            columns, [*chains], [*references], [*quotes], [*attributions], beliefs
        )
        scene = make_scene(*self.asked)
        who = [SpeakerAnswer(one if len(one) == 1 else (), None) for one in scene.at_source]
        said = [NO_SPEAKER if one.attribution is None else who[one.attribution] for one in quotes]
        return SpeakerAnswers(scene, references, SpeakerRanking(), who, said)


def read_examples(
    corpus: Path,
    rankers: Sequence[ReferenceRanker],
    networks: Sequence[AttributionNetwork] = (),
    *,
    copies: int,
    seed: int,
) -> list[list[SpeakerExample]]:
    """Return for each article its views: ``copies`` of them are variants.

    Articles that are made alike, see ``folds``, count as one.

    ``rankers`` resolve the mentions of those articles that they have not seen, and ``networks``
    find the attributions.
    """
    nlp = load_unseen()
    unseen = Unseen(nlp, networks)
    recorder = Recorder()
    stage = nlp.get_pipe("news_resolve")
    assert isinstance(stage, Resolve)
    stage.speakers = recorder
    with corpus.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: dict[str, list[SpeakerExample]] = {group_of(row["id"]): [] for row in rows}
    views: list[tuple[dict[str, Any], View]] = [(row, "found") for row in rows]
    views += [(row, "variant") for row in variants(rows, copies, seed)]
    for row, view in views:
        published = date.fromisoformat(row["published"]) if row.get("published") else None
        number = fold_of(row)
        assert number is not None  # articles with entities are in one
        stage.ranker = rankers[number]
        unseen.prepare(row)
        annotate(nlp, row["text"], published)
        mine = found[group_of(row["id"])]
        mine.append(found_example(row, recorder.asked, view))
        if view == "found":
            mine.append(given_example(row, recorder.asked))
    return list(found.values())


def found_example(row: dict[str, Any], asked: SpeakerTask, view: View) -> SpeakerExample:
    """Return an article as the pipeline reads it, with the annotated answers."""
    scene = make_scene(*asked)
    right = _right_chains(row, asked)
    example = SpeakerExample(scene, {}, {}, view=view)
    places = TokenIndex(asked.columns)
    for number, gold in _matched(row, scene, places).items():
        if gold.get("learnt", True):
            _note(gold, right, number, example.sources, example.wanted_sources)
    _note_quotes(row, scene, places, right, example)
    return example


def given_example(row: dict[str, Any], asked: SpeakerTask) -> SpeakerExample:
    """Return an article with the annotated mentions and attributions."""
    places = TokenIndex(asked.columns)
    chains = [AnnotatedEntity(one["label"], one["name"]) for one in row["entities"]]
    references = sorted(
        MarkedMention(first, last, asked.columns.root(first, last), kind, number)
        for number, entity in enumerate(row["entities"])
        for start, end, kind in entity["mentions"]
        for first, last in places.ranges([(start, end)])
    )
    attributions = [
        DocAttribution(
            _pairs(one["source"]), _pairs(one["cue"]), _pairs(one["content"]), one["kind"],
            lemma=_lemma(row["text"], one), type="say",
        )
        for one in row["attributions"]
    ]  # fmt: skip
    held = [(places.ranges(one.content), n) for n, one in enumerate(attributions)]
    said = [one._replace(attribution=_innermost(one, held, places)) for one in asked.quotes]
    scene = make_scene(asked.columns, chains, references, said, attributions, {})
    by_name = {one.name: frozenset((number,)) for number, one in enumerate(chains)}
    example = SpeakerExample(scene, {}, {}, view="given")
    for number, gold in enumerate(row["attributions"]):
        if gold.get("required", True) and gold.get("learnt", True):
            _note(gold, by_name, number, example.sources, example.wanted_sources)
    _note_quotes(row, scene, places, by_name, example)
    return example


def _innermost(
    one: DocQuote, held: Sequence[tuple[tuple[TokenSpan, ...], int]], places: TokenIndex
) -> int | None:
    """Return the attribution with the shortest content that a quotation is in."""
    start, end = places.tokens((one.start, one.end))
    found = [
        (sum(last - first for first, last in content), number)
        for content, number in held
        if any(first <= start and end <= last for first, last in content)
    ]
    return min(found)[1] if found else None


def _note_quotes(
    row: dict[str, Any],
    scene: SpeakerScene,
    places: TokenIndex,
    right: Mapping[str, frozenset[int]],
    example: SpeakerExample,
) -> None:
    """Add the speakers of annotated quotations."""
    spoken = [(places.tokens(tuple(one["span"])), one) for one in row["quotes"]]
    for number, one in enumerate(scene.quotations):
        if one.speech and spoken:
            best = max(spoken, key=lambda s: overlap((s[0],), (one[:2],)))
            if best[1].get("learnt", True) and overlap((best[0],), (one[:2],)) >= SAME_QUOTE:
                _note(best[1], right, number, example.quotes, example.wanted_quotes)


def _lemma(text: str, one: dict[str, Any]) -> str | None:
    cue = " ".join(text[start:end] for start, end in _pairs(one["cue"])).lower()
    return "according" if cue.startswith("according") else ":" if cue == ":" else cue or None


def _pairs(spans: Any) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in spans or ())


def _note(
    gold: dict[str, Any],
    right: Mapping[str, frozenset[int]],
    number: int,
    rights: Rights,
    wanted: dict[int, tuple[str, ...]],
) -> None:
    names = tuple((gold.get("speaker") or "").split("; ")) if gold.get("speaker") else ()
    rights[number] = frozenset(chain for name in names for chain in right.get(name, ()))
    wanted[number] = names


def _right_chains(row: dict[str, Any], asked: SpeakerTask) -> dict[str, frozenset[int]]:
    """Return the chains of each annotated entity: those that share most of its named mentions."""
    owner: dict[int, str] = {}
    for entity in row["entities"]:
        for start, end, kind in entity["mentions"]:
            if kind == "name":
                owner |= dict.fromkeys(range(start, end), entity["name"])
    votes: dict[int, Counter[str | None]] = defaultdict(Counter)
    for one in asked.references:
        if one.kind == "name":
            votes[one.chain][owner.get(asked.columns.starts[one.head])] += 1
    found: dict[str, set[int]] = defaultdict(set)
    for chain, counts in votes.items():
        name, _ = counts.most_common(1)[0]
        if name is not None:
            found[name].add(chain)
    for number, named in enumerate(asked.chains):
        found[named.name].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _matched(
    row: dict[str, Any], scene: SpeakerScene, places: TokenIndex
) -> dict[int, dict[str, Any]]:
    """Return the annotated attribution for each of ours."""
    found: dict[int, tuple[float, dict[str, Any]]] = {}
    for gold in row["attributions"]:
        source, cue, content = (
            places.ranges(_pairs(gold[r])) for r in ("source", "cue", "content")
        )
        best, number = 0.0, -1
        for at, one in enumerate(scene.sources):
            shared = overlap(content, one.content)
            touches = overlap(source, one.source) > 0
            same_cue = overlap(cue, one.cue) > 0
            score = shared + touches + same_cue
            if (shared >= MATCHED or (same_cue and (touches or shared > 0))) and score > best:
                best, number = score, at
        if number >= 0 and best > found.get(number, (0.0, {}))[0]:
            found[number] = (best, gold)
    return {number: gold for number, (_, gold) in found.items()}
