"""Copies differ in the gender of their persons alone, and what is counted is what was found."""

from __future__ import annotations

import doctest
import json
import sys
from pathlib import Path

import fairness
import genders
import pytest
from robustness import Copy
from spacy.language import Language

import pipeline
from pipeline.names.lists import gender_of
from pipeline.records.schema import ArticleRecord
from pipeline.training.attributed import AnnotatedArticle, AnnotatedAttribution

TEXT = (
    "Mr. Peter Okonjo, the chairman, lost his wife in May. He loved her. The house was his.\n\n"
    "“It was hard for him,” his daughter Barbara said. Officials at King's College said nothing.\n"
)


def record(nlp: Language, text: str = TEXT) -> ArticleRecord:
    return pipeline.extract(text, nlp=nlp, id="a")


def copy(nlp: Language, *, swapped: bool) -> Copy:
    made = dict(fairness.copies(record(nlp), nlp(TEXT), 1))
    return made[swapped]


def test_in_one_copy_every_word_is_of_the_other_gender(nlp: Language) -> None:
    text = copy(nlp, swapped=True).text
    first, surname, daughter = (
        copy(nlp, swapped=True).text[slice(*copy(nlp, swapped=True).span(span))]
        for span in (at("Peter"), at("Okonjo"), at("Barbara"))
    )
    assert text == (
        f"Ms. {first} {surname}, the chairwoman, lost her husband in May. "
        "She loved him. The house was hers.\n\n"
        f"“It was hard for her,” her son {daughter} said. "
        "Officials at King's College said nothing.\n"
    )
    assert (gender_of(first.lower()), gender_of(daughter.lower())) == ("f", "m")


def test_the_other_copy_differs_in_nothing_but_that(nlp: Language) -> None:
    kept, swapped = (copy(nlp, swapped=swapped) for swapped in (False, True))
    for words in ("Okonjo", "in May.", "King's College", "Officials"):
        texts = {one.text[slice(*one.span(at(words)))] for one in (kept, swapped)}
        assert len(texts) == 1
    assert "Mr. " in kept.text
    assert "his wife" in kept.text
    name = kept.text[slice(*kept.span(at("Peter")))]
    assert (gender_of(name.lower()), name != "Peter") == ("m", True)


def at(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("HE and his sister called her.", "SHE and her brother called him."),
        ("Her book is hers.", "His book is his."),
        ("Mrs. Stone met a human manager.", "Mr. Stone met a human manager."),
        ("The congressmen left.", "The congresswomen left."),
    ],
)
def test_words_that_tell_a_gender(nlp: Language, text: str, swapped: str) -> None:
    assert Copy(text, genders.word_edits(nlp(text), ())).text == swapped


GOLD = {
    "id": "a",
    "text": "Ann Lee said that it rained. She left. Officials said that it snowed.\n",
    "entities": [
        {
            "name": "Ann Lee",
            "label": "PERSON",
            "mentions": [[0, 7, "name"], [29, 32, "pronoun"]],
        }
    ],
    "attributions": [
        {
            "source": [[0, 7]],
            "cue": [[8, 12]],
            "content": [[13, 27]],
            "speaker": "Ann Lee",
        },
        {"source": [[39, 48]], "cue": [[49, 53]], "content": [[54, 68]], "speaker": None},
    ],
}


def test_a_statement_is_once_a_woman_s_and_once_a_man_s(nlp: Language) -> None:
    case = fairness.case_of_gold(GOLD)
    assert [person.gender for _, person in case.sources + case.pronouns] == ["f", "f"]
    text = GOLD["text"]
    found = record(nlp, text)
    for swapped, gender in ((False, "f"), (True, "m")):
        tally = fairness.judge(case, found, Copy(text, []), swapped=swapped)
        assert tally == {(metric, gender): [1, 1] for metric in fairness.METRICS}


def test_what_is_not_found_or_is_somebody_else_s_counts_as_wrong(nlp: Language) -> None:
    text = GOLD["text"]
    case = fairness.case_of_gold(GOLD)
    stranger = fairness.Person("f", ((39, 48),))
    case.sources[:] = [((0, 7), stranger), ((33, 37), case.sources[0][1])]
    tally = fairness.judge(case, record(nlp, text), Copy(text, []), swapped=False)
    assert tally["found", "f"] == [1, 2]
    assert tally["speaker", "f"] == [0, 2]
    assert tally["resolved", "f"] == [0, 2]


def test_labels_of_one_name_are_one_person() -> None:
    def row(source: str, at: int) -> dict[str, object]:
        span = [at, at + len(source)]
        more = {"source_span": span, "source_text": source, "canonical_span": [0, 6]}
        return {"article": "a", "kind": "person", "canonical": "Sam Li"} | more

    case = fairness.cases_of_labels([row("Sam Li", 0), row("she", 20)])["a"]
    assert [person.gender for _, person in case.sources] == ["f", "f"]
    assert fairness.cases_of_labels([row("Sam Li", 0) | {"canonical": "Li"}]) == {}


def test_recall_is_by_the_form_of_theirs_and_precision_by_that_of_ours(nlp: Language) -> None:
    text = GOLD["text"]
    marked = tuple(
        AnnotatedAttribution(tuple(map(tuple, one["source"])), tuple(map(tuple, one["content"])))
        for one in GOLD["attributions"]
    )
    table = fairness.ByForm()
    table.add(
        AnnotatedArticle("a", text, (*marked, AnnotatedAttribution(((29, 32),), ((33, 37),))), ()),
        nlp(text),
        record(nlp, text),
    )
    assert [line.split() for line in table.lines()][1:] == [
        ["name", "100.0", "1", "100.0", "1"],
        ["pronoun", "0.0", "1", "n/a", "0"],
        ["nominal", "100.0", "1", "100.0", "1"],
        ["none", "n/a", "0", "n/a", "0"],
    ]


def test_both_tables_are_printed(
    nlp: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(GOLD), "utf-8")
    monkeypatch.setattr("pipeline.load", lambda *_, **__: nlp, raising=False)
    monkeypatch.setattr(sys, "argv", ["fairness.py", "--gold", str(tmp_path)])
    fairness.main()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["name", "100.0", "1", "100.0", "1"] in lines
    assert ["speaker", "100.0", "100.0", "+0.0", "1"] in lines


def test_gender_is_what_the_article_says_before_what_the_name_says() -> None:
    assert doctest.testmod(fairness) == (0, 1)
