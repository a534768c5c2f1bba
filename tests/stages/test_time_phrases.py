"""Which words of time are meant as a time, and what the date of one is decided by."""

from __future__ import annotations

from datetime import date

import pytest
from spacy.language import Language

from pipeline.stages import times
from pipeline.stages.times import Dating, counted, evidence, is_meant, is_name, own, probability
from pipeline.text.spans import CharSpan
from pipeline.times.relative import NamedDay
from tests.stages.parsed import parsed


@pytest.mark.parametrize(
    ("words", "time", "label", "name", "expected"),
    [
        ("May left", (0, 1), "PERSON", (0, 1), True),
        ("Friday left", (0, 1), "PERSON", (0, 1), False),
        ("Theresa May left", (1, 2), "PERSON", (0, 2), True),
        ("Friday Smith left", (0, 1), "PERSON", (0, 2), True),
        ("Theresa May 5", (1, 3), "PERSON", (0, 3), False),
        ("Friday left", (0, 1), "ORG", (0, 1), False),
        ("Sunday Courier wrote", (0, 1), "ORG", (0, 2), True),
        ("Sheffield Wednesday won", (1, 2), "ORG", (0, 2), True),
        ("the weekly Courier", (1, 2), "ORG", (0, 3), False),
        ("Sunday Baseball on", (0, 1), "WORK_OF_ART", (0, 2), True),
        ("Today on NBC", (0, 1), "WORK_OF_ART", (0, 1), False),
        ("a “ Today ” show", (2, 3), "WORK_OF_ART", (2, 3), True),
        ("a “ Today , ” show", (2, 3), "WORK_OF_ART", (2, 3), True),
        ("a “ Today show", (2, 3), "WORK_OF_ART", (2, 3), False),
        ("a Today ” show", (1, 2), "WORK_OF_ART", (1, 2), False),
        ("the “ today ” show", (2, 3), "WORK_OF_ART", (2, 3), False),
        ("a night Courier", (1, 2), "WORK_OF_ART", (1, 3), False),
        ("a “ Today", (2, 3), "WORK_OF_ART", (2, 3), False),
        ("Sunday Baseball on", (0, 1), "EVENT", (0, 2), False),
    ],
)
def test_a_time_that_is_a_name(
    words: str, time: CharSpan, label: str, name: CharSpan, expected: bool
) -> None:
    doc = parsed(words, **{label: name})
    assert is_name(doc[slice(*time)]) == expected


@pytest.mark.parametrize(
    ("rows", "label", "expected"),
    [
        ("spring/NN", "", True),
        ("May/NNP", "", True),
        ("May/NNP", "DATE", True),
        ("May/NNP", "TIME", True),
        ("May/NNP", "ORG", False),
        ("march/VB", "", False),
        ("March/NNP/compound/1 meeting/NN", "", True),
        ("March/NNP/compound/1 Madness/NNP", "", False),
        ("March/NNP/nsubj/1 Madness/NNP", "", True),
        ("Spring/NN/compound/1 Madness/NNP", "", True),
        ("march/NNP/compound/1 Madness/NNP", "", True),
    ],
)
def test_a_word_with_other_meanings_is_meant_as_a_time(
    rows: str, label: str, expected: bool
) -> None:
    doc = parsed(rows, **({label: (0, 1)} if label else {}))
    assert is_meant(doc[0]) == expected


@pytest.mark.parametrize(
    ("rows", "time", "expected"),
    [
        ("the/DT/det/2 weekend/NN/compound/1 storm", (0, 2), "weekend"),
        ("his/PRP$/poss/2 weekend/NN/compound/1 storm", (0, 2), "weekend"),
        ("the/DT/det/1 weekend", (0, 2), "the weekend"),
        ("the/DT/det/2 day/NN/compound/1 job", (0, 2), None),
        ("the/DT/det/3 two/CD/nummod/1 days/NNS/compound/1 job", (0, 3), "two days"),
        ("last/JJ/amod/2 week/NN/compound/1 storm", (0, 2), "last week"),
        ("the/DT/det/1 weekend", (0, 1), "the"),
        ("weeks/NNS", (0, 1), "weeks"),
        ("week/NN", (0, 1), "week"),
        ("election/NN/compound/1 years/NNS", (1, 2), None),
        ("visiting/VBG/amod/1 hours/NNS", (1, 2), None),
        ("remaining/VBG/amod/1 days/NNS", (1, 2), "remaining days"),
        ("the/DT/det/2 darkest/JJS/amod/1 days/NNS", (2, 3), "the darkest days"),
        ("the/DT/det/2 darkest/JJS/amod/1 days/NNS after", (2, 3), "days"),
        ("only/RB/det/1 days/NNS", (1, 2), "days"),
        ("these/DT/det/2 same/RB/advmod/1 days/NNS", (2, 3), "days"),
        ("great/NN/amod/1 days/NNS", (1, 2), "days"),
        ("three/CD/nummod/2 good/JJ/amod/1 weeks/NNS", (2, 3), "three good weeks"),
        ("very/RB/advmod/1 dark/JJ/amod/1 days/NNS", (2, 3), "days"),
        ("the/DT/det/5 a/JJ/amod/4 b/JJ/amod/3 c/JJ/amod/2 d/JJ/amod/1 days/NNS", (5, 6), "days"),
        ("the/DT/det/4 b/JJ/amod/3 c/JJ/amod/2 d/JJ/amod/1 days/NNS", (4, 5), "the b c d days"),
    ],
)
def test_the_words_of_a_time_without_those_of_another_noun(
    rows: str, time: CharSpan, expected: str | None
) -> None:
    found = own(parsed(rows)[slice(*time)])
    assert (None if found is None else found.text) == expected


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        ("PXW", "three/CD good/JJ weeks/NNS", "P3W"),
        ("PXW", "12/CD weeks/NNS", "P12W"),
        ("PXW", "1.5/CD weeks/NNS", "PXW"),
        ("PXW", "the/DT weeks/NNS", "PXW"),
        ("PXW", "uncounted/CD weeks/NNS", "PXW"),
        (None, "three/CD weeks/NNS", None),
    ],
)
def test_a_number_apart_from_its_unit_is_counted(
    value: str | None, rows: str, expected: str | None
) -> None:
    doc = parsed(rows)
    assert counted(value, doc[:]) == expected


# ------------------------------------------------------------------------- which day is meant
def dating(nlp: Language, text: str, quotes: list[CharSpan] | None = None) -> Dating:
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name == "news_times":
            break
        doc = component(doc)
    return Dating(doc, quotes or [])


@pytest.mark.parametrize(
    ("text", "word", "asked", "held", "lacking"),
    [
        ("The court will hear the case on Friday.", "Friday", ("W", 6, 1),
         "unit=W, W6, tense=2, W6 tense=2, on tense=2, on tag=VB, before=on, W before=on, dep=pobj,"
         " head=on, nearer, nearer tag=VB, until=, after=., word=will, word=on, tag0=VB,"
         " verb0=hear, aux0=will, with=MD, root=2, top",
         "farther, with=VBD, plan, quoted, below, word=friday, word=court, tag1=VB"),
        ("The court that had heard it in March was set to close.", "March", ("M", 46, 320),
         "unit=M, Y2, Y2 tense=-1, farther, in tag=VBN, after=was, tag0=VBN, verb0=heard,"
         " aux0=had, tag1=VBN, verb1=set, aux1=was, with=VBD, root=-1",
         "nearer, W2, with=MD, aux0=was"),
        ("He left by Friday", "Friday", ("W", 1, 6),
         "W1, until=by, until=by farther, after=, word=he, tag0=VBD, verb0=left", "aux0=left"),
        ("Friday is set.", "Friday", ("W", 3, 3), "before=, farther", "word=set"),
        ("He planned it for March.", "March", ("M", 20, 340), "Y0, farther, plan", ""),
        ("He left in March.", "March", ("M", 21, 340), "Y1, dep=pobj farther", "plan"),
        ("He left in March.", "March", ("M", 331, 30), "Y8, nearer", ""),
    ],
)  # fmt: skip
def test_what_tells_a_past_time_from_a_future_one(
    nlp: Language, text: str, word: str, asked: tuple[str, int, int], held: str, lacking: str
) -> None:
    start = text.index(word)
    found = set(dating(nlp, text).course(start, start + len(word), *asked))
    assert set(held.split(", ")) <= found
    assert found.isdisjoint(lacking.split(", "))


def test_words_far_before_a_time_are_not_evidence(nlp: Language) -> None:
    text = "It must be; " + "the town was big and " * 2 + "on Friday."
    start = text.index("Friday")
    found = set(dating(nlp, text).course(start, start + 6, "W", 3, 4))
    assert "with=VBD" in found
    assert "with=MD" not in found
    words = {one for one in found if one.startswith("word=")}
    assert words == {"word=town", "word=was", "word=big", "word=and", "word=on"}


def test_a_time_at_the_top_and_one_in_a_quotation(nlp: Language) -> None:
    text = "It rained. " * 23 + "“He left on Friday,” she said."
    start = text.index("Friday")
    quote = (text.index("“"), text.index("”") + 1)
    found = set(dating(nlp, text, [quote]).course(start, start + 6, "W", 3, 4))
    assert {"below", "quoted"} <= found
    found = set(dating(nlp, text[11:], []).course(start - 11, start - 5, "W", 3, 4))
    assert "quoted" not in found


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0, False), (2, True), (4, True), (5, True), (8, True), (9, False), (20, True), (25, False)],
)
def test_a_place_in_one_of_the_quotations(nlp: Language, place: int, expected: bool) -> None:
    found = Dating(nlp.make_doc("It rained."), [(2, 9), (3, 5), (20, 25)])
    assert found.is_quoted(place) == expected


STORY = "On Monday it rained. He left at 5 p.m. today.\n\n“It was noon,” he said."
DAYS = (
    NamedDay(date(2025, 5, 1), 9, 1, True),
    NamedDay(date(2025, 4, 28), None, 5, False),
    NamedDay(date(2025, 5, 2), 70, 2, False),
    NamedDay(date(2025, 3, 2), 9, 3, False),
    NamedDay(date(2025, 1, 2), 45, 4, False),
)


@pytest.mark.parametrize(
    ("word", "number", "held"),
    [
        ("5 p.m.", 0, "age=now, count=1, tense=-1 now, rank=0, breaks=0, ends=1, first"),
        ("5 p.m.", 1, "age=7, count=3, tense=-1 7, unsaid"),
        ("5 p.m.", 2, "age=-, count=2, tense=-1 -, later"),
        ("5 p.m.", 3, "age=60, count=3, tense=-1 60, rank=3, breaks=0, ends=1"),
        ("noon", 0, "age=now, count=1, tense=-1 now, rank=0, breaks=1, ends=-, first"),
        ("noon", 2, "age=-, count=2, tense=-1 -, later"),
        ("noon", 3, "age=60, count=3, tense=-1 60, rank=3, breaks=1, ends=-"),
        ("noon", 4, "age=far, count=3, tense=-1 far, rank=3, breaks=1, ends=-"),
    ],
)
def test_what_tells_the_day_of_a_clock_time(
    nlp: Language, word: str, number: int, held: str
) -> None:
    quote = (STORY.index("“"), STORY.index("”") + 1)
    start = STORY.index(word)
    found = [*dating(nlp, STORY, [quote]).days(start, start + len(word), DAYS, date(2025, 5, 1))]
    kind = "quoted" if word == "noon" else "clock"
    plain = held.split(", ")
    assert found[number] == [*plain, *(f"{kind} {one}" for one in plain)]


def test_the_order_of_properties_makes_no_difference() -> None:
    # a set of words has another order in each process
    for number in range(20):
        held = [f"{name}={number}" for name in ("tag", "word", "age")]
        assert evidence(held, dict(zip(held, (1e16, 1.0, -1e16), strict=True))) == 1.0


def test_evidence_adds_up_and_counts_a_property_once() -> None:
    weights = {"bias": 0.5, "a": 1.0, "b": -0.25}
    assert evidence([], weights) == 0.5
    assert evidence(["a", "a", "b", "c"], weights) == 1.25
    assert probability(0.0) == 0.5
    assert probability(2.0) == pytest.approx(0.880797)


def test_the_likeliest_day_is_taken_and_how_likely_it_is(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = STORY.index("5 p.m.")
    weights = {"ahead": {"unit=W": 2.0, "unit=M": -3.0}, "day": {"age=7": 2.0}}
    monkeypatch.setattr(times, "weights", lambda: weights)
    found = dating(nlp, STORY)
    assert found.day(start, start + 6, DAYS, date(2025, 5, 1)) == date(2025, 4, 28)
    assert found.judged[start + 6] == pytest.approx(1 / (1 + 4 * 0.1353353))
    weights["day"] = {"age=7": -2.0}  # of equal days, the first
    assert found.day(start, start + 6, DAYS, date(2025, 5, 1)) == date(2025, 5, 1)
    assert found.judged[start + 6] == pytest.approx(1 / (4 + 0.1353353))
    assert found.is_ahead(start, start + 6, "W", 3, 4)
    assert found.judged[start + 6] == pytest.approx(probability(2.0))
    assert not found.is_ahead(start, start + 6, "M", 3, 4)
    assert found.judged[start + 6] == pytest.approx(probability(3.0))
