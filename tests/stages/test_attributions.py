"""Sources, cues and contents of attributions.

Roles stand in the text in braces: ``{S Ann Lee} {C said} {X that it rained}``; where there are
several attributions, with their numbers: ``{S12 Lee} {C1 said} {X1 …}, {C2 adding} {X2 …}``.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.annotations import Attribution

TOKEN = re.compile(r"\{([SCX])(\d*) |\}|[^{}]+")

STATEMENTS = [
    "{S Ann Lee} {C said} {X that the bridge was closed}.",
    "{S Ann Lee} {C said} {X the bridge was closed}.",
    "{X The bridge was closed}, {S Ann Lee} {C said}.",
    "{X The bridge was closed}, {C said} {S Ann Lee}.",
    "{X The bridge}, {S officials} {C say}, {X will be closed until May}.",
    "{S The mayor} {C asked} {X whether the bridge was safe}.",
    "{S The company} {C has promised} {X to repair the bridge}.",
    "{S She} {C denied} {X that the bridge was unsafe}.",
    "{S The ministry} {C announced} {X a new tax on sugar}.",
    "{S Kim} {C called} {X for calm}.",
    "{S A survey} {C showed} {X that most voters were tired}.",
    "{S The minister} {C declined to say} {X who had written the report}.",
    "{S Ms. Ortiz} {C described} {X the plan as reckless}.",
    "{X Prices rose in May}, {C according to} {S the statistics office}.",
    "{C According to} {S the statistics office}, {X prices rose in May}.",
    "{C According to} {S Lee}, {X the lawyers were told to wait}.",
    "{S Ann Lee} {C told} reporters {X that the bridge was closed}.",
    "{S Ann Lee} {C told} the newspaper in a statement {X that the bridge was closed}.",
    "Residents laughed at {S the mayor}'s {C claim} {X that the bridge was safe}.",
    "{S Ann Lee, the mayor of Dover}, {C said} {X the bridge was closed}.",
    "{S Lee} {C was quoted as saying} {X that the bridge was closed}.",
]

QUOTATIONS = [
    "{X “We lost the game,”} {S Lee} {C said}.",
    "{X “We lost the game,”} {C said} {S Lee}.",
    "{S Lee} {C said}, {X “We lost the game.”}",
    "{S Lee} {C said:} {X “We lost the game.”}",
    "{X “We lost,”} {S Lee} {C said}. {X “We lost badly.”}",
    "{X “We lost,”} {S Lee} {C said}, {X “and we lost badly.”}",
    "{X “We lost the game. It rained,”} {S Lee} {C said}.",
    "{S Lee} {C said} {X the plan was “a very bad idea.”}",
    "{X ‘We lost the game,’} {S Lee} {C said}.",
    "{X “We lost the game,”} {S she} {C said}.\n\n{X “It rained all day long.”}",
    "{X “We lost the game.”}\n\n{C -} {S Ann Lee}\n",
    "{X “We lost the game.”} {C ―} {S Ann Lee}\n",
    "{X “We lost the game,”} {S Lee} {C told} reporters.",
    "{X “Did we lose the game?”} {S Lee} {C asked} the coach.",
    "{X “We lost the game,”} {S Lee} {C sang}.",
    "{X “We lost the game,”} {C sneered} {S Lee}.",
    "{X “We lost,”} {S Lee} {C said}, but {X “we lost with grace.”}",
    "{S The crowd} {C chanted} {X “Go home!” and “Shame on you!”}",
    "{X “We lost,”} {C said} {S Lee}, who declined to name the players. {X “It was a bad day.”}",
    "{S She} {C said},{X “We lost the game.”}",
    "The coach was short: {X “We lost the game,”} {S he} {C said}.",
    "{S Lee} {C said} {X the storm had spoiled it: “We lost the game.”}",
    "{X “We lost the game,”} {S an angry Hollis} {C retaliated}.",
    "{X “We have lost the game,”} {S the two} {C write}. {X “It rained all day.”}",
    "{X “We lost, right?”} {S Kim} {C went on}, as if nobody had heard.",
    "As {S Lee} {C put} it, {X “We lost the game.”}",
    "In the last song, {S Billy Moor} {C sings}, {X “Do not go back to the river.”}",
    "{S Former coach Ann Lee}{C :} {X “We lost the game.”}",
    "The rain had stopped. {S Lee} {C shot} back, {X “We lost the game.”}",
    "{X “We lost the game,”} {C added} {S Gowdy}.",
    "{S The paper} ran that photo, {C reporting:} {X “They lost the game.”}",
    "{X “We lost,”} {C said} {S Kim Lee}, who said he would not resign. {X “It was a bad day.”}",
    "{X “We lost the game,”} {S Cole} {C said}, his voice breaking. {X “It was a bad day.”}",
    "{X “We lost the game,”} {C said} {S Cole}, wiping away tears. {X “It was a bad day.”}",
]

SEVERAL = [
    "{S1 The BBC} {C1 reported} {X1 that two ministers met}. {X2 “I go,”} {S2 one} "
    "{C2 was quoted as saying}.",
    "{S12 Lee} {C1 said} {X1 the bridge was closed}, {C2 adding} {X2 that it was unsafe}.",
    "{S12 Lee} {C1 said} {X1 that the bridge was closed} and {C2 warned} {X2 that it was unsafe}.",
    "{S12 Lee} {C1 said} {X1 the game was lost}, {C2 adding}, {X2 “We will be back.”}",
    "{S1 Lee} {C1 said} {X1 it was “over.”} {S2 She} {C2 added:} {X2 “We will be back.”}",
    "{X1 “We lost,”} {S1 Lee} {C1 said}. {S2 Kim} {C2 replied:} {X2 “We won.”}",
    "{S1 WALLACE}{C1 :} {X1 Did you win?}\n\n{S2 CLINTON}{C2 :} {X2 We certainly did.}\n",
]

DATELINES = [
    "WASHINGTON (AP) — {S The attorney general} {C says} {X that the probe goes on}.",
    "PHILADELPHIA, July 25 (UPI) — {S The committee} {C said} {X it was “sincerely sorry”}.",
    "LOS ANGELES, Feb. 2 (UPI) — {X The next record is almost complete}, {S Kiedis} {C said}.",
    "Paris (AFP) - {X The strike will end on Friday}, {C according to} {S the union}.",
    "OSLO - {S Ann Lee} {C said} {X the bridge was closed}.",
]
NOTHING = [
    "The bridge was closed in May.",
    "Lee bought the “Evening Star” in May.",
    "They are staging a play called “The Brokers” in Dover.",
    "Say hello to your mother.",
    "Five people were hurt when the bridge fell.",
    "It remains to be seen whether the bridge will open in May.",
    "The road runs along the river and crosses it twice.",
    "Shares of the company fell 3 percent on Monday.",
    "Ann Lee, 61, was born in Dover and studied law.",
    "The museum’s “Night of Lights” drew 4,000 visitors.",
    "The bus left the depot at six and reached the port an hour later.",
    "Heavy rain flooded the lower town for the third time this year.",
]


def read(marked: str) -> tuple[str, dict[str, dict[str, list[str]]]]:
    """Return the text and, by number, the words of each role."""
    text = ""
    found: dict[str, dict[str, list[str]]] = {}
    open_: list[tuple[str, str, int]] = []
    for match in TOKEN.finditer(marked):
        if match[0] == "}":
            role, numbers, start = open_.pop()
            for number in numbers or "1":
                found.setdefault(number, {}).setdefault(role, []).append(text[start:])
        elif match[1]:
            open_.append((match[1], match[2], len(text)))
        else:
            text += match[0]
    return text, found


def roles(text: str, row: Attribution) -> dict[str, list[str]]:
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


@pytest.mark.parametrize("marked", DATELINES)
def test_the_place_in_a_dateline_is_neither_source_nor_content(nlp: Language, marked: str) -> None:
    text, expected = read(marked)
    assert [roles(text, row) for row in nlp(text)._.news.attributions] == [expected["1"]]


def test_nearly_all_sources_cues_and_contents_are_found(nlp: Language) -> None:
    missed = []
    for marked in (*STATEMENTS, *QUOTATIONS, *SEVERAL):
        text, expected = read(marked)
        found = [roles(text, row) for row in nlp(text)._.news.attributions]
        missed += [one for one in expected.values() if one not in found]
    assert len(missed) <= 0.12 * len([*STATEMENTS, *QUOTATIONS, *SEVERAL]), missed


@pytest.mark.parametrize("marked", QUOTATIONS)
def test_whole_utterances_beside_a_speaker_are_attributed(nlp: Language, marked: str) -> None:
    doc = nlp(read(marked)[0])
    assert {quote.attribution for quote in doc._.news.quotes if quote.kind == "direct"} <= {0, 1}


def test_almost_nothing_is_found_in_texts_without_attributions(nlp: Language) -> None:
    added = [text for text in NOTHING if nlp(text)._.news.attributions]
    assert len(added) <= 0.1 * len(NOTHING), added


@pytest.mark.parametrize(
    ("text", "kind", "type_", "form"),
    [
        ("“We lost the game,” Lee said.", "direct", "say", "name"),
        ("Lee said the plan was “a very bad idea.”", "mixed", "say", "name"),
        ("She said the plan was bad.", "indirect", "say", "pronoun"),
        ("The mayor promised to repair the bridge.", "indirect", "promise", "nominal"),
        ("The mayor believes that the bridge is safe.", "indirect", "think", "nominal"),
        ("The survey found that most people were tired.", "indirect", "show", "nominal"),
        ("She denied that the bridge was unsafe.", "indirect", "deny", "pronoun"),
        ("The mayor declined to say who was ill.", "indirect", "decline", "nominal"),
        ("The mayor urged residents to stay at home.", "indirect", "order", "nominal"),
        ("The mayor asked whether the bridge was safe.", "indirect", "ask", "nominal"),
    ],
)
def test_kind_type_and_form(nlp: Language, text: str, kind: str, type_: str, form: str) -> None:
    (row,) = nlp(text)._.news.attributions
    assert (row.kind, row.type, row.form) == (kind, type_, form)


def test_a_verb_with_its_own_object_does_not_take_the_previous_clause(
    nlp: Language,
) -> None:
    text = "The office denied it, hours after two of her own lawmakers demanded an apology."
    found = [roles(text, row) for row in nlp(text)._.news.attributions]
    assert not [row for row in found if row["C"] == ["demanded"] and row["X"][0].startswith("The")]


def test_negation_belongs_to_the_cue(nlp: Language) -> None:
    text = "The mayor did not say whether the bridge was safe."
    (row,) = nlp(text)._.news.attributions
    assert row.negated
    assert roles(text, row)["C"] == ["did not say"]


def test_reported_speech_in_a_quotation_is_nested(
    nlp: Language,
) -> None:
    text = "“The doctor told me that I was ill,” Lee said."
    outer, inner = nlp(text)._.news.attributions
    assert (outer.lemma, outer.parent) == ("say", None)
    assert (inner.lemma, inner.parent) == ("tell", 0)
    assert roles(text, inner)["S"] == ["The doctor"]


def test_a_claim_within_a_claim_has_a_parent(nlp: Language) -> None:
    text = "Ann Lee said Kim said the bridge was unsafe."
    outer, inner = nlp(text)._.news.attributions
    assert roles(text, outer)["S"] == ["Ann Lee"]
    assert roles(text, inner)["S"] == ["Kim"]
    assert (outer.parent, inner.parent) == (None, 0)


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
def test_time_is_linear(nlp: Language, rows: str) -> None:
    """Ten times the text takes well under a hundred times as long, even with long sentences."""
    cells = [row.rsplit("/", 3) for row in rows.split()]

    def cost(times: int) -> float:
        size = len(cells) * times
        doc = Doc(
            nlp.vocab,
            words=[cell[0] for cell in cells] * times,
            tags=[cell[1] for cell in cells] * times,
            deps=[cell[2] for cell in cells] * times,
            heads=[min(max(i + int(cells[i % len(cells)][3]), 0), size - 1) for i in range(size)],
        )
        doc = nlp.get_pipe("news_quotes")(doc)
        stage = nlp.get_pipe("news_attributions")
        start = time.perf_counter()
        stage(doc)
        return time.perf_counter() - start

    cost(50)
    assert cost(4_000) < 40 * cost(400) + 0.2
