"""The ranker of reference: its mentions, its pairs, and how beliefs pass from one to another."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import Chain, Reference
from pipeline.model.reference.features import ReferenceScene, features
from pipeline.model.reference.mentions import (
    BARE,
    CALIBRATED,
    HE,
    INDEFINITE,
    IT,
    ME,
    NAME,
    PLURAL,
    POSSESSED,
    SHE,
    THE,
    THEY,
    THIS,
    THOSE,
    WHICH,
    WHO,
    YOU,
    find_mentions,
    is_national,
    part_of,
    phrase_start,
)
from pipeline.model.reference.ranker import RankerConfig, Ranking, ReferenceAnswer
from tests.blank import BLANK
from tests.marked import before_names

KINDS = set(CALIBRATED.values())
PLAIN = RankerConfig(dict.fromkeys(KINDS, 1.0), dict.fromkeys(KINDS, 0.0), 0.2)


def scene_of(
    nlp: Language, text: str, *names: str, speech: str | None = None
) -> tuple[ReferenceScene, object]:
    """Return the scene of a text in which some words are the names of persons."""
    doc = before_names(nlp, text)
    columns = Columns(doc)
    chains = [Chain("PERSON", name, tuple(name.lower().split())) for name in names]
    references = []
    for number, name in enumerate(names):
        words = name.split()
        for at in range(len(doc)):
            if columns.words[at : at + len(words)] == words:
                end = at + len(words)
                references.append(Reference(at, end, columns.root(at, end), "name", number))
    spoken = [-1] * len(doc)
    if speech is not None:
        span = doc.char_span(text.index(speech), text.index(speech) + len(speech))
        assert span is not None
        spoken[span.start : span.end] = [0] * len(span)
    voices = {} if speech is None else {0: -1}
    return ReferenceScene(columns, chains, sorted(references), spoken, voices, frozenset()), doc


def ranking(scene: ReferenceScene, doc: object, prefer: str) -> Ranking:
    """Return a ranking in which mentions with one head word are likely and all others are not."""
    found = features(scene, doc)  # type: ignore[arg-type]

    def score(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        heads = [found.mentions[at].head for at in found.pairs[rows, 1]]
        scores = [3.0 if scene.columns.words[head] == prefer else -3.0 for head in heads]
        return np.array(scores), np.zeros(len(found.mentions))

    return Ranking(scene, found, score, PLAIN)


def by_word(scene: ReferenceScene, answers: list[ReferenceAnswer]) -> dict[str, ReferenceAnswer]:
    return {scene.columns.words[one.mention.head]: one for one in answers}


def test_names_pronouns_and_noun_phrases_are_mentions(nlp: Language) -> None:
    scene, _ = scene_of(nlp, "Ann Lee thanked the old mayor and his deputy.", "Ann Lee")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    words = [scene.columns.words[one.start : one.end] for one in found]
    assert words[:3] == [["Ann", "Lee"], ["the", "old", "mayor"], ["his"]]
    assert [one.type for one in found] == [NAME, THE, HE, POSSESSED]


TYPES_SHOWN = {
    HE: "he", SHE: "she", IT: "it", THEY: "they", WHO: "who", WHICH: "which", NAME: "name",
    THE: "the", THIS: "this", YOU: "you",
    POSSESSED: "her", INDEFINITE: "a", THOSE: "those", PLURAL: "many", BARE: "bare",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The mayor gave her dog a big new bone.", "the/2 she/1 her/2 a/4"),
        ("These firms and those banks left, which hurt.", "those/2 those/2 which/1"),
        ("The aide to Lee's brother left.", "the/2 name/1 her/3"),
        ("It rained, and it was late.", "it/1"),  # the first one is the weather
        ("The firm that won is the best firm.", "the/2 which/1 bare/3"),
        ("The 39-year-old said so; the old man left.", "the/6 the/3"),
        ("Whose house is it? Who knows?", "who/1 bare/2 it/1 who/1"),
        ("Many towns and the islands fell.", "many/2 those/2"),
        ("The group, a bank, fell.", "the/2 bare/2"),
        ("He hurt himself and their dogs.", "he/1 he/1 they/1 many/2"),
        ("The Florida company Lee left.", "the/3 name/1"),
        ("The company’s 5 old ships sank.", "the/2 many/6"),
        ("It snowed, it hailed and it fell.", "it/1"),
        ("They told us. I left with it.", "they/1 it/1"),  # the reporter is nobody
        ("We left; our firm and my dog stayed.", "her/2 her/2"),
        ("This firm left that bank.", "this/2 this/2"),
        ("The man is the boss, a star.", "the/2 bare/2 bare/2"),
        ("Lee, the boss, left.", "name/1 bare/2"),
        ("The poor left, the sick came.", "the/2 the/2"),
        ("Much of it that fell was hers.", "it/1 which/1 she/1"),
        ("The two firms sold the “big” boat.", "those/3 bare/1"),
        ("She gave each of you theirs.", "she/1 you/1"),
    ],
)
def test_the_words_and_the_type_of_a_mention(nlp: Language, text: str, wanted: str) -> None:
    scene, _ = scene_of(nlp, text, "Lee")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    shown = [f"{TYPES_SHOWN[one.type]}/{one.end - one.start}" for one in found]
    assert " ".join(shown) == wanted
    assert all(one.end == one.head + 1 for one in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The Italian left.", ["Italian"]),
        ("They met the Italian.", ["Italian"]),
        ("They spoke to the Italian.", ["Italian"]),
        ("The Frenchman left.", ["Frenchman"]),
        ("The French left.", []),
        ("The Swiss left.", []),
        ("An Italian left.", []),
        ("Italian left.", []),
        ("The italian left.", []),
        ("The Italian firm left.", []),
        ("The mayor left.", []),
    ],
)
def test_somebody_may_be_named_by_nation(nlp: Language, text: str, wanted: list[str]) -> None:
    scene, _ = scene_of(nlp, text)
    words = scene.columns.words
    assert [word for at, word in enumerate(words) if is_national(scene.columns, at)] == wanted


def test_a_noun_phrase_has_at_most_twelve_tokens_before_its_head() -> None:
    words = ["the", *["red"] * 20, "ship"]
    doc = Doc(
        BLANK.vocab,
        words,
        tags=["DT", *["JJ"] * 20, "NN"],
        heads=[21] * 22,
        deps=["det", *["amod"] * 20, "ROOT"],
    )
    assert phrase_start(Columns(doc), 21, 21) == 9
    assert phrase_start(Columns(doc), 5, 21) == 0
    assert phrase_start(Columns(doc), 0, 21) == 0


def test_the_parts_of_anaphors_are_pronouns_and_nouns() -> None:
    assert {part_of(kind) for kind in range(THE)} == {"pronouns"}
    assert {part_of(kind) for kind in range(THE, NAME)} == {"nouns"}


def test_i_is_a_mention_inside_speech_only(nlp: Language) -> None:
    text = "I wrote it. “I came,” said Ann Lee."
    scene, _ = scene_of(nlp, text, "Ann Lee", speech="I came,")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    assert [one.head > 4 for one in found if one.type == ME] == [True]


def test_a_noun_in_front_of_a_name_is_a_mention(nlp: Language) -> None:
    scene, _ = scene_of(nlp, "They left the Florida company Ridgeback.", "Ridgeback")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    assert [(one.start, one.end, one.type) for one in found[1:]] == [(2, 5, THE), (5, 6, NAME)]


def test_plurals_with_an_article_are_resolved(nlp: Language) -> None:
    scene, _ = scene_of(nlp, "Storms reached the islands and many towns.")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    assert [scene.columns.words[one.head] for one in found if one.type == THOSE] == ["islands"]


def test_you_is_a_mention_everywhere(nlp: Language) -> None:
    scene, _ = scene_of(nlp, "Why did you run?")
    found = find_mentions(scene.columns, scene.names, scene.speech)
    assert [one.type for one in found] == [YOU]


def test_a_name_right_behind_a_noun_phrase_is_a_candidate(nlp: Language) -> None:
    text = "Ridgeback grew. It sold the company, Ridgeback, in May."
    scene, doc = scene_of(nlp, text, "Ridgeback")
    found = features(scene, doc)  # type: ignore[arg-type]
    heads = [scene.columns.words[one.head] for one in found.mentions]
    pairs = {(heads[at], other) for at, other in found.pairs.tolist()}
    assert ("company", len(heads) - 2) in pairs or ("company", heads.index("Ridgeback", 1)) in pairs


def test_a_chain_of_pronouns_leads_back_to_the_name(nlp: Language) -> None:
    text = "Tom Reed left. He was tired. His wife had called him."
    scene, doc = scene_of(nlp, text, "Tom Reed")
    answers = by_word(scene, ranking(scene, doc, "Reed").outside_speech())
    assert answers["him"].chain == 0
    assert answers["He"].confidence > 0.9


def test_doubt_adds_up_to_at_most_one(nlp: Language) -> None:
    text = "Tom Reed met Bob Hale. He thanked him for his help."
    scene, doc = scene_of(nlp, text, "Tom Reed", "Bob Hale")
    found = ranking(scene, doc, "nobody")
    answers = found.outside_speech()
    assert {"He", "him", "his"} <= {scene.columns.words[one.mention.head] for one in answers}
    for belief in found.believed().values():
        assert sum(belief.values()) <= 1 + 1e-6


def test_pronouns_elsewhere_tell_the_gender_of_a_name(nlp: Language) -> None:
    """Two names are equally likely; other pronouns have called one of them "she"."""
    text = "Kim Sol won. Kim said she was glad. Lou Ray met Kim Sol. He smiled."
    scene, doc = scene_of(nlp, text, "Kim Sol", "Lou Ray")
    found = ranking(scene, doc, "Kim")
    found.genders[0] = [0.0, 5.0]
    answer = by_word(scene, found.outside_speech())["He"]
    assert answer.chain == 1


ODD = ["", " ", "he", "\n\n\n", "“", "His his his. " * 300, "the " * 500]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_have_answers_or_none(nlp: Language, text: str) -> None:
    scene, doc = scene_of(nlp, text)
    found = ranking(scene, doc, "he")
    assert all(0 <= one.mention.start < one.mention.end for one in found.outside_speech())
    assert found.inside_speech({}, {}) == []
