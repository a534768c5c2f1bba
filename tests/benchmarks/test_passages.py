"""Passages are the same for the same seed, and their annotation is where it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import passages
import pytest

from pipeline.training.attributed import read_corpus

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def written(template: str, **family: Any) -> dict[str, Any]:
    """Return the passage of a template, in straight double marks and without variants of cues."""
    writer = passages.Writer("learn", Random("test"))
    writer.marks, writer.title_dot, writer.outside, writer.present = "\"\"''", "", False, True
    writer.scene({"texts": [template], **family}, context=0)
    return passages.checked(writer.row("a"))


def quoted(row: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(row["text"][slice(*one["span"])], one["speaker"]) for one in row["quotes"]]


def mentions(row: dict[str, Any], number: int) -> list[str]:
    return [row["text"][start:end] for start, end, _ in row["entities"][number]["mentions"]]


def test_two_people_are_told_apart_in_quotes_and_attributions() -> None:
    row = written("«1A No,» {said1} <s1>{A}, {A.arole}</>. «2U Yes,» {said2} <s2>{U.the}</>.")
    name = row["entities"][0]["name"]
    assert quoted(row) == [("No,", name), ("Yes,", None)]
    first, second = row["attributions"]
    assert (first["speaker"], first["anonymous"], first["kind"]) == (name, False, "direct")
    assert (second["speaker"], second["anonymous"]) == (None, True)
    ((start, end),) = first["source"]
    assert row["text"][start:end].startswith(f"{name}, a")
    ((start, end),) = first["content"]
    assert row["text"][start:end] == '"No,"'


def test_i_is_whoever_speaks_in_the_innermost_marks() -> None:
    row = written("«1A I ran, and <s2>{B}</> <c2>said:</> «2B My dog.» It hurt me,» {said1} {A#1}.")
    by_mention = {
        word: e["name"]
        for e in row["entities"]
        for word in (row["text"][s:t] for s, t, kind in e["mentions"] if kind == "pronoun")
    }
    first, second = (speaker for _, speaker in quoted(row))
    assert by_mention == {"I": first, "me": first, "My": second}


def test_a_quotation_over_paragraphs_has_its_closing_mark_at_the_end() -> None:
    row = written("{A#1} <c1>said:</> «1A Rain.¶«1A Snow.»")
    assert row["text"].endswith(' said: "Rain.\n\n"Snow."')
    assert [text for text, _ in quoted(row)] == ["Rain.", "Snow."]
    assert len(row["attributions"][0]["content"]) == 2


def test_two_people_of_one_surname_have_other_first_names_and_genders() -> None:
    row = written("{A} and {B} met. «1A No,» {said1} {A.mr#1}.", cast="B!A B~A")
    first, second = (one["name"].split() for one in row["entities"])
    assert set(first) & set(second) == {row["text"].rstrip(".").split()[-1]}
    assert ("Mr" in row["text"]) != ("Ms" in row["text"])


def test_a_group_has_all_speakers() -> None:
    row = written("{A} and {B} left. «1AB No,» <s1>the two</> <c1>said</>.")
    assert row["quotes"][0]["speaker"] == "; ".join(one["name"] for one in row["entities"])


def test_a_cue_without_a_subject_has_the_source_of_the_one_before() -> None:
    row = written("{A#1,2} {said1} <t1A>it rained</> but <c2>denied</> <t2A>that {A.he} knew</>.")
    first, second = row["attributions"]
    assert first["source"] == second["source"]
    assert first["cue"] != second["cue"]
    assert mentions(row, 0)[-1] in ("he", "she")


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        (("quotes", 0, "span"), [1, 4], "a quotation is"),
        (("quotes", 0, "speaker"), "Nobody Known", "no entity"),
        (("attributions", 0, "content"), [], "no content"),
        (("attributions", 0, "cue", 0), [4, 4], "a part is"),
        (("entities", 0, "mentions", 0), [0, 0, "name"], "a mention is"),
        (("entities", 0, "mentions"), [[0, 3, "name"], [2, 4, "name"]], "share"),
        (("text",), "Odd  spaces", "a mention is|a quotation is|not clean"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    part: tuple[Any, ...], value: Any, message: str
) -> None:
    row = written("{A#1} <c1>said</>, «1A No.»")
    at = row
    for key in part[:-1]:
        at = at[key]
    at[part[-1]] = value
    with pytest.raises(ValueError, match=message):
        passages.checked(row)


@pytest.mark.parametrize("template", ["«1A No,", "{A.what} left.", "<z1>No</>", "{Nothing} left."])
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        written(template)


def test_articles_are_the_same_for_a_seed_whatever_the_hash_seed(tmp_path: Path) -> None:
    found = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, str(BENCHMARKS / "dialogues.py"), "--write", str(out)]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([*command, "--articles", "40"], check=True, env=environment)
        found.append(out.read_text("utf-8"))
    assert found[0] == found[1]
    other = [json.dumps(row, ensure_ascii=False) for row in passages.articles(40, seed=2)]
    assert found[0].splitlines() != other


def test_the_trainers_read_the_articles(tmp_path: Path) -> None:
    rows = list(passages.articles(60, seed=3))
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    articles = list(read_corpus(path))
    assert len({one.id for one in articles}) == len(rows)
    assert all(one.id.startswith("dialogue_") and one.attributions for one in articles)
    families = passages.data()["learn"]["families"]
    assert len(families) >= 24
