"""The boundaries of sources tagged by a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipeline.stages.attributions.proposals import whole_source
from pipeline.stages.attributions.reading import Reading

TAGS = ["NNP", "NN", "IN", "WDT", "DT", "VBD", ","]
DEPS = ["compound", "nsubj", "prep", "amod", "pobj", "punct"]


@pytest.mark.parametrize(
    ("text", "tagged", "cue", "expected"),
    [
        # half of a name
        ("Ann Day said it rained.", "Ann", "said", "Ann Day"),
        ("It rained, said Ann Day on Monday.", "Day", "said", "Ann Day"),
        # half of a noun phrase
        (
            "Two environmental groups said it rained.",
            "Two environmental",
            "said",
            "Two environmental groups",
        ),
        # a pronoun and its antecedent
        ("The bank, which said it rained, closed.", "The bank, which", "said", "which"),
        # an introductory word
        ("The flood that Ann Day described was bad.", "that Ann Day", "described", "Ann Day"),
        # the time
        ("It rained, said Ann Day on Tuesday.", "Ann Day on Tuesday", "said", "Ann Day"),
        # half of a relative clause, a complete one, or none
        (
            "Diplomats, who asked not to be named, said it rained.",
            "Diplomats, who asked",
            "said",
            "Diplomats, who asked not to be named",
        ),
        # marks
        ("It rained, Ann Day, said.", ", Ann Day,", "said", "Ann Day"),
        ("It rained , said.", ",", "said", ""),
    ],
)
def test_a_source_ends_where_its_noun_phrase_ends(
    nlp: Language, text: str, tagged: str, cue: str, expected: str
) -> None:
    doc = nlp(text)
    reading = Reading(doc, [])
    start = text.index(tagged)
    source = reading.token_range(start, start + len(tagged))
    at = text.index(cue)
    found = whole_source(reading, source, reading.token_range(at, at + len(cue)))
    assert (doc[found[0] : found[1]].text if found else "") == expected


def test_the_cue_is_not_part_of_the_source(nlp: Language) -> None:
    doc = nlp("The Ann Day report was late.")
    reading = Reading(doc, [])
    assert whole_source(reading, (1, 2), (2, 4)) == (1, 2)


@given(
    st.lists(
        st.tuples(st.sampled_from(TAGS), st.sampled_from(DEPS), st.integers(0, 11), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    st.data(),
)
def test_any_parse_gives_a_range_within_the_document(
    tokens: list[tuple[str, str, int, bool]], data: st.DataObject
) -> None:
    size = len(tokens)
    doc = Doc(
        Vocab(),
        words=["," if tag == "," else f"w{i}" for i, (tag, *_) in enumerate(tokens)],
        tags=[tag for tag, *_ in tokens],
        deps=[dep for _, dep, *_ in tokens],
        heads=[min(head, size - 1) for *_, head, _ in tokens],
    )
    doc.ents = [Span(doc, i, i + 1, "DATE") for i, (*_, day) in enumerate(tokens) if day]
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    found = whole_source(Reading(doc, []), (start, end), (0, 1))
    assert found is None or 0 <= found[0] < found[1] <= size
