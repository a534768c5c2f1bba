"""How the ranker of reference adds up what it believes, and what its graphs are given."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.columns import Columns
from pipeline.document.names import NAME_LABELS, Chain, Reference
from pipeline.model.names.features import SyntaxLabels
from pipeline.model.reference.features import ReferenceFeatures, ReferenceScene
from pipeline.model.reference.mentions import (
    CALIBRATED,
    HE,
    IT,
    ME,
    NAME,
    SHE,
    THE,
    THEY,
    YOU,
    MentionCandidate,
)
from pipeline.model.reference.ranker import (
    RankerConfig,
    Ranking,
    TokenArrays,
    inputs,
    laid_out,
    same_voice,
    scorer,
    starts_of,
    subjects_of,
    tokens,
    with_states,
)
from pipeline.model.session import Floats
from tests.blank import BLANK

PLAIN = RankerConfig(
    dict.fromkeys(CALIBRATED.values(), 1.0), dict.fromkeys(CALIBRATED.values(), 0.0), 0.2
)
WORD_OF = {NAME: "Aa", HE: "he", SHE: "she", IT: "it", ME: "I", YOU: "you", THE: "firm"}


def features_of(
    types: list[int], pairs: list[tuple[int, int]], chains: dict[int, int], voices: dict[int, int]
) -> ReferenceFeatures:
    """Return the features of mentions of one token; names have chains 0, 1 …, or ``chains``."""
    names = [at for at, kind in enumerate(types) if kind == NAME]
    mentions = [
        MentionCandidate(
            at, at + 1, at, kind, chains.get(at, names.index(at)) if kind == NAME else -1
        )
        for at, kind in enumerate(types)
    ]
    size = len(types)
    known = np.arange(size, dtype=np.float32)[:, None]
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    relations = np.zeros((len(rows), 2), dtype=np.float32)
    relations[:, 0] = np.arange(len(rows))
    return ReferenceFeatures(mentions, known, rows, relations, known, known, voices)


def ranking(
    types: list[int],
    scores: dict[tuple[int, int], float],
    *,
    null: float = -50,
    chains: dict[int, int] | None = None,
    speech: list[int] | None = None,
    voices: dict[int, int] | None = None,
    objects: dict[int, int] | None = None,
) -> Ranking:
    """Return a ranking by the scores of pairs; ``objects`` have the subjects of their verb."""
    objects = objects or {}
    found = features_of(types, sorted(scores), chains or {}, voices or {})
    words = [WORD_OF[kind] for kind in types]
    size = len(words)
    heads = [size if at in objects or at in objects.values() else at for at in range(size)]
    deps = ["dobj" if at in objects else "nsubj" for at in range(size)]
    doc = Doc(BLANK.vocab, [*words, "saw"], heads=[*heads, size], deps=[*deps, "ROOT"])
    scene = ReferenceScene(Columns(doc), [], [], [*(speech or [-1] * size), -1], {}, frozenset())

    def score(rows: np.ndarray) -> tuple[Floats, Floats]:
        given = [scores[one, other] for one, other in found.pairs[rows].tolist()]
        return np.array(given, dtype=np.float32), np.full(size, null, dtype=np.float32)

    return Ranking(scene, found, score, PLAIN)


def beliefs(found: Ranking) -> list[dict[int, float]]:
    found.outside_speech()
    return [{chain: round(share, 3) for chain, share in one.items()} for one in found.beliefs]


def test_equal_scores_share_the_belief_with_the_null_antecedent() -> None:
    found = ranking([NAME, NAME, IT], {(2, 0): 1, (2, 1): 1}, null=1)
    assert beliefs(found)[2] == {0: 0.333, 1: 0.333}


def test_a_score_counts_by_its_exponential() -> None:
    found = ranking([NAME, NAME, IT], {(2, 0): 0, (2, 1): np.log(3)})
    assert beliefs(found)[2] == {0: 0.25, 1: 0.75}


def test_two_places_of_an_entity_count_together() -> None:
    found = ranking([NAME, NAME, NAME, IT], {(3, at): 0.0 for at in range(3)}, chains={2: 0})
    assert beliefs(found)[3] == {0: 0.667, 1: 0.333}


def test_what_is_far_less_likely_is_ignored() -> None:
    near, far = (ranking([NAME, NAME, IT], {(2, 0): 0, (2, 1): least}) for least in (-7.9, -8.1))
    assert beliefs(near)[2].keys() == {0, 1}
    assert beliefs(far)[2] == {0: 1}


def test_doubt_is_passed_on_from_mention_to_mention() -> None:
    found = ranking([NAME, IT, IT], {(1, 0): 0, (2, 1): 0}, null=0)
    assert beliefs(found)[1:] == [{0: 0.5}, {0: 0.25}]


def test_the_null_antecedent_alone_is_no_answer() -> None:
    found = ranking([NAME, IT], {(1, 0): 0}, null=20)
    (answer,) = found.outside_speech()
    assert answer.chain is None
    assert answer.confidence == 0
    assert found.believed() == {}


def test_the_likeliest_entity_is_the_answer_and_of_two_the_first() -> None:
    for scores, wanted in (((0, 1), 1), ((1, 0), 0), ((1, 1), 0)):
        found = ranking([NAME, NAME, IT], {(2, 0): scores[0], (2, 1): scores[1]})
        (answer,) = found.outside_speech()
        assert answer.chain == wanted
        assert answer.confidence == pytest.approx(max(found.beliefs[2].values()), abs=1e-3)
        assert found.believed() == {2: found.beliefs[2]}


def test_an_object_is_not_the_subject_of_its_verb() -> None:
    found = ranking([NAME, NAME, HE], {(2, 0): 0, (2, 1): 0}, objects={2: 1})
    assert beliefs(found)[2] == {0: 1}
    doubt = ranking([NAME, NAME, IT, IT], {(2, 0): 0, (3, 0): 0, (3, 1): 0}, null=0, objects={3: 2})
    assert beliefs(doubt)[3] == {0: 0.2, 1: 0.4}


def test_pronouns_elsewhere_tell_who_a_pronoun_is() -> None:
    """Both names are as likely for the last "he", and one of them was "she" before."""
    scores = {(2, 0): 5.0, (3, 1): 5.0, (4, 0): 0.0, (4, 1): 0.0}
    found = ranking([NAME, NAME, SHE, HE, HE], scores)
    assert beliefs(found)[4] == {0: 0.222, 1: 0.778}  # the first fits 2 / 7 as well
    assert beliefs(ranking([NAME, NAME, HE, HE, HE], scores))[4] == {0: 0.5, 1: 0.5}


def test_a_changed_belief_is_passed_on() -> None:
    scores = {(2, 0): 5.0, (3, 1): 5.0, (4, 0): 0.0, (4, 1): 0.0, (5, 4): 0.0}
    found = ranking([NAME, NAME, SHE, HE, HE, THE], scores)
    told = beliefs(found)
    assert told[5] == told[4]
    assert told[4] == {0: 0.222, 1: 0.778}


def test_mentions_in_speech_are_asked_apart() -> None:
    found = ranking([NAME, IT, IT], {(1, 0): 0, (2, 0): 0}, speech=[-1, 0, -1])
    assert [one.mention.head for one in found.outside_speech()] == [2]
    assert [one.mention.head for one in found.inside_speech({}, {})] == [1]
    assert set(found.believed()) == {1, 2}


def test_the_speaker_of_a_turn_is_who_says_i() -> None:
    found = ranking([NAME, NAME, ME, IT], {(2, 0): 0, (3, 0): 0}, speech=[-1, -1, 0, 0])
    mine, other = found.inside_speech({0: 1}, {0: 0.7})
    assert (mine.chain, mine.confidence) == (1, 0.7)
    assert mine.rule is not None
    assert (other.chain, other.rule) == (0, None)


@pytest.mark.parametrize(
    ("types", "speech", "speakers", "voices", "pair", "wanted"),
    [
        ([NAME, NAME, ME], [-1, -1, 0], {0: 1}, {}, (2, 1), 1),
        ([NAME, NAME, ME], [-1, -1, 0], {0: 1}, {}, (2, 0), 0),
        ([NAME, NAME, ME], [-1, -1, 0], {}, {0: 0}, (2, 0), 1),
        ([NAME, NAME, ME], [-1, -1, 0], {0: 1}, {0: 0}, (2, 0), 0),
        ([NAME, NAME, ME], [-1, -1, 0], {}, {}, (2, 0), 0),
        ([NAME, ME, ME], [-1, 0, 0], {0: 0}, {}, (2, 1), 1),
        ([NAME, ME, ME], [-1, 0, 1], {0: 0, 1: 0}, {}, (2, 1), 1),
        ([NAME, ME, ME], [-1, 0, 1], {0: 0, 1: 1}, {}, (2, 1), 0),
        ([NAME, HE, ME], [-1, 0, 0], {0: 0}, {}, (2, 1), 0),
        ([NAME, NAME, ME], [-1, 0, 0], {0: 1}, {}, (2, 1), 1),
    ],
)
def test_how_likely_an_antecedent_is_who_speaks(
    types: list[int],
    speech: list[int],
    speakers: dict[int, int],
    voices: dict[int, int],
    pair: tuple[int, int],
    wanted: float,
) -> None:
    found = features_of(types, [pair], {}, voices)
    believed = [{one.chain: 1.0} if one.type == NAME else {} for one in found.mentions]
    told = same_voice(found, speech, believed, np.arange(1), speakers)
    assert told.tolist() == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ann praised him.", ["Ann"]),
        ("Ann gave him a book.", ["Ann"]),
        ("Ann praised them.", ["Ann"]),
        ("Ann praised himself.", []),
        ("Ann spoke to him.", []),
        ("They praised the mayor.", []),
        ("Praise him.", []),
        ("She left and Ann praised it.", ["Ann"]),
    ],
)
def test_the_subject_of_the_verb_of_a_pronoun(nlp: Language, text: str, wanted: list[str]) -> None:
    doc = nlp.make_doc(text)
    for name in ("tok2vec", "tagger", "parser"):
        doc = nlp.get_pipe(name)(doc)
    types = {
        "him": HE,
        "them": THEY,
        "himself": HE,
        "it": IT,
        "She": SHE,
        "They": IT,
        "mayor": THE,
        "Ann": NAME,
    }
    mentions = [
        MentionCandidate(at.i, at.i + 1, at.i, types[at.text]) for at in doc if at.text in types
    ]
    found = subjects_of(Columns(doc), mentions)
    assert [doc[mentions[other].head].text for other in found.values()] == wanted


def test_each_part_scores_its_own_pairs_by_its_own_mentions() -> None:
    """The graphs see the mentions of their pairs only, in order, and number them anew."""
    pairs = [(2, 0), (3, 1), (3, 2), (4, 0)]
    found = features_of([NAME, NAME, THE, IT, THE], pairs, {}, {})
    seen = {}

    def run(part: str, given: dict[str, np.ndarray]) -> tuple[Floats, Floats]:
        seen[part] = {name: array.tolist() for name, array in given.items()}
        return given["relations"][:, 0] + np.float32(0.123456), given["known"][:, 0] * 10

    scores, null = scorer(found, run)(np.array([0, 1, 2, 3]))
    assert seen["nouns"]["known"] == seen["nouns"]["states"] == [[0], [2], [4]]
    assert seen["nouns"]["pairs"] == [[1, 0], [2, 0]]
    assert seen["pronouns"]["known"] == seen["pronouns"]["nouns"] == [[1], [2], [3]]
    assert seen["pronouns"]["pairs"] == [[2, 0], [2, 1]]
    assert scores.tolist() == pytest.approx([0.12346, 1.12346, 2.12346, 3.12346], abs=1e-7)
    assert null[2:].tolist() == [20, 30, 40]
    few, _ = scorer(found, run)(np.array([1]))
    assert few.tolist() == pytest.approx([1.12346], abs=1e-6)


def test_the_states_of_head_and_first_token_are_added() -> None:
    found = features_of([NAME, IT], [], {}, {})
    found = found._replace(
        mentions=[MentionCandidate(0, 2, 1, NAME, 0), MentionCandidate(2, 3, 2, IT)]
    )
    states = np.array([[10], [11], [12]], dtype=np.float32)
    assert with_states(found, states).states.tolist() == [[0, 11, 10], [1, 12, 12]]


def test_windows_are_padded_and_found_again() -> None:
    found = laid_out([(0, 2), (2, 5), (5, 6)], 6)
    assert found["places"].tolist() == [[0, 1, 6], [2, 3, 4], [5, 6, 6]]
    assert found["places"].ravel()[found["back"]].tolist() == list(range(6))


def test_documents_in_a_row_keep_their_words_and_heads_apart() -> None:
    def one(keys: list[int], words: list[int], heads: list[int]) -> TokenArrays:
        size = len(words)
        codes = np.full((size, 5), size)
        tensor = np.full((size, 96), size, dtype=np.float32)
        spans = [(0, size - 1), (size - 1, size)]
        return TokenArrays(np.array(keys), np.array(words), tensor, codes, np.array(heads), spans)

    given = [one([7, 8], [0, 1, 0], [1, 1, 1]), one([9], [0, 0], [0, 0])]
    found = inputs(given, np.zeros((3, 300), np.float32))
    assert found["words"].tolist() == [0, 1, 0, 2, 2]
    assert found["heads"].tolist() == [1, 1, 1, 3, 3]
    assert found["codes"][:, 0].tolist() == found["tensor"][:, 0].tolist() == [3, 3, 3, 2, 2]
    assert found["places"].tolist() == [[0, 1], [2, 5], [3, 5], [4, 5]]
    assert found["back"].tolist() == [0, 1, 2, 4, 6]


def test_the_codes_of_tokens_tell_names_places_and_speech() -> None:
    """The first token of a name has a code of its own; a new line counts as well as a sentence."""
    words = ["Ann", "Lee", "left", "\n", "It", "fell", "Oslo"]
    starts: list[bool | int | None] = [True, False, False, False, True, False, True]
    tags = ["NNP", "NNP", "VBD", "_SP", "PRP", "VBD", "NNP"]
    doc = Doc(BLANK.vocab, words, tags=tags, sent_starts=starts)
    chains = [Chain("PERSON", "Ann Lee"), Chain("GPE", "Oslo")]
    names = [Reference(0, 2, 1, "name", 0), Reference(6, 7, 6, "name", 1)]
    scene = ReferenceScene(Columns(doc), chains, names, [-1, -1, -1, -1, 0, 2, -1], {}, frozenset())
    found = tokens(scene, doc, SyntaxLabels.of(["VBD", "NNP"], ["nsubj"]))
    first = 1 + 2 * NAME_LABELS.index("GPE")
    assert found.codes[:, 0].tolist() == [2, 2, 1, 0, 0, 1, 2]
    assert found.codes[:, 2].tolist() == [1, 2, 0, 0, 0, 0, first]
    assert found.codes[:, 3].tolist() == [2, 0, 0, 0, 2, 0, 1]
    assert found.codes[:, 4].tolist() == [0, 0, 0, 0, 1, 1, 0]
    assert found.heads.tolist() == list(range(7))


def test_runs_of_a_number_begin_where_it_changes() -> None:
    assert starts_of(np.array([0, 0, 1, 4, 4])).tolist() == [0, 2, 3]
    assert starts_of(np.array([], dtype=np.int64)).tolist() == []
