"""A long document is scored in sections: the arrays are those of the whole document."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.model import encoder
from pipeline.model.encoder import States
from pipeline.model.reference.features import Pairs, ReferenceScene, features
from pipeline.model.reference.ranker import SectionScorer, TokenStates, scorer, with_states
from pipeline.model.session import Floats
from tests.blank import BLANK

SENTENCES = (
    "Aa left", "he fell", "the mayor smiled", "it rose", "Oo bought", "they left", "a firm fell",
    "you won", "Bb saw", "the firm rose", "she left", "the mayor saw",
)  # fmt: skip
TAGS = {
    "he": "PRP", "it": "PRP", "they": "PRP", "you": "PRP", "she": "PRP",
    "the": "DT", "a": "DT", "mayor": "NN", "firm": "NN", "Aa": "NNP", "Oo": "NNP", "Bb": "NNP",
}  # fmt: skip
NAMES = ("Aa", "Oo", "Bb")


@pytest.fixture(autouse=True)
def short_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "SECTION", 30)


def document() -> tuple[ReferenceScene, Doc]:
    """Return 60 sentences, some of them spoken, with three names."""
    words: list[str] = []
    heads: list[int] = []
    speech: list[int] = []
    for number in range(60):
        sentence = SENTENCES[number * 7 % len(SENTENCES)].split()
        verb = len(words) + len(sentence) - 1
        heads += [verb - (len(sentence) == 3 and at == 0) for at in range(len(sentence))]
        speech += [number // 5 if number % 5 == 0 else -1] * len(sentence)
        words += sentence
    tags = [TAGS.get(word, "VBD") for word in words]
    deps = ["ROOT" if at == head else "nsubj" for at, head in enumerate(heads)]
    doc = Doc(BLANK.vocab, words=words, tags=tags, heads=heads, deps=deps)
    found = [
        Reference(at, at + 1, at, "name", NAMES.index(word))
        for at, word in enumerate(words)
        if word in NAMES
    ]
    chains = [Chain("ORG" if name == "Oo" else "PERSON", name, (name.lower(),)) for name in NAMES]
    voices = {one: found[one].head for one in range(max(speech) + 1)}
    return ReferenceScene(
        Columns(doc), chains, found, speech, voices, frozenset(voices.values())
    ), doc


def test_the_arrays_of_a_section_are_rows_of_those_of_the_document() -> None:
    scene, doc = document()
    whole, pairs = features(scene, doc), Pairs(scene, doc)
    bounds = pairs.bounds()
    assert len(bounds) > 4
    assert bounds[-1] == len(whole.pairs)
    for start, end in pairwise(bounds):
        used = np.unique(whole.pairs[start:end])
        found = pairs.section(slice(start, end), used)
        assert used[found.pairs].tolist() == whole.pairs[start:end].tolist()
        assert found.mentions == [whole.mentions[at] for at in used]
        assert (found.relations == whole.relations[start:end]).all()
        for name in ("known", "nouns", "states"):
            assert (getattr(found, name) == getattr(whole, name)[used]).all(), name


def test_sections_are_scored_as_the_document() -> None:
    scene, doc = document()
    states = np.arange(2 * len(doc), dtype=np.float32).reshape(-1, 2) / np.float32(10_000)
    whole, pairs = with_states(features(scene, doc), states), Pairs(scene, doc)
    outline, places = pairs.outline(), pairs.tokens()
    kept = TokenStates(places, States(states[places], 4))

    def run(_: str, given: dict[str, np.ndarray]) -> tuple[Floats, Floats]:
        of_pairs = given["states"][given["pairs"]].sum(axis=(1, 2))
        known = given["known"].sum(axis=1) + given["states"].sum(axis=1)
        return given["relations"].sum(axis=1) + of_pairs, known

    said = np.arange(len(whole.pairs), dtype=np.float32) / 100  # who speaks, filled in later
    whole.relations[:, -1] = outline.relations[:, -1] = said

    def other(part: str, given: dict[str, np.ndarray]) -> tuple[Floats, Floats]:
        scores, null = run(part, given)
        return 3 * scores, 5 * null

    score = SectionScorer(pairs, outline, [(kept, run)])
    mean = SectionScorer(pairs, outline, [(kept, run), (states, other)])
    every = np.arange(len(whole.pairs))
    spoken = np.array(scene.speech)[[one.head for one in whole.mentions]] >= 0
    for rows in (every, every[spoken[whole.pairs[:, 0]]], every[:0]):
        (scores, null), (wanted, none) = score(rows), scorer(whole, run)(rows)
        anaphors = np.unique(whole.pairs[rows, 0])
        assert scores.tolist() == wanted.tolist()
        assert null[anaphors].tolist() == none[anaphors].tolist()
        scores, null = mean(rows)  # of two rankers
        tripled, fivefold = scorer(whole, other)(rows)
        assert scores.tolist() == ((wanted + tripled) / 2).tolist()
        assert null[anaphors].tolist() == ((none + fivefold) / 2)[anaphors].tolist()
