"""Turn annotated texts into what the ranker of reference learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Name
from pipeline.model.reference.features import ReferenceFeatures, ReferenceScene, features
from pipeline.model.reference.mentions import NAME, THE, WHICH, WHO, YOU, MentionCandidate
from pipeline.model.reference.ranker import SyntaxLabels, TokenArrays, same_voice, tokens
from pipeline.model.session import Floats
from pipeline.stages.coreference.chains import Clusters
from pipeline.stages.coreference.stage import described, lay_out, names_of


class ReferenceExample(NamedTuple):
    """A document with the right answers."""

    found: ReferenceFeatures
    asked: NDArray[np.bool_]
    """(m,) the mentions whose answer is known."""
    right: NDArray[np.bool_]
    """(p,) the pairs that are right."""
    null: NDArray[np.bool_]
    """(m,) the mentions for which the null antecedent is right."""
    counted: NDArray[np.bool_]
    """(p,) the pairs of which it is known whether they are right."""
    gold: NDArray[np.int64]
    """(m,) the gold entity of each mention, -1 for none."""
    scene: ReferenceScene
    tokens: TokenArrays
    """The document as the trunk reads it."""
    natural: bool = True
    """Whether the names are those that the pipeline finds, not the annotated ones."""
    said: Mapping[tuple[str, int], int] = {}
    """Nouns and the labels that they are said of, see ``nouns_said``, with how often."""
    taught: tuple[Floats, Floats] | None = None
    """The scores of a teacher: (p,) of the pairs, (m,) of the null antecedent."""


def gold_of(row: dict[str, Any]) -> list[tuple[int, int, int, str]]:
    """Return the gold mentions of a row: start, end, entity and kind."""
    if "entities" in row:
        return [
            (start, end, number, kind)
            for number, one in enumerate(row["entities"])
            for start, end, kind in one["mentions"]
        ]
    clusters = zip(row["clusters"], row["mention_kinds"], strict=True)
    return [
        (head_start, head_end, number, kind)
        for number, (cluster, kinds) in enumerate(clusters)
        for (_, _, head_start, head_end), kind in zip(cluster, kinds, strict=True)
    ]


def align(
    columns: Columns, mentions: Sequence[MentionCandidate], row: dict[str, Any]
) -> NDArray[np.int64]:
    """Return the gold entity of each mention, -1 for none."""
    gold = gold_of(row)
    names = [(start, end, number) for start, end, number, kind in gold if kind == "name"]
    by_end: dict[int, list[tuple[int, int, str]]] = {}
    for start, end, number, kind in gold:
        by_end.setdefault(end, []).append((start, number, kind))
    ours = {columns.ends[one.head] for one in mentions if one.type != NAME}
    by_start = {
        start: (end, number)
        for start, end, number, kind in gold
        if kind == "nominal" and end not in ours
    }
    answer = np.full(len(mentions), -1, dtype=np.int64)
    for at, one in enumerate(mentions):
        if one.type == NAME:
            first, last = columns.starts[one.start], columns.ends[one.end - 1]
            near = [
                (min(end, last) - max(start, first), -abs(end - last), number)
                for start, end, number in names
                if start < last and end > first
            ]
            answer[at] = max(near)[2] if near else -1
            continue
        kinds = ("pronoun",) if one.type <= YOU else ("nominal", "name")
        same = [
            (abs(start - columns.starts[one.start]), number)
            for start, number, kind in by_end.get(columns.ends[one.head], ())
            if kind in kinds and start <= columns.starts[one.head]
        ]
        if same:
            answer[at] = min(same)[1]
        elif one.is_anaphor and one.type > YOU:  # "the governor of Ohio": our phrase ends earlier
            end, number = by_start.get(columns.starts[one.start], (-1, -1))
            answer[at] = number if end > columns.ends[one.head] else -1
    return answer


def tell_voices(found: ReferenceFeatures, speech: Sequence[int], gold: NDArray[np.int64]) -> None:
    """Fill the column about who speaks from the right answers."""
    beliefs = [{int(one): 1.0} if one >= 0 else {} for one in gold]
    rows = np.arange(len(found.pairs))
    inside = np.array([speech[one.head] >= 0 for one in found.mentions], dtype=bool)
    rows = rows[inside[found.pairs[:, 0]]]
    found.relations[rows, -1] = same_voice(found, speech, beliefs, rows, {})


def example(
    row: dict[str, Any],
    doc: Doc,
    scene: ReferenceScene,
    labels: SyntaxLabels,
    *,
    natural: bool = True,
) -> ReferenceExample:
    """Return a document whose entities are annotated."""
    found = features(scene, doc)
    columns = scene.columns
    gold = align(columns, found.mentions, row)
    tell_voices(found, scene.speech, gold)
    size = len(found.mentions)
    first, second = found.pairs[:, 0], found.pairs[:, 1]
    unasked = () if "entities" in row else (WHO, WHICH)  # which GUM and LitBank leave out
    asked = np.array(
        [one.is_anaphor and one.type not in unasked for one in found.mentions], dtype=bool
    )
    same = (gold[first] == gold[second]) & (gold[first] >= 0)
    has = np.zeros(size, dtype=bool)
    np.logical_or.at(has, first, same)
    unnamed = gold[first] < 0
    kinds = np.array([one.type == NAME for one in found.mentions], dtype=bool)
    right = same | (unnamed & (gold[second] < 0) & ~kinds[second])
    null = ~has
    return ReferenceExample(
        found, asked, right, null, np.ones(len(right), dtype=bool), gold,
        scene, tokens(scene, doc, labels), natural, nouns_said(scene, found),
    )  # fmt: skip


def examples_of(row: dict[str, Any], doc: Doc, labels: SyntaxLabels) -> Iterator[ReferenceExample]:
    """Yield the examples of a row: with the names found, and with those annotated if it has any."""
    columns = Columns(doc)
    scene = scene_of(doc, columns, names_of(doc))
    if "pronoun" in row:
        one = passage(row, doc, scene, labels)
        if one is not None:
            yield one
        return
    yield example(row, doc, scene, labels)
    if "entities" in row:
        scene = scene_of(doc, columns, annotated_names(row, doc))
        yield example(row, doc, scene, labels, natural=False)


def nouns_said(scene: ReferenceScene, found: ReferenceFeatures) -> Counter[tuple[str, int]]:
    """Return nouns with the label of the name that the text says them of, an index or none.

    "The ship Vega" and "Firth, an investment firm," say so, and so do the names themselves:
    "Kansai Airport" is an airport. All other heads of noun phrases are said of no name.
    """
    said: set[tuple[str, int]] = set()
    for chain in scene.chains:
        label = NAME_LABELS.index(chain.label)
        words = chain.called if chain.label == "PERSON" else chain.roles
        said.update((word.split()[-1], label) for word in words)
        if chain.label not in ("PERSON", "NORP") and len(chain.words) > 1:
            until = chain.words.index("of") if "of" in chain.words[1:] else len(chain.words)
            said.add((chain.words[until - 1], label))
    known = {word for word, _ in said}
    heads = {scene.columns.lower[m.head] for m in found.mentions if THE <= m.type < NAME}
    said.update((word, len(NAME_LABELS)) for word in heads - known)
    return Counter(said)


def annotated_names(row: dict[str, Any], doc: Doc) -> list[Name]:
    """Return the annotated names of a document, without those inside others."""
    found: list[Name] = []
    marked = sorted(
        (start, -end, one["label"].split("/")[0])
        for one in row["entities"]
        for start, end, kind in one["mentions"]
        if kind == "name"
    )
    for start, end, label in marked:
        span = doc.char_span(start, -end, alignment_mode="expand")
        assert span is not None  # an expanded span is never between tokens
        if label in NAME_LABELS and (not found or span.start >= found[-1].end):
            found.append(Name(span.start, span.end, label))
    return found


def scene_of(doc: Doc, columns: Columns, names: Sequence[Name]) -> ReferenceScene:
    """Return the scene of a document with some names."""
    clusters = Clusters(columns, names)
    news = doc._.news
    references = described(columns, clusters)
    return lay_out(columns, clusters.chains, references, news.quotes, news.attributions)


def passage(
    row: dict[str, Any], doc: Doc, scene: ReferenceScene, labels: SyntaxLabels
) -> ReferenceExample | None:
    """Return a passage of GAP: one pronoun, two names."""
    found = features(scene, doc)
    columns = scene.columns
    start = row["pronoun"][0]
    at = next(
        (
            n
            for n, m in enumerate(found.mentions)
            if columns.starts[m.head] == start and m.type <= YOU
        ),
        None,
    )
    if at is None:
        return None
    chains: dict[str, set[int]] = {"a": set(), "b": set()}
    for key in "ab":
        s, e = row[key]
        for one in found.mentions:
            if one.type == NAME and columns.starts[one.start] < e and columns.ends[one.end - 1] > s:
                chains[key].add(one.chain)
    good = {c for key in "ab" if row[f"{key}_right"] for c in chains[key]}
    bad = {c for key in "ab" if not row[f"{key}_right"] for c in chains[key]} - good
    chain = np.array([one.chain for one in found.mentions], dtype=np.int64)
    tell_voices(found, scene.speech, chain)
    size = len(found.mentions)
    asked = np.zeros(size, dtype=bool)
    asked[at] = True
    first, second = found.pairs[:, 0], found.pairs[:, 1]
    mine = first == at
    if row["a_right"] or row["b_right"]:
        right = mine & np.isin(chain[second], list(good))
        null = np.zeros(size, dtype=bool)
        if not right.any():
            return None
    else:
        right = mine & (chain[second] >= 0) & ~np.isin(chain[second], list(bad))
        null = np.ones(size, dtype=bool)
    counted = chain[second] >= 0
    unknown = np.full(size, -1)
    said = nouns_said(scene, found)
    return ReferenceExample(
        found, asked, right, null, counted, unknown, scene,
        tokens(scene, doc, labels), True, said,
    )  # fmt: skip
