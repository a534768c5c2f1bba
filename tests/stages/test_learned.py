"""What the trained network reads and says, and what is chosen of it, without its weights."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.stages.attributions.beliefs import CONTENT, CUE, SOURCE, TAGS, Beliefs, BeliefWindow
from pipeline.stages.attributions.features import (
    ACCORDING,
    CODES,
    CUE_TYPE,
    PLACE,
    QUOTE,
    ROLE,
    TYPES,
    WORD,
    AttributionFeatures,
    Labels,
    batch,
    batches,
    distances,
    features,
    windows,
)
from pipeline.stages.attributions.judge import KNOWN, Judging, chosen, nested
from pipeline.stages.attributions.network import inside_contents, inside_quotations
from pipeline.stages.attributions.proposals import Proposal, proposals
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.stage import Attributions

LABELS = Labels.of(["the", "said"], ["NN", "VBD"], ["nsubj", "ROOT"], ["PERSON"])
STAGE = "news_attributions"


def codes_of(places: list[int]) -> np.ndarray:
    codes = np.zeros((len(places), len(CODES)), dtype=np.int64)
    codes[:, PLACE] = places
    return codes


def blank(size: int) -> AttributionFeatures:
    """Return the arrays of a document of which nothing is known."""
    return AttributionFeatures(
        np.zeros((size, 300), dtype=np.float32),
        np.arange(size * 96, dtype=np.float32).reshape(size, 96),
        codes_of([2] + [0] * (size - 1)),
        np.arange(size),
        np.arange(size),
    )


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=200), st.integers(1, 40))
def test_windows_cover_every_token_once_and_are_not_too_long(
    places: list[int], longest: int
) -> None:
    found = windows(codes_of(places), longest)
    filled = windows(codes_of(places), longest, even=False)
    assert len(found) == len(filled)
    assert max(b - a for a, b in found) <= max(b - a for a, b in filled)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(places)))
    assert all(0 < end - start <= longest for start, end in found)


def test_windows_are_cut_at_the_ends_of_paragraphs() -> None:
    paragraphs = [2, 0, 0, 0, 2, 1, 0, 2, 0, 0, 0]
    assert windows(codes_of(paragraphs), 7) == [(0, 7), (7, 11)]
    assert windows(codes_of(paragraphs), 6) == [(0, 4), (4, 7), (7, 11)]


def test_a_paragraph_that_is_too_long_is_cut_where_a_sentence_starts() -> None:
    assert windows(codes_of([2, 0, 0, 1, 0, 0, 1, 0]), 4) == [(0, 3), (3, 6), (6, 8)]


def test_a_batch_counts_heads_and_cues_above_within_its_windows() -> None:
    found = blank(8)
    found.heads[4] = 0
    found.above[[1, 5, 6]] = 2, 2, 7
    one = batch(found, [(0, 3), (3, 8)])
    assert one.heads.tolist() == [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    assert one.above.tolist() == [[0, 2, 2, 3, 4], [0, 1, 2, 4, 4]]
    assert one.tensor[1, 0].tolist() == found.tensor[3].tolist()


def test_batches_hold_every_window_and_no_more_than_they_may() -> None:
    found = blank(50)
    ranges = [(at, at + 5) for at in range(0, 50, 5)]
    made = list(batches(found, ranges, limit=12))
    assert sorted(window for one in made for window in one.windows) == ranges
    assert all(one.codes.shape[0] * one.codes.shape[1] <= 12 for one in made)


def test_distances_tell_cues_behind_from_cues_before() -> None:
    table = distances(1200)
    assert table[5, 5] == 0
    assert table[5, 6] == 1
    assert table[6, 5] == 11
    assert table[0, 1199] == 10
    assert table[1199, 0] == 20


def beliefs_of(tags: str, links: dict[int, int]) -> Beliefs:
    """Return certain beliefs from one letter a token (c, s, t for cue, source, content; capital
    letters begin) and the cue that a token belongs to.
    """
    letters = "-CcSsTt"
    sure = np.full((len(tags), len(TAGS)), 1e-6, dtype=np.float32)
    sure[np.arange(len(tags)), [letters.index(one) for one in tags]] = 1.0
    linked = np.zeros((len(tags), len(tags)), dtype=np.float32)
    for token, cue in links.items():
        linked[token, cue] = 20.0
    return Beliefs(sure, [BeliefWindow(0, len(tags), sure[:, CUE], linked)])


def test_reported_attributions_go_by_the_links() -> None:
    found = beliefs_of("TtSC-SCTt", {0: 3, 1: 3, 2: 3, 5: 6, 7: 6, 8: 6})
    first, second = found.reported()
    assert first == ((3, 4), (2, 3), ((0, 2),))
    assert second == ((6, 7), (5, 6), ((7, 9),))


def test_a_cue_without_content_is_not_reported() -> None:
    assert beliefs_of("SC---", {0: 1}).reported() == []


def test_what_a_cue_owns_is_what_is_linked_to_it() -> None:
    found = beliefs_of("TtSC-SCTt", {0: 3, 1: 3, 2: 3, 5: 6, 7: 6, 8: 6})
    start, contents, sources = found.of_cue((6, 7))
    assert start == 0
    assert (contents > 0.5).tolist() == [False] * 7 + [True, True]
    assert (sources > 0.5).tolist() == [False] * 5 + [True] + [False] * 3


def read(nlp: Language, text: str) -> tuple[Reading, AttributionFeatures]:
    stage = nlp.get_pipe(STAGE)
    assert isinstance(stage, Attributions)
    doc = nlp(text)
    reading = Reading(doc, doc._.news.quotes)
    return reading, features(doc, reading, LABELS)


def test_features_tell_where_quotations_and_cues_are(nlp: Language) -> None:
    _, found = read(nlp, "“It rained,” Lee said.\n\nThe sun shone.")
    words = ["“", "It", "rained", ",", "”", "Lee", "said", ".", "\n\n", "The", "sun", "shone", "."]
    assert found.codes.shape == (len(words), len(CODES))
    assert found.codes[:5, QUOTE].tolist() == [1, 2, 2, 2, 3]
    assert found.codes[[0, 9], PLACE].tolist() == [2, 2]
    assert found.codes[6, WORD] == LABELS.words["said"]
    assert found.codes[6, CUE_TYPE] == 1 + TYPES.index("say")
    assert found.codes[5, ROLE] == LABELS.deps["nsubj"]
    assert found.above.tolist() == [*[6] * 9, *range(9, 13)]


def test_verbs_and_nouns_have_different_types(nlp: Language) -> None:
    _, found = read(nlp, "According to Lee, they promise it; the promise holds.")
    types = [ACCORDING, 1 + TYPES.index("promise"), 1 + len(TYPES) + TYPES.index("promise")]
    assert [one for one in found.codes[:, CUE_TYPE].tolist() if one] == types


def test_the_inside_of_a_quotation_is_read_without_its_marks(nlp: Language) -> None:
    text = "“Ek said: ‘No, it rained.’ I left,” Lee told “Today” on Monday. “It is cold,” she said."
    reading, found = read(nlp, text)
    one = inside_quotations(reading, found)
    ((start, end),) = one.ranges  # the other quotation of speech holds no cue
    assert reading.words[start] == "Ek"
    assert reading.words[end - 1] == ","
    inner = [one.found.codes[at, QUOTE] > 0 for at in range(start, end)]
    words = [word for word, quoted in zip(reading.words[start:end], inner, strict=True) if quoted]
    assert " ".join(words) == "‘ No , it rained . ’"
    assert found.codes[start, QUOTE] > 0


def test_contents_with_a_cue_outside_quotations_are_read_again(nlp: Language) -> None:
    _, found = read(nlp, "Lee said Ek had told him it rained. “Ek told me so,” Lee said of Ek.")
    contents = [[(2, 8)], [(4, 8)], [(9, 15)]]  # the second is inside the first
    assert inside_contents(found, contents).ranges == [(2, 8)]


def test_codes_stay_within_their_sizes(nlp: Language) -> None:
    text = "According to NASA, “it” is 5 km; JOE: 'Yes' — he told Ms. Lee “Hamlet” won.\n \nOh"
    _, found = read(nlp, text)
    assert (found.codes.max(axis=0) < np.array(LABELS.sizes())).all()
    assert found.codes.min() == 0


def test_proposals_are_what_the_network_says_and_variants(nlp: Language) -> None:
    reading, found = read(nlp, "Lee said that it rained in Ohio.")
    #              Lee said that it rained in Ohio .
    beliefs = beliefs_of("SCTttsS-", {0: 1, 2: 1, 3: 1, 4: 1, 6: 1})
    reported = beliefs.reported()
    offered = proposals(reading, beliefs, reported)
    assert any(one.origin == "reported" and one.content == ((2, 5),) for one in offered)
    assert any(one.origin == "clause" and one.content == ((2, 7),) for one in offered)
    keys = [(one.cue[0], one.source, one.content) for one in offered]
    assert len(keys) == len(set(keys))
    known = Judging(reading, found, beliefs, reported).known(offered)
    assert known.shape == (len(offered), len(KNOWN))
    assert np.isfinite(known).all()


def test_the_verb_beside_an_utterance_is_proposed_however_unlikely(nlp: Language) -> None:
    reading, _ = read(nlp, "“We lost the game,” Lee sang.")
    beliefs = beliefs_of("-" * len(reading.words), {})
    offered = proposals(reading, beliefs, beliefs.reported())
    assert Proposal((8, 9), (7, 8), ((0, 7),), "sources") in offered


def test_contents_proposed_take_quotations_whole(nlp: Language) -> None:
    reading, _ = read(nlp, "“We lost the game,” Lee said.")
    beliefs = beliefs_of("--Tt---SC-", {2: 8, 3: 8, 7: 8})
    offered = proposals(reading, beliefs, beliefs.reported())
    assert {one.content for one in offered} == {((0, 7),)}


spans = st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda one: (one[0], sum(one)))
offers = st.builds(
    Proposal, spans, st.one_of(st.none(), spans), st.tuples(spans), st.just("reported")
)


@given(st.lists(st.tuples(offers, st.floats(0, 1, width=32)), max_size=12), st.floats(0, 1))
def test_what_is_chosen_shares_no_cue_and_overlaps_only_by_nesting(
    drawn: list[tuple[Proposal, float]], least: float
) -> None:
    found = [one for one, _ in drawn]
    judged = np.array([likely for _, likely in drawn], dtype=np.float32)
    taken = chosen(found, judged, least)
    assert all(judged[at] >= least for at in taken)
    for at in taken:
        for other in taken:
            if at < other:
                one, two = found[at], found[other]
                assert set(range(*one.cue)).isdisjoint(range(*two.cue))
                apart = set(range(*one.content[0])).isdisjoint(range(*two.content[0]))
                assert apart or nested(one, two)


def test_roles_begin_where_the_tags_say() -> None:
    assert [TAGS[at] for at in (CUE, SOURCE, CONTENT)] == ["B-cue", "B-source", "B-content"]
