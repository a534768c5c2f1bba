"""What the ranker of reference reads of each mention, and of each pair of mentions."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Chain, Reference
from pipeline.reader.reference.features import (
    Features,
    Scene,
    by_ending,
    features,
    unit_rows,
)
from tests.reader.rows import columns_named, shown

RELATIONS = columns_named(
    "distance same-sentence next-sentence second-sentence sentences paragraphs same-paragraph "
    "mentions behind nearest same-role both-subjects both-sources source same-speech other-speech "
    "only-other-spoken only-anaphor-spoken voice voice-of-same same-type gender-agrees "
    "gender-differs gender-open up0 up1 up2 up3 up4 up-far up-none down0 down1 down2 down3 down4 "
    "down-far down-none subject-of-clause subject-of-higher-clause siblings below above subject1 "
    "subject2 subject3 named-before latest not-named-before subject-before since half-named-before "
    "opening last-source opener same-source lean1 lean2 lean3 lean-ending apposition attribute "
    "head-of head-word meets-at-root same-head same-words modified cosine role described in-name "
    "all-modifiers not-all-modifiers label likeness-name likeness-described likeness-label next "
    "next-by-mark just-before just-before-by-mark voice-before voice-behind near-voice "
    "distance-to-voice nearest-rival rival-rank most-named rivals own-share nearest-subject "
    "owns-apposition owns-attribute same-voice"
)
"""The columns of relations, in the order in which the graphs read them."""
FLAGS = (
    *(f"type{at}" for at in range(17)),
    *(f"dep{at}" for at in range(10)),
    *NAME_LABELS,
    "no-label",
    *columns_named(
        "root spoken first-sentence first-paragraph opens source before-in length animate "
        "reflexive possessive proper man woman names most-named rank opening nouns-before nouns "
        "indefinite-first plural modifiers adjective after-in paragraph of-be IN WDT WP VBG VBN TO "
        ", POS ccomp xcomp acomp attr lean1 lean2 lean3 lean-ending"
    ),
)
"""The columns of what is known of a mention, in the order in which the graphs read them."""


def scene_of(
    nlp: Language, text: str, chains: list[Chain], speeches: tuple[str, ...], voices: dict[int, str]
) -> tuple[Scene, Doc]:
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
    return Scene(columns, chains, sorted(found), spoken, said, frozenset(said.values())), doc


LEARNED = ("lean", "likeness", "cosine")
"""Columns that depend on word vectors begin with these."""


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
def _read(nlp: Language, text: str) -> tuple[Scene, Features]:
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


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        (
            TALK,
            0,  # Lee
            "type16 dep0 PERSON root first-sentence first-paragraph opens length=0.5 proper woman "
            "names=0.693 rank=0.2 opening",
        ),
        (
            TALK,
            1,  # Norvex
            "type16 dep2 ORG root first-sentence first-paragraph length=0.25 proper names=0.693 "
            "rank=0.4 opening ,",
        ),
        (
            TALK,
            2,  # bank
            "type14 dep5 ORG first-sentence first-paragraph before-in length=0.5 nouns=1.099 IN",
        ),
        (
            TALK,
            3,  # Harlow
            "type16 dep3 GPE first-sentence first-paragraph length=0.25 proper names=0.693 "
            "rank=0.6 opening after-in",
        ),
        (
            TALK,
            4,  # mayor
            "type9 dep0 PERSON root first-paragraph opens length=0.75 animate nouns=0.693 "
            "modifiers=0.333 ,",
        ),
        (
            TALK,
            5,  # Reed
            "type16 dep5 PERSON first-paragraph source length=0.5 proper man names=1.099 "
            "most-named opening ,",
        ),
        (
            TALK,
            8,  # I
            "type6 dep0 no-label spoken length=0.25 paragraph=0.1",
        ),
        (
            TALK,
            9,  # she
            "type1 dep0 no-label spoken length=0.25 after-in paragraph=0.1",
        ),
        (
            TALK,
            10,  # banker
            "type14 dep8 PERSON spoken length=0.75 animate nouns=0.693 modifiers=0.333 "
            "paragraph=0.1",
        ),
        (
            TALK,
            11,  # bank
            "type9 dep0 ORG root opens length=0.5 nouns-before=0.693 nouns=1.099 paragraph=0.1",
        ),
        (
            TALK,
            12,  # It
            "type2 dep0 no-label root opens length=0.25 paragraph=0.1 of-be ccomp acomp",
        ),
        (
            TALK,
            13,  # it
            "type2 dep0 no-label length=0.25 after-in paragraph=0.1",
        ),
        (
            FAMILY,
            1,  # her
            "type1 dep4 no-label first-sentence first-paragraph length=0.25 possessive",
        ),
        (
            FAMILY,
            2,  # manager
            "type14 dep5 PERSON first-sentence first-paragraph length=0.5 animate nouns=0.693 ,",
        ),
        (
            FAMILY,
            7,  # him
            "type0 dep0 no-label first-paragraph length=0.25 TO",
        ),
        (
            FAMILY,
            9,  # them
            "type3 dep2 no-label first-paragraph length=0.25",
        ),
        (
            TOWNS,
            0,  # ships
            "type13 dep1 no-label root first-sentence first-paragraph opens length=0.5 "
            "nouns=0.693 plural",
        ),
        (
            TOWNS,
            2,  # itself
            "type2 dep5 no-label first-sentence first-paragraph length=0.25 reflexive",
        ),
        (
            TOWNS,
            3,  # towns
            "type15 dep9 no-label root first-paragraph opens length=0.5 nouns=0.693 plural "
            "modifiers=0.333",
        ),
        (
            TOWNS,
            4,  # whose
            "type4 dep4 no-label first-paragraph length=0.25 possessive",
        ),
        (
            TOWNS,
            7,  # It
            "type2 dep0 no-label root first-paragraph opens length=0.25 xcomp",
        ),
        (
            TOWNS,
            11,  # rivals
            "type15 dep1 no-label first-paragraph length=0.75 nouns=0.693 plural modifiers=0.333",
        ),
        (
            FLEET,
            1,  # tug
            "type12 dep0 no-label root first-paragraph opens length=0.5 nouns=1.386 "
            "indefinite-first",
        ),
        (
            FLEET,
            2,  # ship
            "type9 dep0 PRODUCT root first-paragraph opens length=0.75 nouns-before=0.693 "
            "nouns=1.609 modifiers=0.333",
        ),
        (
            FLEET,
            3,  # ship
            "type9 dep0 PRODUCT root first-paragraph opens length nouns-before=1.099 nouns=1.609 "
            "modifiers=0.667",
        ),
    ],
)
def test_what_is_known_of_a_mention(nlp: Language, text: str, at: int, wanted: str) -> None:
    """Types, dependencies and labels are codes; the rest is on where it is so in the text."""
    _, found = _read(nlp, text)
    assert shown(FLAGS, found.known[at], LEARNED) == wanted


@pytest.mark.parametrize(
    ("text", "pair", "wanted"),
    [
        (
            TALK,
            (4, 0),  # mayor, Lee
            "distance=0.828 next-sentence sentences=0.693 same-paragraph mentions=0.2 nearest=0.6 "
            "same-role both-subjects up-none down-none named-before=0.693 latest subject-before "
            "since=0.133 half-named-before opening opener all-modifiers label rival-rank=0.2 "
            "rivals=0.333 own-share=0.5 nearest-subject",
        ),
        (
            TALK,
            (4, 1),  # mayor, Norvex
            "distance=0.768 next-sentence sentences=0.693 same-paragraph mentions=0.15 "
            "nearest=0.4 up-none down-none named-before=0.693 latest since=0.1 half-named-before "
            "opening not-all-modifiers label=-1 nearest-rival most-named rivals=0.167 own-share",
        ),
        (
            TALK,
            (4, 5),  # mayor, Reed
            "distance=0.462 same-sentence same-paragraph mentions=0.05 behind source up0 down1 "
            "above not-named-before apposition role not-all-modifiers label next-by-mark "
            "nearest-rival most-named rivals=0.333 own-share=0.5",
        ),
        (
            TALK,
            (6, 4),  # her, mayor
            "distance=0.649 same-sentence same-paragraph mentions=0.1 nearest=0.2 gender-open up1 "
            "down1 subject-of-clause siblings subject1 meets-at-root",
        ),
        (
            TALK,
            (6, 5),  # her, Reed
            "distance=0.462 same-sentence same-paragraph mentions=0.05 source gender-differs up1 "
            "down2 named-before=0.693 latest since=0.033 half-named-before last-source "
            "same-source meets-at-root nearest-rival most-named rivals=0.167 own-share",
        ),
        (
            TALK,
            (8, 6),  # I, her
            "distance=0.732 next-sentence sentences=0.693 paragraphs=0.333 mentions=0.1 "
            "nearest=0.2 only-anaphor-spoken up-none down-none near-voice distance-to-voice=0.25",
        ),
        (
            TALK,
            (8, 7),  # I, Reed
            "distance=0.536 same-sentence same-paragraph mentions=0.05 same-role both-subjects "
            "only-anaphor-spoken up2 down1 subject-of-clause subject-of-higher-clause subject1 "
            "named-before=1.099 latest since=0.033 half-named-before opener same-source "
            "meets-at-root nearest-rival most-named rivals=0.333 own-share=0.667 nearest-subject",
        ),
        (
            TALK,
            (11, 1),  # bank, Norvex
            "distance=1.185 sentences=1.386 paragraphs=0.333 mentions=0.5 nearest=0.6 up-none "
            "down-none named-before=0.693 latest since=0.333 half-named-before opening described "
            "label nearest-rival most-named rivals=0.167 own-share",
        ),
        (
            TALK,
            (11, 2),  # bank, bank
            "distance=1.155 sentences=1.386 paragraphs=0.333 mentions=0.45 nearest=0.4 up-none "
            "down-none same-head same-words",
        ),
        (
            TALK,
            (12, 5),  # It, Reed
            "distance=1.086 sentences=1.386 paragraphs=0.333 mentions=0.35 nearest=0.6 source "
            "up-none down-none named-before=1.099 since=0.167 half-named-before last-source "
            "same-source nearest-rival most-named rivals=0.333 own-share=0.667",
        ),
        (
            TALK,
            (12, 10),  # It, banker
            "distance=0.693 second-sentence sentences=1.099 same-paragraph mentions=0.1 "
            "nearest=0.2 only-other-spoken up-none down-none",
        ),
        (
            TALK,
            (13, 12),  # it, It
            "distance=0.536 same-sentence same-paragraph mentions=0.05 same-role both-subjects "
            "same-type up2 down1 subject-of-clause subject-of-higher-clause subject1 "
            "meets-at-root",
        ),
        (
            FAMILY,
            (1, 0),  # her, Lee
            "distance=0.366 same-sentence same-paragraph mentions=0.05 gender-agrees up2 down0 "
            "below subject1 named-before=0.693 latest since=0.033 half-named-before opening "
            "opener just-before-by-mark nearest-rival most-named rivals=0.167 own-share "
            "nearest-subject owns-apposition",
        ),
        (
            FAMILY,
            (4, 0),  # her, Lee
            "distance=0.799 next-sentence sentences=0.693 same-paragraph mentions=0.2 nearest=0.6 "
            "gender-agrees up-none down-none named-before=0.693 latest subject-before since=0.133 "
            "half-named-before opening opener nearest-rival most-named rivals=0.167 own-share "
            "nearest-subject",
        ),
        (
            FAMILY,
            (4, 3),  # her, Reed
            "distance=0.366 same-sentence same-paragraph mentions=0.05 gender-differs up2 down1 "
            "subject-of-clause subject-of-higher-clause subject1 named-before=0.693 latest "
            "since=0.033 half-named-before opening meets-at-root nearest-rival most-named "
            "rivals=0.167 own-share nearest-subject owns-attribute",
        ),
        (
            FAMILY,
            (8, 5),  # he, uncle
            "distance=0.768 next-sentence sentences=0.693 same-paragraph mentions=0.15 "
            "nearest=0.4 gender-agrees up-none down-none",
        ),
        (
            FAMILY,
            (8, 6),  # he, Lee
            "distance=0.649 same-sentence same-paragraph mentions=0.1 nearest=0.2 same-role "
            "both-subjects gender-differs up3 down1 subject-of-clause subject-of-higher-clause "
            "subject2 named-before=1.099 latest since=0.067 half-named-before opening "
            "meets-at-root nearest-rival most-named rivals=0.167 own-share nearest-subject",
        ),
        (
            FAMILY,
            (9, 6),  # them, Lee
            "distance=0.732 same-sentence same-paragraph mentions=0.15 up3 down1 "
            "subject-of-clause subject-of-higher-clause subject3 named-before=1.099 latest "
            "since=0.1 half-named-before opening meets-at-root nearest-rival most-named "
            "rivals=0.333 own-share=0.667 nearest-subject",
        ),
        (
            DIALOGUE,
            (1, 6),  # I, Reed
            "distance=0.924 second-sentence sentences=1.099 same-paragraph mentions=0.25 behind "
            "nearest=0.2 same-role both-subjects source only-anaphor-spoken up-none down-none "
            "not-named-before voice-behind rival-rank=0.2 rivals=0.333 own-share=0.5",
        ),
        (
            DIALOGUE,
            (3, 1),  # We, I
            "distance=0.536 next-sentence sentences=0.693 same-paragraph mentions=0.1 nearest=0.2 "
            "same-role both-subjects same-speech voice-of-same up-none down-none near-voice "
            "distance-to-voice=0.2",
        ),
        (
            DIALOGUE,
            (4, 1),  # You, I
            "distance=0.768 second-sentence sentences=1.099 same-paragraph mentions=0.15 "
            "nearest=0.6 same-role both-subjects other-speech up-none down-none",
        ),
        (
            DIALOGUE,
            (5, 4),  # me, You
            "distance=0.366 same-sentence same-paragraph mentions=0.05 same-speech voice-of-same "
            "up1 down1 subject-of-clause siblings subject1 near-voice distance-to-voice=0.143",
        ),
        (
            DIALOGUE,
            (5, 6),  # me, Reed
            "distance=0.536 same-sentence same-paragraph mentions=0.05 behind nearest=0.2 source "
            "only-anaphor-spoken voice up2 down1 subject-of-clause subject-of-higher-clause "
            "subject2 not-named-before meets-at-root near-voice distance-to-voice nearest-rival "
            "rivals=0.333 own-share=0.5",
        ),
        (
            DIALOGUE,
            (7, 0),  # I, Lee
            "distance=1.045 sentences=1.386 same-paragraph mentions=0.35 nearest=1.2 same-role "
            "both-subjects source only-anaphor-spoken up-none down-none named-before=0.693 latest "
            "since=0.233 half-named-before opening opener nearest-rival most-named rivals=0.333 "
            "own-share=0.667",
        ),
        (
            DIALOGUE,
            (7, 5),  # I, me
            "distance=0.693 next-sentence sentences=0.693 same-paragraph mentions=0.1 nearest=0.4 "
            "other-speech same-type up-none down-none",
        ),
        (
            DIALOGUE,
            (7, 6),  # I, Reed
            "distance=0.462 next-sentence sentences=0.693 same-paragraph mentions=0.05 same-role "
            "both-subjects source only-anaphor-spoken up-none down-none named-before=0.693 latest "
            "subject-before since=0.033 half-named-before last-source same-source voice-before "
            "rival-rank=0.2 rivals=0.333 own-share=0.333 nearest-subject",
        ),
        (
            TOWNS,
            (0, 5),  # ships, Reed
            "distance=0.828 next-sentence sentences=0.693 same-paragraph mentions=0.25 behind "
            "nearest=0.2 same-role both-subjects up-none down-none not-named-before nearest-rival "
            "most-named rivals=0.167 own-share",
        ),
        (
            TOWNS,
            (2, 1),  # itself, Norvex
            "distance=0.231 same-sentence same-paragraph mentions=0.05 up1 down0 below "
            "named-before=0.693 latest since=0.033 half-named-before opening head-of head-word "
            "just-before nearest-rival most-named rivals=0.167 own-share",
        ),
        (
            TOWNS,
            (4, 3),  # whose, towns
            "distance=0.231 same-sentence same-paragraph mentions=0.05 up4 down0 below "
            "meets-at-root just-before",
        ),
        (
            TOWNS,
            (7, 2),  # It, itself
            "distance=0.828 second-sentence sentences=1.099 same-paragraph mentions=0.25 "
            "nearest=0.6 same-type up-none down-none",
        ),
        (
            TOWNS,
            (9, 8),  # who, mayor
            "distance=0.366 same-sentence same-paragraph mentions=0.05 up2 down0 below "
            "just-before-by-mark",
        ),
        (
            TOWNS,
            (10, 7),  # its, It
            "distance=0.828 same-sentence same-paragraph mentions=0.15 nearest=0.4 same-type "
            "up-far down1 subject-of-clause subject-of-higher-clause subject3 meets-at-root",
        ),
        (
            TOWNS,
            (10, 8),  # its, mayor
            "distance=0.536 same-sentence same-paragraph mentions=0.1 nearest=0.2 up4 down0 below",
        ),
        (
            TOWNS,
            (12, 9),  # them, who
            "distance=0.732 same-sentence same-paragraph mentions=0.15 nearest=0.2 up3 down1 "
            "subject-of-clause subject-of-higher-clause subject2",
        ),
        (
            TOWNS,
            (12, 1),  # them, Norvex
            "distance=1.134 second-sentence sentences=1.099 same-paragraph mentions=0.55 "
            "nearest=1.2 same-role up-none down-none named-before=1.099 since=0.2 "
            "half-named-before opening nearest-rival most-named rivals=0.167 own-share",
        ),
        (
            FLEET,
            (2, 0),  # ship, ship
            "distance=0.768 second-sentence sentences=1.099 same-paragraph mentions=0.1 same-role "
            "both-subjects same-type up-none down-none opener same-head same-words modified",
        ),
        (
            FLEET,
            (3, 0),  # ship, ship
            "distance=0.924 sentences=1.386 same-paragraph mentions=0.15 nearest=0.4 same-role "
            "both-subjects same-type up-none down-none opener same-head modified",
        ),
        (
            FLEET,
            (3, 2),  # ship, ship
            "distance=0.649 next-sentence sentences=0.693 same-paragraph mentions=0.05 same-role "
            "both-subjects same-type up-none down-none same-head modified",
        ),
        (
            FLEET,
            (4, 1),  # tug, tug
            "distance=0.924 sentences=1.386 same-paragraph mentions=0.15 nearest=0.4 same-role "
            "both-subjects up-none down-none same-head same-words",
        ),
        (
            FLEET,
            (5, 0),  # ship, ship
            "distance=1.045 sentences=1.609 same-paragraph mentions=0.25 nearest=0.8 same-type "
            "up-none down-none opener same-head same-words",
        ),
        (
            FLEET,
            (5, 2),  # ship, ship
            "distance=0.88 second-sentence sentences=1.099 same-paragraph mentions=0.15 "
            "nearest=0.6 same-type up-none down-none same-head same-words",
        ),
        (
            FLEET,
            (5, 3),  # ship, ship
            "distance=0.693 next-sentence sentences=0.693 same-paragraph mentions=0.1 nearest=0.2 "
            "same-type up-none down-none same-head same-words",
        ),
    ],
)
def test_what_is_known_of_a_pair(
    nlp: Language, text: str, pair: tuple[int, int], wanted: str
) -> None:
    _, found = _read(nlp, text)
    row = found.relations[found.pairs.tolist().index([*pair])]
    assert shown(RELATIONS, row, LEARNED) == wanted


def test_a_name_leans_to_one_gender_and_away_from_the_other(nlp: Language) -> None:
    """The sign is that of the pronoun; a pronoun of no gender has no such column."""
    _, found = _read(nlp, FAMILY)
    rows = dict(zip(map(tuple, found.pairs.tolist()), found.relations, strict=True))
    at = RELATIONS.index("lean1")
    woman = found.known[0, FLAGS.index("lean1") :]
    assert rows[1, 0][at : at + 4] == pytest.approx(woman)
    assert rows[7, 0][at : at + 4] == pytest.approx(-woman)
    assert not rows[9, 0][at : at + 4].any()
    assert (woman > 0).all()
    assert (found.known[3, FLAGS.index("lean1") :] < 0).all()


def test_a_noun_is_like_its_own_label_and_its_own_description(nlp: Language) -> None:
    _, found = _read(nlp, TALK)
    rows = {
        tuple(pair): dict(zip(RELATIONS, row, strict=True))
        for pair, row in zip(found.pairs.tolist(), found.relations, strict=True)
    }
    assert rows[11, 1]["likeness-described"] == pytest.approx(1, abs=1e-3)
    assert rows[11, 1]["likeness-label"] > 0 > rows[11, 0]["likeness-label"]
    assert rows[11, 2]["cosine"] == pytest.approx(1, abs=1e-3)
    assert rows[4, 0]["likeness-label"] == rows[4, 5]["likeness-label"]


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


def test_the_ending_of_a_first_name_tells_its_gender() -> None:
    assert by_ending("Anna") > 0.5
    assert by_ending("Bernard") < -0.5
    assert by_ending("“") == 0
    assert all(-1 < by_ending(name) < 1 for name in ("Zo", "x", "Lee", "Maria"))
