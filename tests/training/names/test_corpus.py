"""What annotations of names become: labels, and copies with other names."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from pipeline.document.columns import Columns
from pipeline.errors import BadRow
from pipeline.training.names.corpus import (
    COARSE,
    NamedArticle,
    NameMark,
    Renaming,
    Seen,
    called,
    copies,
    cultures,
    filled,
    people,
    read_corpus,
    rewritten,
    without_accents,
)
from tests.blank import BLANK

TEXT = "Mr. Ann Lee of the Harlow Group met Ann's Lee in Paris on Monday."


def marked(text: str, *names: tuple[str, str]) -> NamedArticle:
    """Return an article in which the first place of each name is marked."""
    marks = [
        NameMark(text.index(name), text.index(name) + len(name), frozenset(labels.split("/")))
        for name, labels in names
    ]
    return NamedArticle("a", text, tuple(sorted(marks)), COARSE, 1.0)


def seen(text: str, *names: tuple[str, str]) -> tuple[Columns, list[Seen]]:
    """Return a text in which a recogniser sees names."""
    doc = BLANK(text)
    spans = [doc.char_span(text.index(n), text.index(n) + len(n), label=lab) for n, lab in names]
    return Columns(doc), [(one.start, one.end, one.label_) for one in spans if one is not None]


def told(article: NamedArticle) -> list[tuple[str, str]]:
    return [
        (article.text[one.start : one.end], "/".join(sorted(one.labels))) for one in article.marks
    ]


def test_both_kinds_of_annotation_are_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    entity = {"label": "FAC", "label_alt": ["ORG"], "mentions": [[0, 3, "name"], [4, 6, "pronoun"]]}
    rows = [
        {"id": "a", "text": "Ark it Bo", "entities": [entity]},
        {"id": "b", "text": "Ark it Bo", "names": [[7, 9, "LOC"]]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    full, coarse = read_corpus(path, 2.0)
    assert told(full) == [("Ark", "FAC/ORG")]
    assert "NORP" in full.complete
    assert told(coarse) == [("Bo", "FAC/GPE/LOC")]
    assert coarse.complete == COARSE
    assert coarse.weight == 2.0


def test_a_row_without_names_is_labelled_by_the_recogniser(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(json.dumps({"id": "a", "text": TEXT}) + "\n", "utf-8")
    (article,) = read_corpus(path, 1.0)
    found = article._replace(marks=filled(article, *seen(TEXT, ("Ann Lee", "PERSON"))))
    assert told(found) == [("Ann Lee", "PERSON")]


@pytest.mark.parametrize("row", ["{", '{"id": "a"}', '{"id": "a", "text": "b", "names": [[0, 1]]}'])
def test_a_row_that_is_not_an_article_is_refused(row: str, tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(row + "\n", "utf-8")
    with pytest.raises(BadRow, match="line 1"):
        list(read_corpus(path, 1.0))


def test_the_recogniser_chooses_among_fine_labels_and_adds_what_is_not_annotated() -> None:
    article = marked(TEXT, ("Ann Lee", "PERSON"), ("Paris", "GPE/LOC/FAC"))
    names = (("the Harlow Group", "ORG"), ("Paris", "GPE"), ("Monday", "DATE"))
    found = article._replace(marks=filled(article, *seen(TEXT, *names)))
    assert told(found) == [("Ann Lee", "PERSON"), ("Paris", "GPE"), ("Monday", "DATE")]


def test_articles_and_possessives_are_cut_off() -> None:
    article = marked(TEXT, ("the Harlow Group", "ORG"), ("Ann's", "PERSON"))
    found = article._replace(marks=filled(article, *seen(TEXT)))
    assert told(found) == [("Harlow Group", "ORG"), ("Ann", "PERSON")]


def test_what_does_not_end_with_tokens_counts_neither_way() -> None:
    article = marked("Overlook Inn burned.", ("look Inn", "FAC"))
    assert filled(article, *seen(article.text))[0].labels == frozenset()


def test_a_copy_has_other_names_the_same_ones_everywhere() -> None:
    text = "Ann Webb spoke. Webb left. Rain fell on Webb."
    starts = [0, 16, 40]
    marks = tuple(NameMark(at, at + (8 if at == 0 else 4), frozenset(("PERSON",))) for at in starts)
    article = NamedArticle("a", text, marks, COARSE, 2.0)
    for seed in range(30):
        (copy,) = copies([article], random.Random(seed), 0.5)
        names = [copy.text[one.start : one.end] for one in copy.marks]
        assert copy.weight == 1.0
        assert "Webb" not in copy.text
        shorts = {name.casefold() for name in names if " " not in name}
        assert len(shorts) == 1 or any(" " in name for name in names[1:])
        assert all(one.start < one.end for one in copy.marks)


def test_a_body_may_get_a_name_that_could_be_anybodys_in_its_long_form_too() -> None:
    text = "Harlow Marine rose. Harlow sold the Senate a boat in Leith. Oslo paid."
    names = {
        "Harlow Marine": "ORG",
        "Harlow": "ORG",
        "Senate": "ORG",
        "Leith": "GPE",
        "Oslo": "GPE",
    }
    marks = tuple(
        NameMark(at, at + len(name), frozenset((label,)))
        for name, label in names.items()
        for at in [text.rindex(name)]
    )
    article = NamedArticle("a", text, marks, COARSE, 1.0)
    changed = set()
    for seed in range(100):
        new = Renaming(random.Random(seed), {"ORG": ["Ark"], "GPE": ["Rome"]}).coined(article)
        changed |= new.keys()
        assert ("Harlow" in new) == ("Harlow Marine" in new)
        assert all(one[0].isupper() and one.split()[0] not in text.split() for one in new.values())
        if "Harlow" in new:
            assert new["Harlow Marine"] == f"{new['Harlow']} Marine"
    # "the Senate" is no name of a person, and without "in" a place could be anything
    assert changed == {"Harlow", "Harlow Marine", "Leith"}


def test_every_culture_has_first_names_and_surnames() -> None:
    assert len(cultures()) > 8
    assert all(len(people()[part, one]) > 15 for one in cultures() for part in ("first", "last"))


def test_lines_are_rewritten_and_stay_as_long() -> None:
    text = "The mayor said that the bridge is shut.\n\nIt will open again in June, he said.\n" * 20
    new = rewritten(text, random.Random(1))
    assert len(new) == len(text)
    assert new != text
    assert new.casefold() == text.casefold()


def test_accents_are_taken_off() -> None:
    assert (
        without_accents("Małgorzata Yılmaz-Sørensen, Núñez") == "Malgorzata Yilmaz-Sorensen, Nunez"
    )


def test_a_person_at_the_start_of_a_sentence_may_get_a_role_outside_the_name() -> None:
    text = "Ann Webb asked the rice farmer, a friend, who left. Webb stayed."
    marks = tuple(NameMark(start, end, frozenset(("PERSON",))) for start, end in ((0, 8), (52, 56)))
    article = NamedArticle("a", text, marks, COARSE, 1.0)
    assert called([article]) == ["friend", "rice farmer"]
    starts = set()
    for seed in range(60):
        (copy,) = copies([article], random.Random(seed), 0.5)
        last = copy.marks[-1]
        before = copy.text[: last.start].casefold()
        starts.add(before[before.index("who left. ") + 10 :])
        assert copy.text[last.end :].casefold() == " stayed."
    assert starts == {"", "friend ", "rice farmer "}
