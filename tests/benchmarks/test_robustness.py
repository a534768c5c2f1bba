"""In the copy other names and years stand, and what is marked covers the same words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import robustness
from hypothesis import given
from hypothesis import strategies as st
from robustness import Copy, Edit, changed, name_edits, new_names, year_edits
from spacy.language import Language

import pipeline
from pipeline.names.lists import gender_of
from pipeline.training.attributed import AnnotatedArticle, AnnotatedAttribution, read_corpus
from pipeline.training.evaluation import Evaluation

NAMES = {"Abbott": "Okafor", "Ann": "Elizabeth", "Lee": "Xu", "LEE": "XU", "Ocasio-Lee": "Tran"}
WORDS = st.sampled_from(
    [
        *NAMES,
        "said",
        "leer",
        "Leeds",
        "1999",
        "2016",
        "19990",
        "1,999",
        "the",
        "é",
        "@Lee",
        "Lee’s",
        "Lee.com",
    ]
)
GAPS = st.sampled_from([" ", ", ", "\n\n", " “", "” "])


def swapped(word: str) -> str:
    """Return what should stand in the place of a word."""
    expected = {"1999": "2006", "2016": "2023", "Lee’s": "Xu’s"}
    return NAMES.get(word) or expected.get(word) or word


@given(st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=30), st.data())
def test_a_span_covers_the_same_words_with_names_and_years_swapped(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    text, starts, ends = "", [], []
    for word, gap in parts:
        starts.append(len(text))
        text += word
        ends.append(len(text))
        text += gap
    copy = Copy(text, [*name_edits(text, NAMES, [], []), *year_edits(text, 7)])
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first, len(parts) - 1))
    start, end = copy.span((starts[first], ends[last]))
    inner = [swapped(word) + gap for word, gap in parts[first:last]]
    assert copy.text[start:end] == "".join(inner) + swapped(parts[last][0])
    assert copy.text == "".join(swapped(word) + gap for word, gap in parts)


def test_a_span_that_cuts_a_name_covers_all_of_the_new_one() -> None:
    copy = Copy("So Ann Lee left.", [Edit(3, 6, "Beatrice"), Edit(7, 10, "Xu")])
    assert copy.text == "So Beatrice Xu left."
    for span, words in (((4, 5), "Beatrice"), ((5, 8), "Beatrice Xu"), ((10, 15), " left")):
        start, end = copy.span(span)
        assert copy.text[start:end] == words
    assert copy.span((0, 16)) == (0, 20)
    assert copy.span((3, 3)) == (3, 3)
    with pytest.raises(ValueError, match="overlap"):
        Copy("Ann", [Edit(0, 2, "x"), Edit(1, 3, "y")])


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("In 1999, and by 2016.", "In 2006, and by 2023."),
        ("2015-16 and 2015–2016", "2022-23 and 2022–2023"),
        ("1999-00", "2006-00"),  # a turn of the century is left half moved rather than guessed
        ("the 1990s, 2016's, 2016-09-12", "the 1997s, 2023's, 2023-09-12"),
        ("$2016, 1,999, 2,016.5, 12016, 20161, 2016%, 1850", None),
    ],
)
def test_years_are_moved(text: str, moved: str | None) -> None:
    assert Copy(text, year_edits(text, 7)).text == (moved or text)


def test_a_name_stays_in_an_organisation_and_where_it_may_be_a_word() -> None:
    text = "Price rose. The price is up. Bo Price left Price Ltd. Cole left Cole Ltd. Mr. COLE."
    at = text.index("Bo Price"), text.index("Bo Price") + len("Bo Price")
    firms = [(text.index(name), text.index(name) + 9) for name in ("Price Ltd", "Cole Ltd.")]
    names = {"Price": "Tran", "Cole": "Pham", "COLE": "PHAM"}
    assert Copy(text, name_edits(text, names, [at], firms)).text == (
        "Price rose. The price is up. Bo Tran left Price Ltd. Pham left Cole Ltd. Mr. PHAM."
    )
    assert list(name_edits(text, {}, [at], firms)) == []


TEXT = (
    "Barbara Okonjo, the mayor, said on Monday that the bridge would open in 2019.\n"
    "Her brother Peter Okonjo was there. “It leaks,” he said. Okonjo’s office was closed.\n"
)


def at(words: str) -> tuple[tuple[int, int], ...]:
    return ((TEXT.index(words), TEXT.index(words) + len(words)),)


HE = TEXT.index("he said")
ARTICLE = AnnotatedArticle(
    "a",
    TEXT,
    (
        AnnotatedAttribution(
            at("Barbara Okonjo, the mayor"),
            at("that the bridge would open in 2019"),
            at("said on Monday"),
        ),
        AnnotatedAttribution(((HE, HE + 2),), at("“It leaks,”"), required=False),
    ),
    at("office was closed."),
    "2016-02-29",
)


def test_persons_keep_gender_and_family(nlp: Language) -> None:
    record = pipeline.extract(TEXT, nlp=nlp, id="a")
    names = new_names(record, 1)
    assert set(names) >= {"Barbara", "Peter", "Okonjo", "OKONJO"}
    assert gender_of(names["Barbara"].lower()) == "f"
    assert gender_of(names["Peter"].lower()) == "m"
    assert names["OKONJO"] == names["Okonjo"].upper()
    assert names["Okonjo"][0] in "AEIOU"
    assert not {name.lower() for name in names.values()} & {word.lower() for word in TEXT.split()}
    assert new_names(record, 1) == names != new_names(record, 2)


def test_no_name_is_given_that_the_article_has(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = pipeline.extract(TEXT + "Egan Street was open.\n", nlp=nlp, id="a")
    monkeypatch.setattr(robustness, "SURNAMES", ["Egan", "Tran"])
    assert new_names(record, 1)["Okonjo"] == "Tran"
    monkeypatch.setattr(robustness, "SURNAMES", ["Egan"])
    with pytest.raises(ValueError, match="no name is left for 'okonjo'"):
        new_names(record, 1)


def test_an_article_is_copied_with_what_is_marked(nlp: Language, tmp_path: Path) -> None:
    record = pipeline.extract(TEXT, nlp=nlp, id="a")
    names = new_names(record, 1)
    copy = changed(ARTICLE, record, years=7, seed=1)
    for old in ("Barbara", "Peter", "Okonjo", "2019"):
        assert old not in copy.text
    first, second = copy.attributions

    def words(spans: tuple[tuple[int, int], ...]) -> list[str]:
        return [copy.text[start:end] for start, end in spans]

    assert words(first.source) == [f"{names['Barbara']} {names['Okonjo']}, the mayor"]
    assert words(first.content) == ["that the bridge would open in 2026"]
    assert words(first.cue) == ["said on Monday"]
    assert (words(second.content), second.required) == (["“It leaks,”"], False)
    assert words(copy.discard) == ["office was closed."]
    assert copy.published == "2023-02-28"
    path = tmp_path / "copy.jsonl"
    path.write_text(copy.to_line(), "utf-8")
    assert list(read_corpus(path)) == [copy]


def test_both_scores_and_their_difference_are_printed(
    nlp: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(ARTICLE.to_line(), "utf-8")
    monkeypatch.setattr("pipeline.api._loaded", lambda *_, **__: nlp)
    copies = tmp_path / "copies.jsonl"
    monkeypatch.setattr(sys, "argv", ["x", "--gold", str(path), "--keep", str(copies)])
    robustness.main()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["attr@0.3", "100.0", "100.0", "+0.0"] in lines
    assert ["precision/say", "100.0", "100.0", "+0.0"] in lines
    assert any(line[0] == "calibration_error" and len(line) == 4 for line in lines if line)
    (copy,) = read_corpus(copies)
    assert "2026" in copy.text


def test_the_difference_is_what_the_copy_has_more(nlp: Language) -> None:
    found, missed = Evaluation(), Evaluation()
    found.add(ARTICLE, pipeline.extract(TEXT, nlp=nlp, id="a"))
    missed.add(ARTICLE, None)
    lines = [line.split() for line in robustness.table(found, missed)]
    assert ["recall/indirect@0.3", "100.0", "0.0", "-100.0"] in lines
    assert ["precision/say", "100.0", "n/a", "n/a"] in lines
    with_nothing = [line.split() for line in robustness.table(missed, found)]
    assert ["recall/indirect@0.3", "0.0", "100.0", "+100.0"] in with_nothing
