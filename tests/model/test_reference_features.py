"""What the ranker of reference reads of each mention, and of each pair of mentions."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.model.reference.features import (
    FEATURES,
    ReferenceFeatures,
    ReferenceScene,
    features,
    unit_rows,
)
from pipeline.model.reference.mentions import HE, NAME, SHE, THE, MentionCandidate
from pipeline.names.lists import roles


def scene_of(
    nlp: Language, text: str, chains: list[Chain], speeches: tuple[str, ...], voices: dict[int, str]
) -> tuple[ReferenceScene, Doc]:
    """Return the scene of a text: its names are those of the chains, or their last words."""
    doc = nlp.make_doc(text)
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    columns = Columns(doc)
    found: list[Reference] = []
    covered: set[int] = set()
    for number, chain in enumerate(chains):
        for words in (chain.name.split(), chain.name.split()[-1:]):
            for at in range(len(doc)):
                end = at + len(words)
                if columns.words[at:end] == words and at not in covered:
                    found.append(Reference(at, end, columns.root(at, end), "name", number))
                    covered.update(range(at, end))
    spoken = [-1] * len(doc)
    for number, speech in enumerate(speeches):
        span = doc.char_span(text.index(speech), text.index(speech) + len(speech))
        assert span is not None
        spoken[span.start : span.end] = [number] * len(span)
    said = {number: columns.words.index(word) for number, word in voices.items()}
    return ReferenceScene(
        columns, chains, sorted(found), spoken, said, frozenset(said.values())
    ), doc


TALK = (
    "Ann Lee runs Norvex, a bank in Harlow. The old mayor, Tom Reed, met her there.\n\n"
    "Reed said: “I know that she is the best banker.” The bank grew. It was clear that it won."
)
FAMILY = (
    "Ann Lee, her manager, left. Tom Reed is her uncle. Ann Lee wants him to say that he saw them."
)
TOWNS = (
    "The ships were sold by Norvex itself. Many towns whose mayor Reed is blamed Norvex. It seems "
    "to have hurt the sick mayor, who said its old rivals were told of them."
)
FLEET = (
    "The big red ship sank. A tug left. The red ship burned. The old red ship left. The tug, the "
    "ship and the green tug of Norvex – Harlow’s firm – are old."
)
DIALOGUE = "Lee said: “I saw him. We won.” “You saw me,” said Reed. “I did,” said Lee."


@cache
def _read(nlp: Language, text: str) -> tuple[ReferenceScene, ReferenceFeatures]:
    ann = Chain("PERSON", "Ann Lee", ("ann", "lee"), gender="f", roles={"banker"})
    tom = Chain("PERSON", "Tom Reed", ("tom", "reed"), gender="m", roles={"mayor"})
    ann.described.add("old")
    firm = Chain("ORG", "Norvex", ("norvex",), described={"bank"})
    place = Chain("GPE", "Harlow", ("harlow",))
    speeches = {
        TALK: ("I know that she is the best banker.",),
        DIALOGUE: ("I saw him. We won.", "You saw me,", "I did,"),
    }.get(text, ())
    voices = {TALK: {0: "Reed"}, DIALOGUE: {0: "Lee", 1: "Reed"}}.get(text, {})
    scene, doc = scene_of(nlp, text, [ann, tom, firm, place], speeches, voices)
    return scene, features(scene, doc)


Pair = tuple[int, int]
TEXTS = (TALK, FAMILY, TOWNS, FLEET, DIALOGUE)


def relations(found: ReferenceFeatures) -> dict[Pair, dict[str, float]]:
    """Return what is known of each pair, by the names of the columns."""
    rows = zip(found.pairs.tolist(), found.relations.tolist(), strict=True)
    return {
        (one, other): dict(zip(FEATURES["relations"], row, strict=True))
        for (one, other), row in rows
    }


def known(found: ReferenceFeatures) -> list[dict[str, float]]:
    """Return what is known of each mention, by the names of the columns."""
    return [dict(zip(FEATURES["known"], row, strict=True)) for row in found.known.tolist()]


@pytest.mark.parametrize("text", TEXTS)
def test_a_mention_has_one_type_one_dependency_and_one_label(nlp: Language, text: str) -> None:
    scene, found = _read(nlp, text)
    for one, row in zip(found.mentions, known(found), strict=True):
        for kind in ("type", "is", "label"):
            those = [name for name in row if name.startswith(f"{kind} ") and row[name]]
            assert len(those) == 1, (kind, those)
        if one.type == NAME:
            assert row[f"label {scene.chains[one.chain].label}"]


@pytest.mark.parametrize("text", TEXTS)
def test_gender_and_number_of_names_are_those_of_the_entity(nlp: Language, text: str) -> None:
    scene, found = _read(nlp, text)
    names = Counter(one.chain for one in found.mentions if one.type == NAME)
    for one, row in zip(found.mentions, known(found), strict=True):
        gender = scene.chains[one.chain].gender if one.type == NAME else None
        assert row["entity is a man"] == (gender == "m")
        assert row["entity is a woman"] == (gender == "f")
        wanted = np.log1p(names[one.chain]) if one.type == NAME else 0
        assert row["names of the entity"] == pytest.approx(wanted)
        assert row["source"] == (one.head in scene.sources)


@pytest.mark.parametrize("text", TEXTS)
def test_where_a_pair_is(nlp: Language, text: str) -> None:
    """Distances are those of the heads, whatever else is in the text."""
    scene, found = _read(nlp, text)
    columns, mentions = scene.columns, found.mentions
    for (first, second), row in relations(found).items():
        i, j = mentions[first].head, mentions[second].head
        apart = abs(columns.sentences[i] - columns.sentences[j])
        over = abs(columns.paragraphs[i] - columns.paragraphs[j])
        assert row["distance"] == pytest.approx(np.log1p(abs(i - j)) / 3)
        assert row["sentences apart"] == pytest.approx(np.log1p(apart))
        assert row["paragraphs apart"] == pytest.approx(min(over, 3) / 3)
        assert row["mentions apart"] == pytest.approx(min(abs(first - second), 40) / 20)
        assert row["same sentence"] == (apart == 0)
        assert row["next sentence"] == (apart == 1)
        assert row["same paragraph"] == (over == 0)
        assert row["behind"] == (j > i)


@pytest.mark.parametrize("text", TEXTS)
def test_candidates_rank_by_distance(nlp: Language, text: str) -> None:
    rows = relations(_read(nlp, text)[1])
    for first in {first for first, _ in rows}:
        mine = [row for (anaphor, _), row in rows.items() if anaphor == first]
        mine.sort(key=lambda row: row["rank by distance"])
        away = [row["distance"] for row in mine]
        assert away == sorted(away)
        assert mine[0]["rank by distance"] == 0


@pytest.mark.parametrize("text", TEXTS)
def test_where_a_pair_is_spoken(nlp: Language, text: str) -> None:
    scene, found = _read(nlp, text)
    for (first, second), row in relations(found).items():
        inside, other = (scene.speech[found.mentions[one].head] for one in (first, second))
        assert row["same speech"] == (inside >= 0 and inside == other)
        assert row["antecedent in speech"] == (inside < 0 <= other)
        assert row["anaphor in speech"] == (other < 0 <= inside)
        assert row["voice of the speech"] == (found.voices.get(inside, -1) == second)


@pytest.mark.parametrize("text", TEXTS)
def test_genders_agree_or_differ_or_are_open(nlp: Language, text: str) -> None:
    scene, found = _read(nlp, text)

    def gender(one: MentionCandidate) -> str | None:
        if one.type == NAME:
            return scene.chains[one.chain].gender
        role = roles().get(scene.columns.lower[one.head]) if one.type >= THE else None
        return {HE: "m", SHE: "f"}.get(one.type, role.gender if role else None)

    for pair, row in relations(found).items():
        first, second = (gender(found.mentions[one]) for one in pair)
        known = first is not None and second is not None
        assert row["genders agree"] == (known and first == second)
        assert row["genders differ"] == (known and first != second)


@pytest.mark.parametrize("text", TEXTS)
def test_the_last_name_is_the_nearest_one_before(nlp: Language, text: str) -> None:
    _, found = _read(nlp, text)
    named = [(at, one.chain) for at, one in enumerate(found.mentions) if one.type == NAME]
    for (first, second), row in relations(found).items():
        chain = found.mentions[second].chain
        before = [at for at, other in named if other == chain >= 0 and at < first]
        assert row["names before"] == pytest.approx(np.log1p(len(before)))
        assert row["last name"] == (before[-1:] == [second])


@pytest.mark.parametrize(
    ("text", "pair", "wanted"),
    [
        (TALK, (4, 0), {"label agrees": 1}),  # mayor, Lee
        (TALK, (4, 1), {"label agrees": -1, "not all modifiers": 1}),  # mayor, Norvex
        (TALK, (4, 5), {"role": 1, "label agrees": 1, "not all modifiers": 1}),  # mayor, Reed
        (TALK, (6, 5), {"genders differ": 1}),  # her, Reed
        (TALK, (11, 2), {"same noun": 1}),  # bank, bank
        (FAMILY, (1, 0), {"genders agree": 1}),  # her, Lee
        (FLEET, (2, 0), {"same noun": 1}),  # ship, ship
        (DIALOGUE, (3, 1), {"same speech": 1, "voice of both speeches": 1}),  # We, I
    ],
)
def test_what_the_words_of_a_pair_have_in_common(
    nlp: Language, text: str, pair: Pair, wanted: dict[str, float]
) -> None:
    columns = ("role", "same noun", "in the name", "not all modifiers", "label agrees")
    told = (*columns, "genders agree", "genders differ", "same speech", "voice of both speeches")
    row = relations(_read(nlp, text)[1])[pair]
    assert {name: row[name] for name in told if row[name]} == wanted


def test_a_noun_is_like_a_name_that_it_is_part_of(nlp: Language) -> None:
    chain = Chain("ORG", "Harlow Bank", ("harlow", "bank"))
    scene, doc = scene_of(nlp, "Harlow Bank grew. The bank won. The ship sank.", [chain], (), {})
    found = features(scene, doc)
    bank, ship = (row for _, row in sorted(relations(found).items()) if row["last name"])
    assert bank["in the name"] == 1
    assert bank["like the name"] == pytest.approx(1, abs=1e-3)
    assert ship["like the name"] < 0.9


@pytest.mark.parametrize("text", [FAMILY, TOWNS, FLEET])
def test_what_is_before_a_text_changes_nothing_between_its_mentions(
    nlp: Language, text: str
) -> None:
    _, found = _read(nlp, text)
    _, later = _read(nlp, f"Yes.\n\n{text}")
    assert later.pairs.tolist() == found.pairs.tolist()
    assert (later.relations == found.relations).all()


def test_only_heads_of_noun_phrases_have_a_vector_and_it_has_length_one(nlp: Language) -> None:
    _, found = _read(nlp, TALK)
    lengths = np.linalg.norm(found.nouns, axis=1).round(3).tolist()
    assert [at for at, length in enumerate(lengths) if length] == [2, 4, 10, 11]
    assert set(lengths) == {0, 1}


def test_the_state_of_a_mention_is_that_of_its_head_and_of_the_word_above(nlp: Language) -> None:
    scene, found = _read(nlp, TALK)
    met = scene.columns.words.index("met")
    by_word = {one.head: state for one, state in zip(found.mentions, found.states, strict=True)}
    mayor = by_word[scene.columns.words.index("mayor")]
    her = by_word[scene.columns.words.index("her")]
    assert scene.columns.heads[met] == met
    assert (mayor[96:] == her[96:]).all()
    assert not (mayor[:96] == her[:96]).all()


def test_a_speech_has_the_mention_of_its_source_as_its_voice(nlp: Language) -> None:
    assert _read(nlp, TALK)[1].voices == {0: 5}
    assert _read(nlp, DIALOGUE)[1].voices == {0: 0, 1: 6}


def test_rows_at_length_one_keep_zeros() -> None:
    rows = unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32))
    assert rows.tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]
