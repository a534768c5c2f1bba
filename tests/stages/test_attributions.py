"""Properties and layout of attributions; which ones are found is scored in ``test_scores``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document.annotations import DocAttribution
from tests.linear import assert_linear


def roles(text: str, row: DocAttribution) -> dict[str, list[str]]:
    spans = {"S": row.source, "C": row.cue, "X": row.content}
    return {role: [text[s:e] for s, e in bounds] for role, bounds in spans.items() if bounds}


def test_a_turn_of_an_interview_is_one_content(nlp: Language) -> None:
    text = (
        "Tribune: You argue that robots should pay taxes. Isn't that absurd?\n\n"
        "Brandeis: Not at all. We tax labor at 30 percent. That is a choice.\n\n"
        "Tribune: Would it kill trade?\n\nBrandeis: They said the same about roads. It did not.\n"
    )
    found = [roles(text, row) for row in nlp(text)._.news.attributions if row.lemma == ":"]
    turns = [line.partition(": ") for line in text.split("\n") if line]
    assert found == [{"S": [who], "C": [":"], "X": [said]} for who, _, said in turns]


@pytest.mark.parametrize(
    "text",
    [
        "OSLO - Ann Lee said the bridge was closed.",
        "PHILADELPHIA, July 25 (UPI) — Ann Lee said it was “sincerely sorry”.",
    ],
)
def test_the_place_in_a_dateline_is_neither_source_nor_content(nlp: Language, text: str) -> None:
    (row,) = nlp(text)._.news.attributions
    assert roles(text, row)["S"] == ["Ann Lee"]


@pytest.mark.parametrize(
    ("text", "kind", "type_", "form"),
    [
        ("“We lost the game,” Lee said.", "direct", "say", "name"),
        ("Lee said the plan was “a very bad idea.”", "mixed", "say", "name"),
        ("The mayor promised to repair the bridge.", "indirect", "promise", "nominal"),
        ("She denied that the bridge was unsafe.", "indirect", "deny", "pronoun"),
    ],
)
def test_kind_type_and_form(nlp: Language, text: str, kind: str, type_: str, form: str) -> None:
    (row,) = nlp(text)._.news.attributions
    assert (row.kind, row.type, row.form) == (kind, type_, form)


def test_negation_belongs_to_the_cue(nlp: Language) -> None:
    text = "The mayor did not say whether the bridge was safe."
    (row,) = nlp(text)._.news.attributions
    assert row.negated
    assert roles(text, row)["C"] == ["did not say"]


@pytest.mark.parametrize(
    "text",
    [
        "According to Reuters, Ann Smith told lawmakers that the bridge had been unsafe for years.",
        "Ann Smith told lawmakers that the bridge had been unsafe, according to Reuters.",
    ],
)
def test_second_hand_speech_has_both_attributions(nlp: Language, text: str) -> None:
    rows = nlp(text)._.news.attributions
    assert [row.parent for row in rows] == [None, 0]
    outer, inner = (roles(text, row) for row in rows)
    assert (outer["S"], inner["S"]) == (["Reuters"], ["Ann Smith"])


def test_reported_speech_in_a_quotation_is_nested(
    nlp: Language,
) -> None:
    text = "“The doctor told me that I was ill,” Lee said."
    outer, inner = nlp(text)._.news.attributions
    assert (outer.lemma, outer.parent) == ("say", None)
    assert (inner.lemma, inner.parent) == ("tell", 0)
    assert roles(text, inner)["S"] == ["The doctor"]


def test_the_source_is_outside_its_quotation(nlp: Language) -> None:
    text = "“The problem is that the bridge,” said Ann Lee, the mayor, “is closed.”"
    for row in nlp(text)._.news.attributions:
        assert all(text[start:end].startswith("Ann Lee") for start, end in row.source)


def test_the_cues_are_spans_of_the_document(nlp: Language) -> None:
    doc = nlp("Lee said that the bridge was closed.")
    assert [row.lemma for row in doc._.news.attributions] == ["say"]
    assert [span.text for span in doc.spans["cues"]] == ["said"]


def test_an_empty_document(nlp: Language) -> None:
    doc = nlp.get_pipe("news_attributions")(Doc(nlp.vocab))
    assert doc._.news.attributions == []


VOCABULARY = (
    "Lee said told , “ ” \" ' . : - — that to it rained according asked claim promise he A: Q."
    " ( ) whether was called"
)
WORDS = st.lists(st.sampled_from([*VOCABULARY.split(), "\n\n"]), max_size=30)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=WORDS)
def test_spans_are_within_the_text_and_trimmed(nlp: Language, words: list[str]) -> None:
    text = " ".join(words)
    doc = nlp(text)
    rows = doc._.news.attributions
    for at, row in enumerate(rows):
        assert row.content
        assert row.parent is None or 0 <= row.parent < len(rows)
        assert row.parent != at
        for start, end in (*row.source, *row.cue, *row.content):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
    for quote in doc._.news.quotes:
        assert quote.attribution is None or 0 <= quote.attribution < len(rows)


ROWS = {
    "chained": "he/PRP/nsubj/1 said/VBD/ccomp/-2 that/IN/mark/1",
    "quoted": "“/``/punct/3 Rain/NN/ccomp/2 ”/''/punct/1 said/VBD/ROOT/0 he/PRP/nsubj/-1",
    "according": "According/VBG/prep/3 to/IN/prep/-1 Lee/NNP/pobj/-1 rained/VBD/ROOT/0",
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS.keys())
def test_time_is_linear_even_in_one_long_sentence(nlp: Language, rows: str) -> None:
    cells = [row.rsplit("/", 3) for row in rows.split()]

    def attribute(times: int) -> None:
        size = len(cells) * times
        doc = Doc(
            nlp.vocab,
            words=[cell[0] for cell in cells] * times,
            tags=[cell[1] for cell in cells] * times,
            deps=[cell[2] for cell in cells] * times,
            heads=[min(max(i + int(cells[i % len(cells)][3]), 0), size - 1) for i in range(size)],
        )
        nlp.get_pipe("news_attributions")(nlp.get_pipe("news_quotes")(doc))

    assert_linear(attribute, 150)
