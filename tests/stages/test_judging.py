"""What the judge of attributions reads of a proposal, and how documents are cut into windows."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from pipeline.stages.attributions.features import AttributionFeatures, features, governing
from pipeline.stages.attributions.judge import (
    KNOWN,
    Judging,
    ProposalArrays,
    chosen,
    judgement,
    nested,
    overlaps,
)
from pipeline.stages.attributions.network import likelihood
from pipeline.stages.attributions.proposals import Proposal
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.stage import Attributions
from tests.stages.test_learned import beliefs_of

P = Proposal
SAID = ("Lee said that it rained in Ohio.", "SCTttsS-", {0: 1, 2: 1, 3: 1, 4: 1, 6: 1})
QUOTED = ("“It rained,” said Lee. It was bad.", "-Tt--CS-----", {1: 5, 2: 5, 6: 5})
ACCORDING = ("According to Lee, a promise failed.", "CcS-Ttt-", {2: 0, 4: 0, 5: 0})


def known(
    nlp: Language, text: str, tags: str, links: dict[int, int], found: list[Proposal]
) -> list[str]:
    """Return the features of proposals that are not zero, with their values."""
    stage = nlp.get_pipe("news_attributions")
    assert isinstance(stage, Attributions)
    doc = nlp(text)
    reading = Reading(doc, doc._.news.quotes)
    read: AttributionFeatures = features(doc, reading, stage.network.config.labels)
    beliefs = beliefs_of(tags, links)
    rows = Judging(reading, read, beliefs, beliefs.reported()).known(found).round(4)
    return [
        ", ".join(
            name if value == 1 else f"{name}={value:.3g}"
            for name, value in zip(KNOWN, row.tolist(), strict=True)
            if value
        )
        for row in rows
    ]


def test_what_the_network_reports_is_read_as_such(nlp: Language) -> None:
    """A proposal is like what the network reports as far as their contents overlap."""
    source = (0, 1)
    for content, alike in (((2, 5), ""), ((2, 4), "=0.667"), ((4, 7), "=0.2"), ((5, 7), None)):
        (row,) = known(nlp, *SAID, [P((1, 2), source, (content,), "reported")])
        told = [one for one in row.split(", ") if one.startswith("as the network reports")]
        assert told == ([] if alike is None else [f"as the network reports{alike}"])


@pytest.mark.parametrize(
    ("given", "one", "names"),
    [
        (SAID, P((1, 2), (0, 1), ((2, 5),), "reported"), "verb of say|source is the subject"),
        (SAID, P((1, 2), None, ((2, 5),), "reported"), "verb of say|no source"),
        (QUOTED, P((5, 6), (6, 7), ((0, 5),), "quoted"), "quoted|direct|content before the cue"),
        (QUOTED, P((5, 6), (6, 7), ((0, 5), (8, 11)), "sources"), "mixed|mark behind"),
        (ACCORDING, P((0, 2), (2, 3), ((4, 7),), "reported"), "according"),
        (ACCORDING, P((5, 6), None, ((4, 7),), "clause"), "noun|no source"),
    ],
)
def test_what_a_proposal_is(
    nlp: Language, given: tuple[str, str, dict[int, int]], one: Proposal, names: str
) -> None:
    (row,) = known(nlp, *given, [one])
    assert set(names.split("|")) <= {name.partition("=")[0] for name in row.split(", ")}


def test_proposals_are_read_together_and_apart_alike(nlp: Language) -> None:
    found = [
        P((1, 2), (0, 1), ((2, 5),), "reported"),
        P((1, 2), None, ((2, 4), (5, 7)), "clause"),
        P((4, 5), (3, 4), ((0, 1),), "part"),
    ]
    together = known(nlp, *SAID, found)
    assert together == [row for one in found for row in known(nlp, *SAID, [one])]
    assert known(nlp, *SAID, []) == []


def test_contents_overlap_by_intersection_over_union() -> None:
    these = [P((0, 1), None, ((2, 6),), "part"), P((0, 1), None, ((9, 10), (12, 14)), "part")]
    those = [P((0, 1), None, ((4, 8), (13, 16)), "part"), P((0, 1), None, ((6, 7),), "part"),
             P((0, 1), None, ((9, 10),), "part")]  # fmt: skip
    mine, best, alike = overlaps(ProposalArrays.of(these), ProposalArrays.of(those))
    assert [*zip(mine.tolist(), best.tolist(), strict=True)] == [(0, 0), (1, 0), (1, 2)]
    assert alike.tolist() == pytest.approx([2 / 9, 1 / 9, 1 / 3])


def test_the_judgement_is_the_mean_of_both_answers() -> None:
    assert judgement(np.array([[0.5, 0.25], [1.0, 0.0]])).tolist() == [0.375, 0.5]


@pytest.mark.parametrize(
    ("found", "judged", "taken"),
    [
        # the likelier of two with one cue, of equals the first
        ([P((0, 1), None, ((1, 3),), "part"), P((0, 1), None, ((1, 4),), "part")], [0.5, 0.6], [1]),
        ([P((0, 1), None, ((1, 3),), "part"), P((0, 1), None, ((1, 4),), "part")], [0.6, 0.6], [0]),
        ([P((0, 1), None, ((1, 3),), "part")], [0.4], [0]),
        ([P((0, 1), None, ((1, 3),), "part")], [0.39], []),
        # in text order; contents overlap only if one cue is in the other content
        ([P((8, 9), None, ((5, 7),), "part"), P((0, 1), None, ((1, 3),), "part")], [0.9, 0.5],
         [1, 0]),
        ([P((0, 1), None, ((1, 9),), "part"), P((3, 4), None, ((4, 9),), "part")], [0.9, 0.5],
         [0, 1]),
        ([P((0, 1), None, ((2, 9),), "part"), P((1, 2), None, ((4, 9),), "part")], [0.9, 0.5],
         [0]),
        ([P((0, 1), None, ((2, 4),), "part"), P((1, 2), None, ((4, 9),), "part")], [0.9, 0.5],
         [0, 1]),
    ],
)  # fmt: skip
def test_which_proposals_are_chosen(
    found: list[Proposal], judged: list[float], taken: list[int]
) -> None:
    assert chosen(found, np.array(judged), 0.4) == taken


@pytest.mark.parametrize(
    ("cue", "expected"),
    [(3, True), (5, True), (6, False), (7, False), (8, True), (9, False), (2, False)],
)
def test_a_cue_in_one_part_of_a_content_is_nested(cue: int, expected: bool) -> None:
    outer = P((0, 1), None, ((3, 6), (8, 9)), "part")
    inner = P((cue, cue + 1), None, ((20, 22),), "part")
    assert nested(outer, inner) == nested(inner, outer) == expected


def test_the_likelihood_is_that_of_the_least_likely_part() -> None:
    beliefs = beliefs_of("SCTtt", {0: 1, 2: 1, 3: 1, 4: 1})
    (one,) = beliefs.reported()
    assert likelihood(beliefs, one) == pytest.approx(1.0, abs=1e-5)
    half = one._replace(content=((1, 3),))
    assert likelihood(beliefs, half) == pytest.approx(0.5, abs=1e-4)
    assert likelihood(beliefs, one._replace(source=(3, 4))) < 0.001
    assert likelihood(beliefs, one._replace(source=None)) == pytest.approx(1.0, abs=1e-5)


def test_the_cue_that_governs_a_token() -> None:
    heads = np.array([1, 2, 2, 2, 3, 4])
    cues = np.array([False, False, True, True, False, False])
    above, below = governing(heads, cues)
    assert above.tolist() == [2, 2, 2, 2, 3, 3]
    assert below[[0, 1, 3, 4, 5]].tolist() == [1, 1, 3, 4, 4]
    nothing, _ = governing(heads, np.zeros(6, dtype=bool))
    assert nothing.tolist() == [*range(6)]
