"""Which mentions an anaphor may refer to: so many of each sort, the nearest first."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.model.reference.features import FEATURES, ReferenceFeatures, ReferenceScene, features
from tests.blank import BLANK

TAGS = {
    "he": "PRP", "it": "PRP", "they": "PRP", "who": "WP", "you": "PRP", "we": "PRP", "i": "PRP",
    "the": "DT", "a": "DT", "many": "JJ", "firm": "NN", "mayor": "NN", "town": "NN", "towns": "NNS",
    "\n": "_SP",
}  # fmt: skip


def read(text: str, *, one_sentence: bool = False) -> tuple[ReferenceFeatures, list[str], int]:
    """Return the features of a text, its words, and which one is the anaphor that "*" follows.

    "Aa1" is a person and "Oo1" an organisation, each number an entity of its own; "/" is a line
    break.
    """
    asked = next(at for at, word in enumerate(text.split()) if word.endswith("*"))
    words = [word.strip("*").replace("/", "\n") for word in text.split()]
    size = len(words)
    tags = [TAGS.get(word, "NNP") for word in words]
    heads = [
        at + 1 if tag == "DT" else (size - 1 if one_sentence else at) for at, tag in enumerate(tags)
    ]
    deps = ["det" if tag == "DT" else "nsubj" for tag in tags]
    doc = Doc(BLANK.vocab, words=words, tags=tags, heads=heads, deps=deps)
    names = sorted({word for word in words if word[-1].isdigit()})
    chains = [Chain("PERSON" if one[0] == "A" else "ORG", one, (one,)) for one in names]
    found = [
        Reference(at, at + 1, at, "name", names.index(word))
        for at, word in enumerate(words)
        if word in names
    ]
    scene = ReferenceScene(Columns(doc), chains, found, [-1] * size, {}, frozenset())
    return features(scene, doc), words, asked


def candidates(text: str, *, one_sentence: bool = False) -> list[str]:
    """Return the head words of the candidates of the anaphor."""
    found, words, asked = read(text, one_sentence=one_sentence)
    return [
        words[found.mentions[other].head]
        for at, other in found.pairs.tolist()
        if found.mentions[at].head == asked
    ]


def numbered(letters: str, first: int, last: int) -> str:
    return " ".join(f"{letters}{at}" for at in range(first, last + 1))


PEOPLE, BODIES = numbered("Aa", 10, 30), numbered("Oo", 10, 30)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{PEOPLE} he*", numbered("Aa", 23, 30)),
        (f"{BODIES} it*", numbered("Oo", 25, 30)),
        (f"{BODIES} he*", numbered("Oo", 28, 30)),
        (f"{PEOPLE} it*", numbered("Aa", 28, 30)),
        (f"{PEOPLE} they*", numbered("Aa", 25, 30)),
        (f"{BODIES} you*", numbered("Oo", 28, 30)),
        ("he he he he he he*", "he he he he"),
        ("it he he*", "he"),
        ("who they he they*", "who they"),
        ("he it they you*", "he it they"),
        ("the mayor the town the firm the town the firm he*", "mayor firm town firm"),
        ("the mayor the mayor the mayor the mayor the town it*", "mayor mayor mayor town"),
        ("the mayor the mayor the mayor the mayor he*", "mayor mayor mayor"),
        ("the mayor the towns towns they*", "towns towns"),
        ("the towns towns he*", ""),
        ("Aa1 Aa2 Aa3 Aa4 Aa5 Aa6 who*", "Aa2 Aa3 Aa4 Aa5 Aa6"),
        ("Aa1 he who*", "Aa1 he"),
    ],
)
def test_a_pronoun_may_refer_to_the_nearest_of_each_sort(text: str, wanted: str) -> None:
    assert candidates(text) == wanted.split()


def test_what_is_before_enough_names_and_pronouns_is_too_far() -> None:
    near = f"he he he he {numbered('Aa', 1, 8)}"
    assert "Oo1" not in candidates(f"Oo1 the mayor {near} he*")
    assert "mayor" not in candidates(f"Oo1 the mayor {near} he*")
    assert candidates(f"Oo1 the mayor {near[3:]} he*")[:2] == ["Oo1", "mayor"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("he* Aa1 Oo1 Aa2 he Aa3 Aa4", "Aa1 Aa2 Aa3"),
        ("it* Aa1 Oo1 Aa2", "Oo1"),
        ("you* Aa1 Oo1", "Aa1"),
        ("Aa9 he* Aa1", "Aa9 Aa1"),
    ],
)
def test_a_pronoun_may_refer_to_names_behind_it_in_its_sentence(text: str, wanted: str) -> None:
    assert candidates(text, one_sentence=True) == wanted.split()
    assert candidates(text) == [word for word in wanted.split() if word == "Aa9"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{BODIES} the firm*", numbered("Oo", 15, 30)),
        ("Oo1 Oo2 Oo1 the firm*", "Oo2 Oo1"),
        (f"the firm* {numbered('Oo', 1, 7)}", numbered("Oo", 1, 5)),
        ("Oo1 the firm* Oo2 Oo1 Oo3", "Oo1 Oo2 Oo3"),
        ("Oo1 the firm* Oo1", "Oo1 Oo1"),
        ("Oo1 the firm* the Oo1", "Oo1 Oo1"),
        ("Oo1 the firm* the town the Oo1", "Oo1"),
        ("the firm a firm the firm the firm the town the firm*", "firm firm firm"),
    ],
)
def test_a_noun_phrase_may_refer_to_entities_and_to_its_own_noun(text: str, wanted: str) -> None:
    assert candidates(text) == wanted.split()


@pytest.mark.parametrize("asked", ["he*", "the mayor*"])
def test_nobody_is_referred_to_from_too_far_away(asked: str) -> None:
    start = "Aa1 the mayor"
    near, far = (f"{start} {'towns ' * between}{asked}" for between in (397, 401))
    assert candidates(near) == ["Aa1", "mayor"]
    assert candidates(far) == []


def first_pair(text: str) -> dict[str, float]:
    found, _, asked = read(text)
    at = next(at for at, (one, _) in enumerate(found.pairs) if found.mentions[one].head == asked)
    return dict(zip(FEATURES["relations"], found.relations[at].round(3).tolist(), strict=True))


def test_what_is_far_away_is_all_the_same() -> None:
    near, far = (first_pair(f"Aa1 {'towns / ' * lines}the mayor*") for lines in (2, 80))
    columns = ("paragraphs apart", "mentions apart")
    assert [near[one] for one in columns] == pytest.approx([2 / 3, 3 / 20], abs=1e-3)
    assert [far[one] for one in columns] == [1, 2]
