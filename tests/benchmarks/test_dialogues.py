"""Answers are right, wrong or open; what is for scores is unlike what is learned, and not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dialogues
import passages
import pytest
from dialogues import Answer, Scores

from pipeline.records.schema import ArticleRecord
from tests.desk.pages.made import entity, mention, quote, record, span, statement, told

TEXT = "“I won,” said Ann Lee. “No,” said Bo Kim.\n\nThe judge said it rained."
PASSAGE: passages.Row = {
    "id": "a",
    "text": TEXT,
    "published": "2025-01-01",
    "entities": [
        {"name": "Ann Lee", "label": "PERSON", "mentions": [[14, 21, "name"]]},
        {"name": "Bo Kim", "label": "PERSON", "mentions": [[34, 40, "name"]]},
    ],
    "quotes": [
        {"span": [1, 7], "kind": "direct", "speech": True, "speaker": "Ann Lee"},
        {"span": [24, 27], "kind": "direct", "speech": True, "speaker": "Bo Kim"},
    ],
    "attributions": [
        {"source": [[43, 52]], "cue": [[53, 57]], "content": [[58, 67]], "kind": "indirect",
         "speaker": None, "anonymous": True, "required": True},
    ],
}  # fmt: skip
LEE, KIM, BOTH, NOBODY = ("e1",), ("e2",), ("e1", "e2"), ()


def found(
    first: Any = LEE,
    second: Any = KIM,
    judge: Any = NOBODY,
    around: Any = None,
    continues: str | None = None,
) -> ArticleRecord:
    """Return a record of the text with the entities that it says speak."""
    people = (
        entity("e1", "Lee", [mention(TEXT, "Ann Lee")]),
        entity("e2", "Bo Kim", [mention(TEXT, "Bo Kim")]),
    )
    quotes = (
        told(quote("q1", TEXT, "I won,", attribution="a1"), first, 0.99 if first else None),
        told(
            quote("q2", TEXT, "No,", attribution="a2", continues=continues),
            second,
            0.97 if second else None,
        ),
    )
    made = (
        statement("a1", [span(TEXT, "Ann Lee")], [span(TEXT, "said")], [span(TEXT, "“I won,”")],
                  quotes=("q1",), kind="direct"),
        statement("a2", [span(TEXT, "Bo Kim")], [span(TEXT, "said", 1)], [span(TEXT, "“No,”")],
                  quotes=("q2",), kind="direct"),
        statement("a3", [span(TEXT, "The judge")], [span(TEXT, "said", 2)],
                  [span(TEXT, "it rained")]),
    )  # fmt: skip
    sources = (first if around is None else around, second, judge)
    attributions = tuple(
        told(one, who, 0.92 if who else None) for one, who in zip(made, sources, strict=True)
    )
    return record(TEXT, "a", entities=people, quotes=quotes, attributions=attributions)


@pytest.mark.parametrize(
    ("given", "verdicts"),
    [
        ({}, ("right", "right", "right")),
        ({"first": KIM}, ("wrong", "right", "right")),
        ({"first": NOBODY}, ("open", "right", "right")),
        ({"first": BOTH}, ("wrong", "right", "right")),
        ({"judge": LEE}, ("right", "right", "wrong")),
        ({"around": KIM}, ("wrong", "right", "right")),  # only the attribution around it
        ({"first": NOBODY, "around": KIM}, ("wrong", "right", "right")),
        ({"around": NOBODY}, ("right", "right", "right")),
    ],
)
def test_an_answer_is_right_wrong_or_open(given: dict[str, Any], verdicts: tuple[str, ...]) -> None:
    got = tuple(one.verdict for one in dialogues.answers("f", PASSAGE, found(**given)))
    assert got == verdicts


def test_an_answer_has_the_confidence_of_what_is_wrong() -> None:
    first, _, last = dialogues.answers("f", PASSAGE, found(around=KIM, judge=KIM))
    assert (first.confidence, first.given, first.right) == (0.92, "Bo Kim", "Ann Lee")
    assert (last.confidence, last.given, last.right) == (0.92, "Bo Kim", None)


def test_what_is_not_found_is_open_or_right() -> None:
    got = [one.verdict for one in dialogues.answers("f", PASSAGE, record(TEXT, "a"))]
    assert got == ["open", "open", "right"]


def test_a_name_that_is_not_annotated_is_somebody_else() -> None:
    row = PASSAGE | {"entities": PASSAGE["entities"][:1]}
    second = list(dialogues.answers("f", row, found(second=KIM)))[1]
    assert second.given == "Bo Kim"


def test_only_some_of_those_who_speak_together_is_wrong() -> None:
    both = frozenset({"Ann", "Bo"})
    assert dialogues.judge(both, both) == "right"
    assert dialogues.judge(both, frozenset({"Ann"})) == "wrong"
    assert dialogues.judge(both, frozenset()) == "open"


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"continues": "q1"}, 1),
        ({"continues": "q1", "second": LEE}, 0),
        ({"second": LEE}, 0),
    ],
)
def test_a_quotation_has_the_speaker_of_the_one_it_continues(
    given: dict[str, Any], count: int
) -> None:
    assert dialogues.discontinuous(found(**given)) == count


@pytest.mark.parametrize(("source", "count"), [("She", 1), ("Bo Kim", 0), ("Officials", 0)])
def test_a_source_is_counted_where_it_is_a_paragraph_behind_its_cue(
    source: str, count: int
) -> None:
    text = "Officials met.\n\nIt rained, said Bo Kim.\n\nShe left."
    made = statement("a1", [span(text, source)], [span(text, "said")], [span(text, "It rained")])
    assert dialogues.behind(record(text, "a", attributions=(made,))) == count


def test_the_report_counts_by_family_and_by_confidence() -> None:
    right, wrong, rest = (
        Answer("f", "right", 0.99, "a", "Ann", "Ann"),
        Answer("g", "wrong", 0.95, "b", None, "Ann"),
        Answer("g", "open", None, "c", "Ann", None),
    )
    nobody = Answer("g", "right", None, "d", None, None)
    report = list(dialogues.lines(Scores([right, right, wrong, rest, nobody], 3, 1)))
    rows = {cells[0]: cells[1:] for line in report if (cells := line.split())}
    assert rows["f"] == ["2", "2", "0", "0"]
    assert rows["g"] == ["3", "1", "1", "1"]
    assert rows["all"] == ["5", "3", "1", "1"]
    assert rows["percent"] == ["60.00", "20.00", "20.00"]
    assert rows["0.9"] == ["to", "0.95", "1", "1", "100.00"]
    assert rows["0.98"] == ["to", "1.0", "2", "0", "0.00"]
    assert report[-2].endswith(": 3")
    assert report[-1].endswith(": 1")


def words(split: passages.Split) -> set[str]:
    """Return all names, roles, statements and other words of a split."""
    lists = passages.data()[split]
    plain = {one for value in lists.values() if isinstance(value, list) for one in value
             if isinstance(one, str)}  # fmt: skip
    names = {one for row in lists["names"] for key in ("f", "m", "last") for one in row[key]}
    cues = {one for row in lists["cues"].values() for one in row}
    return plain | names | cues | {name for name, _ in lists["bodies"]}


def test_what_is_for_scores_is_unlike_what_is_learned() -> None:
    assert words("learn") & words("score") == set()
    families = [passages.data()[split]["families"] for split in ("learn", "more", "score")]
    names = [name for split in families for name in split]
    assert len(names) == len(set(names)) >= 40
    texts = [{text for one in split.values() for text in one["texts"]} for split in families]
    assert not texts[2] & (texts[0] | texts[1])


@pytest.mark.parametrize("split", ["learn", "more"])
def test_training_has_no_passage_for_scores(split: passages.Split) -> None:
    names = {one for row in passages.data()["score"]["names"] for one in row["last"]}
    for row in passages.articles(60, seed=1, split=split):
        assert not {word for one in row["entities"] for word in one["name"].split()} & names


def test_a_family_for_scores_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for family in passages.data()["score"]["families"]:
        with pytest.raises(SystemExit):
            dialogues.parsed(["--show", family])
        assert "never read" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        dialogues.parsed(["--show", "no such"])
    with pytest.raises(SystemExit):
        dialogues.parsed(["--more", "--show", "colon"])
    assert dialogues.parsed(["--show", "colon"]).show == "colon"
    assert dialogues.parsed(["--more", "--show", "beside"]).show == "beside"


def test_what_is_shown_has_what_is_said_and_what_is_right() -> None:
    passage = passages.Passage("f", PASSAGE)
    shown = "\n".join(dialogues.shown([(passage, found(first=KIM))]))
    assert "- wrong: Bo Kim at 0.99, not Ann Lee: I won," in shown
    assert TEXT in shown
    assert not list(dialogues.shown([(passage, found())]))


@pytest.mark.parametrize(("more", "split"), [([], "learn"), (["--more"], "more")])
def test_the_command_writes_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], split: passages.Split
) -> None:
    out = tmp_path / "out.jsonl"
    arguments = ["--write", str(out), "--articles", "3", *more]
    monkeypatch.setattr("sys.argv", ["dialogues.py", *arguments])
    assert dialogues.main() == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert rows == list(passages.articles(3, seed=1, split=split))


@pytest.mark.parametrize("split", ["more", "score"])
def test_every_passage_is_consistent(split: passages.Split) -> None:
    made = list(passages.passages(split, 8, seed=1))
    assert len({one.row["id"] for one in made}) == len(made)
    assert made == list(passages.passages(split, 8, seed=1))
