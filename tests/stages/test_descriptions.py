"""What a text says of the names in it: offices, ages, parties, and what a thing is."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.document.names import Chain
from pipeline.stages.coreference.descriptions import Describer, describe_things
from pipeline.stages.coreference.stage import described
from tests.stages.named import clusters_of


def chain_of(nlp: Language, marked: str, name: str) -> Chain:
    clusters = clusters_of(nlp, marked)
    described(clusters.columns, clusters)
    return next(one for one in clusters.chains if one.name == name)


@pytest.mark.parametrize(
    ("marked", "descriptions"),
    [
        # before the name
        ("A lawyer for [Lee], [Kim Day], said it rained.", ["lawyer for Lee"]),
        ("In Ohio, a senator, [Kim Day], left.", ["senator"]),
        ("The poet, [Kim Day], left.", ["poet"]),
        ("His wife, [Kim Day], left.", ["wife"]),
        ("[Lee]'s lawyer, [Kim Day], left.", ["Lee's lawyer"]),
        ("Lawyers for [Lee], [Kim Day], said it rained.", []),
        ("The group that backs [Lee] for president, [Kim Day] said.", []),
        # after the name
        ("[Kim Day], the head of research at [ORG:Firth], left.", ["head of research at Firth"]),
        ("[Kim Day], once a senator, left.", ["senator"]),
        ("[Kim Day] — a senator — left.", ["senator"]),
        ("[Kim Day] (D-Calif.), a senator, left.", ["senator"]),
        ("[Kim Day], 61, a senator, left.", ["senator"]),
        ("[Kim Day], a poet and mayor, left.", ["poet and mayor"]),
        ("[Kim Day], the teacher's aide, left.", ["teacher's aide"]),
        ("[Kim Day], an aide said, is confident.", []),
        ("[Kim Day], senators and mayors, left.", []),
        ("[Kim Day], who is a senator, left.", []),
        ("[Kim Day], of the senate, a senator, left.", []),
        # by a verb
        ("[Kim Day] is a senator.", ["senator"]),
        ("The mayor is [Kim Day].", ["mayor"]),
        ("[Kim Day] is not a senator.", []),
        ("The mayor was not [Kim Day].", []),
        # ages
        ("[Kim Day], 124, left.", []),
        ("[Kim Day], 125, left.", []),
        ("[Kim Day], 61.", []),
        # titles
        ("Vice President [Kim Day] left.", ["Vice President"]),
        ("Former president [Kim Day] left.", ["Former president"]),
        ("Labour leader Sir [Kim Day] wrote.", ["Labour leader"]),
        ("The [GPE:Tamil Nadu] Chief Minister [Kim Day] left.", ["Tamil Nadu Chief Minister"]),
        ("[GPE:Israel]'s Prime Minister [Kim Day] left.", ["Israel's Prime Minister"]),
        ("Mr. [Kim Day] left.", []),
        ("The “boss” [Kim Day] left.", []),
    ],
)
def test_what_is_said_of_a_person(nlp: Language, marked: str, descriptions: list[str]) -> None:
    assert chain_of(nlp, marked, "Kim Day").descriptions == descriptions


@pytest.mark.parametrize(
    ("marked", "gender", "descriptions"),
    [
        ("Actress [Kim Day] left.", "f", ["Actress"]),
        ("Actress [Tom Day] left.", "m", []),
        ("Mr. [Kim Day] left.", "m", []),
        ("His wife, [Kim Day], left.", "f", ["wife"]),
        ("Her sister, [Kim Day], left.", "f", ["sister"]),
        ("Her brother, [Kim Day], left.", "m", ["brother"]),
        ("Sir [Kim Day] left.", "m", []),
    ],
)
def test_a_title_or_a_role_tells_the_gender_unless_the_name_does(
    nlp: Language, marked: str, gender: str, descriptions: list[str]
) -> None:
    clusters = clusters_of(nlp, marked)
    described(clusters.columns, clusters)
    (one,) = clusters.chains
    assert (one.gender, one.descriptions) == (gender, descriptions)


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("[Kim Day] (D-Calif.) left.", {"democratic", "california"}),
        ("[Kim Day], R-N.Y., left.", {"republican", "new", "york"}),
        ("[Kim Day] (R-Tex.) left.", {"republican", "texas"}),
        ("[Kim Day] (I-Mars) left.", {"independent"}),
        ("[Kim Day] (D) left.", set()),
        ("[Kim Day], 61, left.", {"61", "year", "old", "61-year-old"}),
    ],
)
def test_words_that_a_person_may_be_called_by_later(
    nlp: Language, marked: str, words: set[str]
) -> None:
    assert chain_of(nlp, marked, "Kim Day").described == words


@pytest.mark.parametrize(
    ("marked", "mentions"),
    [
        ("Vice President [Kim Day] left.", ["Vice President Kim Day"]),
        ("Labour leader Sir [Kim Day] wrote.", ["Labour leader Sir Kim Day"]),
        (
            "[GPE:Israel]'s Prime Minister [Kim Day] left.",
            ["Israel", "Israel 's Prime Minister Kim Day"],
        ),
        ("Lawyer [Kim Day] left.", ["Lawyer Kim Day"]),
        ("He asked, President [Kim Day].", ["President Kim Day"]),
        ("The table of [Kim Day] fell.", ["Kim Day"]),
        ("President [ORG:Lines] sank.", ["Lines"]),
    ],
)
def test_a_mention_of_a_person_begins_with_the_title(
    nlp: Language, marked: str, mentions: list[str]
) -> None:
    clusters = clusters_of(nlp, marked)
    found = described(clusters.columns, clusters)
    words = clusters.columns.words
    assert [" ".join(words[one.start : one.end]) for one in found] == mentions


@pytest.mark.parametrize(
    ("marked", "roles"),
    [
        ("The cruise ship [PRODUCT:Vega] sank.", {"ship"}),
        ("[ORG:Vega], an investment firm, sold it.", {"firm"}),
        ("[ORG:Vega] is a brewer.", {"brewer"}),
        ("[ORG:Vega] is not a brewer.", set()),
        ("[ORG:Vega] is a place.", set()),
        ("[ORG:Vega] likes a brewer.", set()),
        ("The brewer, [ORG:Vega], sold it.", {"brewer"}),
        ("Brewers [ORG:Vega] sold it.", set()),
    ],
)
def test_a_noun_tells_what_a_thing_is(nlp: Language, marked: str, roles: set[str]) -> None:
    clusters = clusters_of(nlp, marked)
    columns, chains = clusters.columns, clusters.chains
    describe_things(columns, chains, clusters.references, Describer(columns, chains))
    assert chains[0].roles == roles
    assert chains[0].described >= roles
