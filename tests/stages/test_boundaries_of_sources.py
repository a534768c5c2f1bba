"""Where sources, cues and contents begin and end, by a parse that is written out."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from pipeline.document.annotations import DocAttribution, DocQuote
from pipeline.stages.attributions.cues import lexicon, noun_forms, verb_forms
from pipeline.stages.attributions.proposals import (
    completed,
    form_of,
    source_range,
    subject_of,
    trimmed,
    whole_source,
)
from pipeline.stages.attributions.reading import Reading
from pipeline.stages.attributions.writing import kind_of, parents, write
from pipeline.text.spans import CharSpan, TokenSpan
from tests.stages.parsed import parsed


def quoted(doc: Doc, kind: str = "direct", *, speech: bool = True) -> Reading:
    """Return the reading of a document with its double quotation marks; “‘ is nested."""
    quotes = []
    opened: list[int] = []
    for token in doc:
        if token.text in "“‘":
            opened.append(token.idx)
        elif token.text in "”’" and opened:
            start = opened.pop()
            marks = ((start, start + 1), (token.idx, token.idx + 1))
            quotes.append(
                DocQuote(
                    start + 2, token.idx - 1, *marks, kind, speech, parent=0 if opened else None
                )  # type: ignore[arg-type]
            )
    return Reading(doc, quotes)


def words(doc: Doc, span: TokenSpan | None) -> str | None:
    return None if span is None else doc[slice(*span)].text


@pytest.mark.parametrize(
    ("rows", "head", "expected"),
    [
        ("the/DT/det/1 mayor left", 1, "the mayor"),
        ("the/DT/det/1 mayor who/WP/nsubj/1 left/VBD/relcl/-2", 1, "the mayor"),
        ("the/DT/det/1 mayor of/IN/prep/-1 Oslo/NNP/pobj/-1", 1, "the mayor of Oslo"),
        ("Oslo/NNP/dep/3 – the/DT/det/1 mayor", 3, "the mayor"),
        ("vice-/NN/dep/1 mayor", 1, "vice- mayor"),
        ("mayor ,/,/punct/-1", 0, "mayor"),
        ("mayor (/(/punct/-1", 0, "mayor"),
        (",/,/punct/1 mayor", 1, "mayor"),
        ("mayor ’s/POS/case/-1", 0, "mayor"),
        ("¶/_SP/dep/1 mayor ¶/_SP/dep/-1", 1, "mayor"),
    ],
)
def test_the_words_of_a_source(rows: str, head: int, expected: str) -> None:
    doc = parsed(rows)
    assert words(doc, source_range(doc[head])) == expected


@pytest.mark.parametrize(
    ("row", "label", "form"),
    [
        ("he/PRP", "", "pronoun"),
        ("his/PRP$", "", "pronoun"),
        ("which/WDT", "", "pronoun"),
        ("there/EX", "", "pronoun"),
        ("Lee/NNP", "", "name"),
        ("Democrats/NNPS", "", "name"),
        ("acme/NN", "ORG", "name"),
        ("oslo/NN", "GPE", "name"),
        ("swede/NN", "NORP", "name"),
        ("lee/NN", "PERSON", "name"),
        ("today/NN", "DATE", "nominal"),
        ("mayor/NN", "", "nominal"),
    ],
)
def test_the_form_of_a_source(row: str, label: str, form: str) -> None:
    doc = parsed(row, **({label: (0, 1)} if label else {}))
    assert form_of(doc[0]) == form


@pytest.mark.parametrize(
    ("rows", "source", "cue", "expected"),
    [
        # ends at punctuation, and without "that", "in", "on Tuesday"
        (", Lee/NNP , said/VBD", (0, 3), (3, 4), "Lee"),
        (", .", (0, 2), (1, 2), None),
        ("that/IN Lee/NNP said/VBD", (0, 2), (2, 3), "Lee"),
        ("which/WDT Lee/NNP said/VBD", (0, 2), (2, 3), "Lee"),
        ("Lee/NNP in/IN said/VBD", (0, 2), (2, 3), "Lee"),
        ("bank/NN which/WDT said/VBD", (0, 2), (2, 3), "which"),
        ("which/WDT said/VBD", (0, 1), (1, 2), "which"),
        # the rest of a noun phrase
        ("the/DT/det/2 new/JJ/amod/1 mayor/NN said/VBD", (0, 2), (3, 4), "the new mayor"),
        ("the/DT/det/2 new/JJ/amod/1 mayor/NN said/VBD", (0, 1), (3, 4), "the new mayor"),
        ("new/JJ/amod/1 said/VBD", (0, 1), (1, 2), "new"),
        ("the/DT/dep/2 new/JJ/amod/1 mayor/NN said/VBD", (0, 1), (3, 4), "the"),
        # relative clauses are whole, or left out if the cue is in them
        ("envoys/NNS who/WP/nsubj/1 asked/VBD/relcl/-2 us/PRP/dobj/-1 said/VBD", (0, 3), (4, 5),
         "envoys who asked us"),
        ("envoys/NNS who/WP/nsubj/1 asked/VBD/relcl/-2 us/PRP/dobj/-1 said/VBD", (0, 3), (3, 4),
         "envoys"),
        ("said/VBD envoys/NNS who/WP/nsubj/1 asked/VBD/relcl/-2 us/PRP/dobj/-1", (1, 4), (0, 1),
         "envoys who asked us"),
        # the words of a cue are no part of its source
        ("Lee/NNP/poss/2 's/POS/case/-1 promise/NN was/VBD", (0, 3), (2, 4), "Lee"),
        ("the/DT/det/1 promise/NN of/IN/prep/-1 Lee/NNP/pobj/-1", (0, 4), (0, 2), "Lee"),
    ],
)  # fmt: skip
def test_the_final_boundaries_of_a_source(
    rows: str, source: TokenSpan, cue: TokenSpan, expected: str | None
) -> None:
    doc = parsed(rows)
    assert words(doc, whole_source(Reading(doc, []), source, cue)) == expected
    assert whole_source(Reading(doc, []), None, cue) is None


def test_the_day_behind_a_name_is_not_part_of_a_source() -> None:
    doc = parsed("Lee/NNP on/IN Tuesday/NNP said/VBD", DATE=(2, 3))
    assert words(doc, whole_source(Reading(doc, []), (0, 3), (3, 4))) == "Lee"
    doc = parsed("on/NN Tuesday/NNP said/VBD", DATE=(1, 2))
    assert words(doc, whole_source(Reading(doc, []), (0, 2), (2, 3))) == "on Tuesday"


@pytest.mark.parametrize(
    ("name", "given", "cue", "expected"),
    [
        ((0, 3), (0, 1), (5, 6), (0, 3)),
        ((0, 3), (2, 3), (5, 6), (0, 3)),
        ((0, 3), (1, 2), (5, 6), (0, 3)),
        ((0, 3), (0, 1), (2, 3), (0, 1)),  # a cue is not part of a name
        ((0, 3), (2, 3), (0, 1), (2, 3)),
        ((1, 3), (3, 4), (5, 6), (3, 4)),
        ((0, 6), (0, 1), (7, 8), (0, 1)),  # too far
        ((0, 5), (0, 1), (7, 8), (0, 5)),
        ((0, 6), (5, 6), (7, 8), (5, 6)),
        ((0, 5), (4, 5), (7, 8), (0, 5)),
    ],
)
def test_a_name_is_completed(
    name: TokenSpan, given: TokenSpan, cue: TokenSpan, expected: TokenSpan
) -> None:
    doc = parsed("a b c d e f g h", ORG=name)
    assert completed(Reading(doc, []), *given, cue) == expected


@pytest.mark.parametrize(
    ("rows", "cue", "expected"),
    [
        ("Lee/NNP/nsubj/1 said/VBD/ROOT so", (1, 2), "Lee"),
        ("Lee/NNP/nsubj/2 has/VBZ/aux/1 said/VBN/ROOT", (1, 3), "Lee"),
        ("it/PRP/nsubjpass/2 was/VBD/auxpass/1 said/VBN/ROOT by/IN/agent/-1 Lee/NNP/pobj/-1",
         (1, 3), "Lee"),
        ("said/VBD/ROOT so", (0, 1), None),
        ("according/NN to/IN Lee/NNP", (0, 2), None),
    ],
)  # fmt: skip
def test_the_subject_of_a_cue(rows: str, cue: TokenSpan, expected: str | None) -> None:
    doc = parsed(rows)
    assert words(doc, subject_of(Reading(doc, []), cue)) == expected


@pytest.mark.parametrize(
    ("text", "ranges", "cue", "source", "expected"),
    [
        ("It rained , Lee said .", [(0, 3)], (4, 5), (3, 4), ["It rained"]),
        ("It rained , Lee said .", [(0, 6)], (4, 5), (3, 4), ["It rained"]),
        ("It , Lee said , rained", [(0, 6)], (3, 4), (2, 3), ["It", "rained"]),
        ("It rained so hard", [(0, 2), (2, 4)], (5, 6), None, ["It rained so hard"]),
        ("It rained so hard", [(2, 4), (0, 3)], (5, 6), None, ["It rained so hard"]),
        ("It rained , so hard", [(0, 2), (3, 5)], (6, 7), None, ["It rained", "so hard"]),
        ("Lee said but “ we lost ”", [(2, 7)], (1, 2), (0, 1), ["“ we lost ”"]),
        ("Lee said , but we lost", [(3, 6)], (1, 2), (0, 1), ["but we lost"]),
        ("Lee said “ we lost ” again", [(3, 4)], (1, 2), (0, 1), ["“ we lost ”"]),
        ("Lee said , .", [(2, 4)], (1, 2), (0, 1), []),
        ("Lee said it", [(0, 2)], (1, 2), (0, 1), []),
    ],
)
def test_the_final_boundaries_of_a_content(
    text: str,
    ranges: list[TokenSpan],
    cue: TokenSpan,
    source: TokenSpan | None,
    expected: list[str],
) -> None:
    doc = parsed(text)
    found = trimmed(quoted(doc), cue, ranges, source)
    assert [words(doc, piece) for piece in found] == expected


@pytest.mark.parametrize(
    ("text", "kind", "asked", "stop", "expected"),
    [
        ("so “ we lost it ” again", "direct", (0, 3), False, "so “ we lost it ”"),
        ("so “ we lost it ” again", "direct", (4, 7), False, "“ we lost it ” again"),
        ("so “ we lost it ” again", "mixed", (0, 3), False, "so"),
        ("so “ we lost it ” again", "mixed", (0, 4), False, "so “ we lost it ”"),
        ("so “ we lost it ” again", "mixed", (3, 7), False, "“ we lost it ” again"),
        ("so “ we it ” again", "mixed", (0, 3), False, "so “ we it ”"),
        ("It rained .", "direct", (0, 3), False, "It rained"),
        ("It rained .", "direct", (0, 3), True, "It rained ."),
        ("It rained ,", "direct", (0, 3), True, "It rained"),
        ("¶ It rained ¶", "direct", (0, 4), False, "It rained"),
        ("– It rained", "direct", (0, 3), False, "It rained"),
        ("“ It rained . ”", "direct", (0, 4), False, "“ It rained . ”"),
        (", .", "direct", (0, 2), False, None),
    ],
)
def test_a_content_has_whole_quotations_and_no_punctuation_at_its_ends(
    text: str, kind: str, asked: TokenSpan, stop: bool, expected: str | None
) -> None:
    doc = parsed(text)
    reading = quoted(doc, kind)
    found = words(doc, reading.content(*asked, stop=stop))
    assert (found and found.strip()) == expected
    assert words(doc, reading.content(*asked, stop=stop)) == found


def test_what_is_read_of_a_document() -> None:
    doc = parsed("He said “ we ‘ all ’ lost ” . ¶ It rained", ORG=(9, 11))
    reading = quoted(doc)
    assert reading.outer == [1]
    assert reading.tokens == {1: (2, 9)}
    assert reading.at_quote == [-1] * 2 + [1] * 7 + [-1] * 4
    assert reading.quoted.tolist() == [False] * 2 + [True] * 7 + [False] * 4
    assert reading.in_name == [at == 10 for at in range(len(doc))]
    assert reading.paragraph == [0] * 10 + [1, 1, 1]
    assert [reading.utters(at) for at in (1, 2, 3, 99)] == [False, True, False, False]
    assert reading.chars(0, 2) == (0, 7)
    assert reading.token_range(3, 7) == (1, 2)
    assert reading.token_range(2, 9) == (0, 3)
    assert reading.token_range(3, 3) == (1, 1)
    start, end = doc[2].idx, doc[8].idx + 1
    assert reading.bounds(1) == reading.marked(2, 9) == (start, end)
    assert reading.quoted_before[2] == 0
    assert reading.quoted_before[9] - reading.quoted_before[2] == end + 1 - start
    assert len(reading.quoted_before) == len(doc) + 1
    whole = quoted(parsed("“ we lost ”"), "mixed")
    assert not whole.utters(0)


def test_the_head_of_a_range_is_governed_from_outside() -> None:
    reading = Reading(parsed("the/DT/det/1 mayor/NN/nsubj/1 left/VBD/ROOT here/RB/advmod/-1"), [])
    assert [reading.head(0, 2), reading.head(0, 1), reading.head(1, 4), reading.head(2, 4)] == [
        1, 0, 2, 2,
    ]  # fmt: skip
    circle = Reading(parsed("a/NN/dep/1 b/NN/dep/-1"), [])
    assert circle.head(0, 2) in (0, 1)


# --------------------------------------------------------------------------------- cues
@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("argue", {"argue", "argues", "argued", "arguing"}),
        ("say", {"say", "says", "said", "saying"}),
        ("agree", {"agree", "agrees", "agreed", "agreeing"}),
        ("admit", {"admit", "admits", "admitted", "admitting"}),
        ("think", {"think", "thinks", "thought", "thinking"}),
    ],
)
def test_the_forms_of_a_verb(lemma: str, forms: set[str]) -> None:
    assert forms <= verb_forms(lemma)
    assert {lexicon().verbs[form].lemma for form in forms} == {lemma}


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [("claim", {"claim", "claims"}), ("theory", {"theory", "theories"}), ("wish", {"wishes"})],
)  # fmt: skip
def test_the_forms_of_a_noun(lemma: str, forms: set[str]) -> None:
    assert forms <= noun_forms(lemma)


@pytest.mark.parametrize(
    ("form", "frames", "kind"),
    [
        ("said", ["that"], "say"),
        ("ask", ["wh"], "ask"),
        ("call", ["to"], "order"),
        ("call", ["obj"], "say"),
        ("call", ["none", "obj"], "say"),
        ("call", [], "say"),
    ],
)
def test_the_frame_of_a_content_decides_the_type_of_a_verb(
    form: str, frames: list[str], kind: str
) -> None:
    assert lexicon().verbs[form].type_in(frames) == kind


# ------------------------------------------------------------------------------ the result
def row(cue: CharSpan, *content: CharSpan) -> DocAttribution:
    return DocAttribution((), (cue,), content, "direct")


def test_the_parent_is_the_smallest_content_that_contains_the_cue() -> None:
    rows = [
        row((0, 3), (4, 60)),
        row((4, 8), (9, 40)),
        row((10, 12), (13, 20)),
        row((45, 48), (50, 60)),
        row((62, 64), (70, 80), (90, 99)),
        row((71, 74), (75, 80)),
        row((82, 84), (85, 88)),
        row((90, 92), (93, 99)),
    ]
    assert parents(rows) == [None, 0, 1, 0, None, 4, None, 4]


def test_parents_in_a_long_list_are_found() -> None:
    rows = [row((0, 1), (2, 10_000))]
    rows += [row((10 * at, 10 * at + 1), (10 * at + 2, 10 * at + 8)) for at in range(1, 300)]
    assert parents(rows) == [None, *[0] * 299]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [([(0, 7)], "indirect"), ([(8, 23)], "direct"), ([(0, 23)], "mixed"), ([(4, 23)], "mixed"),
     ([(8, 23), (0, 2)], "direct")],
)  # fmt: skip
def test_the_kind_of_a_content_is_by_the_share_of_it_that_is_quoted(
    asked: list[CharSpan], kind: str
) -> None:
    doc = parsed("He said “ we lost it . ”")
    assert kind_of(quoted(doc), asked) == kind


def test_quotations_have_the_smallest_content_that_contains_most_of_them() -> None:
    doc = parsed("Lee said “ Ek told me ‘ we lost ’ again ” and left “ it ” .")
    reading = quoted(doc)
    place = [token.idx for token in doc]
    outer = row((place[1], place[2] - 1), (place[2], place[12] - 1))
    inner = row((place[4], place[5] - 1), (place[6], place[10] - 1))
    write(reading, [inner, outer])
    news = doc._.news
    assert [one.cue for one in news.attributions] == [outer.cue, inner.cue]
    assert [one.parent for one in news.attributions] == [None, 0]
    assert [one.attribution for one in news.quotes] == [1, 0, None]
    assert [span.text for span in doc.spans["cues"]] == ["said", "told"]
